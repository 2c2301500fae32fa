// The conversations that this agent may see, each held once, whatever list it is in. Lists are filters over them; the
// feed keeps them current; pages come over REST as the agent scrolls.
import { batch, computed, signal } from "@preact/signals";
import { api, url } from "../api/client";
import type { Conversation, Counts, List } from "../api/types";
import type { View } from "../router";
import { scope } from "./prefs";
import { agent, shops } from "./session";

const held = new Map<string, Conversation>();
/** When each was last taken over, in steps of `era`; a reload drops what it did not see again. */
const takenIn = new Map<string, number>();
let era = 0;
/** Rises with every change of `held`, so that lists know to look again. */
const version = signal(0);

export const counts = signal<Readonly<Record<string, Counts>>>({});

interface Page {
  state: "idle" | "loading" | "ready" | "failed";
  next?: string;
}
const pages = signal<Readonly<Record<string, Page>>>({});
const pageKey = (view: View, shop: string) => `${view}/${shop}`;

export const scopedShops = computed(() =>
  scope.value === "all" || !shops.value.some((shop) => shop.id === scope.value)
    ? shops.value.map((shop) => shop.id)
    : [scope.value],
);

/** belongs is the definition of the four lists. */
export function belongs(conversation: Conversation, view: View, self: string | undefined): boolean {
  if (view === "closed") return conversation.state === "closed";
  if (conversation.state !== "open") return false;
  if (view === "mine") return conversation.assignee?.id === self;
  if (view === "unassigned") return !conversation.assignee;
  return true;
}

/** lastActivity orders the lists: what was said last is on top; tags and receipts move nothing. */
export function lastActivity(conversation: Conversation): number {
  return conversation.last_message?.at ?? conversation.created_at;
}

/** The conversation on the screen stays in its list until the agent moves on, so that closing it never jumps. */
export const pinned = signal<{ id: string; view: View } | undefined>(undefined);

export function listOf(view: View): Conversation[] {
  version.value;
  const self = agent.value?.id;
  const allowed = new Set(scopedShops.value);
  const found: Conversation[] = [];
  for (const conversation of held.values()) {
    if (!allowed.has(conversation.shop)) continue;
    const stays = pinned.value?.id === conversation.id && pinned.value.view === view;
    if (stays || belongs(conversation, view, self)) found.push(conversation);
  }
  return found.sort((a, b) => lastActivity(b) - lastActivity(a) || (a.id < b.id ? -1 : 1));
}

export function conversationOf(id: string): Conversation | undefined {
  version.value;
  return held.get(id);
}

export function countOf(view: View): number {
  return scopedShops.value.reduce((sum, shop) => sum + (counts.value[shop]?.[view] ?? 0), 0);
}

/** Unread messages waiting in open conversations, for the title of the tab. */
export const unreadConversations = computed(() => {
  version.value;
  let waiting = 0;
  for (const conversation of held.values()) {
    if (conversation.state === "open" && conversation.unread > 0) waiting += 1;
  }
  return waiting;
});

/** put takes over newer versions; an older one (a slow REST answer overtaken by the feed) changes nothing. */
export function put(items: readonly Conversation[]): void {
  const self = agent.value?.id;
  let changed = false;
  const recount = new Set<string>();
  for (const item of items) {
    const old = held.get(item.id);
    takenIn.set(item.id, era);
    if (old && old.position > item.position) continue;
    held.set(item.id, item);
    changed = true;
    if (!old) recount.add(item.shop);
    else if (
      (["mine", "unassigned", "open", "closed"] as const).some(
        (v) => belongs(old, v, self) !== belongs(item, v, self),
      )
    ) {
      recount.add(item.shop);
    }
  }
  if (!changed) return;
  version.value += 1;
  for (const shop of recount) countSoon(shop);
}

