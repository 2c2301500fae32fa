// The cart as it is now. It changes under the agent's eyes, as the shopper puts things in.
import type { JSX } from "preact";
import type { Cart } from "../api/types";
import { t } from "../i18n";
import { ago, money } from "../i18n/formats";
import { now } from "../state/clock";
import { Button } from "../ui/button";
import { copyText } from "../ui/copy-button";
import { Chip } from "../ui/tag";
import { Lines } from "./lines";
import { webLink } from "./links";
import css from "./orders.module.css";

export function CartView({ cart }: { cart: Cart }): JSX.Element {
  const lines = cart.lines ?? [];
  const items = lines.reduce((sum, line) => sum + line.quantity, 0);
  const link = webLink(cart.recovery_url);
  return (
    <div class={css.cart} data-testid="cart">
      <Lines lines={lines} label={t("order.lines", { count: items })} />
      {cart.totals?.total && (
        <dl class={css.sums}>
          <div class={css.sum}>
            <dt>{t("totals.total")}</dt>
            <dd>{money(cart.totals.total)}</dd>
          </div>
        </dl>
      )}
      <p class={css.marks}>
        {cart.abandoned_at ? (
          <Chip tone="warn" title={t("cart.abandoned.tip")}>
            {t("cart.abandoned")}
          </Chip>
        ) : (
          cart.stage === "checkout" && <Chip tone="ok">{t("cart.checkout")}</Chip>
        )}
        {cart.last_activity_at && (
          <span class={css.sub}>{t("cart.changed", { ago: ago(cart.last_activity_at, now.value) })}</span>
        )}
      </p>
      {link && (
        <p class={css.recovery}>
          <Button small icon="link" onClick={() => void copyText(link)}>
            {t("cart.recovery.copy")}
          </Button>
          <span class={css.sub}>{t("cart.recovery.hint")}</span>
        </p>
      )}
    </div>
  );
}
