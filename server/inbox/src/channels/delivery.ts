// What became of a message on its channels. Pure: frames and pages are folded by delivery, the newest word wins.
import type { Delivery, DeliveryState } from "../api/channels";

const order: readonly DeliveryState[] = [
  "held",
  "queued",
  "sending",
  "uncertain",
  "accepted",
  "sent",
  "delivered",
  "read",
];
export const rank = (state: DeliveryState): number => order.indexOf(state);

/** By the number of the message: its deliveries, in the order in which they were begun. */
export type Deliveries = Readonly<Record<number, readonly Delivery[]>>;

/** fold takes a delivery over. An older word about the same delivery (a page overtaken by a frame) changes nothing. */
export function fold(held: Deliveries, next: Delivery): Deliveries {
  const list = held[next.seq] ?? [];
  const at = list.findIndex((one) => one.id === next.id);
  const old = list[at];
  if (!old) return { ...held, [next.seq]: [...list, next] };
  if (old.at > next.at || (old.at === next.at && rank(old.state) > rank(next.state))) return held;
  return { ...held, [next.seq]: list.map((one, index) => (index === at ? next : one)) };
}

/** Reasons to hold a message back that mean: it is read on the site, nothing has to go out. */
const onSite = new Set(["here", "on_web"]);

/** shown is the delivery that says most: the last one, for the ones before were given up for it. */
export function shown(held: Deliveries | undefined, seq: number | undefined): Delivery | undefined {
  const last = seq === undefined ? undefined : held?.[seq]?.at(-1);
  if (last?.state !== "held") return last;
  if (onSite.has(last.reason ?? "")) return undefined;
  // It goes on by itself as soon as it is known where they are.
  return last.reason === "presence_unknown" ? { ...last, state: "queued" } : last;
}

/** wants tells whether an agent has to look: it did not go out. */
export const wants = (delivery: Delivery): boolean =>
  delivery.state === "failed" || delivery.state === "held";

/** retryable: a failed or held one can be tried again; whether it helps, the reason says. */
export const retryable = wants;
