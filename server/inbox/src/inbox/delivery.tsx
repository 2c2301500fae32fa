// What became of a message on its channel, where somebody has to look: it failed, is held back, or nobody knows. The rest
// is a tick under the group.
import type { Item } from "@tagalong-chat/sdk/thread";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DeliveryState } from "../api/channels";
import type { Conversation } from "../api/types";
import { rank, retryable, shown, wants } from "../channels/delivery";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { serverNow } from "../state/clock";
import { deliveriesOf, retryDelivery } from "../state/deliveries";
import { channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import { helpText, reasonText } from "./channel-words";
import css from "./message.module.css";

/** deliveryState is what the foot shows of a message that went to a channel; undefined: it is read on the web alone. */
export function deliveryState(
  conversation: string,
  item: Item,
  read: boolean,
): { state: DeliveryState; channel: string } | undefined {
  const delivery = shown(deliveriesOf(conversation).value, item.seq);
  if (!delivery) return undefined;
  if (!read) return { state: delivery.state, channel: delivery.channel };
  // What never went out was read on the site.
  return { state: "read", channel: rank(delivery.state) >= rank("accepted") ? delivery.channel : "web" };
}

const justNow = 30_000;

interface Props {
  item: Item;
  conversation: Conversation;
  read: boolean;
}

export function DeliveryLine({ item, conversation, read }: Props): JSX.Element | null {
  const delivery = shown(deliveriesOf(conversation.id).value, item.seq);
  const [busy, setBusy] = useState(false);
  if (!delivery || read || !(wants(delivery) || delivery.state === "uncertain")) return null;
  const channel = channelName(delivery.channel);
  const again = async () => {
    setBusy(true);
    try {
      await retryDelivery(conversation.shop, conversation.id, delivery.id);
    } catch (error) {
      toast(`${t("action.failed")} ${failureText(error)}`, { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  const failed = delivery.state === "failed";
  // Said aloud when it happens, not each time that the conversation is opened.
  const fresh = failed && serverNow() - delivery.at < justNow;
  return (
    <div class={cx(css.delivery, failed && css.bad)} role={fresh ? "alert" : undefined}>
      <p>
        <Icon name={failed ? "warning" : delivery.state === "held" ? "pause" : "question"} size={15} />
        <span>
          <strong>{t(`delivery.${delivery.state as "failed" | "held" | "uncertain"}`, { channel })}</strong>{" "}
          {delivery.state !== "uncertain" && reasonText(delivery.reason)}{" "}
          {delivery.state !== "uncertain" && helpText(delivery.reason)}
        </span>
      </p>
      {delivery.detail && (
        <details>
          <summary>{t("delivery.detail")}</summary>
          <p dir="auto">
            {delivery.reason && <code>{delivery.reason}</code>} {delivery.detail}
          </p>
        </details>
      )}
      {retryable(delivery) && (
        <button type="button" disabled={busy} aria-busy={busy} onClick={() => void again()}>
          {t("action.retry")}
        </button>
      )}
    </div>
  );
}
