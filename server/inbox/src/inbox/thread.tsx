// The log of one conversation. Scrolling is its hard part: it opens at what is unread, stays at the end while the agent
// is there, and does not jump when older pages come in above.
import { hasOlder, type Item, type Thread, timeline } from "@tagalong-chat/sdk/thread";
import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation } from "../api/types";
import { has, t } from "../i18n";
import { dayMark } from "../i18n/formats";
import { now } from "../state/clock";
import { patch } from "../state/conversations";
import { liveSession } from "../state/live";
import { agent } from "../state/session";
import { Avatar } from "../ui/avatar";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import { Skeleton } from "../ui/states";
import { ChannelEventLine, isChannelEvent } from "./channel-event";
import { DeliveryLine, deliveryState } from "./delivery";
import { Failed, Foot, MessageBody } from "./message";
import { authorName, shopperName } from "./names";
import { isShopEvent, ShopEventLine } from "./shop-event";
import css from "./thread.module.css";
import { type Block, blocks } from "./timeline";

const nearEnd = 80;
/** How many items are drawn at first, and how many more each time that the top comes near. */
const step = 80;
/** Reading marks go out after this pause: a replay or a burst is one mark, not a hundred. */
const readAfter = 300;

/** Whether the browser itself keeps what is looked at in its place when something above grows. */
const anchored = typeof CSS !== "undefined" && CSS.supports?.("overflow-anchor", "auto");

interface Props {
  conversation: Conversation;
  thread: Thread | undefined;
}

