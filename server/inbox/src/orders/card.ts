// Makes what a message carries out of what the shop has: cards of products, offers of coupons. Pure.
import type { Card, CouponOffer, Money, Product, ShopCoupon, Variant } from "../api/types";
import { webLink } from "../inbox/links";

/** The most that the contract takes. */
const maxTitle = 120;
const maxSubtitle = 500;

const cut = (text: string, most: number): string => {
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join("")}…`;
};

/** A product and, where it has several, which of its variants. */
export interface Choice {
  product: Product;
  variant?: Variant;
}

export const choiceKey = ({ product, variant }: Choice): string =>
  JSON.stringify([product.external_id, variant?.external_id ?? null]);

/** variantsOf gives those that can be told apart; a single one is the product itself. */
export function variantsOf(product: Product): readonly Variant[] {
  const all = product.variants ?? [];
  return all.length > 1 ? all : [];
}

/** onlyVariant is what goes into the cart when nothing has to be chosen. */
export function onlyVariant(product: Product): Variant | undefined {
  const all = product.variants ?? [];
  return all.length === 1 ? all[0] : undefined;
}

/** cardOf makes the card; `button` is the text of a button that puts it into the cart, where one is wanted. */
export function cardOf({ product, variant }: Choice, button?: string): Card {
  const bought = variant ?? onlyVariant(product);
  const price = bought?.price ?? product.price_min;
  const url = webLink(product.url);
  const image = webLink(product.image_url);
  const subtitle = variant?.title ? cut(variant.title, maxSubtitle) : undefined;
  return {
    title: cut(product.title || product.handle || product.external_id, maxTitle),
    ...(subtitle ? { subtitle } : {}),
    ...(image ? { image_url: image } : {}),
    ...(url ? { url } : {}),
    ...(price ? { price } : {}),
    product: product.external_id,
    ...(bought ? { variant: bought.external_id } : {}),
    ...(button && buyable({ product, ...(variant ? { variant } : {}) })
      ? { buttons: [{ kind: "cart" as const, title: cut(button, maxTitle) }] }
      : {}),
  };
}

/** buyable: it is known what exactly would go into the cart, and there is some of it. */
export function buyable({ product, variant }: Choice): boolean {
  if (!variant && variantsOf(product).length > 0) return false;
  const { available } = variant ?? onlyVariant(product) ?? {};
  return available === undefined || available > 0;
}

/** priceOf is one price, or from which to which. */
export function priceOf({ product, variant }: Choice): { from: Money; to?: Money } | undefined {
  const one = variant?.price ?? onlyVariant(product)?.price;
  if (one) return { from: one };
  const { price_min: from, price_max: to } = product;
  if (!from) return undefined;
  return to && to.amount !== from.amount ? { from, to } : { from };
}

export type Stock = { state: "unknown" } | { state: "out" } | { state: "few" | "in"; count: number };

const few = 5;

/** stockOf counts over all variants where none is chosen; one that is not counted makes the whole unknown. */
export function stockOf({ product, variant }: Choice): Stock {
  const counted = (variant ? [variant] : (product.variants ?? [])).map((one) => one.available);
  if (counted.length === 0 || counted.some((one) => one === undefined)) return { state: "unknown" };
  const count = counted.reduce<number>((sum, one) => sum + Math.max(0, one ?? 0), 0);
  if (count === 0) return { state: "out" };
  return { state: count <= few ? "few" : "in", count };
}

/** offerOf makes the message's offer of a shop's coupon; the words are the screen's. Without a code there is none. */
export function offerOf(coupon: ShopCoupon, description: string): CouponOffer | undefined {
  if (!coupon.code) return undefined;
  return {
    code: coupon.code,
    ...(description ? { description: cut(description, maxSubtitle) } : {}),
    ...(coupon.ends_at ? { expires_at: coupon.ends_at } : {}),
  };
}
