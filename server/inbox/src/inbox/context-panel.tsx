// Beside the thread: the shopper, where they are in the shop, what is in their cart, what they have ordered. What is proven
// and what somebody merely claims to be stand apart.
import type { JSX } from "preact";
import type { Conversation, Order, Page } from "../api/types";
import { t } from "../i18n";
import { money, number } from "../i18n/formats";
import type { Told } from "../orders/timeline";
import { contextOf, loadContext } from "../state/context";
import { conversationOf } from "../state/conversations";
import { setOrder } from "../state/extras";
import { presences, threadOf } from "../state/live";
import { compact } from "../state/media";
import { showContext } from "../state/panel";
import { Button, IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Failure, Skeleton } from "../ui/states";
import { AlongSection } from "./along";
import { CartView } from "./cart";
import { ClaimedSection } from "./claimed";
import css from "./context-panel.module.css";
import { CustomerCard } from "./customer-card";
import { askCompose } from "./intents";
import { OrderView } from "./orders";
import { Outside } from "./outside";
import { Picture } from "./picture";

interface Props {
  shop: string;
  conversation: string;
}

export function ContextPanel({ shop, conversation: id }: Props): JSX.Element {
  const conversation = conversationOf(id);
  const shut = () => showContext(false);
  return (
    <aside class={cx(css.panel, compact.value && css.over)} aria-label={t("context.title")}>
      {compact.value && (
        <header class={css.head}>
          <h2>{t("context.title")}</h2>
          <IconButton icon="close" label={t("context.hide")} onClick={shut} />
        </header>
      )}
      {conversation ? <Content shop={shop} conversation={conversation} /> : <Skeleton lines={6} />}
    </aside>
  );
}

function Content({ shop, conversation }: { shop: string; conversation: Conversation }): JSX.Element {
  const held = contextOf(shop, conversation.shopper.id).value;
  if (held.state === "failed") {
    return (
      <div class={css.section}>
        <Failure text={t("context.failed")} onRetry={() => void loadContext(shop, conversation.shopper.id)} />
      </div>
    );
  }
  const ready = held.state === "ready" ? held : undefined;
  const carts = ready?.context.carts.filter((cart) => cart.lines?.length) ?? [];
  return (
    <>
      <CustomerCard
        shop={shop}
        conversation={conversation}
        shopper={ready?.shopper}
        customer={ready?.context.customer}
      />
      <Whereabouts
        conversation={conversation}
        page={presences.value[conversation.id]?.page ?? ready?.context.page}
      />
      <AlongSection conversation={conversation} />
      {!ready ? (
        <div class={css.section} aria-busy="true">
          <Skeleton lines={6} />
        </div>
      ) : (
        <>
          {carts.length > 0 && (
            <section class={css.section} aria-label={t("cart.title")}>
              <h3>
                <Icon name="cart" size={16} /> {t("cart.title")}
              </h3>
              {carts.map((cart) => (
                <CartView key={cart.external_id} cart={cart} />
              ))}
            </section>
          )}
          <Orders
            conversation={conversation}
            orders={ready.context.orders}
            claims={(ready.context.claimed?.orders.length ?? 0) > 0}
          />
          <ClaimedSection claimed={ready.context.claimed} />
        </>
      )}
    </>
  );
}

function Orders(props: {
  conversation: Conversation;
  orders: readonly Order[];
  /** Others belong to an address that they claim. */
  claims: boolean;
}): JSX.Element {
  const { conversation, orders, claims } = props;
  return (
    <section class={css.section} aria-label={t("orders.title")} data-testid="orders">
      <h3>
        <Icon name="bag" size={16} /> {t("orders.title")}
        {orders.length > 0 && <span class={css.count}>{number(orders.length)}</span>}
      </h3>
      {orders.length === 0 ? (
        <p class={css.quiet}>{t(claims ? "orders.none.proven" : "orders.none")}</p>
      ) : (
        orders.map((order, index) => (
          <OrderView
            key={order.external_id}
            order={order}
            first={index === 0}
            told={toldOf(conversation.id, order.external_id)}
            actions={
              <Button small look="quiet" icon="send" onClick={() => share(conversation.id, order)}>
                {t("order.share")}
              </Button>
            }
          />
        ))
      )}
    </section>
  );
}

/** toldOf reads what the log of the conversation tells of an order. */
function toldOf(conversation: string, order: string): Told[] {
  return (threadOf(conversation).value?.items ?? []).flatMap(({ event, at }) =>
    event?.name === "order_changed" && event.order?.external_id === order
      ? [{ change: event.order.change, at }]
      : [],
  );
}

/** share puts the order into the reply that is being written; on a small window the panel is in front of it. */
function share(conversation: string, { external_id, number: name }: Order): void {
  setOrder(conversation, { external_id, ...(name ? { number: name } : {}) });
  if (compact.value) showContext(false);
  askCompose("reply");
}

function Whereabouts({
  conversation,
  page,
}: {
  conversation: Conversation;
  page: Page | undefined;
}): JSX.Element {
  const state = presences.value[conversation.id]?.state ?? "unknown";
  return (
    <section class={css.section} aria-label={t("presence.title")}>
      <h3>
        <span class={cx(css.lamp, css[state])} /> {t(`presence.${state}`)}
      </h3>
      {page ? (
        <div class={css.page}>
          {page.product && (
            <div class={css.product}>
              <Picture address={page.product.image_url} alt="" />
              <div>
                <Outside href={page.product.url ?? page.url} class={css.productName}>
                  <bdi>{page.product.title}</bdi>
                </Outside>
                {page.product.price && <p>{money(page.product.price)}</p>}
              </div>
            </div>
          )}
          {!page.product && page.title && <p dir="auto">{page.title}</p>}
          <Outside href={page.url} class={css.address}>
            <bdi dir="ltr">{shortAddress(page.url)}</bdi>
          </Outside>
        </div>
      ) : (
        <p class={css.quiet}>{t("presence.nopage")}</p>
      )}
    </section>
  );
}

function shortAddress(address: string): string {
  try {
    const { host, pathname } = new URL(address);
    return host + (pathname === "/" ? "" : pathname);
  } catch {
    return address;
  }
}
