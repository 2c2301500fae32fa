// How a shopper has gone along: the ways to reach them, the moves of the conversation, and what they agreed to. Read for
// the context panel, and again when the conversation has changed.
import { type Signal, signal } from "@preact/signals";
import type { Address, Consent, Handoff } from "../api/channels";
import { api, url } from "../api/client";
import type { Conversation, List } from "../api/types";

export interface Along {
  addresses: readonly Address[];
  handoffs: readonly Handoff[];
  consents: readonly Consent[];
}

export type AlongState = { state: "loading" | "failed"; value?: Along } | { state: "ready"; value: Along };

const cache = new Map<string, Signal<AlongState>>();
const kept = 30;

export function alongOf(conversation: string): Signal<AlongState> {
  let found = cache.get(conversation);
  if (!found) {
    found = signal<AlongState>({ state: "loading" });
    cache.set(conversation, found);
    const oldest = cache.keys().next().value;
    if (cache.size > kept && oldest !== undefined && oldest !== conversation) cache.delete(oldest);
  }
  return found;
}

/** loadAlong reads it again; what is on the screen stays there meanwhile. */
export async function loadAlong(shop: string, shopper: string, conversation: string): Promise<void> {
  const target = alongOf(conversation);
  const person = ["shops", shop, "shoppers", shopper];
  try {
    const [addresses, handoffs, consents] = await Promise.all([
      api.get<List<Address>>(url([...person, "addresses"])),
      api.get<List<Handoff>>(url(["shops", shop, "conversations", conversation, "handoffs"])),
      api.get<List<Consent>>(url([...person, "consents"])),
    ]);
    target.value = {
      state: "ready",
      value: { addresses: addresses.items, handoffs: handoffs.items, consents: consents.items },
    };
  } catch {
    target.value = { ...target.value, state: "failed" } as AlongState;
  }
}

/** acceptHint joins what a hint suggests; it gives the conversation in which it goes on. */
export async function acceptHint(
  conversation: Conversation,
  handoff: string,
): Promise<Conversation | undefined> {
  const path = ["shops", conversation.shop, "conversations", conversation.id, "accept-hint"];
  return api.post<Conversation | undefined>(url(path), { handoff });
}

/** unmerge makes a shopper who was merged into another somebody of their own again. */
export async function unmerge(shop: string, merged: string): Promise<void> {
  await api.post(url(["shops", shop, "shoppers", merged, "unmerge"]));
}
