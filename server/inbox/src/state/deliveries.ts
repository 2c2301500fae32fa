// What became of messages on their channels, by conversation: read when one is opened and after each connection, kept by
// the `delivery` frames in between.
import { type Signal, signal } from "@preact/signals";
import type { Delivery } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";
import { type Deliveries, fold } from "../channels/delivery";

const held = new Map<string, Signal<Deliveries>>();
const kept = 30;

export function deliveriesOf(conversation: string): Signal<Deliveries> {
  let found = held.get(conversation);
  if (!found) {
    found = signal<Deliveries>({});
    held.set(conversation, found);
    const oldest = held.keys().next().value;
    if (held.size > kept && oldest !== undefined && oldest !== conversation) held.delete(oldest);
  }
  return found;
}

export function receiveDelivery(conversation: string, delivery: Delivery): void {
  const target = held.get(conversation);
  if (target) target.value = fold(target.value, delivery);
}

const page = 200;

/** loadDeliveries reads what became of the messages from a number on. */
export async function loadDeliveries(shop: string, conversation: string, from: number): Promise<void> {
  const target = deliveriesOf(conversation);
  const path = ["shops", shop, "conversations", conversation, "deliveries"];
  try {
    for (let at = Math.max(1, from); ; ) {
      const { items } = await api.get<List<Delivery>>(url(path, { from: at, limit: page }));
      target.value = items.reduce(fold, target.value);
      const last = items.at(-1)?.seq ?? at;
      if (items.length < page || last <= at) return;
      at = last;
    }
  } catch {
    // The frames of the next change bring each state; the next connection reads them all again.
  }
}

export async function retryDelivery(shop: string, conversation: string, delivery: string): Promise<void> {
  const path = ["shops", shop, "conversations", conversation, "deliveries", delivery, "retry"];
  const next = await api.post<Delivery | undefined>(url(path));
  if (next) receiveDelivery(conversation, next);
}

export function forgetDeliveries(): void {
  held.clear();
}
