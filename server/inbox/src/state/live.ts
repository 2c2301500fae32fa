// The live side of the app: one session of the SDK, its threads as signals, who is here, and the feed's changes handed
// to the lists and the context panel.
import { type Signal, signal } from "@preact/signals";
import type { Entry, FeedFrame } from "@tagalong-chat/sdk/frames";
import { Live, type LiveEvent } from "@tagalong-chat/sdk/live";
import type { Status } from "@tagalong-chat/sdk/realtime";
import type { Thread } from "@tagalong-chat/sdk/thread";
import { api, url } from "../api/client";
import type { Page } from "../api/types";
import { applyChange, type Change, loadContext, readAgainSoon, refreshContexts, setPage } from "./context";
import { conversationOf, forgetAll, pinned, put, reload } from "./conversations";
import { forgetDeliveries, receiveDelivery } from "./deliveries";
import { outboxStorage } from "./outbox";
import { forgetReaches, loadReach } from "./reach";
import { agent, onWelcome, refreshMe, session, shopOf } from "./session";

export const connection = signal<Status>({ state: "off", transport: null });

export interface ShopperPresence {
  state: "here" | "gone" | "unknown";
  page?: Page;
}
export interface Viewer {
  id: string;
  name: string;
  conversation: string;
}

/** By conversation: whether its shopper is on the site. */
export const presences = signal<Readonly<Record<string, ShopperPresence>>>({});
/** Other agents and the conversation that each looks at. */
export const viewers = signal<Readonly<Record<string, Viewer>>>({});

const threads = new Map<string, Signal<Thread | undefined>>();
let live: Live | undefined;
let epoch: string | undefined;
const arrivals = new Set<(conversation: string, entry: Entry) => void>();

/** onArrival is told of each entry that comes in live, for the live region and the sound of a new message. */
export function onArrival(listener: (conversation: string, entry: Entry) => void): () => void {
  arrivals.add(listener);
  return () => arrivals.delete(listener);
}

export function threadOf(conversation: string): Signal<Thread | undefined> {
  let found = threads.get(conversation);
  if (!found) {
    found = signal(live?.thread(conversation));
    threads.set(conversation, found);
  }
  return found;
}

export function liveSession(): Live | undefined {
  return live;
}

/** startLive connects at sign-in, and again when the agent comes back after the session had ended. */
export function startLive(): void {
  onWelcome(() => {
    const self = agent.value;
    if (!self) return;
    if (!live) {
      live = new Live({
        baseURL: location.origin,
        door: { kind: "agent" },
        storage: outboxStorage(self.id),
        ...(navigator.locks ? { locks: navigator.locks } : {}),
        onToken: async () => {
          sessionEnded();
          return null;
        },
        readOlder,
      });
      live.subscribe(receive);
    }
    void live.start();
  });
}

/** reconnect makes the server look again at what this agent may see: a shop was added. */
export function reconnect(): void {
  live?.stop();
  void live?.start();
}

function sessionEnded(): void {
  const held = session.value;
  if (held.state === "in") session.value = { ...held, expired: true };
}

async function readOlder(conversation: string, before: number, limit: number): Promise<Entry[]> {
  const shop = conversationOf(conversation)?.shop;
  if (!shop) return [];
  const page = await api.get<{ items: Entry[] }>(
    url(["shops", shop, "conversations", conversation, "entries"], { before, limit }),
  );
  return page.items;
}

