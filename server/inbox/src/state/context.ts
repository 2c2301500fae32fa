// What the shop knows about the shopper on the screen: customer, orders with their shipments, carts, page. Read once
// over REST, then kept current by the feed.
import { type Signal, signal } from "@preact/signals";
import { api, url } from "../api/client";
import type { Cart, Customer, Order, Page, Shipment, Shopper, ShopperContext } from "../api/types";

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

/** applyChange brings a change of the feed to every context that it concerns. */
export function applyChange(change: Change): void {
  for (const [key, target] of cache) {
    const ready = target.value;
    if (!key.startsWith(`${change.shop}/`) || ready.state !== "ready" || !concerns(ready, change)) continue;
    const context = { ...ready.context };
    if (change.order) context.orders = mergeOrder(context.orders, change.order);
    if (change.shipment) context.orders = mergeShipment(context.orders, change.shipment);
    if (change.cart) context.carts = mergeCart(context.carts, change.cart);
    if (change.customer) context.customer = change.customer;
    target.value = { state: "ready", shopper: change.shopper ?? ready.shopper, context };
    // Another identity may bring other orders with it.
    if (change.shopper && change.shopper.customer !== ready.shopper.customer) {
      void loadContext(change.shop, change.shopper.id);
    }
  }
}

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
