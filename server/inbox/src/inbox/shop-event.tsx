// Lines of the log about what happened in the shop: an order moved on, a cart was left.
import type { Item } from "@tagalong-chat/sdk/thread";
import type { JSX } from "preact";
import type { CartBrief, Conversation, Shipment } from "../api/types";
import { has, t } from "../i18n";
import { clock, dateTime, money } from "../i18n/formats";
import { contextOf } from "../state/context";
import { copyText } from "../ui/copy-button";
import { Icon, type IconName } from "../ui/icons";
import { OrderTag } from "../ui/tag";
import { webLink } from "./links";
import { Outside } from "./outside";
import css from "./shop-event.module.css";

type ShopEvent = NonNullable<Item["event"]>;

export const isShopEvent = ({ name, order, cart }: ShopEvent): boolean =>
  (name === "order_changed" && order !== undefined) || (name === "cart_abandoned" && cart !== undefined);

interface Props {
  item: Item;
  conversation: Conversation;
  blockKey: string;
}

export function ShopEventLine({ item, conversation, blockKey }: Props): JSX.Element | null {
  const { event } = item;
  if (event?.cart) return <CartLine cart={event.cart} at={item.at} blockKey={blockKey} />;
  if (event?.order)
    return <OrderLine order={event.order} at={item.at} conversation={conversation} blockKey={blockKey} />;
  return null;
}

const icons: Record<string, IconName> = {
  placed: "bag",
  paid: "circleCheck",
  shipped: "truck",
  out_for_delivery: "truck",
  delivered: "circleCheck",
  refunded: "homeward",
  cancelled: "close",
};

function OrderLine(props: {
  order: NonNullable<ShopEvent["order"]>;
  at: number;
  conversation: Conversation;
  blockKey: string;
}): JSX.Element {
  const { order, at, conversation, blockKey } = props;
  const key = `order.change.${order.change}`;
  return (
    <div class={css.line} data-key={blockKey} data-testid={`event-${order.change}`}>
      <Icon name={icons[order.change] ?? "bag"} size={15} />
      <OrderTag>
        {order.number ?? order.external_id}
        {order.total && ` · ${money(order.total)}`}
      </OrderTag>
      <span>{has(key) ? t(key) : t("order.change.changed")}</span>
      <ParcelOf order={order} conversation={conversation} />
      <Time at={at} />
    </div>
  );
}

/** Which parcel it is, from what the panel knows: the log keeps its id alone. */
function ParcelOf(props: {
  order: NonNullable<ShopEvent["order"]>;
  conversation: Conversation;
}): JSX.Element | null {
  const { order, conversation } = props;
  if (!order.shipment) return null;
  const held = contextOf(conversation.shop, conversation.shopper.id).value;
  if (held.state !== "ready") return null;
  const parcels = held.context.orders.find((one) => one.external_id === order.external_id)?.shipments ?? [];
  const index = parcels.findIndex((one) => one.external_id === order.shipment);
  const parcel = parcels[index];
  if (!parcel) return null;
  return (
    <span class={css.parcel}>
      {parcels.length > 1 && t("shipment.parcel", { number: index + 1 })}
      <Tracked parcel={parcel} />
    </span>
  );
}

function Tracked({ parcel }: { parcel: Shipment }): JSX.Element {
  const track = parcel.tracking?.[0];
  return (
    <>
      {parcel.carrier && <bdi>{parcel.carrier}</bdi>}
      {track?.number && (
        <Outside href={track.url} class={css.number}>
          <bdi dir="ltr">{track.number}</bdi>
        </Outside>
      )}
    </>
  );
}

function CartLine({ cart, at, blockKey }: { cart: CartBrief; at: number; blockKey: string }): JSX.Element {
  const link = webLink(cart.recovery_url);
  return (
    <div class={css.line} data-key={blockKey} data-testid="event-cart_abandoned">
      <Icon name="cart" size={15} />
      <span>
        {cart.total
          ? t("event.cart_abandoned.total", { count: cart.items, total: money(cart.total) })
          : t("event.cart_abandoned", { count: cart.items })}
      </span>
      {link && (
        <button type="button" class={css.copy} onClick={() => void copyText(link)}>
          {t("cart.recovery.short")}
        </button>
      )}
      <Time at={at} />
    </div>
  );
}

function Time({ at }: { at: number }): JSX.Element {
  return (
    <time class={css.time} dateTime={new Date(at).toISOString()} data-tip={dateTime(at)}>
      {clock(at)}
    </time>
  );
}