/** patch changes a held conversation at once, before the server has answered. It gives back how it was. */
export function patch(id: string, change: Partial<Conversation>): Conversation | undefined {
  const old = held.get(id);
  if (!old) return undefined;
  const next = { ...old, ...change };
  held.set(id, next);
  const self = agent.value?.id;
  batch(() => {
    version.value += 1;
    const before = counts.value[old.shop];
    if (before) {
      const moved = { ...before };
      for (const view of ["mine", "unassigned", "open", "closed"] as const) {
        moved[view] += Number(belongs(next, view, self)) - Number(belongs(old, view, self));
      }
      counts.value = { ...counts.value, [old.shop]: moved };
    }
  });
  return old;
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** countSoon asks for the counts of a shop at most twice a second, however many changes arrive. */
export function countSoon(shop: string): void {
  if (waiting.has(shop)) return;
  waiting.set(
    shop,
    setTimeout(() => {
      waiting.delete(shop);
      void count(shop);
    }, 500),
  );
}

async function count(shop: string): Promise<void> {
  try {
    const fresh = await api.get<Counts>(url(["shops", shop, "conversations", "counts"]));
    counts.value = { ...counts.value, [shop]: fresh };
  } catch {
    // The next change asks again; a stale number is better than none.
  }
}

const queries: Record<View, Record<string, string>> = {
  mine: { state: "open", assignee: "me" },
  unassigned: { state: "open", assignee: "none" },
  open: { state: "open" },
  closed: { state: "closed" },
};

export function listState(view: View): "loading" | "ready" | "failed" {
  const states = scopedShops.value.map((shop) => pages.value[pageKey(view, shop)]?.state ?? "idle");
  if (states.some((s) => s === "failed")) return "failed";
  return states.every((s) => s === "ready") ? "ready" : "loading";
}

export function hasMore(view: View): boolean {
  return scopedShops.value.some((shop) => pages.value[pageKey(view, shop)]?.next !== undefined);
}

/** ensure loads the first page of a list, for each shop that has none yet. */
export function ensure(view: View): void {
  for (const shop of scopedShops.value) {
    const page = pages.value[pageKey(view, shop)];
    if (!page || page.state === "failed") void loadPage(view, shop, undefined);
  }
}

export function more(view: View): void {
  for (const shop of scopedShops.value) {
    const page = pages.value[pageKey(view, shop)];
    if (page?.state === "ready" && page.next) void loadPage(view, shop, page.next);
  }
}

async function loadPage(view: View, shop: string, cursor: string | undefined): Promise<void> {
  const key = pageKey(view, shop);
  const set = (page: Page) => {
    pages.value = { ...pages.value, [key]: page };
  };
  set({ ...pages.value[key], state: "loading" });
  try {
    const query = { ...queries[view], limit: 50, ...(cursor ? { cursor } : {}) };
    const list = await api.get<List<Conversation>>(url(["shops", shop, "conversations"], query));
    batch(() => {
      put(list.items);
      set(list.next ? { state: "ready", next: list.next } : { state: "ready" });
    });
  } catch {
    set({ ...pages.value[key], state: "failed" });
  }
}

/**
 * reload reads a shop's lists again: the feed could not say what happened meanwhile. What was held and is in none of
 * the fresh pages is dropped, since nobody knows any more which list it is in.
 */
export async function reload(shop: string): Promise<void> {
  era += 1;
  const since = era;
  const views = Object.keys(pages.value)
    .filter((key) => key.endsWith(`/${shop}`))
    .map((key) => key.split("/")[0] as View);
  await Promise.all([count(shop), ...views.map((view) => loadPage(view, shop, undefined))]);
  if (listsFailed(shop)) return;
  for (const [id, conversation] of held) {
    if (conversation.shop !== shop || (takenIn.get(id) ?? 0) >= since) continue;
    if (pinned.value?.id === id) void fetchConversation(shop, id).catch(() => {});
    else held.delete(id);
  }
  version.value += 1;
}

const listsFailed = (shop: string) =>
  Object.entries(pages.value).some(([key, page]) => key.endsWith(`/${shop}`) && page.state === "failed");

export async function fetchConversation(shop: string, id: string): Promise<Conversation> {
  const found = await api.get<Conversation>(url(["shops", shop, "conversations", id]));
  put([found]);
  return found;
}

/** forgetAll empties everything: the database behind it is another one than before. */
export function forgetAll(): void {
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
  held.clear();
  takenIn.clear();
  pages.value = {};
  counts.value = {};
  version.value += 1;
}
