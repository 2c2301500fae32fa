import { describe, expect, test } from "vitest";
import type { Delivery } from "../api/channels";
import { type Deliveries, fold, shown, wants } from "./delivery";

const delivery = (change: Partial<Delivery> = {}): Delivery => ({
  id: "dlv_1",
  seq: 7,
  channel: "whatsapp",
  address: "adr_1",
  state: "queued",
  form: "free",
  at: 100,
  ...change,
});

const told = (...changes: Partial<Delivery>[]): Deliveries =>
  changes.map(delivery).reduce((held, next) => fold(held, next), {} as Deliveries);

describe("deliveries", () => {
  test("rise with their frames", () => {
    const held = told(
      {},
      { state: "sending", at: 110 },
      { state: "accepted", at: 120 },
      { state: "read", at: 130 },
    );
    expect(shown(held, 7)?.state).toBe("read");
    expect(held[7]).toHaveLength(1);
  });

  test("do not fall back to an older word", () => {
    expect(shown(told({ state: "delivered", at: 130 }, { state: "sent", at: 120 }), 7)?.state).toBe(
      "delivered",
    );
  });

  test("of one moment keep the higher state", () => {
    expect(shown(told({ state: "read", at: 130 }, { state: "sent", at: 130 }), 7)?.state).toBe("read");
  });

  test("leave failed by another try", () => {
    const held = told({ state: "failed", at: 130 }, { state: "queued", at: 140 });
    expect(shown(held, 7)?.state).toBe("queued");
  });

  test("show the way that took over from one that failed", () => {
    const held = told(
      { state: "failed", at: 130 },
      { id: "dlv_2", channel: "email", state: "sent", at: 150 },
    );
    expect(shown(held, 7)).toMatchObject({ channel: "email", state: "sent" });
  });

  test("say when somebody has to look", () => {
    expect(wants(delivery({ state: "held" }))).toBe(true);
    expect(wants(delivery({ state: "failed" }))).toBe(true);
    expect(wants(delivery({ state: "uncertain" }))).toBe(false);
  });

  test("are none for what is held because the shopper reads it on the site", () => {
    expect(shown(told({ state: "held", reason: "here" }), 7)).toBeUndefined();
    expect(shown(told({ state: "held", reason: "on_web" }), 7)).toBeUndefined();
    expect(shown(told({ state: "held", reason: "presence_unknown" }), 7)?.state).toBe("queued");
    expect(shown(told({ state: "held", reason: "stopped" }), 7)?.state).toBe("held");
  });

  test("are none for what is not in the log", () => {
    expect(shown(told({}), undefined)).toBeUndefined();
    expect(shown(told({}), 8)).toBeUndefined();
  });
});
