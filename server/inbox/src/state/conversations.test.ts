import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Conversation, Me } from "../api/types";
import {
  belongs,
  conversationOf,
  countOf,
  counts,
  ensure,
  forgetAll,
  listOf,
  listState,
  patch,
  pinned,
  put,
  reload,
} from "./conversations";
import { session } from "./session";

const shop = { id: "shop_1", name: "Marl", settings: {} } as Me["shops"][number];
const self = { id: "agt_1", name: "Mara", role: "agent" } as Me["agent"];

function conversation(id: string, from: Partial<Conversation> = {}): Conversation {
  return {
    id,
    shop: shop.id,
    shopper: { id: `shp_${id}`, identified: false },
    state: "open",
    tags: [],
    generation: 1,
    first_seq: 1,
    head: 1,
    position: 1,
    channel: "web",
    unread: 0,
    reads: [],
    created_at: 1000,
    updated_at: 1000,
    ...from,
  } as Conversation;
}

/** answer makes fetch give these lists by the state and assignee that are asked for. */
function answer(
  lists: Record<string, Conversation[]>,
  tally = { mine: 0, unassigned: 0, open: 0, closed: 0 },
) {
  return vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const address = new URL(String(input), "http://inbox.example");
    if (address.pathname.endsWith("/counts")) return Response.json(tally);
    const key = [address.searchParams.get("state"), address.searchParams.get("assignee")]
      .filter(Boolean)
      .join("/");
    return Response.json({ items: lists[key] ?? [] });
  });
}

beforeEach(() => {
  session.value = {
    state: "in",
    expired: false,
    me: { agent: self, merchant: { id: "mer_1", name: "M" }, shops: [shop] },
  };
});
afterEach(() => {
  forgetAll();
  pinned.value = undefined;
  vi.useRealTimers();
});

describe("belongs", () => {
  const mine = conversation("a", { assignee: { id: "agt_1", name: "Mara" } });
  const free = conversation("b");
  const closed = conversation("c", { state: "closed" });
  test.each([
    [mine, ["mine", "open"]],
    [free, ["unassigned", "open"]],
    [closed, ["closed"]],
  ] as const)("each conversation is in its lists", (one, expected) => {
    expect(
      (["mine", "unassigned", "open", "closed"] as const).filter((view) => belongs(one, view, "agt_1")),
    ).toEqual(expected);
  });
});

describe("a list", () => {
  test("has what was said last on top; tags and receipts move nothing", () => {
    const said = (at: number) => ({
      last_message: { seq: 1, at, author: { kind: "shopper" as const }, text: "", attachments: 0 },
    });
    put([
      conversation("a", said(10)),
      conversation("b", said(30)),
      conversation("c", { ...said(20), updated_at: 99_999 }),
    ]);
    expect(listOf("open").map((one) => one.id)).toEqual(["b", "c", "a"]);
  });

  test("never takes an older version over a newer one", () => {
    put([conversation("a", { position: 9, unread: 3 })]);
    put([conversation("a", { position: 8, unread: 0 })]);
    expect(conversationOf("a")?.unread).toBe(3);
  });

  test("keeps the conversation on the screen until the agent moves on", () => {
    put([conversation("a")]);
    pinned.value = { id: "a", view: "open" };
    patch("a", { state: "closed" });
    expect(listOf("open")).toHaveLength(1);
    pinned.value = undefined;
    expect(listOf("open")).toHaveLength(0);
  });

  test("counts move with a change before the server has answered, and back with it", () => {
    put([conversation("a")]);
    counts.value = { [shop.id]: { mine: 0, unassigned: 1, open: 1, closed: 4 } };
    const before = patch("a", { state: "closed" });
    expect([countOf("open"), countOf("unassigned"), countOf("closed")]).toEqual([0, 0, 5]);
    patch("a", { state: before?.state ?? "open" });
    expect([countOf("open"), countOf("unassigned"), countOf("closed")]).toEqual([1, 1, 4]);
  });

  test("says when it could not be loaded, and asks again", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
    ensure("mine");
    await vi.waitFor(() => expect(listState("mine")).toBe("failed"));
    answer({ "open/me": [conversation("a", { assignee: { id: "agt_1", name: "Mara" } })] });
    ensure("mine");
    await vi.waitFor(() => expect(listState("mine")).toBe("ready"));
    expect(listOf("mine")).toHaveLength(1);
  });
});

describe("reload", () => {
  test("drops what is in none of the fresh lists: it was closed while nobody listened", async () => {
    answer({ open: [conversation("a"), conversation("b")] });
    ensure("open");
    await vi.waitFor(() => expect(listOf("open")).toHaveLength(2));
    answer({ open: [conversation("b", { position: 2 })] }, { mine: 0, unassigned: 1, open: 1, closed: 1 });
    await reload(shop.id);
    expect(listOf("open").map((one) => one.id)).toEqual(["b"]);
    expect(countOf("closed")).toBe(1);
  });

  test("drops nothing when the lists could not be read", async () => {
    answer({ open: [conversation("a")] });
    ensure("open");
    await vi.waitFor(() => expect(listOf("open")).toHaveLength(1));
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
    await reload(shop.id);
    expect(listOf("open")).toHaveLength(1);
  });
});
