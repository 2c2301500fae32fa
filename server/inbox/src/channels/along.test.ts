import { describe, expect, test } from "vitest";
import type { Consent, Handoff } from "../api/channels";
import { latestConsents, stepsOf } from "./along";

const handoff = (change: Partial<Handoff>): Handoff => ({
  id: "hnd_1",
  from: "web",
  to: "whatsapp",
  account: "acc_1",
  source: "link",
  state: "offered",
  created_at: 100,
  updated_at: 100,
  ...change,
});

describe("stepsOf", () => {
  test("shows how far a link has come, and what is still ahead", () => {
    const steps = stepsOf(handoff({ state: "linked", updated_at: 300 }));
    expect(steps.map((step) => [step.state, step.done])).toEqual([
      ["offered", true],
      ["clicked", true],
      ["linked", true],
      ["active", false],
      ["returned", false],
    ]);
    expect(steps[0]?.at).toBe(100);
    expect(steps[2]).toMatchObject({ current: true, at: 300 });
  });

  test("ends a link that nobody used", () => {
    const steps = stepsOf(handoff({ state: "expired", updated_at: 900 }));
    expect(steps.map((step) => step.state)).toEqual(["offered", "expired"]);
    expect(steps.at(-1)).toMatchObject({ bad: true, at: 900 });
  });

  test("ends what failed before it began", () => {
    expect(stepsOf(handoff({ source: "agent", state: "failed" })).map((step) => step.state)).toEqual([
      "failed",
    ]);
  });

  test("has no link where there was none", () => {
    expect(stepsOf(handoff({ source: "consent" })).map((step) => step.state)).toEqual([
      "offered",
      "active",
      "returned",
    ]);
    expect(stepsOf(handoff({ source: "shopper", state: "active" })).map((step) => step.state)).toEqual([
      "active",
      "returned",
    ]);
  });
});

test("of the ledger the last line per channel, value and purpose holds", () => {
  const line = (id: string, at: number, change: Partial<Consent> = {}): Consent => ({
    id,
    shopper: "shp_1",
    channel: "whatsapp",
    value: "+34600000001",
    purpose: "conversation",
    granted: true,
    source: "form",
    at,
    ...change,
  });
  const lines = [
    line("1", 100),
    line("2", 300, { granted: false, source: "word" }),
    line("3", 200, { purpose: "marketing" }),
    line("4", 250, { channel: "email", value: "lucia@example.com" }),
  ];
  expect(latestConsents(lines).map((one) => one.id)).toEqual(["2", "4", "3"]);
});
