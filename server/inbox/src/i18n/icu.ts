// Evaluates ICU messages that were compiled to a syntax tree by the formatjs compiler. It knows what our messages use:
// arguments, numbers, plural, selectordinal and select. Dates and money are formatted by the caller, with Intl.

/** A node of the compiled tree; the numbers are those of icu-messageformat-parser. */
export type Node =
  | { type: 0; value: string }
  | { type: 1; value: string }
  | { type: 2; value: string; style?: unknown }
  | { type: 5; value: string; options: Record<string, { value: Node[] }> }
  | {
      type: 6;
      value: string;
      offset: number;
      pluralType: "cardinal" | "ordinal";
      options: Record<string, { value: Node[] }>;
    }
  | { type: 7 };

export type Message = string | Node[];
export type Values = Record<string, string | number>;

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

function pluralRules(locale: string, type: "cardinal" | "ordinal"): Intl.PluralRules {
  const key = `${locale}/${type}`;
  let found = rules.get(key);
  if (!found) {
    found = new Intl.PluralRules(locale, { type });
    rules.set(key, found);
  }
  return found;
}

function numberFormat(locale: string): Intl.NumberFormat {
  let found = numbers.get(locale);
  if (!found) {
    found = new Intl.NumberFormat(locale);
    numbers.set(locale, found);
  }
  return found;
}

/** format returns the text of a message in a locale. A missing value shows its own name, which a test then sees. */
export function format(locale: string, message: Message, values: Values = {}, hash?: number): string {
  if (typeof message === "string") return message;
  let text = "";
  for (const node of message) {
    switch (node.type) {
      case 0:
        text += node.value;
        break;
      case 1:
        text += String(values[node.value] ?? `{${node.value}}`);
        break;
      case 2:
        text += numberFormat(locale).format(Number(values[node.value]));
        break;
      case 5: {
        const option = node.options[String(values[node.value])] ?? node.options.other;
        if (option) text += format(locale, option.value, values, hash);
        break;
      }
      case 6: {
        const value = Number(values[node.value]);
        const counted = value - node.offset;
        const exact = node.options[`=${value}`];
        const option =
          exact ?? node.options[pluralRules(locale, node.pluralType).select(counted)] ?? node.options.other;
        if (option) text += format(locale, option.value, values, counted);
        break;
      }
      case 7:
        if (hash !== undefined) text += numberFormat(locale).format(hash);
        break;
    }
  }
  return text;
}
