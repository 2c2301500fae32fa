import { describe, expect, test } from "vitest";
import type { Plan, Reach, ReachWay } from "../api/channels";
import { composeOf, nextChange, personOf, windowOf } from "./compose";

const plan = (change: Partial<Plan>): Plan => ({
  channel: "whatsapp",
  form: "free",
  reason: "window_open",
  paid: false,
  address: "adr_1",
  ...change,
});

const way = (change: Partial<Plan> = {}, over: Partial<ReachWay> = {}): ReachWay => ({
  address: {
    id: "adr_1",
    account: "acc_1",
    shopper: "shp_1",
    channel: "whatsapp",
    name: "Lucía",
    created_at: 1,
  },
  account: { id: "acc_1", name: "Shop", channel: "whatsapp", handle: "34600", state: "active" },
  plan: plan(change),
  ...over,
});

const reach = (change: Partial<Reach>): Reach => ({
  channel: "web",
  presence: "here",
  next: { channel: "web", form: "web", reason: "here", paid: false },
  ways: [],
  handoffs: [],
  ...change,
});

const onWhatsApp = (change: Partial<Plan>, presence: Reach["presence"] = "gone"): Reach =>
  reach({ route: "adr_1", channel: "whatsapp", presence, next: plan(change), ways: [way(change)] });

describe("composeOf", () => {
  test("writes to the web as ever while nothing is known", () => {
    expect(composeOf(undefined)).toMatchObject({ mode: "free", channel: "web" });
  });

  test("says where the text goes while the window is open", () => {
    const compose = composeOf(onWhatsApp({ until: 900 }));
    expect(compose).toMatchObject({
      mode: "free",
      channel: "whatsapp",
      until: 900,
      away: false,
      tagged: false,
    });
    expect(compose.way?.address.name).toBe("Lucía");
  });

  test.each(["template_needed", "template_refused", "template_category"])(
    "asks for a template: %s",
    (reason) => {
      const compose = composeOf(onWhatsApp({ form: "hold", reason }));
      expect(compose.mode).toBe("template");
      expect(compose.template?.address.id).toBe("adr_1");
    },
  );

  test.each(["stopped", "no_consent", "unreachable", "account_problem", "cap_reached", "window_closed"])(
    "holds: %s",
    (reason) => {
      const compose = composeOf(onWhatsApp({ form: "hold", reason }));
      expect(compose).toMatchObject({ mode: "hold", reason });
    },
  );

  test("offers no template where nothing may be sent at all", () => {
    expect(composeOf(onWhatsApp({ form: "hold", reason: "stopped" })).template).toBeUndefined();
  });

  test("takes a text that goes with the tag for people's answers", () => {
    const compose = composeOf(onWhatsApp({ form: "human_agent", reason: "human_tag", until: 77 }));
    expect(compose).toMatchObject({ mode: "free", tagged: true, until: 77 });
  });

  test("takes a text where the shop's own template tells of it", () => {
    expect(composeOf(onWhatsApp({ form: "template", reason: "template" }))).toMatchObject({
      mode: "free",
      away: true,
    });
  });

  test("writes to the site when the shopper is there, wherever the route leads", () => {
    const here = reach({
      route: "adr_1",
      channel: "whatsapp",
      ways: [way({ form: "hold", reason: "template_needed" })],
    });
    expect(composeOf(here)).toMatchObject({ mode: "free", channel: "web" });
  });

  test("keeps the route's own plan while the server waits to know who is where", () => {
    const unknown = reach({
      route: "adr_1",
      channel: "whatsapp",
      presence: "unknown",
      next: { channel: "web", form: "hold", reason: "presence_unknown", paid: false },
      ways: [way({ form: "hold", reason: "template_needed" })],
    });
    expect(composeOf(unknown)).toMatchObject({
      mode: "template",
      channel: "whatsapp",
      reason: "template_needed",
    });
  });

  test("tells that an answer on the site follows who leaves", () => {
    const compose = composeOf(reach({ ways: [way()] }));
    expect(compose).toMatchObject({ mode: "free", channel: "web" });
    expect(compose.follows?.address.id).toBe("adr_1");
  });

  test("never blocks the site: who has left reads it later, and a template may go out now", () => {
    const next = plan({ form: "hold", reason: "template_needed" });
    const compose = composeOf(reach({ presence: "gone", next, ways: [way(next)] }));
    expect(compose).toMatchObject({ mode: "free", channel: "web", stuck: "template_needed" });
    expect(compose.template?.address.id).toBe("adr_1");
  });
});

describe("windowOf", () => {
  const hour = 3_600_000;
  test.each([
    [5 * hour, "calm"],
    [4 * hour, "calm"],
    [4 * hour - 1, "soon"],
    [hour / 2, "soon"],
    [hour / 2 - 1, "last"],
    [1, "last"],
    [0, "closed"],
    [-hour, "closed"],
  ])("%d ms before the end it is %s", (left, tone) => {
    expect(windowOf(1000 + left, 1000)?.tone).toBe(left === -1000 ? undefined : tone);
  });

  test("is nothing where a channel has none", () => {
    expect(windowOf(undefined, 5)).toBeUndefined();
  });
});

describe("nextChange", () => {
  test("is the first end that is still to come", () => {
    const one = way({ until: 300 }, { window_until: 100, human_until: 900 });
    expect(nextChange(reach({ next: plan({ until: 500 }), ways: [one] }), 100)).toBe(300);
    expect(nextChange(reach({ ways: [one] }), 900)).toBeUndefined();
  });
});

test("a person without a name is called by what is known", () => {
  const { address } = way();
  const { name: _gone, ...nameless } = address;
  expect(personOf(address)).toBe("Lucía");
  expect(personOf({ ...nameless, username: "lucia" })).toBe("@lucia");
  expect(personOf({ ...nameless, phone: "+34600000001" })).toBe("+34600000001");
  expect(personOf(nameless)).toBe("");
});
