// What a shortcut or a command asks of a part of the screen. Each is a number that rises; the part watches it.
import { signal } from "@preact/signals";
import type { Mode } from "../state/drafts";

export const assignAsked = signal(0);
export const tagsAsked = signal(0);
export const composeAsked = signal<{ mode: Mode; at: number }>({ mode: "reply", at: 0 });

export function askAssign(): void {
  assignAsked.value += 1;
}

export function askTags(): void {
  tagsAsked.value += 1;
}

export function askCompose(mode: Mode): void {
  composeAsked.value = { mode, at: composeAsked.value.at + 1 };
}
