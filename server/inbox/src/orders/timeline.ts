// The history of an order, made of what the order says of itself, of its shipments and their carriers' scans, and of what
// the conversation's log was told. Pure: words and dates are the screen's.
import type { Money, Order, Shipment, ShipmentEvent } from "../api/types";

export interface Step {
  key: string;
  at: number;
  what: "placed" | "paid" | "shipped" | "scan" | "delivered" | "refunded" | "cancelled" | "expected";
  /** Of a scan: the normalised status. */
  status?: string;
  amount?: Money;
  /** The carrier's or the shop's own words. */
  note?: string;
  place?: string;
  /** Which parcel, from 1, where there are several. */
  parcel?: number;
  /** Has not happened yet. */
  ahead?: boolean;
}

/** A change of this order that the log of the conversation tells of. */
export interface Told {
  change: string;
  at: number;
}

/** stepsOf gives the history, newest first; what is expected stands above it. */
export function stepsOf(order: Order, told: readonly Told[], now: number): Step[] {
  const steps: Step[] = [];
  if (order.placed_at) steps.push({ key: "placed", at: order.placed_at, what: "placed" });
  // Orders carry no time of payment; the log was told.
  const paid = told.find((one) => one.change === "paid");
  if (paid) steps.push({ key: "paid", at: paid.at, what: "paid" });
  for (const refund of order.refunds ?? []) {
    if (!refund.at) continue;
    steps.push({
      key: `refund-${refund.external_id}`,
      at: refund.at,
      what: "refunded",
      ...(refund.amount ? { amount: refund.amount } : {}),
      ...(refund.reason ? { note: refund.reason } : {}),
    });
  }
  if (order.cancelled_at) {
    steps.push({
      key: "cancelled",
      at: order.cancelled_at,
      what: "cancelled",
      ...(order.cancel_reason ? { note: order.cancel_reason } : {}),
    });
  }
  const shipments = order.shipments ?? [];
  for (const [index, shipment] of shipments.entries()) {
    const parcel = shipments.length > 1 ? { parcel: index + 1 } : {};
    for (const step of parcelSteps(shipment, now)) steps.push({ ...step, ...parcel });
  }
  return steps.sort((a, b) => b.at - a.at || rank(b) - rank(a));
}

/** At the same second a later stage stands above an earlier one. */
const stages = ["placed", "paid", "shipped", "scan", "delivered", "refunded", "cancelled", "expected"];
const rank = (step: Step): number => stages.indexOf(step.what);

const final = new Set(["delivered", "picked_up", "cancelled"]);

function parcelSteps(shipment: Shipment, now: number): Step[] {
  const id = shipment.external_id;
  const scans = (shipment.events ?? []).filter((event) => event.at);
  const seen = (status: string) => scans.some((event) => event.status === status);
  const steps: Step[] = scans.map((event) => scan(id, event));
  if (shipment.shipped_at && !seen("shipped"))
    steps.push({ key: `${id}-shipped`, at: shipment.shipped_at, what: "shipped" });
  if (shipment.delivered_at && !seen("delivered"))
    steps.push({ key: `${id}-delivered`, at: shipment.delivered_at, what: "delivered" });
  const expected = shipment.estimated_delivery_at;
  if (expected && expected > now && !shipment.delivered_at && !final.has(shipment.status ?? ""))
    steps.push({ key: `${id}-expected`, at: expected, what: "expected", ahead: true });
  return steps;
}

function scan(shipment: string, event: ShipmentEvent): Step {
  const what = event.status === "delivered" ? "delivered" : "scan";
  return {
    key: `${shipment}-${event.id}`,
    at: event.at ?? 0,
    what,
    ...(event.status ? { status: event.status } : {}),
    ...(event.message ? { note: event.message } : {}),
    ...(event.location ? { place: event.location } : {}),
  };
}

/** itemsOf counts what is still in an order, after edits and refunds. */
export function itemsOf(order: Order): number {
  return (order.lines ?? []).reduce((sum, line) => sum + (line.quantity_current ?? line.quantity), 0);
}

/** late tells that a parcel should have come and has not. */
export function late(shipment: Shipment, now: number): boolean {
  const expected = shipment.estimated_delivery_at;
  return (
    expected !== undefined && expected < now && !shipment.delivered_at && !final.has(shipment.status ?? "")
  );
}
