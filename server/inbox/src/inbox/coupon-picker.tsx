// Chooses a coupon that anybody can use now, and says in the shopper's language what it is worth.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, url } from "../api/client";
import type { Conversation, List, ShopCoupon } from "../api/types";
import { language, supported, t, textIn } from "../i18n";
import { date, money, moneyIn } from "../i18n/formats";
import { offerOf } from "../orders/card";
import { setCoupon } from "../state/extras";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Picker } from "../ui/picker";
import { Empty, Failure, Skeleton } from "../ui/states";
import css from "./card-pickers.module.css";

interface Props {
  conversation: Conversation;
  onClose: () => void;
}

type Held = { state: "loading" } | { state: "failed" } | { state: "ready"; items: readonly ShopCoupon[] };

export function CouponPicker({ conversation, onClose }: Props): JSX.Element {
  const { id, shop, shopper } = conversation;
  const [held, setHeld] = useState<Held>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setHeld({ state: "loading" });
    api.get<List<ShopCoupon>>(url(["shops", shop, "coupons"], { limit: 100 }), { signal: stop.signal }).then(
      ({ items }) => setHeld({ state: "ready", items: items.filter((one) => one.code) }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const none = error instanceof ApiError && error.status === 404;
        setHeld(none ? { state: "ready", items: [] } : { state: "failed" });
      },
    );
    return () => stop.abort();
  }, [shop, attempt]);
  const coupons = held.state === "ready" ? held.items : [];

  const pick = async (external: string) => {
    const coupon = coupons.find((one) => one.external_id === external);
    if (coupon) setCoupon(id, offerOf(coupon, await worthIn(shopper.language, coupon)));
    onClose();
  };
  return (
    <Dialog title={t("cards.coupon")} onClose={onClose} wide>
      {held.state === "loading" && <Skeleton lines={5} />}
      {held.state === "failed" && (
        <Failure text={t("settings.failed")} onRetry={() => setAttempt(attempt + 1)} />
      )}
      {held.state === "ready" && coupons.length === 0 && (
        <Empty icon="ticket" title={t("cards.coupon.none")}>
          {t("cards.coupon.none.more")}
        </Empty>
      )}
      {coupons.length > 0 && (
        <div class={css.tall} data-testid="coupon-picker">
          <Picker
            eager
            label={t("cards.coupon")}
            placeholder={t("cards.coupon.search")}
            empty={t("commands.none")}
            options={coupons.map((coupon) => ({
              id: coupon.external_id,
              label: coupon.code ?? "",
              note: noteOf(coupon),
              hint: coupon.ends_at ? t("message.coupon.until", { date: date(coupon.ends_at) }) : "",
              glyph: <Icon name="ticket" size={18} />,
            }))}
            onPick={(one) => void pick(one)}
          />
        </div>
      )}
    </Dialog>
  );
}

function noteOf(coupon: ShopCoupon): string {
  const { usage_limit: limit, used = 0 } = coupon;
  const left = limit === undefined ? undefined : Math.max(0, limit - used);
  return [worth(coupon), left === undefined ? "" : t("cards.coupon.left", { count: left })]
    .filter(Boolean)
    .join(" · ");
}

/** worth is what it takes off, in the agent's words. */
export function worth(coupon: ShopCoupon): string {
  if (coupon.kind === "percent")
    return t("coupon.percent", { percent: percentIn(language.value, coupon.percent) });
  if (coupon.kind === "fixed" && coupon.amount) return t("coupon.fixed", { amount: money(coupon.amount) });
  return coupon.kind === "free_shipping" ? t("coupon.free_shipping") : "";
}

/** worthIn is the same in the words of who reads it; empty where it is not known what it takes off. */
export async function worthIn(tag: string | undefined, coupon: ShopCoupon): Promise<string> {
  const locale = supported(tag) ?? language.value;
  if (coupon.kind === "percent")
    return textIn(tag, "coupon.percent", { percent: percentIn(locale, coupon.percent) });
  if (coupon.kind === "fixed" && coupon.amount)
    return textIn(tag, "coupon.fixed", { amount: moneyIn(locale, coupon.amount) });
  return coupon.kind === "free_shipping" ? textIn(tag, "coupon.free_shipping") : "";
}

/** A platform writes 10, 10.0 or 12.50. */
const percentIn = (locale: string, percent = "0"): string =>
  new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 }).format(Number(percent) / 100);
