// The language of the app: which one, its messages, and Intl formatters made once per language.
import { computed, signal } from "@preact/signals";
import type en from "../../locales/en.json";
import { format, type Message, type Values } from "./icu";

export type MessageKey = keyof typeof en;

export const languages = [
  { tag: "en", name: "English" },
  { tag: "de", name: "Deutsch" },
  { tag: "ar", name: "العربية" },
] as const;
export type Language = (typeof languages)[number]["tag"];

const loaders: Record<Language, () => Promise<{ default: Record<string, unknown> }>> = {
  en: () => import("./compiled/en.json"),
  de: () => import("./compiled/de.json"),
  ar: () => import("./compiled/ar.json"),
};

const storageKey = "tagalong.language";
export const language = signal<Language>("en");
const messages = signal<Record<string, Message>>({});

const rightToLeft = new Set<Language>(["ar"]);
export const direction = computed<"ltr" | "rtl">(() => (rightToLeft.has(language.value) ? "rtl" : "ltr"));

/** supported returns the language of ours that a BCP 47 tag asks for, if any. */
export function supported(tag: string | null | undefined): Language | undefined {
  const base = tag?.toLowerCase().split("-")[0];
  return languages.find((l) => l.tag === base)?.tag;
}

/** preferredLanguage is what this browser chose before, else what it prefers. */
export function preferredLanguage(): Language {
  const remembered = supported(remember());
  if (remembered) return remembered;
  for (const tag of navigator.languages ?? [navigator.language]) {
    const found = supported(tag);
    if (found) return found;
  }
  return "en";
}

function remember(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

let latest: Language | undefined;

/** setLanguage loads the messages first and then switches, so that no screen ever shows keys. */
export async function setLanguage(next: Language): Promise<void> {
  latest = next;
  const loaded = await loaders[next]();
  // A slower answer to an earlier wish must not undo the later one.
  if (latest !== next) return;
  messages.value = loaded.default as Record<string, Message>;
  language.value = next;
  document.documentElement.lang = next;
  document.documentElement.dir = direction.value;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Storage is full or refused; the account keeps the language anyway.
  }
}

export function t(key: MessageKey, values?: Values): string {
  const message = messages.value[key];
  return message === undefined ? key : format(language.value, message, values);
}

/** textIn gives a message in another language: what the shopper reads, not what the agent does. */
export async function textIn(tag: string | undefined, key: MessageKey, values?: Values): Promise<string> {
  const wanted = supported(tag) ?? language.value;
  const message = ((await loaders[wanted]()).default as Record<string, Message>)[key];
  return message === undefined ? t(key, values) : format(wanted, message, values);
}

/** has tells whether a computed key (a status of the server's, an error code) has a text of its own. */
export function has(key: string): key is MessageKey {
  return key in messages.value;
}
