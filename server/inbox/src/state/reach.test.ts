import { afterEach, describe, expect, test, vi } from "vitest";
import type { Reach } from "../api/channels";
import { forgetReaches, loadReach, reachOf } from "./reach";

const reach = (channel: Reach["channel"]): Reach => ({
  channel,
  presence: "here",
  next: { channel, form: "web", reason: "here", paid: false },
  ways: [],
  handoffs: [],
});

/** answers holds each answer back until it is given. */
function answers() {
  const waiting: ((body: unknown, status?: number) => void)[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(
    () =>
      new Promise((resolve) => {
        waiting.push((body, status = 200) => resolve(new Response(JSON.stringify(body), { status })));
      }),
  );
  return waiting;
}

afterEach(() => forgetReaches());

describe("the reach of a conversation", () => {
  test("a slower answer to an earlier question changes nothing", async () => {
    const waiting = answers();
    const first = loadReach("shop_1", "cnv_1");
    const second = loadReach("shop_1", "cnv_1");
    waiting[1]?.(reach("whatsapp"));
    await second;
    waiting[0]?.(reach("web"));
    await first;
    expect(reachOf("cnv_1").value).toMatchObject({ state: "ready", value: { channel: "whatsapp" } });
  });

  test("what was known stays while it can't be read", async () => {
    const waiting = answers();
    const first = loadReach("shop_1", "cnv_2");
    waiting[0]?.(reach("whatsapp"));
    await first;
    const second = loadReach("shop_1", "cnv_2");
    waiting[1]?.({ code: "internal" }, 500);
    await second;
    expect(reachOf("cnv_2").value).toMatchObject({ state: "failed", value: { channel: "whatsapp" } });
  });
});
