import type { JSX } from "preact";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { age, dateTime, money } from "../i18n/formats";
import { pathOf, type View } from "../router";
import { now } from "../state/clock";
import { lastActivity } from "../state/conversations";
import { draftOf } from "../state/drafts";
import { presences, viewers } from "../state/live";
import { agent, shopOf, shops } from "../state/session";
import { Avatar } from "../ui/avatar";
import { ChannelMark } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { OrderTag } from "../ui/tag";
import { TestMark } from "../ui/test-mark";
import { authorName, shopperName } from "./names";
import css from "./row.module.css";

interface Props {
  conversation: Conversation;
  view: View;
  active: boolean;
}

export function Row({ conversation, view, active }: Props): JSX.Element {
  const { id, shop, shopper, order, assignee, unread, tags } = conversation;
  const name = shopperName(shopper);
  const at = lastActivity(conversation);
  const draft = draftOf(id);
  const watching = Object.values(viewers.value).filter((viewer) => viewer.conversation === id);
  const waits = unread > 0 && !active;
  return (
    <a
      href={pathOf({ page: "conversations", view, shop, conversation: id })}
      class={cx(css.row, active && css.active, waits && css.unread)}
      aria-current={active ? "true" : undefined}
    >
      <Avatar
        id={shopper.id}
        name={shopper.name ?? shopper.email}
        size={36}
        presence={presences.value[id]?.state}
      />
      <span class={css.body}>
        <span class={css.line}>
          <span class={css.name} dir="auto">
            {name}
          </span>
          {shops.value.length > 1 && (
            <span class={css.shop} style={{ "--shop": shopOf(shop)?.settings.color ?? "" }}>
              {shopOf(shop)?.name}
            </span>
          )}
          {shopOf(shop)?.test && <TestMark />}
          <time class={css.age} dateTime={new Date(at).toISOString()} data-tip={dateTime(at)}>
            {age(at, now.value)}
          </time>
        </span>
        <span class={css.line}>
          <span class={css.last}>
            <LastLine conversation={conversation} draft={draft.reply || draft.note} />
          </span>
          {waits && (
            <span class={css.badge}>
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span class="sr">{t("row.unread", { count: unread })}</span>
            </span>
          )}
        </span>
        <span class={css.line}>
          <ChannelMark channel={conversation.channel} size={15} />
          {order && (
            <OrderTag>
              {order.number || order.external_id}
              {order.total && ` · ${money(order.total)}`}
            </OrderTag>
          )}
          {tags.slice(0, 2).map((tag) => (
            <span key={tag} class={css.label} dir="auto">
              {tag}
            </span>
          ))}
          <span class={css.gap} />
          {watching.length > 0 && (
            <span class={css.watching} data-tip={watching.map((one) => one.name).join(", ")}>
              <Icon name="eye" size={14} />
              <span class="sr">
                {t("row.viewing", { names: watching.map((one) => one.name).join(", ") })}
              </span>
            </span>
          )}
          {assignee ? (
            <span class={css.assignee}>
              <span class="sr">{t("row.assigned")} </span>
              {assignee.id === agent.value?.id ? t("author.you") : assignee.name}
            </span>
          ) : null}
        </span>
      </span>
    </a>
  );
}

function LastLine({ conversation, draft }: { conversation: Conversation; draft: string }): JSX.Element {
  const last = conversation.last_message;
  if (draft.trim()) {
    return (
      <>
        <span class={css.draft}>{t("row.draft")}</span>
        <span dir="auto" class={css.words}>
          {draft}
        </span>
      </>
    );
  }
  if (!last) return <span class={css.words}>{t("row.started")}</span>;
  return (
    <>
      {last.author.kind !== "shopper" && <span class={css.speaker}>{authorName(last.author)}:</span>}
      <span dir="auto" class={css.words}>
        {last.text ||
          (last.attachments > 0
            ? t("message.attachments", { count: last.attachments })
            : t("message.wordless"))}
      </span>
    </>
  );
}
