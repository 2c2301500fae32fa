// The two widths at which the layout changes.
import { type Signal, signal } from "@preact/signals";

function media(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const state = signal(list.matches);
  list.addEventListener("change", () => {
    state.value = list.matches;
  });
  return state;
}

/** One column: list, then thread, then context, with a way back. */
export const narrow = media("(max-width: 767px)");
/** Too narrow for four columns: the context panel lies over the thread. */
export const compact = media("(max-width: 1179px)");
/** A Mac says ⌘ where others say Ctrl. */
export const mac = /Mac|iPhone|iPad/.test(navigator.platform);
export const commandKey = mac ? "⌘" : "Ctrl";
