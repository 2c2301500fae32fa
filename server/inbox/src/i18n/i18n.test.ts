import { describe, expect, test } from "vitest";
import ar from "./compiled/ar.json";
import de from "./compiled/de.json";
import en from "./compiled/en.json";
import type { Message, Node } from "./icu";
import { format } from "./icu";

const all = { en, de, ar } as unknown as Record<string, Record<string, Message>>;

function variables(message: Message | undefined, found = new Set<string>()): Set<string> {
  if (!message || typeof message === "string") return found;
  for (const node of message) {
    if (node.type === 1 || node.type === 2 || node.type === 5 || node.type === 6) found.add(node.value);
    if (node.type === 5 || node.type === 6) {
      for (const option of Object.values(node.options)) variables(option.value, found);
    }
  }
  return found;
}

function plurals(message: Message | undefined): Extract<Node, { type: 6 }>[] {
  if (!message || typeof message === "string") return [];
  return message.filter((node) => node.type === 6);
}

describe("the locales", () => {
  test.each(Object.keys(all))("%s has every message and no other", (locale) => {
    expect(Object.keys(all[locale] ?? {}).sort()).toEqual(Object.keys(en).sort());
  });

  test.each(Object.keys(all))("%s uses the same values as English", (locale) => {
    for (const key of Object.keys(en)) {
      const expected = [...variables(all.en?.[key])].sort();
      expect([...variables(all[locale]?.[key])].sort(), key).toEqual(expected);
    }
  });

  test.each(Object.keys(all))("%s has every plural form of its language", (locale) => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const key of Object.keys(en)) {
      for (const plural of plurals(all[locale]?.[key])) {
        for (const category of categories) {
          expect(
            plural.options[category] ?? (locale === "ar" ? undefined : plural.options.other),
            `${key} ${category}`,
          ).toBeDefined();
        }
      }
    }
  });

  test("every message that the sources name exists", () => {
    const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../**/*.test.*"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const named = new Set<string>();
    for (const source of Object.values(sources)) {
      for (const match of source.matchAll(/\bt\(\s*"([^"]+)"/g)) named.add(match[1] as string);
    }
    expect([...named].filter((key) => !(key in en))).toEqual([]);
    expect(named.size).toBeGreaterThan(200);
  });
});

describe("format", () => {
  const text = (value: string): Node => ({ type: 0, value });
  const plural = (options: Record<string, Node[]>, offset = 0): Message => [
    {
      type: 6,
      value: "count",
      offset,
      pluralType: "cardinal",
      options: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, { value }])),
    },
  ];

  test("puts values in and shows the name of a missing one", () => {
    const message: Message = [text("Hello "), { type: 1, value: "name" }];
    expect(format("en", message, { name: "Mara" })).toBe("Hello Mara");
    expect(format("en", message)).toBe("Hello {name}");
  });

  test("prefers the exact number over its category", () => {
    const message = plural({
      "=0": [text("none")],
      one: [{ type: 7 }, text(" file")],
      other: [{ type: 7 }, text(" files")],
    });
    expect(format("en", message, { count: 0 })).toBe("none");
    expect(format("en", message, { count: 1 })).toBe("1 file");
    expect(format("en", message, { count: 1234 })).toBe("1,234 files");
  });

  test("counts from the offset", () => {
    const message = plural(
      { one: [text("you and "), { type: 7 }, text(" other")], other: [text("you and "), { type: 7 }] },
      1,
    );
    expect(format("en", message, { count: 2 })).toBe("you and 1 other");
    expect(format("en", message, { count: 5 })).toBe("you and 4");
  });

  test("knows the six forms of Arabic", () => {
    const forms = [0, 1, 2, 3, 11, 100].map((count) =>
      format("ar", all.ar?.["shopper.orders"] ?? "", { count }),
    );
    expect(new Set(forms).size).toBe(6);
  });

  test("selects, and falls back to other", () => {
    const message: Message = [
      {
        type: 5,
        value: "role",
        options: { owner: { value: [text("all")] }, other: { value: [text("some")] } },
      },
    ];
    expect(format("en", message, { role: "owner" })).toBe("all");
    expect(format("en", message, { role: "unheard of" })).toBe("some");
  });
});
