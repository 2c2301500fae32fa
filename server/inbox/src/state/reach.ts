// Where the next message of a conversation would go, as the server plans it. Read when a conversation is on the screen, and
// again when something that the plan is made of has changed: the conversation, the shopper's presence, the end of a window.
import { type Signal, signal } from "@preact/signals";
import type { Reach } from "../api/channels";
import { api, url } from "../api/client";
import type { Conversation } from "../api/types";
import { nextChange } from "../channels/compose";
import { serverNow } from "./clock";

export type ReachState = { state: "loading" | "failed"; value?: Reach } | { state: "ready"; value: Reach };

const cache = new Map<string, Signal<ReachState>>();
const kept = 30;

export function reachOf(conversation: string): Signal<ReachState> {
  let found = cache.get(conversation);
  if (!found) {
    found = signal<ReachState>({ state: "loading" });
    cache.set(conversation, found);
    const oldest = cache.keys().next().value;
    if (cache.size > kept && oldest !== undefined && oldest !== conversation) cache.delete(oldest);
  }
  return found;
}

let asked = 0;
const latest = new Map<string, number>();

/** loadReach reads it again; a slower answer to an earlier question changes nothing. */
export async function loadReach(shop: string, conversation: string): Promise<void> {
  asked += 1;
  const mine = asked;
  latest.set(conversation, mine);
  const target = reachOf(conversation);
  try {
    const value = await api.get<Reach>(url(["shops", shop, "conversations", conversation, "reach"]));
    if (latest.get(conversation) === mine) target.value = { state: "ready", value };
  } catch {
    if (latest.get(conversation) === mine) target.value = { ...target.value, state: "failed" } as ReachState;
  }
}

const longest = 2 ** 31 - 1;

/** againAt reads it once more when the next window ends. It gives back how to forget about that. */
export function againAt(shop: string, conversation: string, reach: Reach): () => void {
  const now = serverNow();
  const at = nextChange(reach, now);
  if (at === undefined) return () => {};
  const timer = setTimeout(() => void loadReach(shop, conversation), Math.min(longest, at - now + 1000));
  return () => clearTimeout(timer);
}

/** reroute makes the conversation go on at an address, or on the site. */
export async function reroute(conversation: Conversation, address: string | null): Promise<Conversation> {
  const path = ["shops", conversation.shop, "conversations", conversation.id];
  const next = await api.put<Conversation>(url([...path, "route"]), { address });
  await loadReach(conversation.shop, conversation.id);
  return next;
}

/** forgetReaches is for another database behind the app. */
export function forgetReaches(): void {
  cache.clear();
}
