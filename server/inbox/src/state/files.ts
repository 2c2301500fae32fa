// Links to files are signed and end. One that has ended is asked for again with its entry, when somebody needs it.
import { signal } from "@preact/signals";
import { api, url } from "../api/client";
import type { Attachment, Entry, List } from "../api/types";
import { conversationOf } from "./conversations";

const fresh = signal<ReadonlyMap<string, string>>(new Map());
const askedAt = new Map<string, number>();
const askAgainAfter = 60_000;

export function addressOf(file: Attachment): string {
  return fresh.value.get(file.id) ?? file.url;
}

/** ended reads the end out of a signed link; a link without one never ends. */
export function ended(address: string, now: number): boolean {
  try {
    const exp = new URL(address).searchParams.get("exp");
    return exp !== null && Number(exp) * 1000 <= now;
  } catch {
    return false;
  }
}

/** renew asks for new links of an entry, at most once a minute: a picture may be broken for another reason. */
export async function renew(conversation: string | null, seq: number | undefined): Promise<void> {
  const shop = conversation ? conversationOf(conversation)?.shop : undefined;
  if (!conversation || !shop || seq === undefined) return;
  const key = `${conversation}/${seq}`;
  if (Date.now() - (askedAt.get(key) ?? 0) < askAgainAfter) return;
  askedAt.set(key, Date.now());
  try {
    const path = url(["shops", shop, "conversations", conversation, "entries"], { after: seq - 1, limit: 1 });
    const [entry] = (await api.get<List<Entry>>(path)).items;
    const next = new Map(fresh.value);
    for (const file of entry?.message?.attachments ?? []) next.set(file.id, file.url);
    fresh.value = next;
  } catch {
    // The file stays as it was; the next try may succeed.
  }
}
