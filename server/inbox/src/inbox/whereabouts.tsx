// Where the shopper is now, in the head of a conversation: on the site or gone, on which channel since when, and how long
// free replies are possible there.
import type { JSX } from "preact";
import type { Reach } from "../api/channels";
import { clockSkew } from "../api/client";
import type { Conversation } from "../api/types";
import { composeOf, wayOf, windowOf } from "../channels/compose";
import { t } from "../i18n";
import { dateTime, moment, span } from "../i18n/formats";
import { now, serverTime } from "../state/clock";
import { presences } from "../state/live";
import { reachOf } from "../state/reach";
import { ChannelMark, channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import css from "./whereabouts.module.css";

/** since is when the conversation went to where it is. */
export function since(reach: Reach): number | undefined {
  const active = reach.handoffs.filter((one) => one.state === "active" || one.state === "linked");
  const here =
    active.find((one) => one.address === reach.route) ?? active.find((one) => one.to === reach.channel);
  return here?.updated_at ?? wayOf(reach, reach.route)?.address.last_inbound_at;
}

export function Whereabouts({ conversation }: { conversation: Conversation }): JSX.Element {
  const presence = presences.value[conversation.id]?.state ?? "unknown";
  const reach = reachOf(conversation.id).value.value;
  const way = wayOf(reach, reach?.route);
  if (!reach || !way) return <span>{t(`presence.${presence}`)}</span>;
  const from = since(reach);
  const channel = channelName(way.address.channel);
  return (
    <>
      <span class={css.on}>
        <ChannelMark channel={way.address.channel} bare size={15} />
        <span {...(from ? { "data-tip": dateTime(from) } : {})}>
          {from
            ? t("whereabouts.since", { channel, time: moment(from, now.value) })
            : t("whereabouts.on", { channel })}
        </span>
      </span>
      {presence === "here" && <span>{t("presence.here")}</span>}
    </>
  );
}

/** The countdown of the window; nothing where a channel has none, or while the shopper reads on the site. */
export function WindowChip({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const reach = reachOf(conversation.id).value.value;
  const compose = composeOf(reach);
  const way = compose.way ?? (reach?.presence === "here" ? undefined : compose.follows);
  if (!way) return null;
  const at = serverTime();
  const left = windowOf(way.window_until, at);
  if (!left) return null;
  if (left.tone === "closed") {
    const human = windowOf(way.human_until, at);
    const tagged = compose.tagged && human && human.tone !== "closed";
    return (
      <span
        class={cx(css.window, css.closed)}
        data-tip={t("window.closed.tip", { time: dateTime(left.until - clockSkew.value) })}
      >
        <Icon name="clock" size={14} />
        {tagged
          ? t("window.human", { time: moment(human.until - clockSkew.value, now.value) })
          : compose.mode === "template" || compose.away
            ? t("window.template")
            : t("window.closed")}
      </span>
    );
  }
  return (
    <span
      class={cx(css.window, css[left.tone])}
      data-tip={t("window.tip", { channel: channelName(way.address.channel) })}
    >
      <Icon name="clock" size={14} />
      <span class={css.until}>
        {t("window.until", { time: moment(left.until - clockSkew.value, now.value) })}
      </span>
      <span class={css.left}>{t("window.left", { span: span(left.left) })}</span>
    </span>
  );
}
