// One message or note as it is drawn: text, files, cards, choices, coupon, order; what became of it below.
import type { Item, Thread } from "@tagalong-chat/sdk/thread";
import type { JSX } from "preact";
import type { DeliveryState } from "../api/channels";
import { ours } from "../api/config";
import type { Attachment, Message } from "../api/types";
import { t } from "../i18n";
import { bytes, clock, dateTime, languageName } from "../i18n/formats";
import { problemText } from "../i18n/problems";
import { addressOf, ended, renew } from "../state/files";
import { liveSession } from "../state/live";
import { uploaded } from "../state/uploads";
import { ChannelMark } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import { CardView, CouponView, OrderOf } from "./cards";
import { lightbox } from "./lightbox";
import { parts } from "./links";
import css from "./message.module.css";
import { Outside } from "./outside";

export function MessageBody({ item, thread }: { item: Item; thread: Thread }): JSX.Element {
  if (item.revoked || item.blanked || !item.message) {
    return <p class={cx(css.bubble, css.gone)}>{t(item.revoked ? "message.revoked" : "message.erased")}</p>;
  }
  const { message } = item;
  const files = message.attachments ?? item.attachmentIds?.flatMap((id) => uploaded(id) ?? []) ?? [];
  return (
    <>
      <Quote message={message} thread={thread} />
      <Marks message={message} />
      {message.text && (
        <p class={css.bubble} dir="auto">
          <Text text={message.text} />
        </p>
      )}
      {files.map((file) => (
        <File
          key={file.id}
          file={{ ...file, url: addressOf(file) }}
          renew={() => renew(thread.conversation, item.seq)}
        />
      ))}
      {message.cards && message.cards.length > 0 && (
        <div class={css.cards}>
          {message.cards.map((card, index) => (
            <CardView key={index} card={card} />
          ))}
        </div>
      )}
      {message.coupon && <CouponView coupon={message.coupon} />}
      <OrderOf message={message} conversation={thread.conversation} />
      {message.choices && message.choices.length > 0 && (
        <ul class={css.choices} aria-label={t("message.choices")}>
          {message.choices.map((choice) => (
            <li key={choice.id} class={cx(picked(thread, item, choice.id) && css.picked)} dir="auto">
              {choice.title}
              {picked(thread, item, choice.id) && <span class="sr"> {t("message.choice.picked")}</span>}
            </li>
          ))}
        </ul>
      )}
      {!message.text && message.choice && (
        <p class={css.bubble}>{titleOf(thread, message) ?? message.choice}</p>
      )}
    </>
  );
}

export function Text({ text }: { text: string }): JSX.Element {
  return (
    <>
      {parts(text).map((part, index) =>
        typeof part === "string" ? (
          part
        ) : (
          <Outside key={index} href={part.href}>
            {part.text}
          </Outside>
        ),
      )}
    </>
  );
}

/** What kind of message it is, where its text does not show it. */
function Marks({ message }: { message: Message }): JSX.Element | null {
  const { template, return_link, forwarded, unsupported } = message;
  if (!template && !return_link && !forwarded && !unsupported) return null;
  return (
    <div class={css.marks}>
      {template?.name && (
        <span data-tip={t("message.template.tip", { language: languageName(template.language) })}>
          <Icon name="template" size={13} /> {t("message.template", { name: template.name })}
        </span>
      )}
      {return_link && (
        <span>
          <Icon name="link" size={13} /> {t("message.back")}
        </span>
      )}
      {forwarded && (
        <span>
          <Icon name="forward" size={13} /> {t("message.forwarded")}
        </span>
      )}
      {unsupported && (
        <span>
          <Icon name="question" size={13} /> {t("message.unsupported", { kind: unsupported })}
        </span>
      )}
    </div>
  );
}

function picked(thread: Thread, item: Item, choice: string): boolean {
  return thread.items.some(
    (other) => other.message?.choice === choice && other.message.reply_to === item.seq,
  );
}

function titleOf(thread: Thread, message: Message): string | undefined {
  const asked = thread.items.find((other) => other.seq === message.reply_to);
  return asked?.message?.choices?.find((choice) => choice.id === message.choice)?.title;
}

