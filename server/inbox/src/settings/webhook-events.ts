// What a webhook can be told, in the order in which a merchant thinks of it.
import type { Webhook, WebhookDelivery, WebhookType } from "../api/developers";

/** A ping comes without being asked for. */
export type Subscribable = Exclude<WebhookType, "ping">;

export const eventGroups: readonly { id: "talk" | "shop"; types: readonly Subscribable[] }[] = [
  {
    id: "talk",
    types: [
      "conversation.started",
      "conversation.changed",
      "message.created",
      "handoff.changed",
      "shopper.identified",
    ],
  },
  { id: "shop", types: ["order.changed", "order.linked", "cart.abandoned"] },
];

/** How a webhook is, with the reason where the server itself has paused it. */
export type Condition = "active" | "failing" | "off" | Problem | "paused";

/** The reasons that we have words for; a newer server may have others. */
type Problem = "gone" | "key_revoked" | "secret_unreadable";
const problems: ReadonlySet<string> = new Set<Problem>(["gone", "key_revoked", "secret_unreadable"]);

export function conditionOf({ enabled, state, problem }: Webhook): Condition {
  if (problem) return problems.has(problem) ? (problem as Problem) : "paused";
  if (!enabled) return "off";
  return state;
}

/** summaryOf tells the last try of a delivery: its HTTP status, or the code of what went wrong. */
export function summaryOf({ attempts }: WebhookDelivery): { status?: number; error?: string } | undefined {
  const last = attempts[attempts.length - 1];
  if (!last) return undefined;
  return {
    ...(last.status === undefined ? {} : { status: last.status }),
    ...(last.error ? { error: last.error } : {}),
  };
}

/** pretty lays a JSON body out for reading; what is no JSON stays as it is. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** putDelivery puts a delivery into a list, newest first, whether it is there already or not. */
export function putDelivery(list: readonly WebhookDelivery[], one: WebhookDelivery): WebhookDelivery[] {
  const { body: _long, ...brief } = one;
  return list.some(({ id }) => id === one.id)
    ? list.map((held) => (held.id === one.id ? brief : held))
    : [brief, ...list];
}
