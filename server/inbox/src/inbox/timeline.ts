// Turns the items of a thread into what is drawn: day marks, the line above what is unread, groups of messages by one
// author, and events as lines of their own. Pure, so that it can be tested without a screen.
import type { Item } from "@tagalong-chat/sdk/thread";
import { startOfDay } from "../i18n/formats";

export type Block =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string }
  | { kind: "group"; key: string; items: Item[]; note: boolean; mine: boolean; side: "start" | "end" }
  | { kind: "event"; key: string; item: Item };

const groupWithin = 5 * 60_000;

/** blocks draws the unread line above the first message of somebody else after `readUpTo`. */
export function blocks(items: readonly Item[], readUpTo: number | undefined): Block[] {
  const drawn: Block[] = [];
  let day = Number.NaN;
  let marked = readUpTo === undefined;
  for (const [index, item] of items.entries()) {
    if (toldBeside(items, index)) continue;
    const today = startOfDay(item.at);
    if (today !== day) {
      day = today;
      drawn.push({ kind: "day", key: `day-${today}`, at: today });
    }
    if (!marked && item.kind === "message" && !item.mine && (item.seq ?? 0) > (readUpTo ?? 0)) {
      marked = true;
      drawn.push({ kind: "unread", key: "unread" });
    }
    if (item.kind === "event") {
      drawn.push({ kind: "event", key: item.key, item });
      continue;
    }
    const last = drawn[drawn.length - 1];
    if (last?.kind === "group" && joins(last, item)) last.items.push(item);
    else {
      drawn.push({
        kind: "group",
        key: item.key,
        items: [item],
        note: item.kind === "note",
        mine: item.mine,
        side: item.author.kind === "shopper" ? "start" : "end",
      });
    }
  }
  return drawn;
}

/** A handoff that goes on or comes home changes the route too: one line says both. */
function toldBeside(items: readonly Item[], index: number): boolean {
  // Two who became one are identified by it: the hint says what has happened.
  if (items[index]?.event?.name === "identified" && items[index + 1]?.event?.hint?.code === "merged")
    return true;
  const step = items[index]?.event?.handoff;
  if (step?.state !== "active" && step?.state !== "returned") return false;
  return [items[index - 1], items[index + 1]].some((beside) => {
    const route = beside?.event?.route;
    return route !== undefined && (step.state === "returned" ? route.to === "web" : route.to === step.to);
  });
}

function joins(group: Extract<Block, { kind: "group" }>, item: Item): boolean {
  const last = group.items[group.items.length - 1];
  return (
    last !== undefined &&
    last.kind === item.kind &&
    last.author.kind === item.author.kind &&
    last.author.id === item.author.id &&
    (last.channel ?? "web") === (item.channel ?? "web") &&
    item.at - last.at < groupWithin
  );
}
