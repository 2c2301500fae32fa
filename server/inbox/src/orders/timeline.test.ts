import { describe, expect, test } from "vitest";
import type { Order, Shipment, ShipmentEvent } from "../api/types";
import { itemsOf, late, stepsOf } from "./timeline";

const now = 1_000_000;
const order = (from: Partial<Order> = {}): Order => ({ external_id: "1", placed_at: 100, ...from });
const shipment = (id: string, from: Partial<Shipment> = {}): Shipment => ({ external_id: id, ...from });
const keys = (from: Order, told: Parameters<typeof stepsOf>[1] = []) =>
  stepsOf(from, told, now).map((step) => step.key);

describe("the history of an order", () => {
  test("is newest first, with what is expected above all", () => {
    const shipped = shipment("s", { shipped_at: 300, estimated_delivery_at: now + 5 });
    expect(keys(order({ shipments: [shipped] }), [{ change: "paid", at: 200 }])).toEqual([
      "s-expected",
      "s-shipped",
      "paid",
      "placed",
    ]);
  });

  test("takes the time of the payment from the log alone, once", () => {
    expect(keys(order(), [])).toEqual(["placed"]);
    const twice = [
      { change: "paid", at: 150 },
      { change: "paid", at: 190 },
      { change: "shipped", at: 200 },
    ];
    expect(keys(order(), twice)).toEqual(["paid", "placed"]);
  });

  test("does not tell twice what a carrier's scan tells already", () => {
    const events: ShipmentEvent[] = [
      { id: "a", status: "shipped", at: 300 },
      { id: "b", status: "delivered", at: 500, location: "Leipzig" },
    ];
    const parcel = shipment("s", { shipped_at: 299, delivered_at: 501, events });
    const steps = stepsOf(order({ shipments: [parcel] }), [], now);
    expect(steps.map((step) => step.key)).toEqual(["s-b", "s-a", "placed"]);
    expect(steps[0]).toMatchObject({ what: "delivered", place: "Leipzig" });
  });

  test("expects nothing of a parcel that is there, was picked up, or should have come", () => {
    const over: Partial<Shipment>[] = [
      { delivered_at: 400 },
      { status: "picked_up" },
      { status: "cancelled" },
      { estimated_delivery_at: now - 1 },
    ];
    for (const done of over) {
      const parcel = shipment("s", { estimated_delivery_at: now + 5, ...done });
      expect(keys(order({ shipments: [parcel] }))).not.toContain("s-expected");
    }
  });

  test("numbers the parcels only where there are several", () => {
    const two = [shipment("s", { shipped_at: 200 }), shipment("t", { shipped_at: 300 })];
    expect(stepsOf(order({ shipments: two }), [], now).map((step) => step.parcel)).toEqual([2, 1, undefined]);
    expect(stepsOf(order({ shipments: two.slice(0, 1) }), [], now)[0]?.parcel).toBeUndefined();
  });

  test("tells refunds with their amount and reason, and a cancellation, but no refund without a time", () => {
    const amount = { amount: 500, currency: "EUR" };
    const steps = stepsOf(
      order({
        cancelled_at: 900,
        cancel_reason: "customer",
        refunds: [{ external_id: "r", amount, reason: "broken", at: 800 }, { external_id: "q" }],
      }),
      [],
      now,
    );
    expect(steps).toMatchObject([
      { what: "cancelled", note: "customer" },
      { what: "refunded", amount, note: "broken" },
      { what: "placed" },
    ]);
    expect(steps).toHaveLength(3);
  });

  test("puts the later stage above where two have the same second", () => {
    expect(keys(order({ placed_at: 500, cancelled_at: 500 }), [{ change: "paid", at: 500 }])).toEqual([
      "cancelled",
      "paid",
      "placed",
    ]);
  });
});

test("items are counted as they are now, after edits and refunds", () => {
  const lines = [
    { title: "a", quantity: 3, quantity_current: 1 },
    { title: "b", quantity: 2 },
    { title: "c", quantity: 1, quantity_current: 0 },
  ];
  expect(itemsOf(order({ lines }))).toBe(3);
  expect(itemsOf({ external_id: "1" })).toBe(0);
});

test.each<[string, Partial<Shipment>, boolean]>([
  ["expected later", { estimated_delivery_at: now + 1 }, false],
  ["expected before", { estimated_delivery_at: now - 1 }, true],
  ["expected before and delivered", { estimated_delivery_at: now - 1, delivered_at: now - 2 }, false],
  ["expected before and picked up", { estimated_delivery_at: now - 1, status: "picked_up" }, false],
  ["never expected", {}, false],
])("late: %s", (_what, from, expected) => {
  expect(late(shipment("s", from), now)).toBe(expected);
});
