import type { Item } from "@tagalong-chat/sdk/thread";
import { describe, expect, test } from "vitest";
import { blocks } from "./timeline";

const morning = new Date(2026, 10, 21, 9).getTime();

function item(seq: number, from: Partial<Item> & { at?: number } = {}): Item {
  return {
    key: `s-${seq}`,
    seq,
    at: morning + seq * 1000,
    kind: "message",
    author: { kind: "shopper", id: "shp_1" },
    mine: false,
    message: { text: String(seq) },
    reactions: [],
    ...from,
  };
}

const agent = { author: { kind: "agent" as const, id: "agt_1" }, mine: true };
const kinds = (items: Item[], readUpTo?: number) => blocks(items, readUpTo).map((block) => block.kind);

describe("blocks", () => {
  test("groups what one author says within five minutes", () => {
    const drawn = blocks(
      [item(1), item(2), item(3, agent), item(4, { at: morning + 20 * 60_000 })],
      undefined,
    );
    expect(drawn.map((block) => (block.kind === "group" ? block.items.length : block.kind))).toEqual([
      "day",
      2,
      1,
      1,
    ]);
  });

  test("never puts a note and a reply into one group", () => {
    expect(kinds([item(1, agent), item(2, { ...agent, kind: "note" }), item(3, agent)])).toEqual([
      "day",
      "group",
      "group",
      "group",
    ]);
  });

  test("never puts two channels into one group", () => {
    expect(kinds([item(1), item(2, { channel: "web" }), item(3, { channel: "whatsapp" })])).toEqual([
      "day",
      "group",
      "group",
    ]);
  });

  test("tells a move to another channel once", () => {
    const event = (seq: number, body: Partial<Item["event"]> & { name: "handoff" | "route_changed" }) =>
      item(seq, { kind: "event", event: body });
    const step = { id: "hnd_1", from: "web" as const, to: "whatsapp" as const };
    const route = event(3, { name: "route_changed", route: { from: "web", to: "whatsapp" } });
    const drawn = blocks(
      [
        event(1, { name: "handoff", handoff: { ...step, state: "linked" } }),
        event(2, { name: "handoff", handoff: { ...step, state: "active" } }),
        route,
      ],
      undefined,
    );
    expect(drawn.flatMap((block) => (block.kind === "event" ? (block.item.seq ?? 0) : []))).toEqual([1, 3]);
    const alone = blocks(
      [event(1, { name: "handoff", handoff: { ...step, state: "active" } }), item(2)],
      undefined,
    );
    expect(alone.map((block) => block.kind)).toEqual(["day", "event", "group"]);
  });

  test("tells a merge once", () => {
    const drawn = blocks(
      [
        item(1, { kind: "event", event: { name: "identified" } }),
        item(2, { kind: "event", event: { name: "hint", hint: { code: "merged", detail: "shp_2" } } }),
        item(3, { kind: "event", event: { name: "identified" } }),
      ],
      undefined,
    );
    expect(drawn.flatMap((block) => (block.kind === "event" ? (block.item.seq ?? 0) : []))).toEqual([2, 3]);
  });

  test("draws events as lines of their own, and they end a group", () => {
    const event = item(2, { kind: "event", event: { name: "closed" } });
    expect(kinds([item(1), event, item(3)])).toEqual(["day", "group", "event", "group"]);
  });

  test("marks each day once", () => {
    expect(kinds([item(1), item(2, { at: morning + 26 * 3600_000 })])).toEqual([
      "day",
      "group",
      "day",
      "group",
    ]);
  });

  test("draws the unread line above the first message of somebody else", () => {
    const items = [item(1), item(2, agent), item(3, agent), item(4), item(5)];
    expect(kinds(items, 1)).toEqual(["day", "group", "group", "unread", "group"]);
    expect(kinds(items, 5)).not.toContain("unread");
    expect(kinds(items)).not.toContain("unread");
  });
});