export function ThreadView({ conversation, thread }: Props): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const opened = useRef(false);
  const anchor = useRef<{ key: string; offset: number } | undefined>(undefined);
  const loading = useRef(false);
  const [away, setAway] = useState(false);
  const [busy, setBusy] = useState(false);
  /** The first seq that is drawn; what is held above it waits until the agent scrolls there. */
  const [from, setFrom] = useState<number | undefined>(undefined);
  /** How far this agent had read on opening: the line stays where it was while they read on. */
  const [readUpTo, setReadUpTo] = useState<number | undefined>(undefined);

  const complete = thread !== undefined && thread.head > 0 && thread.seq >= thread.head;
  const ready = from !== undefined;
  useLayoutEffect(() => {
    if (ready || !thread || !complete) return;
    const mark = conversation.unread > 0 ? ownMark(thread) : undefined;
    const firstUnread = mark === undefined ? -1 : thread.items.findIndex((item) => (item.seq ?? 0) > mark);
    const start = Math.max(0, thread.items.length - step);
    setReadUpTo(mark);
    setFrom(seqAt(thread, firstUnread >= 0 ? Math.min(start, Math.max(0, firstUnread - 5)) : start));
  }, [ready, complete, thread, conversation.unread]);

  const drawn = useMemo(() => {
    if (!thread || from === undefined) return [];
    return blocks(
      timeline(thread).filter((item) => item.seq === undefined || item.seq >= from),
      readUpTo,
    );
  }, [thread, from, readUpTo]);

  const markRead = useCallback(() => {
    if (!thread || thread.seq < thread.head || document.visibilityState !== "visible" || !document.hasFocus())
      return;
    if (!atEnd.current || ownMark(thread) >= thread.seq) return;
    liveSession()?.read(conversation.id);
    patch(conversation.id, { unread: 0 });
  }, [thread, conversation.id]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element || !ready) return;
    if (!opened.current) {
      opened.current = true;
      const line = element.querySelector<HTMLElement>("[data-unread]");
      if (line) element.scrollTop = Math.max(0, line.offsetTop - 72);
      else element.scrollTop = element.scrollHeight;
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
    } else if (anchor.current) {
      const kept = element.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.current.key)}"]`);
      if (kept) element.scrollTop += kept.getBoundingClientRect().top - anchor.current.offset;
      anchor.current = undefined;
    } else if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
    }
  }, [drawn, ready]);

  useEffect(() => {
    const timer = setTimeout(markRead, readAfter);
    return () => clearTimeout(timer);
  }, [markRead]);

  const loadOlder = useCallback(async () => {
    const element = frame.current;
    if (!element || loading.current || !thread || from === undefined) return;
    const hidden = thread.items.filter((item) => (item.seq ?? from) < from).length;
    if (hidden === 0 && !hasOlder(thread)) return;
    loading.current = true;
    try {
      if (hidden === 0) {
        setBusy(true);
        await liveSession()?.older(conversation.id, step);
      }
      const held = liveSession()?.thread(conversation.id) ?? thread;
      const now = held.items.filter((item) => (item.seq ?? from) < from).length;
      if (anchored) {
        // The browser keeps the place by itself, but only where something is above.
        element.scrollTop = Math.max(1, element.scrollTop);
        setFrom(seqAt(held, Math.max(0, now - step)));
        return;
      }
      const box = element.getBoundingClientRect();
      const first = [...element.querySelectorAll<HTMLElement>("[data-key]")].find(
        (one) => one.getBoundingClientRect().bottom > box.top,
      );
      if (first?.dataset.key)
        anchor.current = { key: first.dataset.key, offset: first.getBoundingClientRect().top };
      setFrom(seqAt(held, Math.max(0, now - step)));
    } catch {
      // The next scroll tries again.
    } finally {
      loading.current = false;
      setBusy(false);
    }
  }, [thread, from, conversation.id]);

  const scrolled = useCallback(() => {
    const element = frame.current;
    if (!element || !opened.current) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    atEnd.current = left < nearEnd;
    setAway(left > 400);
    if (element.scrollTop < 300) void loadOlder();
    if (atEnd.current) markRead();
  }, [loadOlder, markRead]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const seen = () => markRead();
    document.addEventListener("visibilitychange", seen);
    addEventListener("focus", seen);
    // The composer grows, the keyboard opens, pictures come: who was at the end stays there.
    const resized = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    resized.observe(element);
    if (element.firstElementChild) resized.observe(element.firstElementChild);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("focus", seen);
      resized.disconnect();
    };
  }, [markRead]);

  // A page that does not fill the window has nothing to scroll, so it asks by itself.
  useEffect(() => {
    const element = frame.current;
    if (ready && element && element.scrollHeight <= element.clientHeight) void loadOlder();
  }, [ready, drawn.length, loadOlder]);

  const toEnd = () => {
    const element = frame.current;
    if (!element) return;
    element.scrollTo({ top: element.scrollHeight, behavior: "smooth" });
  };

  const unreadBelow = away && conversation.unread > 0;
  return (
    <div class={css.wrap}>
      <div
        ref={frame}
        class={css.frame}
        role="log"
        aria-live="off"
        aria-label={t("thread.label", { name: shopperName(conversation.shopper) })}
        aria-busy={busy || !ready}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable log must be reachable by keyboard
        tabIndex={0}
        onScroll={scrolled}
      >
        <div class={css.inner}>
          {busy && (
            <p class={css.older} aria-hidden="true">
              {t("thread.older")}
            </p>
          )}
          {!ready && <Skeleton lines={8} />}
          {thread &&
            drawn.map((block) => (
              <BlockView key={block.key} block={block} thread={thread} conversation={conversation} />
            ))}
        </div>
      </div>
      {away && (
        <button type="button" class={cx(css.jump, unreadBelow && css.fresh)} onClick={toEnd}>
          <Icon name="down" size={18} />
          {unreadBelow ? t("thread.unread.jump", { count: conversation.unread }) : t("thread.latest")}
        </button>
      )}
    </div>
  );
}

/** seqAt is the seq of an item; a thread without entries is drawn from its beginning. */
function seqAt(thread: Thread, index: number): number {
  return thread.items[index]?.seq ?? 0;
}

function ownMark(thread: Thread): number {
  return thread.reads.find((read) => read.kind === "agent" && read.id === agent.value?.id)?.read ?? 0;
}

function BlockView(props: { block: Block; thread: Thread; conversation: Conversation }): JSX.Element {
  const { block, thread, conversation } = props;
  switch (block.kind) {
    case "day":
      return (
        <div class={css.day} data-key={block.key}>
          <span>{dayMark(block.at, now.value)}</span>
        </div>
      );
    case "unread":
      return (
        <div class={css.unread} data-unread="" data-key="unread">
          <span>{t("thread.unread")}</span>
        </div>
      );
    case "event":
      return <EventLine item={block.item} conversation={conversation} blockKey={block.key} />;
    case "group":
      return <Group block={block} thread={thread} conversation={conversation} />;
  }
}

