// The parcels of an order: who carries each, where it is, when it comes.
import type { JSX } from "preact";
import type { Order, Shipment } from "../api/types";
import { t } from "../i18n";
import { date, dateTime } from "../i18n/formats";
import { statusWord, toneOf } from "../orders/status";
import { late } from "../orders/timeline";
import { now } from "../state/clock";
import { CopyButton } from "../ui/copy-button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Chip } from "../ui/tag";
import { rawText } from "./orders";
import css from "./orders.module.css";
import { Outside } from "./outside";

export function Shipments({ order }: { order: Order }): JSX.Element | null {
  const shipments = order.shipments ?? [];
  if (shipments.length === 0) return null;
  return (
    <ul class={css.shipments} aria-label={t("shipments.title", { count: shipments.length })}>
      {shipments.map((shipment, index) => (
        <li key={shipment.external_id} class={css.shipment} data-testid="shipment">
          <span class={css.truck}>
            <Icon name="truck" size={17} />
          </span>
          <div class={css.lineText}>
            <span class={css.marks}>
              {shipments.length > 1 && (
                <span class={css.parcel}>{t("shipment.parcel", { number: index + 1 })}</span>
              )}
              {shipment.status && (
                <Chip
                  tone={toneOf("shipment", shipment.status)}
                  {...(shipment.status_raw ? { title: rawText(shipment.status_raw) } : {})}
                >
                  {statusWord("shipment", shipment.status)}
                </Chip>
              )}
              {shipment.carrier && <bdi>{shipment.carrier}</bdi>}
            </span>
            <Tracking shipment={shipment} />
            <When shipment={shipment} />
            <Contents shipment={shipment} order={order} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Tracking({ shipment }: { shipment: Shipment }): JSX.Element {
  return (
    <>
      {shipment.tracking?.map(({ number, url }, index) => (
        <span key={number ?? index} class={css.tracking}>
          <Outside href={url} class={css.track}>
            <bdi dir="ltr">{number || t("shipment.track")}</bdi>
            {url && <Icon name="external" size={13} />}
          </Outside>
          {number && <CopyButton text={number} what={t("shipment.number", { number })} />}
        </span>
      ))}
    </>
  );
}

function When({ shipment }: { shipment: Shipment }): JSX.Element | null {
  const { delivered_at: delivered, estimated_delivery_at: expected, shipped_at: shipped } = shipment;
  if (delivered)
    return (
      <span class={css.sub} data-tip={dateTime(delivered)}>
        {t("shipment.delivered.at", { date: date(delivered) })}
      </span>
    );
  if (expected) {
    const over = late(shipment, now.value);
    return (
      <span class={cx(css.sub, over && css.late)} data-tip={dateTime(expected)}>
        {t(over ? "shipment.overdue" : "shipment.expected", { date: date(expected) })}
      </span>
    );
  }
  if (!shipped) return null;
  return <span class={css.sub}>{t("shipment.shipped.at", { date: date(shipped) })}</span>;
}

/** What is in this parcel, where not all of the order is. */
function Contents({ shipment, order }: { shipment: Shipment; order: Order }): JSX.Element | null {
  if ((order.shipments?.length ?? 0) < 2 || !shipment.lines?.length) return null;
  const names = shipment.lines.flatMap(({ line_external_id: id, quantity }) => {
    const line = order.lines?.find((one) => one.external_id === id);
    return line ? [quantity > 1 ? `${quantity} × ${line.title}` : line.title] : [];
  });
  if (names.length === 0) return null;
  return (
    <span class={css.sub}>
      <bdi>{names.join(", ")}</bdi>
    </span>
  );
}