function Quote({ message, thread }: { message: Message; thread: Thread }): JSX.Element | null {
  if (message.reply_to === undefined || message.choice) return null;
  const quoted = thread.items.find((other) => other.seq === message.reply_to)?.message?.text;
  if (!quoted) return null;
  return (
    <blockquote class={css.quote} dir="auto">
      {quoted.slice(0, 140)}
    </blockquote>
  );
}

function File({ file, renew: again }: { file: Attachment; renew: () => Promise<void> }): JSX.Element {
  const image = file.content_type.startsWith("image/") && file.width && file.height && ours(file.url);
  if (image && file.width && file.height) {
    // The space is reserved before the picture comes, so that nothing below it jumps.
    const scale = Math.min(1, 320 / file.width, 260 / file.height);
    const width = Math.round(file.width * scale);
    return (
      <button
        type="button"
        class={css.image}
        style={{ width: `${width}px`, aspectRatio: `${file.width} / ${file.height}` }}
        onClick={() => {
          lightbox.value = file;
        }}
        aria-label={t("message.image.open", { name: file.name })}
      >
        <img
          src={file.url}
          alt={file.name}
          width={file.width}
          height={file.height}
          loading="lazy"
          decoding="async"
          onError={() => void again()}
        />
      </button>
    );
  }
  const body = (
    <>
      <span class={css.glyph}>
        <Icon name={file.content_type.startsWith("image/") ? "image" : "file"} />
      </span>
      <span class={css.fileText}>
        <bdi class={css.fileName}>{file.name}</bdi>
        <span class={css.small}>{bytes(file.size)}</span>
      </span>
      <Icon name="download" size={18} />
    </>
  );
  if (!ours(file.url)) return <span class={css.file}>{body}</span>;
  return (
    <a
      class={css.file}
      href={file.url}
      target="_blank"
      rel="noopener noreferrer"
      download={file.name}
      onClick={(event) => {
        if (!ended(file.url, Date.now())) return;
        event.preventDefault();
        const link = event.currentTarget;
        void again().then(() => requestAnimationFrame(() => !ended(link.href, Date.now()) && link.click()));
      }}
    >
      {body}
    </a>
  );
}

/** What became of an own message, when anything was said and where: under the last of a group. */
export function Foot(props: {
  item: Item;
  state: FootState | undefined;
  channel: string | undefined;
}): JSX.Element {
  const { item, state, channel } = props;
  return (
    <span class={css.foot}>
      {channel && <ChannelMark channel={channel} />}
      {item.editedAt !== undefined && <span>{t("message.edited")}</span>}
      <time dateTime={new Date(item.at).toISOString()} data-tip={dateTime(item.at)}>
        {clock(item.at)}
      </time>
      {state && state !== "failed" && item.kind === "message" && <Tick state={state} />}
    </span>
  );
}

/** Of this device's outbox and the web, and of deliveries elsewhere. */
export type FootState = NonNullable<Item["state"]> | DeliveryState;

const ticks: Record<FootState, IconName> = {
  sending: "clock",
  queued: "clock",
  uncertain: "question",
  held: "pause",
  accepted: "check",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "warning",
};

function Tick({ state }: { state: FootState }): JSX.Element {
  const warns = state === "uncertain" || state === "held" || state === "failed";
  const faint = state === "accepted";
  return (
    <span
      class={cx(css.tick, state === "read" && css.read, warns && css.warns, faint && css.faint)}
      data-tip={t(`message.state.${state}`)}
    >
      <Icon name={ticks[state]} size={15} />
      <span class="sr">{t(`message.state.${state}`)}</span>
    </span>
  );
}

export function Failed({ item }: { item: Item }): JSX.Element | null {
  const id = item.clientId;
  if (!item.failure || !id) return null;
  return (
    <p class={css.failed} role="alert">
      <Icon name="warning" size={15} />
      <span>
        {t("message.failed")} {problemText(item.failure.code)}
      </span>
      <button type="button" onClick={() => void liveSession()?.retry(id)}>
        {t("action.retry")}
      </button>
      <button type="button" onClick={() => void liveSession()?.discard(id)}>
        {t("action.discard")}
      </button>
    </p>
  );
}