function Group(props: {
  block: Extract<Block, { kind: "group" }>;
  thread: Thread;
  conversation: Conversation;
}): JSX.Element {
  const { block, thread, conversation } = props;
  const first = block.items[0] as Item;
  const { author } = first;
  const name = authorName(author, conversation.shopper);
  const start = block.side === "start";
  return (
    <div class={cx(css.group, start ? css.start : css.end, block.mine && css.mine, block.note && css.note)}>
      {!block.mine && !block.note && (
        <span class={css.face}>
          <Avatar
            id={author.id ?? author.kind}
            name={start ? (conversation.shopper.name ?? conversation.shopper.email) : author.name}
            size={28}
            kind={start ? "shopper" : "agent"}
          />
        </span>
      )}
      <div class={css.stack}>
        <p class={css.author}>
          {block.note && (
            <span class={css.noteLabel}>
              <Icon name="note" size={14} /> {t("note.label")}
            </span>
          )}
          <bdi>{name}</bdi>
          {author.kind === "bot" && <span class={css.robot}>{t("author.bot")}</span>}
        </p>
        {block.items.map((item) => (
          <div key={item.key} data-key={item.key} class={css.item} data-channel={item.channel ?? "web"}>
            <MessageBody item={item} thread={thread} />
            {item.reactions.length > 0 && (
              <span class={css.reactions}>
                {item.reactions.map((reaction) => (
                  <span
                    key={reaction.emoji}
                    data-tip={reaction.authors.map((one) => authorName(one, conversation.shopper)).join(", ")}
                  >
                    {reaction.emoji} {reaction.authors.length > 1 && reaction.authors.length}
                  </span>
                ))}
              </span>
            )}
            <Failed item={item} />
            {!start && !block.note && (
              <DeliveryLine item={item} conversation={conversation} read={readByShopper(item, thread)} />
            )}
          </div>
        ))}
        <FootOf block={block} thread={thread} conversation={conversation} />
      </div>
    </div>
  );
}

function FootOf({
  block,
  thread,
  conversation,
}: {
  block: Extract<Block, { kind: "group" }>;
  thread: Thread;
  conversation: Conversation;
}): JSX.Element | null {
  const last = block.items[block.items.length - 1];
  if (!last) return null;
  if (block.note) return <Foot item={last} state={undefined} channel={undefined} />;
  const told =
    block.side === "end" ? deliveryState(conversation.id, last, readByShopper(last, thread)) : undefined;
  const state = block.side === "end" ? (told?.state ?? stateOf(last, thread)) : undefined;
  return (
    <Foot
      item={last}
      state={state}
      channel={told?.channel ?? last.channel ?? (last.seq === undefined ? undefined : "web")}
    />
  );
}

/** readByShopper tells whether their read mark, which a channel raises too, covers a message. */
function readByShopper(item: Item, thread: Thread): boolean {
  const shopper = thread.reads.find((read) => read.kind === "shopper");
  return item.seq !== undefined && shopper !== undefined && shopper.read >= item.seq;
}

/** stateOf tells how far the shopper is, for the messages of every agent, not only this one's. */
function stateOf(item: Item, thread: Thread): Item["state"] {
  if (item.mine || item.seq === undefined) return item.state;
  const shopper = thread.reads.find((read) => read.kind === "shopper");
  if (shopper && shopper.read >= item.seq) return "read";
  return shopper && shopper.delivered >= item.seq ? "delivered" : "sent";
}

const eventIcons: Record<string, IconName> = {
  started: "globe",
  joined: "person",
  assigned: "person",
  unassigned: "person",
  closed: "circleCheck",
  reopened: "reopen",
  tagged: "tag",
  identified: "shield",
};

function EventLine(props: { item: Item; conversation: Conversation; blockKey: string }): JSX.Element | null {
  const { item, conversation, blockKey } = props;
  const event = item.event;
  if (!event) return null;
  if (isChannelEvent(event)) {
    return <ChannelEventLine item={item} conversation={conversation} blockKey={blockKey} />;
  }
  if (isShopEvent(event))
    return <ShopEventLine item={item} conversation={conversation} blockKey={blockKey} />;
  const key = `event.${event.name}`;
  const who = authorName(item.author, conversation.shopper);
  const whom = event.agent?.id === agent.value?.id ? t("author.you") : (event.agent?.name ?? "");
  const self = event.agent !== undefined && event.agent.id === item.author.id;
  const text =
    event.name === "assigned" && self
      ? t("event.assigned.self", { who })
      : has(key)
        ? t(key, { who, whom: whom || who, tags: (event.tags ?? []).join(", ") || "–" })
        : t("event.other", { who });
  return (
    <div class={css.event} data-key={blockKey}>
      <Icon name={eventIcons[event.name] ?? "forward"} size={14} />
      <span dir="auto">{text}</span>
    </div>
  );
}
