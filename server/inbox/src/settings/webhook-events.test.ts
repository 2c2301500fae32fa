import { expect, test } from "vitest";
import type { Webhook, WebhookDelivery } from "../api/developers";
import en from "../i18n/compiled/en.json";
import { conditionOf, eventGroups, pretty, putDelivery, summaryOf } from "./webhook-events";

const delivery = (id: string, from: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  id,
  event: "evt_1",
  webhook: "whk_1",
  type: "ping",
  created_at: 1,
  state: "pending",
  attempts: [],
  ...from,
});

test("every event that can be chosen has words", () => {
  for (const { types } of eventGroups)
    for (const type of types) expect(en).toHaveProperty([`hooks.event.${type}`]);
});

test.each<[Partial<Webhook>, string]>([
  [{}, "active"],
  [{ state: "failing" }, "failing"],
  [{ enabled: false, state: "paused" }, "off"],
  [{ enabled: false, state: "paused", problem: "gone" }, "gone"],
  [{ enabled: false, state: "paused", problem: "key_revoked" }, "key_revoked"],
  [{ enabled: false, state: "paused", problem: "secret_unreadable" }, "secret_unreadable"],
  [{ enabled: false, state: "paused", problem: "of_a_newer_server" }, "paused"],
])("the condition tells what was switched off from what the server has paused: %#", (from, expected) => {
  const webhook = { enabled: true, state: "active", ...from } as Webhook;
  expect(conditionOf(webhook)).toBe(expected);
  if (expected !== "active") expect(en).toHaveProperty([`hooks.why.${expected}`]);
});

test("a delivery is put on top once, and changed in its place after that", () => {
  const held = putDelivery([delivery("a")], delivery("b"));
  expect(held.map((one) => one.id)).toEqual(["b", "a"]);
  const next = putDelivery(held, delivery("a", { state: "delivered", body: "{}" }));
  expect(next.map((one) => [one.id, one.state])).toEqual([
    ["b", "pending"],
    ["a", "delivered"],
  ]);
  // Bodies are read one by one and not kept.
  expect(next[1]).not.toHaveProperty("body");
});

test("the last try tells how it stands", () => {
  expect(summaryOf(delivery("a"))).toBeUndefined();
  const attempts = [
    { at: 1, duration_ms: 1, error: "timeout" },
    { at: 2, duration_ms: 1, status: 503, error: "status" },
  ];
  expect(summaryOf(delivery("a", { attempts }))).toEqual({ status: 503, error: "status" });
});

test("a body is laid out, and left alone where it is no JSON", () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty("a=1&b=2")).toBe("a=1&b=2");
});
