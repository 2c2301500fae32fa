// Whether the context panel is shown: a column that is remembered on a wide window, a sheet that is asked for each time on
// a small one.
import { computed, effect, signal } from "@preact/signals";
import { route } from "../router";
import { compact } from "./media";
import { contextPanel } from "./prefs";

const sheet = signal(false);

export const contextShown = computed(() => (compact.value ? sheet.value : contextPanel.value === "open"));

export function showContext(shown: boolean): void {
  if (compact.value) sheet.value = shown;
  else contextPanel.value = shown ? "open" : "shut";
}

export function toggleContext(): void {
  showContext(!contextShown.peek());
}

/** Another conversation is looked at from its log first. */
let last: string | undefined;
effect(() => {
  const at = route.value;
  const conversation = at.page === "conversations" ? at.conversation : undefined;
  if (conversation === last) return;
  last = conversation;
  sheet.value = false;
});
