// Chooses an order of this shopper to send as a card. Only what is proven to be theirs is offered.
import type { JSX } from "preact";
import type { Conversation, Order } from "../api/types";
import { t } from "../i18n";
import { date, money } from "../i18n/formats";
import { statusWord } from "../orders/status";
import { contextOf, loadContext } from "../state/context";
import { setOrder } from "../state/extras";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Picker } from "../ui/picker";
import { Empty, Failure, Skeleton } from "../ui/states";
import css from "./card-pickers.module.css";

interface Props {
  conversation: Conversation;
  onClose: () => void;
}

export function OrderPicker({ conversation, onClose }: Props): JSX.Element {
  const { id, shop, shopper } = conversation;
  const held = contextOf(shop, shopper.id).value;
  const orders = held.state === "ready" ? held.context.orders : [];
  const claims = held.state === "ready" ? (held.context.claimed?.orders.length ?? 0) : 0;
  const pick = (external: string) => {
    const order = orders.find((one) => one.external_id === external);
    if (order) setOrder(id, { external_id: external, ...(order.number ? { number: order.number } : {}) });
    onClose();
  };
  return (
    <Dialog title={t("cards.order")} onClose={onClose} wide>
      {held.state === "loading" && <Skeleton lines={5} />}
      {held.state === "failed" && (
        <Failure text={t("context.failed")} onRetry={() => void loadContext(shop, shopper.id)} />
      )}
      {held.state === "ready" && orders.length === 0 && (
        <Empty icon="bag" title={t("cards.order.none")}>
          {t("cards.order.none.more")}
        </Empty>
      )}
      {orders.length > 0 && (
        <div class={css.tall} data-testid="order-picker">
          <Picker
            eager
            label={t("cards.order")}
            placeholder={t("cards.order.search")}
            empty={t("commands.none")}
            options={orders.map((order) => ({
              id: order.external_id,
              label: order.number ?? order.external_id,
              note: noteOf(order),
              words: (order.lines ?? []).map((line) => line.title).join(" "),
              hint: order.totals?.total ? money(order.totals.total) : "",
              glyph: <Icon name="bag" size={18} />,
            }))}
            onPick={pick}
          />
        </div>
      )}
      {claims > 0 && <p class={css.foot}>{t("cards.order.claimed", { count: claims })}</p>}
    </Dialog>
  );
}

function noteOf(order: Order): string {
  const state = order.cancelled_at
    ? t("order.cancelled")
    : order.fulfillment_status && statusWord("fulfillment", order.fulfillment_status);
  const lines = (order.lines ?? []).map((line) => line.title).join(", ");
  return [order.placed_at && date(order.placed_at), state, lines].filter(Boolean).join(" · ");
}
