// An order as an agent needs it: what, how much, paid or not, where it is now, and how it came to that.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Order, PostalAddress } from "../api/types";
import { t } from "../i18n";
import { date, dateTime, money } from "../i18n/formats";
import { type StatusKind, statusWord, toneOf } from "../orders/status";
import { itemsOf, type Told } from "../orders/timeline";
import { CopyButton } from "../ui/copy-button";
import { Icon } from "../ui/icons";
import { Chip, OrderTag } from "../ui/tag";
import { Lines } from "./lines";
import { OrderHistory } from "./order-history";
import { OrderSums } from "./order-sums";
import css from "./orders.module.css";
import { Outside } from "./outside";
import { Shipments } from "./shipments";

interface Props {
  order: Order;
  /** Open from the beginning. */
  first: boolean;
  /** What the conversation's log tells of it. */
  told?: readonly Told[];
  /** What can be done with it, below its details. */
  actions?: ComponentChildren;
}

export function OrderView({ order, first, told = [], actions }: Props): JSX.Element {
  const [open, setOpen] = useState(first);
  const name = order.number ?? order.external_id;
  return (
    <details
      class={css.order}
      open={open}
      data-testid="order"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <span class={css.top}>
          <OrderTag>{name}</OrderTag>
          {order.test && (
            <Chip tone="warn" title={t("order.test.tip")}>
              {t("order.test")}
            </Chip>
          )}
          <span class={css.total}>{order.totals?.total && money(order.totals.total)}</span>
          <span class={css.turn}>
            <Icon name="down" size={16} />
          </span>
        </span>
        <span class={css.marks}>
          <Statuses order={order} />
          {order.placed_at && (
            <time
              class={css.when}
              dateTime={new Date(order.placed_at).toISOString()}
              data-tip={dateTime(order.placed_at)}
            >
              {date(order.placed_at)}
            </time>
          )}
        </span>
      </summary>
      {open && (
        <div class={css.details}>
          <Lines lines={order.lines ?? []} label={t("order.lines", { count: itemsOf(order) })} />
          <OrderSums order={order} />
          <Shipments order={order} />
          <OrderHistory order={order} told={told} />
          <Facts order={order} />
          <footer class={css.actions}>
            {order.url_admin && (
              <Outside href={order.url_admin} class={css.admin}>
                {t("order.admin")} <Icon name="external" size={14} />
              </Outside>
            )}
            <span class={css.does}>
              {actions}
              <CopyButton text={name} what={t("order.number", { number: name })} />
            </span>
          </footer>
        </div>
      )}
    </details>
  );
}

/** A cancelled order is cancelled first of all; what was paid still matters for the refund. */
function Statuses({ order }: { order: Order }): JSX.Element {
  return (
    <>
      {order.cancelled_at && <Chip tone="danger">{t("order.cancelled")}</Chip>}
      {order.financial_status && <Status kind="financial" value={order.financial_status} order={order} />}
      {order.fulfillment_status && !order.cancelled_at && (
        <Status kind="fulfillment" value={order.fulfillment_status} order={order} />
      )}
    </>
  );
}

function Status(props: { kind: StatusKind; value: string; order: Order }): JSX.Element {
  const { kind, value, order } = props;
  const raw = order.status_raw;
  return (
    <Chip tone={order.cancelled_at ? "plain" : toneOf(kind, value)} {...(raw ? { title: rawText(raw) } : {})}>
      {statusWord(kind, value)}
    </Chip>
  );
}

export const rawText = (raw: string): string => t("status.raw", { raw });

function Facts({ order }: { order: Order }): JSX.Element | null {
  const place = placeOf(order.shipping_address);
  const { status_raw: raw, note, tags = [] } = order;
  if (!place && !raw && !note && tags.length === 0) return null;
  return (
    <dl class={css.facts}>
      {place && (
        <div>
          <dt>{t("order.address")}</dt>
          <dd class={css.withCopy}>
            <bdi>{place}</bdi>
            <CopyButton text={place} what={t("order.address")} />
          </dd>
        </div>
      )}
      {note && (
        <div>
          <dt>{t("order.note")}</dt>
          <dd class={css.noteText} dir="auto">
            {note}
          </dd>
        </div>
      )}
      {tags.length > 0 && (
        <div>
          <dt>{t("tags.label")}</dt>
          <dd>
            <bdi>{tags.join(", ")}</bdi>
          </dd>
        </div>
      )}
      {raw && (
        <div>
          <dt>{t("order.raw")}</dt>
          <dd>
            <bdi class={css.raw}>{raw}</bdi>
          </dd>
        </div>
      )}
    </dl>
  );
}

export function placeOf(address: PostalAddress | undefined): string {
  if (!address) return "";
  const { name, postcode, city, region, country } = address;
  return [name, [postcode, city].filter(Boolean).join(" "), region, country].filter(Boolean).join(", ");
}
