// One conversation: who it is and what can be done above, the log in the middle, the composer below.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { ago } from "../i18n/formats";
import { back, navigate, type View } from "../router";
import { assign, close, reopen } from "../state/actions";
import { now } from "../state/clock";
import { conversationOf, fetchConversation } from "../state/conversations";
import { follow, presences, threadOf, viewers } from "../state/live";
import { narrow } from "../state/media";
import { contextShown, toggleContext } from "../state/panel";
import { agent, shopOf, shops } from "../state/session";
import { Avatar } from "../ui/avatar";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { TestMark } from "../ui/test-mark";
import { AssigneePicker } from "./assignee";
import { Composer } from "./composer";
import css from "./conversation.module.css";
import { Lightbox } from "./lightbox";
import { shopperName } from "./names";
import { Tags } from "./tags";
import { ThreadView } from "./thread";
import { useChannels } from "./use-channels";
import { Whereabouts } from "./whereabouts";

interface Props {
  shop: string;
  id: string;
  view: View;
}

export function ConversationView({ shop, id, view }: Props): JSX.Element {
  const conversation = conversationOf(id);
  const [problem, setProblem] = useState<"gone" | "failed">();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    setProblem(undefined);
    if (conversationOf(id)) return;
    fetchConversation(shop, id).catch((error: unknown) => {
      setProblem(error instanceof ApiError && error.status === 404 ? "gone" : "failed");
    });
  }, [shop, id, attempt]);

  const known = conversation !== undefined;
  useEffect(() => (known ? follow(id) : undefined), [id, known]);
  useChannels(conversation);

  if (!conversation) {
    return (
      <main class={css.view}>
        {narrow.value && <BackRow view={view} />}
        <div class={css.waiting}>
          {problem === "gone" ? (
            <Empty icon="inbox" title={t("conversation.gone")} />
          ) : problem === "failed" ? (
            <Failure text={t("conversation.failed")} onRetry={() => setAttempt(attempt + 1)} />
          ) : (
            <Skeleton lines={8} />
          )}
        </div>
      </main>
    );
  }
  return (
    <main class={css.view} aria-label={shopperName(conversation.shopper)}>
      <Header conversation={conversation} view={view} />
      <Whereabouts conversation={conversation} />
      <ThreadView conversation={conversation} thread={threadOf(id).value} />
      <Activity conversation={conversation} />
      <Composer key={id} conversation={conversation} />
      <Lightbox />
    </main>
  );
}

function BackRow({ view }: { view: View }): JSX.Element {
  return (
    <header class={css.head}>
      <IconButton
        icon="back"
        label={t("action.back")}
        onClick={() => back({ page: "conversations", view })}
      />
    </header>
  );
}

function Header({ conversation, view }: { conversation: Conversation; view: View }): JSX.Element {
  const { id, shopper, state } = conversation;
  const presence = presences.value[id];
  const open = state === "open";
  const contextOpen = contextShown.value;
  const assigned = conversation.assignee;
  const mine = assigned?.id === agent.value?.id;
  return (
    <header class={css.head}>
      {narrow.value && (
        <IconButton
          icon="back"
          label={t("action.back")}
          onClick={() => back({ page: "conversations", view })}
        />
      )}
      <Avatar id={shopper.id} name={shopper.name ?? shopper.email} size={36} presence={presence?.state} />
      <div class={css.who}>
        {narrow.value ? (
          <h1 dir="auto">{shopperName(shopper)}</h1>
        ) : (
          <h2 dir="auto">{shopperName(shopper)}</h2>
        )}
        <p class={css.sub}>
          {shopOf(conversation.shop)?.test && (
            <span>
              <TestMark />
            </span>
          )}
          <span>{t(`presence.${presence?.state ?? "unknown"}`)}</span>
          {shops.value.length > 1 && <span>{shopOf(conversation.shop)?.name}</span>}
          {!open && <span>{t("conversation.closed")}</span>}
          <span class={css.wideOnly}>
            {t("conversation.since", { ago: ago(conversation.created_at, now.value) })}
          </span>
        </p>
      </div>
      <div class={css.tools}>
        <Tags conversation={conversation} />
        {open && !assigned && agent.value && (
          <Button
            small
            look="quiet"
            class={css.wideOnly}
            onClick={() => agent.value && void assign(conversation, agent.value)}
          >
            {t("assign.take")}
          </Button>
        )}
        <AssigneePicker conversation={conversation} mine={mine} />
        {open ? (
          <Button
            small
            icon="check"
            aria-keyshortcuts="e"
            data-tip={t("action.close.tip")}
            data-keys="e"
            onClick={() => void close(conversation)}
          >
            <span class={css.words} aria-hidden="true">
              {t("action.close.short")}
            </span>
            <span class="sr">{t("action.close.conversation")}</span>
          </Button>
        ) : (
          <Button small icon="reopen" onClick={() => void reopen(conversation)}>
            <span class={css.words} aria-hidden="true">
              {t("action.reopen")}
            </span>
            <span class="sr">{t("action.reopen")}</span>
          </Button>
        )}
        <IconButton
          icon="panel"
          label={t(contextOpen ? "context.hide" : "context.show")}
          keys="i"
          on={contextOpen}
          aria-pressed={contextOpen}
          onClick={toggleContext}
        />
      </div>
    </header>
  );
}

/** Who else is here, who is typing: one quiet line above the composer. */
function Activity({ conversation }: { conversation: Conversation }): JSX.Element {
  const thread = threadOf(conversation.id).value;
  const others = Object.values(viewers.value).filter((viewer) => viewer.conversation === conversation.id);
  const typing = thread?.typing ?? [];
  const shopperTypes = typing.some((one) => one.author.kind === "shopper");
  const agentsTyping = typing
    .filter((one) => one.author.kind === "agent")
    .map((one) => one.author.name ?? "");
  const watching = others.filter((one) => !agentsTyping.includes(one.name)).map((one) => one.name);
  return (
    <div class={css.activity} role="status">
      {shopperTypes && (
        <span class={css.typing}>
          <i />
          <i />
          <i />
          {t("typing.shopper", { name: shopperName(conversation.shopper) })}
        </span>
      )}
      {agentsTyping.length > 0 && (
        <span class={css.colleague}>
          {t("typing.agents", { names: agentsTyping.join(", "), count: agentsTyping.length })}
        </span>
      )}
      {watching.length > 0 && (
        <span class={css.watching}>
          <Icon name="eye" size={14} />{" "}
          {t("viewing.agents", { names: watching.join(", "), count: watching.length })}
        </span>
      )}
    </div>
  );
}

/** showConversation opens a conversation from anywhere (a command, a row). */
export function showConversation(conversation: Conversation, view: View): void {
  navigate({ page: "conversations", view, shop: conversation.shop, conversation: conversation.id });
}
