// Where the conversation is now, when it has left the site: on which channel since when, and how long free replies are
// possible there.
import type { JSX } from "preact";
import type { Reach, ReachWay } from "../api/channels";
import { clockSkew } from "../api/client";
import type { Conversation } from "../api/types";
import { type Compose, composeOf, wayOf, windowOf } from "../channels/compose";
import { t } from "../i18n";
import { dateTime, moment, span } from "../i18n/formats";
import { now, serverTime } from "../state/clock";
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

/** One line below the head; nothing while the conversation is on the site alone. */
export function Whereabouts({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const reach = reachOf(conversation.id).value.value;
  const route = wayOf(reach, reach?.route);
  const way = route ?? (reach?.presence === "here" ? undefined : composeOf(reach).follows);
  if (!reach || !way) return null;
  const from = route && since(reach);
  const channel = channelName(way.address.channel);
  return (
    <div class={css.strip}>
      <span class={css.on}>
        <ChannelMark channel={way.address.channel} bare size={16} />
        <span {...(from ? { "data-tip": dateTime(from) } : {})}>
          {!route
            ? t("whereabouts.reachable", { channel })
            : from
              ? t("whereabouts.since", { channel, time: moment(from, now.value) })
              : t("whereabouts.on", { channel })}
        </span>
      </span>
      <WindowChip compose={composeOf(reach)} way={way} />
    </div>
  );
}

/** The countdown of the window; nothing where a channel has none, or while the shopper reads on the site. */
function WindowChip({ compose, way }: { compose: Compose; way: ReachWay }): JSX.Element | null {
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
