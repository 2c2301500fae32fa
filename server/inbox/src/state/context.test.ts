import { afterEach, describe, expect, test, vi } from "vitest";
import type { Order, ShopperContext } from "../api/types";
import {
  applyChange,
  claims,
  concerns,
  contextOf,
  loadContext,
  mergeCart,
  mergeOrder,
  mergeShipment,
  readAgainSoon,
} from "./context";

const order = (id: string, from: Partial<Order> = {}): Order => ({
  external_id: id,
  placed_at: Number(id),
  ...from,
});

describe("merging", () => {
  test("an order takes its place by date and keeps the shipments that the change does not carry", () => {
    const held = [order("2", { shipments: [{ external_id: "s" }] }), order("1")];
    expect(mergeOrder(held, order("3")).map((one) => one.external_id)).toEqual(["3", "2", "1"]);
    expect(mergeOrder(held, order("2", { financial_status: "paid" }))[0]).toMatchObject({
      financial_status: "paid",
      shipments: [{ external_id: "s" }],
    });
  });

  test("a shipment goes to its order, once", () => {
    const held = mergeShipment([order("1"), order("2")], {
      external_id: "s",
      order_external_id: "2",
      status: "shipped",
    });
    const again = mergeShipment(held, { external_id: "s", order_external_id: "2", status: "delivered" });
    expect(again[0]?.shipments).toBeUndefined();
    expect(again[1]?.shipments).toEqual([{ external_id: "s", order_external_id: "2", status: "delivered" }]);
  });

  test("a cart that was paid or emptied leaves", () => {
    const line = { title: "Mug", quantity: 1 };
    const held = mergeCart([], { external_id: "c", lines: [line] });
    expect(held).toHaveLength(1);
    expect(mergeCart(held, { external_id: "c", lines: [line], completed_at: 5 })).toEqual([]);
    expect(mergeCart(held, { external_id: "c", lines: [] })).toEqual([]);
  });
});

describe("concerns", () => {
  const context: ShopperContext = { orders: [order("1")], carts: [], customer: { external_id: "c1" } };
  const ready = {
    state: "ready" as const,
    shopper: { id: "shp_1", identified: true, customer: "c1" },
    context,
  };
  test.each([
    ["an order that names the shopper", { order: order("9", { shopper: "shp_1" }) }, true],
    ["an order of the customer", { order: order("9", { customer: { external_id: "c1" } }) }, true],
    ["an order that is shown already", { order: order("1") }, true],
    [
      "an order of somebody else",
      { order: order("9", { shopper: "shp_2", customer: { external_id: "c2" } }) },
      false,
    ],
    ["a shipment of a shown order", { shipment: { external_id: "s", order_external_id: "1" } }, true],
    ["a shipment of another", { shipment: { external_id: "s", order_external_id: "7" } }, false],
    ["the customer", { customer: { external_id: "c1" } }, true],
    ["another customer", { customer: { external_id: "c2" } }, false],
    ["the shopper", { shopper: { id: "shp_1", identified: true } }, true],
  ])("%s: %#", (_what, change, expected) => {
    expect(concerns(ready, { shop: "shop_1", ...change })).toBe(expected);
  });
});

