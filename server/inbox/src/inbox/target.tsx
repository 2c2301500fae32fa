// Where a reply goes, above the text: the channel and the person, and as a menu every other way that there is.
import type { JSX } from "preact";
import type { Reach, ReachWay } from "../api/channels";
import type { Conversation } from "../api/types";
import { type Compose, personOf } from "../channels/compose";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { put } from "../state/conversations";
import { reroute } from "../state/reach";
import { ChannelMark, channelIcon, channelName } from "../ui/channel";
import { Icon } from "../ui/icons";
import { Menu, type MenuItem } from "../ui/menu";
import { toast } from "../ui/toast";
import { reasonText } from "./channel-words";
import css from "./composer.module.css";
import { shopperName } from "./names";

interface Props {
  conversation: Conversation;
  compose: Compose;
  reach: Reach | undefined;
}

export function Target({ conversation, compose, reach }: Props): JSX.Element {
  const name = shopperName(conversation.shopper);
  if (!reach || reach.ways.length === 0) {
    return (
      <span class={css.for} aria-hidden="true">
        {t("composer.reply.hint", { name })}
      </span>
    );
  }
  const person = compose.way && personOf(compose.way.address);
  const channel = channelName(compose.channel);
  const words = person ? t("composer.to", { channel, person }) : t("composer.to.web", { channel });
  return (
    <span class={css.for}>
      <Menu
        label={t("route.menu")}
        align="end"
        items={waysOf(conversation, reach)}
        trigger={(trigger) => (
          <button type="button" {...trigger} class={css.target} data-tip={t("route.change")}>
            <ChannelMark channel={compose.channel} bare size={15} />
            <bdi>{words}</bdi>
            <Icon name="down" size={13} />
          </button>
        )}
      />
    </span>
  );
}

/** waysOf lists the site and every address; the one in use is marked, one that takes nothing now says why. */
export function waysOf(conversation: Conversation, reach: Reach): MenuItem[] {
  const go = (address: string | null, channel: string) => () => void change(conversation, address, channel);
  return [
    {
      label: t("route.web"),
      icon: "globe",
      checked: !reach.route,
      run: go(null, "web"),
    },
    ...reach.ways.map((way) => ({
      label: labelOf(way),
      icon: channelIcon(way.address.channel),
      checked: reach.route === way.address.id,
      note: noteOf(way),
      run: go(way.address.id, way.address.channel),
    })),
  ];
}

function labelOf(way: ReachWay): string {
  const person = personOf(way.address);
  const channel = channelName(way.address.channel);
  return person ? t("route.way", { channel, person }) : channel;
}

function noteOf(way: ReachWay): string {
  if (way.plan.form === "hold") return reasonText(way.plan.reason);
  if (way.plan.form === "template") return t("route.template");
  return "";
}

async function change(conversation: Conversation, address: string | null, channel: string): Promise<void> {
  try {
    const next = await reroute(conversation, address);
    if (next?.id) put([next]);
    toast(channel === "web" ? t("route.changed.web") : t("route.changed", { channel: channelName(channel) }));
  } catch (error) {
    toast(`${t("action.failed")} ${failureText(error)}`, { tone: "error" });
  }
}
