// Templates: their places, what stands in them, and why one can't be used. Pure.
import type { Template, TemplatePart, TemplateUse } from "../api/channels";

export interface Place {
  part: "header" | "body" | "button";
  /** The place's name or number; of a button its index. */
  key: string;
  /** The text around it, for who fills it in. */
  label: string;
}

/** Headers that are files can't be filled in here. */
const mediaHeaders = new Set(["image", "video", "document", "location"]);

export function placesOf(template: Template): Place[] {
  const of = (part: "header" | "body", from: TemplatePart | undefined): Place[] =>
    (from?.params ?? []).map((key) => ({ part, key, label: key }));
  const buttons = (template.buttons ?? []).flatMap((button, index) =>
    button.params?.length || button.kind === "copy_code"
      ? [{ part: "button" as const, key: String(index), label: button.text }]
      : [],
  );
  const header = template.header?.format === "text" ? of("header", template.header) : [];
  return [...header, ...of("body", template.body), ...buttons];
}

export type Values = Readonly<Record<string, string>>;
export const placeId = (place: Place): string => `${place.part}.${place.key}`;

const maxValue = 1024;

/** problemOfValue: the provider refuses empty values, new lines, tabs and long runs of spaces. */
export function problemOfValue(value: string | undefined): "empty" | "lines" | "long" | undefined {
  if (!value?.trim()) return "empty";
  if (/[\n\t]| {5,}/.test(value)) return "lines";
  return value.length > maxValue ? "long" : undefined;
}

/** linkButton tells whether a place is the end of a button's link: the way back to the site may stand there. */
export const linkButton = (template: Template, place: Place): boolean =>
  place.part === "button" && template.buttons[Number(place.key)]?.kind === "url";

const toFill = (template: Template, returns: boolean): Place[] =>
  placesOf(template).filter((place) => !(returns && linkButton(template, place)));

export const filled = (template: Template, values: Values, returns = false): boolean =>
  toFill(template, returns).every((place) => problemOfValue(values[placeId(place)]) === undefined);

/** fillOf brings what was typed into the form of the contract; with `returns` the server puts the way back into the link. */
export function fillOf(template: Template, values: Values, returns = false): TemplateUse {
  const fill: TemplateUse = { id: template.id };
  for (const place of toFill(template, returns)) {
    const part = place.part === "button" ? "buttons" : place.part;
    fill[part] = { ...fill[part], [place.key]: (values[placeId(place)] ?? "").trim() };
  }
  return fill;
}

export interface Piece {
  text: string;
  /** A place: filled, or still showing its name. */
  place?: "filled" | "open";
}

/** pieces cuts a text at its places and puts in what was typed. */
export function pieces(part: "header" | "body", text: string, values: Values): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    const value = values[`${part}.${match[1]}`]?.trim();
    found.push(value ? { text: value, place: "filled" } : { text: match[1] as string, place: "open" });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** plainText is the template as the shopper will read it. */
export function plainText(template: Template, values: Values): string {
  const part = (name: "header" | "body", text: string | undefined) =>
    text === undefined
      ? undefined
      : pieces(name, text, values)
          .map((piece) => piece.text)
          .join("");
  return [part("header", template.header?.text), part("body", template.body.text), template.footer]
    .filter(Boolean)
    .join("\n");
}

export type Refusal = "pending" | "rejected" | "paused" | "disabled" | "recategorised" | "media" | "unfit";

/** refusalOf says why a template is listed but can't be chosen. */
export function refusalOf(template: Template): Refusal | undefined {
  if (template.status !== "approved") return template.status;
  if (template.was && template.was !== template.category && template.category === "marketing")
    return "recategorised";
  if (template.header && mediaHeaders.has(template.header.format)) return "media";
  if (template.category === "authentication") return "unfit";
  return undefined;
}

export interface TemplateFilter {
  words: string;
  language: string;
  category: string;
}

/** matches looks for every word in name, language and texts. */
export function matches(template: Template, filter: TemplateFilter): boolean {
  if (filter.language && template.language !== filter.language) return false;
  if (filter.category && template.category !== filter.category) return false;
  const text =
    `${template.name} ${template.language} ${template.header?.text ?? ""} ${template.body.text ?? ""}`.toLocaleLowerCase();
  return filter.words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** sorted puts what can be used first, those in the shopper's language on top, then by name. */
export function sorted(templates: readonly Template[], language: string | undefined): Template[] {
  const base = language?.toLowerCase().split(/[-_]/)[0];
  const rank = (one: Template) =>
    (refusalOf(one) ? 2 : 0) + (base && one.language.toLowerCase().split(/[-_]/)[0] === base ? 0 : 1);
  return [...templates].sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || (a.language < b.language ? -1 : 1),
  );
}

/** What is known of the conversation and may stand in a place by its name. */
export interface Known {
  shopper: string | undefined;
  order: string | undefined;
  shop: string | undefined;
  agent: string | undefined;
}

const known: readonly [RegExp, keyof Known][] = [
  [/^(first_?)?name$|^customer(_?name)?$|^shopper(_?name)?$/i, "shopper"],
  [/^order(_?(number|no|id|name))?$/i, "order"],
  [/^(shop|store)(_?name)?$/i, "shop"],
  [/^(agent|from)(_?name)?$/i, "agent"],
];

/** suggestions fills in what a named place plainly asks for; the agent sees it and may change it. */
export function suggestions(template: Template, from: Known): Values {
  const values: Record<string, string> = {};
  for (const place of placesOf(template)) {
    const found = known.find(([pattern]) => pattern.test(place.key));
    const value = found && from[found[1]];
    if (value)
      values[placeId(place)] =
        found[1] === "shopper" && /first/i.test(place.key) ? (value.split(" ")[0] ?? value) : value;
  }
  return values;
}
