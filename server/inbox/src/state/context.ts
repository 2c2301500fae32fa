// What the shop knows about the shopper on the screen: customer, orders with their shipments, carts, page. Read once
// over REST, then kept current by the feed.
import { type Signal, signal } from "@preact/signals";
import { api, url } from "../api/client";
import type { Cart, Claimed, Customer, Order, Page, Shipment, Shopper, ShopperContext } from "../api/types";

export type ContextState =
  | { state: "loading" }
  | { state: "failed" }
  | { state: "ready"; shopper: Shopper; context: ShopperContext };

const cache = new Map<string, Signal<ContextState>>();
const keyOf = (shop: string, shopper: string) => `${shop}/${shopper}`;
const kept = 30;

export function contextOf(shop: string, shopper: string): Signal<ContextState> {
  const key = keyOf(shop, shopper);
  let found = cache.get(key);
  if (!found) {
    found = signal<ContextState>({ state: "loading" });
    cache.set(key, found);
    const oldest = cache.keys().next().value;
    if (cache.size > kept && oldest !== undefined && oldest !== key) cache.delete(oldest);
    void loadContext(shop, shopper);
  }
  return found;
}

/** loadContext reads everything again; what is on the screen stays there meanwhile. */
export async function loadContext(shop: string, shopper: string): Promise<void> {
  const target = cache.get(keyOf(shop, shopper));
  if (!target) return;
  if (target.value.state === "failed") target.value = { state: "loading" };
  try {
    const [person, context] = await Promise.all([
      api.get<Shopper>(url(["shops", shop, "shoppers", shopper])),
      api.get<ShopperContext>(url(["shops", shop, "shoppers", shopper, "context"])),
    ]);
    target.value = { state: "ready", shopper: person, context };
  } catch {
    if (target.value.state !== "ready") target.value = { state: "failed" };
  }
}

export interface Change {
  shop: string;
  order?: Order;
  cart?: Cart;
  shipment?: Shipment;
  customer?: Customer;
  shopper?: Shopper;
}

/** mergeOrder puts an order in its place, newest first; shipments that the change does not carry stay. */
export function mergeOrder(orders: readonly Order[], order: Order): Order[] {
  const old = orders.find((one) => one.external_id === order.external_id);
  const next = { ...order };
  if (!next.shipments && old?.shipments) next.shipments = old.shipments;
  const rest = orders.filter((one) => one !== old);
  return [next, ...rest].sort((a, b) => (b.placed_at ?? 0) - (a.placed_at ?? 0));
}

export function mergeShipment(orders: readonly Order[], shipment: Shipment): Order[] {
  return orders.map((order) => {
    if (order.external_id !== shipment.order_external_id) return order;
    const others = (order.shipments ?? []).filter((one) => one.external_id !== shipment.external_id);
    return { ...order, shipments: [...others, shipment] };
  });
}

/** mergeCart keeps open carts only: a completed one has become an order. */
export function mergeCart(carts: readonly Cart[], cart: Cart): Cart[] {
  const rest = carts.filter((one) => one.external_id !== cart.external_id);
  return cart.completed_at || !cart.lines?.length ? rest : [cart, ...rest];
}

/** concerns tells whether a change is about this shopper, by any key that the shop uses. */
export function concerns(ready: Extract<ContextState, { state: "ready" }>, change: Change): boolean {
  const { shopper, context } = ready;
  const customer = shopper.customer ?? context.customer?.external_id;
  const named = (of: { shopper?: string; customer?: { external_id?: string } } | undefined) =>
    of !== undefined &&
    (of.shopper === shopper.id || (customer !== undefined && of.customer?.external_id === customer));
  if (change.shopper) return change.shopper.id === shopper.id;
  if (change.customer) return customer !== undefined && change.customer.external_id === customer;
  if (change.order) {
    return named(change.order) || context.orders.some((one) => one.external_id === change.order?.external_id);
  }
  if (change.cart)
    return named(change.cart) || context.carts.some((one) => one.external_id === change.cart?.external_id);
  if (change.shipment)
    return context.orders.some((one) => one.external_id === change.shipment?.order_external_id);
  return false;
}

interface Reachable {
  email?: string;
  phone?: string;
}

