// What an order costs, what came back, and what is still to be paid.
import type { JSX } from "preact";
import type { Order } from "../api/types";
import { t } from "../i18n";
import { money } from "../i18n/formats";
import { cx } from "../ui/cx";
import css from "./orders.module.css";

const rows = ["subtotal", "discount", "shipping", "tax"] as const;
/** What is taken off is written with a minus; platforms send it as a positive amount. */
const minus = new Set<string>(["discount", "refunded"]);

export function OrderSums({ order }: { order: Order }): JSX.Element | null {
  const { totals, coupons = [] } = order;
  if (!totals) return null;
  return (
    <dl class={css.sums}>
      {rows.map((name) => (
        <Sum key={name} name={name} order={order}>
          {name === "discount" && coupons.length > 0 && (
            <>
              {" "}
              <bdi class={css.code}>{coupons.join(", ")}</bdi>
            </>
          )}
        </Sum>
      ))}
      {totals.total && (
        <div class={css.sum}>
          <dt>{t("totals.total")}</dt>
          <dd>{money(totals.total)}</dd>
        </div>
      )}
      <Sum name="refunded" order={order} />
      <Sum name="outstanding" order={order} class={css.due} />
    </dl>
  );
}

interface SumProps {
  name: "subtotal" | "discount" | "shipping" | "tax" | "refunded" | "outstanding";
  order: Order;
  class?: string | undefined;
  children?: JSX.Element | false;
}

function Sum({ name, order, class: look, children }: SumProps): JSX.Element | null {
  const value = order.totals?.[name];
  if (!value || value.amount === 0) return null;
  return (
    <div class={cx(look)}>
      <dt>
        {t(`totals.${name}`)}
        {children}
      </dt>
      <dd>{money(minus.has(name) ? { ...value, amount: -Math.abs(value.amount) } : value)}</dd>
    </div>
  );
}
