// Orders and carts as an agent needs them: what, how much, paid or not, where it is now.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Cart, Line, Order, Shipment } from "../api/types";
import { has, t } from "../i18n";
import { ago, date, dateTime, money, number } from "../i18n/formats";
import { now } from "../state/clock";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Chip, OrderTag } from "../ui/tag";
import { Picture } from "./message";
import css from "./orders.module.css";
import { Outside } from "./outside";

type Tone = "ok" | "warn" | "danger" | "plain";

const financialTones: Record<string, Tone> = {
  paid: "ok",
  pending: "warn",
  authorized: "warn",
  partially_paid: "warn",
  failed: "danger",
  expired: "danger",
};
const fulfillmentTones: Record<string, Tone> = { fulfilled: "ok", on_hold: "warn", partial: "warn" };
const shipmentTones: Record<string, Tone> = {
  delivered: "ok",
  picked_up: "ok",
  delayed: "warn",
  attempted: "warn",
  failure: "danger",
};

/** word falls back to the server's own value: a newer server may know a status that this app does not. */
function word(kind: string, value: string): string {
  const key = `${kind}.${value}`;
  return has(key) ? t(key) : value.replaceAll("_", " ");
}

export function OrderView({ order, first }: { order: Order; first: boolean }): JSX.Element {
  const [open, setOpen] = useState(first);
  const lines = order.lines ?? [];
  const place = order.shipping_address;
  return (
    <details
      class={css.order}
      open={open}
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <span class={css.top}>
          <OrderTag>{order.number ?? order.external_id}</OrderTag>
          {order.test && <Chip tone="warn">{t("order.test")}</Chip>}
          <span class={css.total}>{order.totals?.total && money(order.totals.total)}</span>
          <span class={css.turn}>
            <Icon name="down" size={16} />
          </span>
        </span>
        <span class={css.marks}>
          {order.cancelled_at ? (
            <Chip tone="danger">{t("order.cancelled")}</Chip>
          ) : (
            <>
              {order.financial_status && (
                <Chip tone={financialTones[order.financial_status] ?? "plain"}>
                  {word("financial", order.financial_status)}
                </Chip>
              )}
              {order.fulfillment_status && (
                <Chip tone={fulfillmentTones[order.fulfillment_status] ?? "plain"}>
                  {word("fulfillment", order.fulfillment_status)}
                </Chip>
              )}
            </>
          )}
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
          <Lines lines={lines} />
          <Sums order={order} />
          {order.shipments?.map((shipment) => (
            <ShipmentView key={shipment.external_id} shipment={shipment} />
          ))}
          {place && (
            <p class={css.address}>
              {[
                place.name,
                [place.postcode, place.city].filter(Boolean).join(" "),
                place.region,
                place.country,
              ]
                .filter(Boolean)
                .join(", ")}
            </p>
          )}
          {order.note && (
            <p class={css.noteText} dir="auto">
              {order.note}
            </p>
          )}
          {order.url_admin && (
            <Outside href={order.url_admin} class={css.admin}>
              {t("order.admin")} <Icon name="external" size={14} />
            </Outside>
          )}
        </div>
      )}
    </details>
  );
}

function Lines({ lines }: { lines: readonly Line[] }): JSX.Element {
  return (
    <ul class={css.lines}>
      {lines.map((line, index) => {
        const current = line.quantity_current ?? line.quantity;
        return (
          <li key={line.external_id ?? index} class={cx(current === 0 && css.removed)}>
            <Picture address={line.image_url} alt="" size={36} />
            <span class={css.lineText}>
              <Outside href={line.url} class={css.lineTitle}>
                <bdi>{line.title}</bdi>
              </Outside>
              <span class={css.sub}>
                <bdi>{[line.variant_title, line.sku].filter(Boolean).join(" · ")}</bdi>
                {line.quantity_fulfilled !== undefined &&
                  line.quantity_fulfilled > 0 &&
                  line.quantity_fulfilled < line.quantity && (
                    <> · {t("line.fulfilled", { count: line.quantity_fulfilled })}</>
                  )}
              </span>
            </span>
            <span class={css.amount}>
              {current !== 1 && <span class={css.quantity}>{number(current)} ×</span>}{" "}
              {line.unit_price ? money(line.unit_price) : line.total ? money(line.total) : ""}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Sums({ order }: { order: Order }): JSX.Element | null {
  const totals = order.totals;
  if (!totals) return null;
  const rows = (["subtotal", "discount", "shipping", "tax", "refunded", "outstanding"] as const).flatMap(
    (name) => {
      const value = totals[name];
      return value && value.amount > 0 ? [{ name, value }] : [];
    },
  );
  return (
    <dl class={css.sums}>
      {rows.map(({ name, value }) => (
        <div key={name} class={cx(name === "outstanding" && css.due)}>
          <dt>
            {t(`totals.${name}`)}
            {name === "discount" &&
              order.coupons &&
              order.coupons.length > 0 &&
              ` (${order.coupons.join(", ")})`}
          </dt>
          <dd>
            {name === "discount" || name === "refunded" ? "− " : ""}
            {money(value)}
          </dd>
        </div>
      ))}
      {totals.total && (
        <div class={css.sum}>
          <dt>{t("totals.total")}</dt>
          <dd>{money(totals.total)}</dd>
        </div>
      )}
    </dl>
  );
}

function ShipmentView({ shipment }: { shipment: Shipment }): JSX.Element {
  const status = shipment.status ?? "confirmed";
  return (
    <div class={css.shipment}>
      <Icon name="truck" size={18} />
      <div class={css.lineText}>
        <span class={css.marks}>
          <Chip tone={shipmentTones[status] ?? "plain"}>{word("shipment", status)}</Chip>
          {shipment.carrier && <span>{shipment.carrier}</span>}
        </span>
        {shipment.tracking?.map((track) => (
          <Outside key={track.number} href={track.url} class={css.track}>
            <bdi dir="ltr">{track.number}</bdi>
          </Outside>
        ))}
        <span class={css.sub}>
          {shipment.delivered_at
            ? t("shipment.delivered.at", { date: date(shipment.delivered_at) })
            : shipment.estimated_delivery_at
              ? t("shipment.expected", { date: date(shipment.estimated_delivery_at) })
              : shipment.shipped_at
                ? t("shipment.shipped.at", { date: date(shipment.shipped_at) })
                : ""}
        </span>
      </div>
    </div>
  );
}

export function CartView({ cart }: { cart: Cart }): JSX.Element {
  return (
    <div class={css.cart}>
      <Lines lines={cart.lines ?? []} />
      <dl class={css.sums}>
        {cart.totals?.total && (
          <div class={css.sum}>
            <dt>{t("totals.total")}</dt>
            <dd>{money(cart.totals.total)}</dd>
          </div>
        )}
      </dl>
      <p class={css.sub}>
        {cart.stage === "checkout" && <Chip tone="ok">{t("cart.checkout")}</Chip>}{" "}
        {cart.last_activity_at && t("cart.changed", { ago: ago(cart.last_activity_at, now.value) })}
      </p>
    </div>
  );
}
