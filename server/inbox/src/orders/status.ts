// The normalised statuses of orders and shipments: their words, and how much attention each asks for.
import { has, t } from "../i18n";

export type Tone = "ok" | "warn" | "danger" | "plain";

const tones: Record<StatusKind, Readonly<Record<string, Tone>>> = {
  financial: {
    paid: "ok",
    pending: "warn",
    authorized: "warn",
    partially_paid: "warn",
    failed: "danger",
    expired: "danger",
  },
  fulfillment: { fulfilled: "ok", on_hold: "warn", partial: "warn" },
  shipment: {
    out_for_delivery: "ok",
    delivered: "ok",
    picked_up: "ok",
    ready_for_pickup: "ok",
    delayed: "warn",
    attempted: "warn",
    failure: "danger",
    cancelled: "danger",
  },
};

export type StatusKind = "financial" | "fulfillment" | "shipment";

export const toneOf = (kind: StatusKind, status: string): Tone => tones[kind][status] ?? "plain";

/** statusWord falls back to the server's own value: a newer server may know a status that this app does not. */
export function statusWord(kind: StatusKind, status: string): string {
  const key = `${kind}.${status}`;
  return has(key) ? t(key) : status.replaceAll("_", " ");
}
