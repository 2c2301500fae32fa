import { describe, expect, test } from "vitest";
import type { Product } from "../api/types";
import { buyable, cardOf, choiceKey, offerOf, priceOf, stockOf, variantsOf } from "./card";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const single: Product = {
  external_id: "9007199254740993001",
  title: "Tide bowl",
  url: "https://marl.example/p/tide",
  image_url: "https://cdn.example/tide.jpg",
  price_min: eur(1850),
  variants: [{ external_id: "v1", title: "Default Title", price: eur(1850), available: 24 }],
};
const several: Product = {
  external_id: "p2",
  title: "Moon jar",
  price_min: eur(5660),
  price_max: eur(7660),
  variants: [
    { external_id: "low", title: "low", price: eur(5660), available: 3 },
    { external_id: "tall", title: "tall", price: eur(7660), available: 0 },
  ],
};
const [low, tall] = several.variants ?? [];

describe("a card", () => {
  test("of a product with one variant names it for the cart and not for the eye", () => {
    expect(cardOf({ product: single }, "Add to cart")).toEqual({
      title: "Tide bowl",
      url: "https://marl.example/p/tide",
      image_url: "https://cdn.example/tide.jpg",
      price: eur(1850),
      product: "9007199254740993001",
      variant: "v1",
      buttons: [{ kind: "cart", title: "Add to cart" }],
    });
  });

  test("of a variant carries its name and price", () => {
    expect(cardOf({ product: several, ...(low ? { variant: low } : {}) }, "Add")).toMatchObject({
      title: "Moon jar",
      subtitle: "low",
      price: eur(5660),
      variant: "low",
      buttons: [{ kind: "cart" }],
    });
  });

  test("has no button where it is not known what would go into the cart, or nothing is left of it", () => {
    expect(cardOf({ product: several }, "Add")).not.toHaveProperty("buttons");
    expect(cardOf({ product: several }, "Add")).not.toHaveProperty("variant");
    expect(cardOf({ product: several, ...(tall ? { variant: tall } : {}) }, "Add")).not.toHaveProperty(
      "buttons",
    );
    expect(cardOf({ product: single })).not.toHaveProperty("buttons");
    expect(buyable({ product: { external_id: "p", title: "uncounted" } })).toBe(true);
  });

  test("takes no address but a plain one of the web", () => {
    for (const url of ["javascript:alert(1)", "data:text/html,x", "/p/tide", "not a url"]) {
      const card = cardOf({ product: { ...single, url, image_url: url } });
      expect(card).not.toHaveProperty("url");
      expect(card).not.toHaveProperty("image_url");
    }
  });

  test("keeps to the contract's lengths, by whole characters", () => {
    const card = cardOf({ product: { external_id: "p", title: "🏺".repeat(200) } });
    expect(Array.from(card.title)).toHaveLength(120);
    expect(card.title.endsWith("🏺…")).toBe(true);
  });

  test("is told from one of another variant", () => {
    const keys = [
      { product: several },
      ...(several.variants ?? []).map((variant) => ({ product: several, variant })),
    ];
    expect(new Set(keys.map(choiceKey)).size).toBe(3);
  });
});

test("variants are a choice only where there are several", () => {
  expect(variantsOf(single)).toEqual([]);
  expect(variantsOf(several)).toHaveLength(2);
  expect(variantsOf({ external_id: "p" })).toEqual([]);
});

test("a price is one, or a range where the variants differ", () => {
  expect(priceOf({ product: single })).toEqual({ from: eur(1850) });
  expect(priceOf({ product: several })).toEqual({ from: eur(5660), to: eur(7660) });
  expect(priceOf({ product: several, ...(tall ? { variant: tall } : {}) })).toEqual({ from: eur(7660) });
  expect(priceOf({ product: { external_id: "p" } })).toBeUndefined();
});

test.each<[string, Product, unknown]>([
  ["counts over the variants", several, { state: "few", count: 3 }],
  ["many", single, { state: "in", count: 24 }],
  ["none left", { external_id: "p", variants: [{ external_id: "v", available: 0 }] }, { state: "out" }],
  [
    "oversold counts as none, not against the others",
    {
      external_id: "p",
      variants: [
        { external_id: "v", available: -4 },
        { external_id: "w", available: 9 },
      ],
    },
    { state: "in", count: 9 },
  ],
  [
    "one that is not counted",
    { external_id: "p", variants: [{ external_id: "v", available: 1 }, { external_id: "w" }] },
    { state: "unknown" },
  ],
  ["no variants", { external_id: "p" }, { state: "unknown" }],
])("stock: %s", (_what, product, expected) => {
  expect(stockOf({ product })).toEqual(expected);
});

test("an offer says until when, and nothing that is not known", () => {
  const coupon = { external_id: "c", code: "WELCOME10", kind: "percent" as const, percent: "10" };
  expect(offerOf(coupon, "10 % off")).toEqual({ code: "WELCOME10", description: "10 % off" });
  expect(offerOf({ ...coupon, ends_at: 7 }, "")).toEqual({ code: "WELCOME10", expires_at: 7 });
});