describe("claims", () => {
  const claimed = {
    email: "Mia@example.org",
    phone: "+4930",
    orders: [order("5")],
    carts: [{ external_id: "c" }],
  };
  test.each([
    ["an order of the address", { order: order("9", { customer: { email: "mia@EXAMPLE.org " } }) }, true],
    ["an order that is shown already", { order: order("5") }, true],
    ["an order of another address", { order: order("9", { customer: { email: "a@example.org" } }) }, false],
    ["a guest's order without an address", { order: order("9") }, false],
    ["a parcel of a shown order", { shipment: { external_id: "s", order_external_id: "5" } }, true],
    ["a parcel of another", { shipment: { external_id: "s", order_external_id: "6" } }, false],
    ["a cart of the address", { cart: { external_id: "d", email: "mia@example.org" } }, true],
    ["a cart that is shown already", { cart: { external_id: "c" } }, true],
    ["another's cart", { cart: { external_id: "d", customer: { email: "x@example.org" } } }, false],
    ["the customer of the address", { customer: { external_id: "c8", email: "mia@example.org" } }, true],
    ["a customer without an address", { customer: { external_id: "c9" } }, false],
    ["an order of a number that was claimed", { order: order("9", { customer: { phone: "+4930" } }) }, true],
    ["an order of another number", { order: order("9", { customer: { phone: "+4931" } }) }, false],
  ])("%s: %#", (_what, change, expected) => {
    expect(claims(claimed, { shop: "shop_1", ...change })).toBe(expected);
    expect(claims(undefined, { shop: "shop_1", ...change })).toBe(false);
  });
});

describe("what is claimed", () => {
  afterEach(() => vi.restoreAllMocks());

  test("stays apart while it changes, and becomes proven when the shop says so", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) =>
      String(input).endsWith("/context")
        ? Response.json({
            orders: [],
            carts: [],
            claimed: { email: "mia@example.org", orders: [order("5")], carts: [] },
          })
        : Response.json({ id: "shp_2", identified: false }),
    );
    const held = contextOf("shop_1", "shp_2");
    await vi.waitFor(() => expect(held.value.state).toBe("ready"));

    applyChange({ shop: "shop_1", order: order("5", { financial_status: "paid" }) });
    applyChange({
      shop: "shop_1",
      order: order("6", { customer: { email: "mia@example.org" } }),
    });
    applyChange({ shop: "shop_1", shipment: { external_id: "s", order_external_id: "5" } });
    expect(held.value).toMatchObject({
      context: {
        orders: [],
        claimed: {
          orders: [{ external_id: "6" }, { financial_status: "paid", shipments: [{ external_id: "s" }] }],
        },
      },
    });

    applyChange({ shop: "shop_1", order: order("5", { shopper: "shp_2" }) });
    expect(held.value).toMatchObject({
      context: { orders: [{ external_id: "5" }], claimed: { orders: [{ external_id: "6" }] } },
    });
  });
});

describe("the context of a shopper", () => {
  afterEach(() => vi.restoreAllMocks());

  test("fails, is tried again, and then follows the feed", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
    const held = contextOf("shop_1", "shp_1");
    expect(held.value.state).toBe("loading");
    await vi.waitFor(() => expect(held.value.state).toBe("failed"));

    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) =>
      String(input).endsWith("/context")
        ? Response.json({ orders: [order("1", { financial_status: "pending" })], carts: [] })
        : Response.json({ id: "shp_1", identified: false }),
    );
    await loadContext("shop_1", "shp_1");
    expect(held.value.state).toBe("ready");

    applyChange({ shop: "shop_1", order: order("1", { financial_status: "paid" }) });
    applyChange({ shop: "shop_2", order: order("1", { financial_status: "voided" }) });
    expect(held.value).toMatchObject({ context: { orders: [{ financial_status: "paid" }] } });
  });

  test("is read again once for many changes that do not say what they were", async () => {
    vi.useFakeTimers();
    const fetch = vi
      .spyOn(globalThis, "fetch")
      .mockImplementation(async (input) =>
        Response.json(
          String(input).endsWith("/context") ? { orders: [], carts: [] } : { id: "shp_1", identified: false },
        ),
      );
    for (let i = 0; i < 20; i++) readAgainSoon("shop_1", () => "shp_1");
    await vi.advanceTimersByTimeAsync(3000);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(contextOf("shop_1", "shp_1").value).toMatchObject({ context: { orders: [] } });
    readAgainSoon("shop_1", () => undefined);
    await vi.advanceTimersByTimeAsync(3000);
    expect(fetch).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });
});
