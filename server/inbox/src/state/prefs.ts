// What this browser remembers about how the agent likes the app. Nothing of the merchant's is kept here.
import { effect, type Signal, signal } from "@preact/signals";
import { read, write } from "./storage";

export type Theme = "system" | "light" | "dark";

function remembered<T extends string>(name: string, initial: T, allowed?: readonly T[]): Signal<T> {
  const key = `tagalong.${name}`;
  const stored = read(key) as T | null;
  const state = signal<T>(stored !== null && (!allowed || allowed.includes(stored)) ? stored : initial);
  effect(() => write(key, state.value));
  return state;
}

export const theme = remembered<Theme>("theme", "system", ["system", "light", "dark"]);
/** Beside three other columns there is room for words in the rail on a large window only. */
export const nav = remembered<"wide" | "narrow">("nav", innerWidth >= 1440 ? "wide" : "narrow", [
  "wide",
  "narrow",
]);
/** The context panel as a column of its own; over the thread, on a small window, it is always asked for. */
export const contextPanel = remembered<"open" | "shut">("context", "open", ["open", "shut"]);
/** What Enter alone does in the composer; with Ctrl or ⌘ it always sends. */
export const enter = remembered<"sends" | "breaks">("enter", "sends", ["sends", "breaks"]);
/** The shop whose conversations are listed, or all of them. */
export const scope = remembered<string>("scope", "all");

export function startTheme(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
  });
  effect(() => {
    document.documentElement.dataset.nav = nav.value;
  });
}
