// What the composer knows before anything is typed: a line above the text while it may be sent, a notice in its place
// while it may not.
import type { JSX } from "preact";
import type { Plan, Reach } from "../api/channels";
import { clockSkew } from "../api/client";
import type { Conversation } from "../api/types";
import type { Compose } from "../channels/compose";
import { t } from "../i18n";
import { moment, money } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { put } from "../state/conversations";
import { reroute } from "../state/reach";
import { Button } from "../ui/button";
import { channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import { helpText, reasonText } from "./channel-words";
import css from "./composer.module.css";

export function ComposeNotice({ compose }: { compose: Compose }): JSX.Element | null {
  const text = noticeOf(compose);
  if (!text) return null;
  const warns = compose.away || compose.tagged || compose.stuck !== undefined;
  return (
    <p class={cx(css.notice, warns && css.warn)} role="status">
      {warns && <Icon name="clock" size={14} />}
      <span>{text}</span>
    </p>
  );
}

function noticeOf(compose: Compose): string {
  const channel = channelName(compose.follows?.address.channel ?? compose.channel);
  if (compose.stuck) return t("compose.stuck", { why: reasonText(compose.stuck) });
  if (compose.away) return t("compose.away", { channel });
  if (compose.tagged) {
    return compose.until
      ? t("compose.tagged.until", { time: moment(compose.until - clockSkew.value, now.value) })
      : t("compose.tagged");
  }
  if (compose.follows) {
    return t(compose.reason === "here" ? "compose.follows" : "compose.follows.gone", { channel });
  }
  if (compose.way && !compose.way.address.confirmed_at) return t("compose.unconfirmed", { channel });
  return "";
}

interface BlockedProps {
  conversation: Conversation;
  compose: Compose;
  onPick: () => void;
}

/** In the place of the text: why nothing can be written there, and every way out. */
export function BlockedNotice({ conversation, compose, onPick }: BlockedProps): JSX.Element {
  const template = compose.mode === "template";
  const help = helpText(compose.reason);
  const home = async () => {
    try {
      const next = await reroute(conversation, null);
      if (next?.id) put([next]);
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    }
  };
  return (
    <div class={css.blocked} role="status" data-blocked="">
      <span class={css.blockedGlyph}>
        <Icon name={template ? "template" : "pause"} />
      </span>
      <div class={css.blockedText}>
        <p class={css.blockedTitle}>
          {template
            ? t("compose.template", { channel: channelName(compose.channel) })
            : t("compose.hold", { channel: channelName(compose.channel) })}
        </p>
        <p>
          {reasonText(compose.reason)} {help}
        </p>
        <div class={css.blockedActions}>
          {template && (
            <Button look="primary" small icon="template" onClick={onPick}>
              {t("compose.template.choose")}
            </Button>
          )}
          <Button small icon="globe" onClick={() => void home()}>
            {t("compose.home")}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** CostHint says what the next message costs, as far as anybody can know. */
export function CostHint({
  compose,
  reach,
}: {
  compose: Compose;
  reach: Reach | undefined;
}): JSX.Element | null {
  const plan = compose.follows?.plan ?? compose.plan;
  if (!plan?.paid) return null;
  const full = costText(plan, reach);
  return (
    <span class={css.cost} data-tip={full}>
      {costText(plan, undefined)}
    </span>
  );
}

/** costText: the price of the merchant's list, the category, and what is left of the month's limit. */
export function costText(plan: Pick<Plan, "paid" | "cost">, reach: Reach | undefined): string {
  const said = plan.cost ? t("cost.about", { price: money(plan.cost) }) : plan.paid ? t("cost.provider") : "";
  const cap = reach?.cap;
  if (!said || !cap) return said;
  const left = Math.max(0, cap.amount - (reach.spent?.amount ?? 0));
  return `${said} · ${t("cost.left", { left: money({ ...cap, amount: left }) })}`;
}
