// What a shortcut or a command asks of a part of the screen. The pickers watch a number that rises; the composer is
// reached at once, since the next key is already its own.
import { signal } from "@preact/signals";
import { changeDraft, draftOf, type Mode } from "../state/drafts";

export const assignAsked = signal(0);
export const tagsAsked = signal(0);

export type CardKind = "product" | "order" | "coupon";

/** Which picker of the composer is open. */
export const cardsAsked = signal<CardKind | undefined>(undefined);

/** askCards opens a picker beside the reply, where a reply may be written. */
export function askCards(kind: CardKind): void {
  if (!composer || composer.area.hidden) return;
  changeDraft(composer.conversation, { mode: "reply" });
  cardsAsked.value = kind;
}

export function askAssign(): void {
  assignAsked.value += 1;
}

export function askTags(): void {
  tagsAsked.value += 1;
}

let composer: { conversation: string; area: HTMLTextAreaElement } | undefined;

/** offerComposer makes a composer the one on the screen; the answer takes it back. */
export function offerComposer(conversation: string, area: HTMLTextAreaElement): () => void {
  const offered = { conversation, area };
  composer = offered;
  return () => {
    if (composer === offered) composer = undefined;
  };
}

/**
 * askCompose puts the cursor into the composer, in the mode that was asked for. The text of that mode is there before
 * this returns: a letter typed before the next drawing must never land in the other text.
 */
export function askCompose(mode: Mode): void {
  if (!composer) return;
  const { conversation, area } = composer;
  changeDraft(conversation, { mode });
  area.value = draftOf(conversation)[mode];
  // A notice stands in its place where no reply may be written; a note may always be.
  if (mode === "note") area.hidden = false;
  area.focus();
}
