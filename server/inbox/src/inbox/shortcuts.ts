// Keys of the inbox. They are silent while somebody types, composes with an input method, or has a dialog or a menu
// open; one table is the truth for the keys and for the sheet that lists them.
import type { MessageKey } from "../i18n";
import { navigate, route, type View } from "../router";
import { close, reopen } from "../state/actions";
import { conversationOf } from "../state/conversations";
import { toggleContext } from "../state/panel";
import { commandsOpen } from "./commands";
import { askAssign, askCompose, askTags } from "./intents";
import { rowsOf } from "./list";
import { sheetOpen } from "./shortcut-sheet";

export interface Shortcut {
  keys: string;
  says: MessageKey;
  run: () => void;
}

const current = () => {
  const at = route.value;
  return at.page === "conversations" && at.conversation ? conversationOf(at.conversation) : undefined;
};

function move(step: 1 | -1): void {
  const at = route.value;
  if (at.page !== "conversations") return;
  const rows = rowsOf(at.view, at.conversation);
  const index = rows.findIndex((row) => row.id === at.conversation);
  const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step))];
  if (next && next.id !== at.conversation) {
    navigate(
      { page: "conversations", view: at.view, shop: next.shop, conversation: next.id },
      { replace: index >= 0 },
    );
  }
}

const go = (view: View) => () => navigate({ page: "conversations", view });

export const shortcuts: readonly Shortcut[] = [
  { keys: "j", says: "shortcut.next", run: () => move(1) },
  { keys: "k", says: "shortcut.previous", run: () => move(-1) },
  { keys: "r", says: "shortcut.reply", run: () => current() && askCompose("reply") },
  { keys: "n", says: "shortcut.note", run: () => current() && askCompose("note") },
  { keys: "a", says: "shortcut.assign", run: () => current() && askAssign() },
  { keys: "t", says: "shortcut.tags", run: () => current() && askTags() },
  {
    keys: "e",
    says: "shortcut.close",
    run: () => {
      const conversation = current();
      if (conversation) void (conversation.state === "open" ? close(conversation) : reopen(conversation));
    },
  },
  {
    keys: "i",
    says: "shortcut.context",
    run: toggleContext,
  },
  { keys: "g m", says: "shortcut.mine", run: go("mine") },
  { keys: "g u", says: "shortcut.unassigned", run: go("unassigned") },
  { keys: "g o", says: "shortcut.open", run: go("open") },
  { keys: "g c", says: "shortcut.closed", run: go("closed") },
  { keys: "g s", says: "shortcut.settings", run: () => navigate({ page: "settings" }) },
  {
    keys: "?",
    says: "shortcut.sheet",
    run: () => {
      sheetOpen.value = true;
    },
  },
];

/** writing tells whether keys belong to a field, not to the app. */
export function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

const sequenceWithin = 1000;

export function startShortcuts(): () => void {
  let prefix = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (
      (event.metaKey || event.ctrlKey) &&
      !event.altKey &&
      !event.shiftKey &&
      event.key.toLowerCase() === "k"
    ) {
      if (!commandsOpen.value && document.querySelector("dialog[open]")) return;
      event.preventDefault();
      commandsOpen.value = !commandsOpen.value;
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || writing(event.target)) return;
    if (document.querySelector("dialog[open], [popover]:popover-open[role]")) return;
    const typed = prefix ? `${prefix} ${event.key}` : event.key;
    clearTimeout(timer);
    prefix = "";
    const found = shortcuts.find((one) => one.keys === typed.toLowerCase() || one.keys === typed);
    if (found) {
      event.preventDefault();
      found.run();
    } else if (typed === "g") {
      prefix = "g";
      timer = setTimeout(() => {
        prefix = "";
      }, sequenceWithin);
    }
  };
  document.addEventListener("keydown", listener);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("keydown", listener);
  };
}