/** sharesAddress: one of the two addresses that were given is the same. */
function sharesAddress(claimed: Reachable, of: Reachable | undefined): boolean {
  const plain = (text: string | undefined) => text?.trim().toLowerCase() || undefined;
  const email = plain(claimed.email);
  const phone = plain(claimed.phone);
  return (
    (email !== undefined && email === plain(of?.email)) || (phone !== undefined && phone === plain(of?.phone))
  );
}

/** claims tells whether a change belongs to the address that the shopper typed and nobody proved. */
export function claims(claimed: Claimed | undefined, change: Change): boolean {
  if (!claimed) return false;
  const { order, cart, shipment, customer } = change;
  const knows = (id: string | undefined) => claimed.orders.some((one) => one.external_id === id);
  if (order) return knows(order.external_id) || sharesAddress(claimed, order.customer);
  if (cart)
    return (
      claimed.carts.some((one) => one.external_id === cart.external_id) ||
      sharesAddress(claimed, cart) ||
      sharesAddress(claimed, cart.customer)
    );
  if (shipment) return knows(shipment.order_external_id);
  return sharesAddress(claimed, customer);
}

/** merged brings a change into what is proven, or into what is claimed; both have the same shape. */
function merged<T extends Pick<ShopperContext, "customer" | "orders" | "carts">>(held: T, change: Change): T {
  const next = { ...held };
  if (change.order) next.orders = mergeOrder(held.orders, change.order);
  if (change.shipment) next.orders = mergeShipment(held.orders, change.shipment);
  if (change.cart) next.carts = mergeCart(held.carts, change.cart);
  if (change.customer) next.customer = change.customer;
  return next;
}

/** proved takes out of the claimed things what turned out to be the shopper's own. */
function proved(claimed: Claimed, { order, cart }: Change): Claimed {
  return {
    ...claimed,
    orders: claimed.orders.filter((one) => one.external_id !== order?.external_id),
    carts: claimed.carts.filter((one) => one.external_id !== cart?.external_id),
  };
}

/** applyChange brings a change of the feed to every context that it concerns. */
export function applyChange(change: Change): void {
  for (const [key, target] of cache) {
    const ready = target.value;
    if (!key.startsWith(`${change.shop}/`) || ready.state !== "ready") continue;
    const { claimed } = ready.context;
    if (!concerns(ready, change)) {
      if (!claimed || !claims(claimed, change)) continue;
      target.value = { ...ready, context: { ...ready.context, claimed: merged(claimed, change) } };
      continue;
    }
    const context = merged(ready.context, change);
    if (claimed) context.claimed = proved(claimed, change);
    target.value = { state: "ready", shopper: change.shopper ?? ready.shopper, context };
    // Another identity may bring other orders with it, and another address other claims.
    if (change.shopper && identityChanged(change.shopper, ready.shopper)) {
      void loadContext(change.shop, change.shopper.id);
    }
  }
}

const identityChanged = (next: Shopper, before: Shopper): boolean =>
  next.customer !== before.customer || next.email !== before.email || next.identified !== before.identified;

export function setPage(shop: string, shopper: string, page: Page): void {
  const target = cache.get(keyOf(shop, shopper));
  if (target?.value.state !== "ready") return;
  target.value = { ...target.value, context: { ...target.value.context, page } };
}

/** refreshContexts reads what is on the screen again, after the feed had a hole. */
export function refreshContexts(shop: string, shopper: string | undefined): void {
  for (const key of [...cache.keys()]) {
    if (!key.startsWith(`${shop}/`)) continue;
    if (key === keyOf(shop, shopper ?? "")) void loadContext(shop, shopper ?? "");
    else cache.delete(key);
  }
}

const staleWithin = 3000;
const stale = new Set<string>();

/**
 * readAgainSoon is for a change that does not say what it was: something was deleted. The context on the screen is read
 * again, once for however many such changes come within a few seconds.
 */
export function readAgainSoon(shop: string, onScreen: () => string | undefined): void {
  if (stale.has(shop)) return;
  stale.add(shop);
  setTimeout(() => {
    stale.delete(shop);
    const shopper = onScreen();
    if (shopper) void loadContext(shop, shopper);
  }, staleWithin);
}
