// Lines of the log about channels: the conversation went along or came home, a step of a handoff, a hint that something
// might belong together.
import type { LogEvent } from "@tagalong-chat/sdk/frames";
import type { Item } from "@tagalong-chat/sdk/thread";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { HandoffStep, Hint, RouteStep } from "../api/channels";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { clock, dateTime } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { navigate } from "../router";
import { put } from "../state/conversations";
import { acceptHint } from "../state/handoffs";
import { threadOf } from "../state/live";
import { ChannelMark } from "../ui/channel";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import css from "./channel-event.module.css";
import { handoffText, hintText, routeText } from "./channel-words";

export const isChannelEvent = ({ route, handoff, hint }: LogEvent): boolean =>
  route !== undefined || handoff !== undefined || hint !== undefined;

interface Props {
  item: Item;
  conversation: Conversation;
  blockKey: string;
}

export function ChannelEventLine({ item, conversation, blockKey }: Props): JSX.Element | null {
  const { route, handoff, hint } = item.event ?? {};
  const at = <Time at={item.at} />;
  if (route) return <RouteLine step={route} blockKey={blockKey} at={at} />;
  if (handoff) return <HandoffLine step={handoff} blockKey={blockKey} at={at} />;
  if (hint) return <HintLine hint={hint} conversation={conversation} blockKey={blockKey} at={at} />;
  return null;
}

function Time({ at }: { at: number }): JSX.Element {
  return (
    <time class={css.time} dateTime={new Date(at).toISOString()} data-tip={dateTime(at)}>
      {clock(at)}
    </time>
  );
}

/** The divider: from here on it is said elsewhere. */
function RouteLine(props: { step: RouteStep; blockKey: string; at: JSX.Element }): JSX.Element {
  return (
    <div class={css.divider} data-key={props.blockKey}>
      <span class={css.label}>
        <ChannelMark channel={props.step.to} bare size={16} />
        <span dir="auto">{routeText(props.step)}</span>
        {props.at}
      </span>
    </div>
  );
}

function HandoffLine(props: { step: HandoffStep; blockKey: string; at: JSX.Element }): JSX.Element {
  return (
    <div class={css.line} data-key={props.blockKey}>
      <ChannelMark channel={props.step.state === "returned" ? "web" : props.step.to} bare />
      <span dir="auto">{handoffText(props.step)}</span>
      {props.at}
    </div>
  );
}

function HintLine(props: {
  hint: Hint;
  conversation: Conversation;
  blockKey: string;
  at: JSX.Element;
}): JSX.Element {
  const { hint, conversation } = props;
  return (
    <div class={css.hint} data-key={props.blockKey}>
      <Icon name="bulb" size={16} />
      <div>
        <p dir="auto">
          {hintText(hint)} {props.at}
        </p>
        <HintActions hint={hint} conversation={conversation} />
      </div>
    </div>
  );
}

/** Hints whose handoff nobody else has claimed: an agent may join what they suggest. */
const joinable = new Set(["code_missing", "code_expired"]);

export function HintActions({
  hint,
  conversation,
}: {
  hint: Hint;
  conversation: Conversation;
}): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  const handoff = joinable.has(hint.code) ? hint.handoff : undefined;
  const accepted = threadOf(conversation.id).value?.items.some((one) => {
    const step = one.event?.handoff;
    return step !== undefined && step.id === handoff && (step.state === "linked" || step.state === "active");
  });
  if (!hint.conversation && (!handoff || accepted)) return null;
  const accept = async () => {
    if (!handoff) return;
    setBusy(true);
    try {
      const joined = await acceptHint(conversation, handoff);
      if (joined) put([joined]);
      toast(t("hint.accepted"));
      if (joined && joined.id !== conversation.id) {
        navigate({ page: "conversations", view: "open", shop: joined.shop, conversation: joined.id });
      }
    } catch (error) {
      toast(`${t("action.failed")} ${failureText(error)}`, { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  const other = hint.conversation;
  return (
    <p class={css.actions}>
      {handoff && !accepted && (
        <button type="button" disabled={busy} aria-busy={busy} onClick={() => void accept()}>
          {t("hint.accept")}
        </button>
      )}
      {other && other !== conversation.id && (
        <button
          type="button"
          onClick={() =>
            navigate({ page: "conversations", view: "open", shop: conversation.shop, conversation: other })
          }
        >
          {t("hint.look")}
        </button>
      )}
    </p>
  );
}
