// What belongs to an address that somebody typed and nobody proved. It helps an agent to ask the right question, and is kept
// apart so that nobody reads it out to a stranger.
import type { JSX } from "preact";
import type { Claimed } from "../api/types";
import { t } from "../i18n";
import { Icon } from "../ui/icons";
import { CartView } from "./cart";
import css from "./claimed.module.css";
import { Worth } from "./customer-card";
import { OrderView } from "./orders";

export function ClaimedSection({ claimed }: { claimed: Claimed | undefined }): JSX.Element | null {
  if (!claimed) return null;
  const { customer, orders } = claimed;
  const given = [claimed.email, claimed.phone].filter(Boolean).join(", ");
  const carts = claimed.carts.filter((cart) => cart.lines?.length);
  if (!customer && orders.length === 0 && carts.length === 0) return null;
  const name = [customer?.first_name, customer?.last_name].filter(Boolean).join(" ");
  return (
    <section class={css.claimed} aria-label={t("claimed.title")} data-testid="claimed">
      <h3>
        <Icon name="question" size={16} /> {t("claimed.title")}
      </h3>
      <p class={css.why}>{given ? t("claimed.why", { given }) : t("claimed.why.unknown")}</p>
      <p class={css.rule}>{t("claimed.rule")}</p>
      {customer && (
        <div class={css.customer}>
          {name && <bdi class={css.name}>{name}</bdi>}
          <Worth customer={customer} />
        </div>
      )}
      {carts.map((cart) => (
        <div key={cart.external_id} class={css.cart}>
          <h4>{t("cart.title")}</h4>
          <CartView cart={cart} />
        </div>
      ))}
      {orders.map((order) => (
        <OrderView key={order.external_id} order={order} first={false} />
      ))}
    </section>
  );
}
