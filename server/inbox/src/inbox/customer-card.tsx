// Who it is: the name, whether the shop has proved it, how to reach them, and what kind of customer they are.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Conversation, Customer, MarketingConsent, Shopper } from "../api/types";
import { t } from "../i18n";
import { ago, date, dateTime, languageName, money } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { manages } from "../state/session";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Menu } from "../ui/menu";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import css from "./context-panel.module.css";
import { shopperName } from "./names";

const shownTags = 6;

interface Props {
  shop: string;
  conversation: Conversation;
  shopper: Shopper | undefined;
  customer: Customer | undefined;
}

export function CustomerCard({ shop, conversation, shopper, customer }: Props): JSX.Element {
  const [erasing, setErasing] = useState(false);
  const brief = shopper ?? conversation.shopper;
  const fullName = [customer?.first_name, customer?.last_name].filter(Boolean).join(" ");
  return (
    <section class={css.section} aria-label={t("shopper.title")} data-testid="customer">
      <div class={css.titleRow}>
        <h3 class={css.name} dir="auto">
          {shopperName(conversation.shopper)}
        </h3>
        {manages.value && (
          <Menu
            label={t("shopper.more")}
            align="end"
            items={[{ label: t("shopper.erase"), icon: "trash", danger: true, run: () => setErasing(true) }]}
            trigger={(trigger) => <MoreTrigger {...trigger} />}
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
      </p>
      {customer && <Worth customer={customer} />}
      <dl class={css.facts}>
        {fullName && fullName !== brief.name && (
          <Fact label={t("shopper.customer")}>
            <bdi>{fullName}</bdi>
          </Fact>
        )}
        <Email shopper={shopper} conversation={conversation} customer={customer} />
        <Phone value={shopper?.phone ?? customer?.phone} />
        {customer?.consent && (
          <Fact label={t("customer.consent")}>
            <ConsentMarks consent={customer.consent} />
          </Fact>
        )}
        {customer?.tags && customer.tags.length > 0 && (
          <Fact label={t("tags.label")}>
            <span class={css.tags}>
              {customer.tags.slice(0, shownTags).map((tag) => (
                <Chip key={tag}>
                  <bdi>{tag}</bdi>
                </Chip>
              ))}
              {customer.tags.length > shownTags && (
                <Chip title={customer.tags.slice(shownTags).join(", ")}>
                  +{customer.tags.length - shownTags}
                </Chip>
              )}
            </span>
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

/** How many orders, and what they came to: the two figures that tell a regular from a stranger. */
export function Worth({ customer }: { customer: Customer }): JSX.Element | null {
  const { orders_count: count, total_spent: spent } = customer;
  if (count === undefined && !spent) return null;
  return (
    <p class={css.worth}>
      {count !== undefined && <strong>{t("shopper.orders", { count })}</strong>}
      {spent && <span>{t("customer.spent", { amount: money(spent) })}</span>}
    </p>
  );
}

function Email(props: {
  shopper: Shopper | undefined;
  conversation: Conversation;
  customer: Customer | undefined;
}): JSX.Element | null {
  const brief = props.shopper ?? props.conversation.shopper;
  const email = brief.email ?? props.customer?.email;
  if (!email) return null;
  return (
    <Fact label={t("field.email")}>
      <span class={css.withCopy}>
        <span>
          <a href={`mailto:${email}`}>{email}</a>
          {!brief.identified && brief.email && <span class={css.quiet}> {t("shopper.claimed")}</span>}
        </span>
        <CopyButton text={email} what={t("field.email")} />
      </span>
    </Fact>
  );
}

function Phone({ value }: { value: string | undefined }): JSX.Element | null {
  if (!value) return null;
  return (
    <Fact label={t("field.phone")}>
      <span class={css.withCopy}>
        <a href={`tel:${value}`} dir="ltr">
          {value}
        </a>
        <CopyButton text={value} what={t("field.phone")} />
      </span>
    </Fact>
  );
}

const ways = ["email", "sms", "whatsapp"] as const;

/** What they agreed to in the shop; a way that the shop says nothing of is not shown. */
function ConsentMarks({ consent }: { consent: MarketingConsent }): JSX.Element {
  const known = ways.filter((way) => consent[way] !== undefined);
  return (
    <span
      class={css.tags}
      data-tip={
        consent.updated_at ? t("customer.consent.since", { date: date(consent.updated_at) }) : undefined
      }
    >
      {known.length === 0 && <span class={css.quiet}>{t("customer.consent.none")}</span>}
      {known.map((way) => (
        <Chip key={way} tone={consent[way] ? "ok" : "plain"}>
          <Icon name={consent[way] ? "check" : "close"} size={12} />
          {t(`channel.${way}`)}
          <span class="sr">: {t(consent[way] ? "customer.consent.yes" : "customer.consent.no")}</span>
        </Chip>
      ))}
    </span>
  );
}

function MoreTrigger(props: Parameters<Parameters<typeof Menu>[0]["trigger"]>[0]): JSX.Element {
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

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
