// What the agent has written and not sent, per conversation. It survives a reload, a crash and an ended session, and a
// reply is never mistaken for a note: each has its own text.
import { signal } from "@preact/signals";
import { agent, onSignOut } from "./session";
import { keys, read, write } from "./storage";

export type Mode = "reply" | "note";

export interface Draft {
  mode: Mode;
  reply: string;
  note: string;
  /** The reply brings a way back to the site with it. */
  back: boolean;
}

const empty: Draft = { mode: "reply", reply: "", note: "", back: false };
const held = signal<ReadonlyMap<string, Draft>>(new Map());

const keyOf = (conversation: string) => `tagalong.draft.${agent.value?.id ?? ""}.${conversation}`;

function parse(text: string | null): Draft {
  if (!text) return empty;
  try {
    const value = JSON.parse(text) as Partial<Draft>;
    return {
      mode: value.mode === "note" ? "note" : "reply",
      reply: typeof value.reply === "string" ? value.reply : "",
      note: typeof value.note === "string" ? value.note : "",
      back: value.back === true,
    };
  } catch {
    return empty;
  }
}

export function draftOf(conversation: string): Draft {
  return held.value.get(conversation) ?? parse(read(keyOf(conversation)));
}

export function changeDraft(conversation: string, change: Partial<Draft>): void {
  const next = { ...draftOf(conversation), ...change };
  held.value = new Map(held.value).set(conversation, next);
  const blank = !next.reply && !next.note && next.mode === "reply" && !next.back;
  write(keyOf(conversation), blank ? null : JSON.stringify(next));
}

/** forgetDrafts leaves nothing of an agent's writing on a computer that they sign out of. */
export function forgetDrafts(): void {
  for (const key of keys(keyOf(""))) write(key, null);
  held.value = new Map();
}

/** Another tab of the same agent wrote: its text is taken over, unless this tab is the one being written in. */
export function startDrafts(): void {
  onSignOut(forgetDrafts);
  addEventListener("storage", (event) => {
    const prefix = keyOf("");
    if (!event.key?.startsWith(prefix) || document.hasFocus()) return;
    held.value = new Map(held.value).set(event.key.slice(prefix.length), parse(event.newValue));
  });
}