function receive(event: LiveEvent): void {
  switch (event.type) {
    case "status":
      connection.value = event.status;
      if (event.status.state === "off" && event.status.reason === "forbidden") sessionEnded();
      if (event.status.state !== "online") {
        // Who is where is not known without a connection; unknown is the honest word.
        presences.value = Object.fromEntries(
          Object.entries(presences.value).map(([id, was]) => [id, { ...was, state: "unknown" as const }]),
        );
        viewers.value = {};
      }
      break;
    case "welcome":
      if (epoch !== undefined && epoch !== event.welcome.epoch) {
        forgetAll();
        forgetDeliveries();
        forgetReaches();
      }
      epoch = event.welcome.epoch;
      // A shop that was added elsewhere: its name and colour come with the session.
      if (event.welcome.shops?.some(({ shop }) => !shopOf(shop))) void refreshMe().catch(() => {});
      break;
    case "thread": {
      const target = threads.get(event.key);
      if (target) target.value = event.thread;
      break;
    }
    case "entry":
      for (const listener of arrivals) listener(event.key, event.entry);
      if (tellsOfMore(event.entry)) readContextSoon(event.key);
      break;
    case "presence":
      receivePresence(event.presence);
      break;
    case "feed":
      receiveFeed(event.change);
      break;
    case "reload":
      void reload(event.shop);
      refreshContexts(event.shop, conversationOf(pinned.value?.id ?? "")?.shopper.id);
      break;
    case "refused":
      refusedThere(event.refused);
      break;
    case "delivery":
      receiveDelivery(event.conversation, event.delivery);
      break;
    default:
      break;
  }
}

/** An address that was left or proved brings orders with it, and what the server found of a cart is not in the feed. */
const tellsOfMore = ({ event }: Entry): boolean =>
  event !== undefined &&
  (event.handoff !== undefined || event.name === "identified" || event.name === "cart_abandoned");

function readContextSoon(conversation: string): void {
  const shop = conversationOf(conversation)?.shop;
  if (shop) readAgainSoon(shop, () => shownIn(shop));
}

/** shownIn is the shopper on the screen, if they are of this shop. */
function shownIn(shop: string): string | undefined {
  const shown = conversationOf(pinned.value?.id ?? "");
  return shown?.shop === shop ? shown.shopper.id : undefined;
}

/** A refusal knows more than the plan that the composer has: it is read again, and then says why. */
function refusedThere(refused: Extract<LiveEvent, { type: "refused" }>["refused"]): void {
  const conversation = refused.conversation ? conversationOf(refused.conversation) : undefined;
  if (conversation) void loadReach(conversation.shop, conversation.id);
}

function receivePresence(frame: Extract<LiveEvent, { type: "presence" }>["presence"]): void {
  const { who, state, page, viewing } = frame;
  if (who.kind === "agent" && who.id) {
    if (who.id === agent.value?.id) return;
    const next = { ...viewers.value };
    const conversation = viewing ?? (state === "here" ? frame.conversation : undefined);
    if (state !== "gone" && conversation) next[who.id] = { id: who.id, name: who.name ?? "", conversation };
    else delete next[who.id];
    viewers.value = next;
    return;
  }
  if (who.kind !== "shopper" || !frame.conversation) return;
  presences.value = { ...presences.value, [frame.conversation]: { state, ...(page ? { page } : {}) } };
  const conversation = conversationOf(frame.conversation);
  if (page && conversation) setPage(conversation.shop, conversation.shopper.id, page);
}

function receiveFeed(frame: FeedFrame): void {
  const { summary } = frame;
  if (summary) {
    const before = conversationOf(summary.id);
    put([summary]);
    // Another generation means that something was erased: what the panel shows may be gone too.
    if (before && before.generation !== summary.generation) void loadContext(frame.shop, summary.shopper.id);
  }
  const { order, cart, shipment, customer, shopper } = frame;
  if (summary || order || cart || shipment || customer || shopper) {
    applyChange(frame as unknown as Change);
    return;
  }
  readAgainSoon(frame.shop, () => shownIn(frame.shop));
}

/** follow joins a conversation for as long as it is on the screen, and a moment longer: agents go back and forth. */
export function follow(conversation: string): () => void {
  const current = live;
  current?.open(conversation);
  current?.viewing(conversation);
  threadOf(conversation).value = current?.thread(conversation);
  recent.delete(conversation);
  recent.add(conversation);
  for (const old of recent) {
    if (recent.size <= keptOpen) break;
    recent.delete(old);
    current?.leave(old);
  }
  return () => current?.viewing(null);
}
const recent = new Set<string>();
const keptOpen = 8;
