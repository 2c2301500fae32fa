// Beside the thread: the shopper, where they are in the shop, what is in their cart, what they have ordered.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Conversation, Page, Shopper, ShopperContext } from "../api/types";
import { t } from "../i18n";
import { ago, date, dateTime, languageName, money, number } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { contextOf, loadContext } from "../state/context";
import { conversationOf } from "../state/conversations";
import { presences } from "../state/live";
import { compact } from "../state/media";
import { showContext } from "../state/panel";
import { manages } from "../state/session";
import { Button, IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Menu } from "../ui/menu";
import { Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import { AlongSection } from "./along";
import css from "./context-panel.module.css";
import { Picture } from "./message";
import { shopperName } from "./names";
import { CartView, OrderView } from "./orders";
import { Outside } from "./outside";

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
      <ShopperCard
        shop={shop}
        conversation={conversation}
        shopper={ready?.shopper}
        context={ready?.context}
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
          <section class={css.section} aria-label={t("orders.title")}>
            <h3>
              <Icon name="bag" size={16} /> {t("orders.title")}
              {ready.context.orders.length > 0 && (
                <span class={css.count}>{number(ready.context.orders.length)}</span>
              )}
            </h3>
            {ready.context.orders.length === 0 ? (
              <p class={css.quiet}>{t("orders.none")}</p>
            ) : (
              ready.context.orders.map((order, index) => (
                <OrderView key={order.external_id} order={order} first={index === 0} />
              ))
            )}
          </section>
        </>
      )}
    </>
  );
}

function ShopperCard(props: {
  shop: string;
  conversation: Conversation;
  shopper: Shopper | undefined;
  context: ShopperContext | undefined;
}): JSX.Element {
  const { shop, conversation, shopper, context } = props;
  const [erasing, setErasing] = useState(false);
  const brief = shopper ?? conversation.shopper;
  const customer = context?.customer;
  const email = brief.email ?? customer?.email;
  const phone = shopper?.phone ?? customer?.phone;
  const fullName = [customer?.first_name, customer?.last_name].filter(Boolean).join(" ");
  return (
    <section class={css.section} aria-label={t("shopper.title")}>
      <div class={css.titleRow}>
        <h3 class={css.name} dir="auto">
          {shopperName(conversation.shopper)}
        </h3>
        {manages.value && (
          <Menu
            label={t("shopper.more")}
            align="end"
            items={[{ label: t("shopper.erase"), icon: "trash", danger: true, run: () => setErasing(true) }]}
            trigger={(trigger) => <IconTrigger {...trigger} />}
          />
        )}
      </div>
      <p class={css.marks}>
        {brief.identified ? (
          <Chip tone="ok" title={t("shopper.identified.tip")}>
            <Icon name="shield" size={13} /> {t("shopper.identified")}
          </Chip>
        ) : (
          <Chip title={t("shopper.claimed.tip")}>{t("shopper.unidentified")}</Chip>
        )}
        {brief.language && <Chip>{languageName(brief.language)}</Chip>}
        {customer?.tags?.slice(0, 4).map((tag) => (
          <Chip key={tag}>{tag}</Chip>
        ))}
      </p>
      <dl class={css.facts}>
        {fullName && fullName !== brief.name && <Fact label={t("shopper.customer")}>{fullName}</Fact>}
        {email && (
          <Fact label={t("field.email")}>
            <a href={`mailto:${email}`}>{email}</a>
            {!brief.identified && brief.email && <span class={css.quiet}> {t("shopper.claimed")}</span>}
          </Fact>
        )}
        {phone && (
          <Fact label={t("field.phone")}>
            <a href={`tel:${phone}`} dir="ltr">
              {phone}
            </a>
          </Fact>
        )}
        {customer?.orders_count !== undefined && (
          <Fact label={t("shopper.spent")}>
            {t("shopper.orders", { count: customer.orders_count })}
            {customer.total_spent && ` · ${money(customer.total_spent)}`}
          </Fact>
        )}
        {customer?.created_at && <Fact label={t("shopper.since")}>{date(customer.created_at)}</Fact>}
        {shopper?.created_at && (
          <Fact label={t("shopper.first")}>
            <span data-tip={dateTime(shopper.created_at)}>{ago(shopper.created_at, now.value)}</span>
          </Fact>
        )}
      </dl>
      {erasing && <Erase shop={shop} conversation={conversation} onClose={() => setErasing(false)} />}
    </section>
  );
}

function IconTrigger(props: Parameters<Parameters<typeof Menu>[0]["trigger"]>[0]): JSX.Element {
  return (
    <button
      type="button"
      {...props}
      class={css.more}
      aria-label={t("shopper.more")}
      data-tip={t("shopper.more")}
    >
      <Icon name="more" size={18} />
    </button>
  );
}

function Erase(props: { shop: string; conversation: Conversation; onClose: () => void }): JSX.Element {
  const { shop, conversation, onClose } = props;
  const [busy, setBusy] = useState(false);
  const erase = async () => {
    setBusy(true);
    try {
      await api.delete(url(["shops", shop, "shoppers", conversation.shopper.id]));
      toast(t("shopper.erase.done"));
      onClose();
    } catch (error) {
      toast(failureText(error), { tone: "error" });
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("shopper.erase.title", { name: shopperName(conversation.shopper) })} onClose={onClose}>
      <p>{t("shopper.erase.text")}</p>
      <div class={css.answers}>
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="danger" busy={busy} onClick={() => void erase()}>
          {t("shopper.erase.confirm")}
        </Button>
      </div>
    </Dialog>
  );
}

function Fact({
  label,
  children,
}: {
  label: string;
  children: JSX.Element | string | (JSX.Element | string | false | undefined | "")[];
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
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
