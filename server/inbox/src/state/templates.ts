// The templates that a shop may use. Kept for a few minutes: picking one must not wait, and the provider changes them rarely.
import { type Signal, signal } from "@preact/signals";
import type { Template } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";

export type TemplatesState =
  | { state: "loading" | "failed" }
  | { state: "ready"; items: readonly Template[]; at: number };

const cache = new Map<string, Signal<TemplatesState>>();
const freshFor = 5 * 60_000;

export function templatesOf(shop: string): Signal<TemplatesState> {
  let found = cache.get(shop);
  if (!found) {
    found = signal<TemplatesState>({ state: "loading" });
    cache.set(shop, found);
  }
  return found;
}

/** ensureTemplates reads them when there are none or they are old; what is there stays meanwhile. */
export async function ensureTemplates(shop: string, anew = false): Promise<void> {
  const target = templatesOf(shop);
  const held = target.value;
  if (!anew && held.state === "ready" && Date.now() - held.at < freshFor) return;
  if (held.state === "failed") target.value = { state: "loading" };
  try {
    const list = await api.get<List<Template>>(url(["shops", shop, "templates"]));
    target.value = { state: "ready", items: list.items, at: Date.now() };
  } catch {
    if (target.value.state !== "ready") target.value = { state: "failed" };
  }
}
