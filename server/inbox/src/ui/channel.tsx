// The mark of a channel: a small drawing in its colour, with its name for who hears the page.
import type { JSX } from "preact";
import type { Channel } from "../api/channels";
import { has, t } from "../i18n";
import css from "./channel.module.css";
import { cx } from "./cx";
import { Icon, type IconName } from "./icons";

const icons: Record<Channel, IconName> = {
  web: "globe",
  whatsapp: "call",
  messenger: "bolt",
  instagram: "camera",
  email: "mail",
  sms: "dots",
};

export const channelIcon = (channel: string): IconName => icons[channel as Channel] ?? "globe";

export function channelName(channel: string): string {
  const key = `channel.${channel}`;
  return has(key) ? t(key) : channel;
}

interface Props {
  channel: string;
  size?: number;
  /** The name stands beside it already. */
  bare?: boolean;
}

export function ChannelMark({ channel, size = 14, bare }: Props): JSX.Element {
  const name = channelName(channel);
  return (
    <span
      class={cx(css.mark, css[channel as Channel])}
      data-channel={channel}
      {...(bare ? {} : { "data-tip": name })}
    >
      <Icon name={channelIcon(channel)} size={size} />
      {!bare && <span class="sr">{name}</span>}
    </span>
  );
}
