// What a message shows besides words and files: products, a coupon, an order as it stood when it was sent.
import type { JSX } from "preact";
import type { Card, CouponOffer, Message, OrderCard } from "../api/types";
import { t } from "../i18n";
import { date, money, number } from "../i18n/formats";
import { statusWord, toneOf } from "../orders/status";
import { contextOf } from "../state/context";
import { conversationOf } from "../state/conversations";
import { CopyButton } from "../ui/copy-button";
import { Icon } from "../ui/icons";
import { Chip, OrderTag } from "../ui/tag";
import css from "./message.module.css";
import { Outside } from "./outside";
import { Picture } from "./picture";

export function CardView({ card }: { card: Card }): JSX.Element {
  return (
    <article class={css.card} data-testid="card">
      <Picture address={card.image_url} alt="" size={56} />
      <div class={css.cardText}>
        <Outside href={card.url} class={css.cardTitle}>
          <bdi>{card.title}</bdi>
        </Outside>
        {card.subtitle && (
          <span class={css.small}>
            <bdi>{card.subtitle}</bdi>
          </span>
        )}
        {card.price && <span class={css.price}>{money(card.price)}</span>}
      </div>
      {card.buttons && card.buttons.length > 0 && (
        <div class={css.cardButtons}>
          {card.buttons.map((button) => (
            <span key={button.title} data-tip={button.kind === "cart" ? t("card.cart.tip") : undefined}>
              {button.kind === "url" ? (
                <Outside href={button.url}>
                  {button.title} <Icon name="external" size={14} />
                </Outside>
              ) : (
                <>
                  {button.kind === "cart" && <Icon name="cart" size={15} />}
                  <bdi>{button.title}</bdi>
                </>
              )}
            </span>
          ))}
        </div>
      )}
    </article>
  );
}

export function CouponView({ coupon }: { coupon: CouponOffer }): JSX.Element {
  return (
    <div class={css.coupon} data-testid="coupon">
      <Icon name="ticket" />
      <span class={css.cardText}>
        <code>
          <bdi dir="ltr">{coupon.code}</bdi>
        </code>
        {coupon.description && (
          <span class={css.small}>
            <bdi>{coupon.description}</bdi>
          </span>
        )}
        {coupon.expires_at && (
          <span class={css.small}>{t("message.coupon.until", { date: date(coupon.expires_at) })}</span>
        )}
      </span>
      <CopyButton text={coupon.code} what={coupon.code} />
    </div>
  );
}

/** OrderOf shows the order as it was sent; until the server has said how that was, its number. */
export function OrderOf({
  message,
  conversation,
}: {
  message: Message;
  /** Null while the conversation is about to begin. */
  conversation: string | null;
}): JSX.Element | null {
  const { order_card: card, order } = message;
  if (card) return <OrderCardView card={card} />;
  if (!order) return null;
  return (
    <p class={css.reference}>
      <OrderTag>{t("message.order", { number: numberOf(conversation, order) })}</OrderTag>
    </p>
  );
}

/** numberOf is what people call an order, where the panel knows it. */
function numberOf(id: string | null, order: string): string {
  const conversation = conversationOf(id ?? "");
  const held = conversation && contextOf(conversation.shop, conversation.shopper.id).value;
  if (held?.state !== "ready") return order;
  return held.context.orders.find((one) => one.external_id === order)?.number ?? order;
}

export function OrderCardView({ card }: { card: OrderCard }): JSX.Element {
  const { items, shipment } = card;
  return (
    <article
      class={css.orderCard}
      data-testid="order-card"
      aria-label={t("message.order", { number: card.number })}
    >
      <header class={css.orderHead}>
        <OrderTag>{card.number}</OrderTag>
        {card.total && <span class={css.orderTotal}>{money(card.total)}</span>}
      </header>
      <ul class={css.orderItems}>
        {items.map((item, index) => (
          <li key={index}>
            <Picture address={item.image_url} alt="" size={30} />
            <bdi class={css.orderItem}>{item.title}</bdi>
            {item.quantity !== 1 && (
              <span class={css.small}>{t("line.times", { count: number(item.quantity) })}</span>
            )}
          </li>
        ))}
      </ul>
      {card.more > 0 && <p class={css.small}>{t("order.more", { count: card.more })}</p>}
      <footer class={css.orderFoot}>
        {card.cancelled ? (
          <Chip tone="danger">{t("order.cancelled")}</Chip>
        ) : shipment ? (
          <>
            {shipment.status && (
              <Chip tone={toneOf("shipment", shipment.status)}>
                {statusWord("shipment", shipment.status)}
              </Chip>
            )}
            <Outside href={shipment.url} class={css.small}>
              <bdi>{[shipment.carrier, shipment.number].filter(Boolean).join(" ")}</bdi>
            </Outside>
          </>
        ) : (
          <>
            {card.financial_status && (
              <Chip tone={toneOf("financial", card.financial_status)}>
                {statusWord("financial", card.financial_status)}
              </Chip>
            )}
            {card.fulfillment_status && (
              <Chip tone={toneOf("fulfillment", card.fulfillment_status)}>
                {statusWord("fulfillment", card.fulfillment_status)}
              </Chip>
            )}
          </>
        )}
        {card.placed_at && <span class={css.orderWhen}>{date(card.placed_at)}</span>}
      </footer>
    </article>
  );
}
