// What goes along with a reply besides its text and files: cards of products, one order, one coupon. Like files they wait
// in this page only, until the reply is sent.
import { signal } from "@preact/signals";
import type { Card, CouponOffer } from "../api/types";

export interface Extras {
  cards: readonly Card[];
  order?: { external_id: string; number?: string };
  coupon?: CouponOffer;
}

export const maxCards = 10;

const none: Extras = { cards: [] };
const held = signal<ReadonlyMap<string, Extras>>(new Map());

export const extrasOf = (conversation: string): Extras => held.value.get(conversation) ?? none;

export const hasExtras = ({ cards, order, coupon }: Extras): boolean =>
  cards.length > 0 || order !== undefined || coupon !== undefined;

function put(conversation: string, next: Extras): void {
  const all = new Map(held.value);
  if (hasExtras(next)) all.set(conversation, next);
  else all.delete(conversation);
  held.value = all;
}

/** addCards puts cards behind those that are there, as many as a message may have. */
export function addCards(conversation: string, cards: readonly Card[]): void {
  const before = extrasOf(conversation);
  put(conversation, { ...before, cards: [...before.cards, ...cards].slice(0, maxCards) });
}

export function removeCard(conversation: string, index: number): void {
  const before = extrasOf(conversation);
  put(conversation, { ...before, cards: before.cards.filter((_, at) => at !== index) });
}

export function setOrder(conversation: string, chosen: Extras["order"]): void {
  const { order: _before, ...rest } = extrasOf(conversation);
  put(conversation, chosen ? { ...rest, order: chosen } : rest);
}

export function setCoupon(conversation: string, chosen: CouponOffer | undefined): void {
  const { coupon: _before, ...rest } = extrasOf(conversation);
  put(conversation, chosen ? { ...rest, coupon: chosen } : rest);
}

export function clearExtras(conversation: string): void {
  put(conversation, none);
}
