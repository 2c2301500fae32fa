import { describe, expect, test } from "vitest";
import type { Template } from "../api/channels";
import {
  filled,
  fillOf,
  matches,
  pieces,
  placeId,
  placesOf,
  plainText,
  problemOfValue,
  refusalOf,
  sorted,
  suggestions,
} from "./template";

const template = (change: Partial<Template> = {}): Template => ({
  id: "tpl_1",
  account: "acc_1",
  name: "order_update",
  language: "en_US",
  category: "utility",
  status: "approved",
  header: { format: "text", text: "Order {{order_number}}", params: ["order_number"], named: true },
  body: {
    format: "text",
    text: "Hello {{name}}, it is {{status}}.",
    params: ["name", "status"],
    named: true,
  },
  footer: "Juniper & Oak",
  buttons: [
    { kind: "quick_reply", text: "Stop" },
    { kind: "url", text: "Track", url: "https://shop.example/t/{{1}}", params: ["1"] },
  ],
  synced_at: 1,
  ...change,
});

const values = {
  "header.order_number": "1042",
  "body.name": "Mara",
  "body.status": " on its way ",
  "button.1": "abc",
};

describe("the places of a template", () => {
  test("are those of heading, text and buttons, each with a name of its own", () => {
    expect(placesOf(template()).map(placeId)).toEqual([
      "header.order_number",
      "body.name",
      "body.status",
      "button.1",
    ]);
  });

  test("are numbered where the template numbers them", () => {
    const numbered = template({ body: { format: "text", text: "{{1}} {{2}}", params: ["1", "2"] } });
    expect(placesOf(numbered).map(placeId)).toContain("body.2");
  });

  test("must all be filled, in one line and not too long", () => {
    expect(filled(template(), values)).toBe(true);
    expect(filled(template(), { ...values, "body.name": " " })).toBe(false);
    expect(problemOfValue("")).toBe("empty");
    expect(problemOfValue("two\nlines")).toBe("lines");
    expect(problemOfValue("a gap      here")).toBe("lines");
    expect(problemOfValue("x".repeat(1025))).toBe("long");
    expect(problemOfValue("fine")).toBeUndefined();
  });

  test("go to the server by part and name, trimmed", () => {
    expect(fillOf(template(), values)).toEqual({
      id: "tpl_1",
      header: { order_number: "1042" },
      body: { name: "Mara", status: "on its way" },
      buttons: { "1": "abc" },
    });
  });

  test("leave the end of a link to the server where it is the way back", () => {
    const { "button.1": _gone, ...rest } = values;
    expect(filled(template(), rest)).toBe(false);
    expect(filled(template(), rest, true)).toBe(true);
    expect(fillOf(template(), rest, true).buttons).toBeUndefined();
  });

  test("get what plainly belongs there", () => {
    const known = { shopper: "Mara Lindqvist", order: "1042", shop: "Juniper", agent: undefined };
    expect(suggestions(template(), known)).toEqual({
      "header.order_number": "1042",
      "body.name": "Mara Lindqvist",
    });
  });
});

describe("the preview", () => {
  test("shows what is filled and the names of what is not", () => {
    expect(pieces("body", "Hello {{name}}, it is {{ status }}.", { "body.name": "Mara" })).toEqual([
      { text: "Hello " },
      { text: "Mara", place: "filled" },
      { text: ", it is " },
      { text: "status", place: "open" },
      { text: "." },
    ]);
  });

  test("never reads what was typed as a place", () => {
    expect(
      plainText(template({ header: undefined as never }), { ...values, "body.name": "{{status}}" }),
    ).toContain("Hello {{status}}, it is on its way.");
  });
});

describe("refusalOf", () => {
  test.each([
    [{}, undefined],
    [{ status: "paused" }, "paused"],
    [{ status: "rejected" }, "rejected"],
    [{ status: "pending" }, "pending"],
    [{ status: "disabled" }, "disabled"],
    [{ category: "marketing", was: "utility" }, "recategorised"],
    [{ category: "marketing" }, undefined],
    [{ header: { format: "image" } }, "media"],
    [{ category: "authentication" }, "unfit"],
  ] as [Partial<Template>, string | undefined][])("%j is refused as %s", (change, refusal) => {
    expect(refusalOf(template(change))).toBe(refusal);
  });
});

describe("looking for a template", () => {
  const all = { words: "", language: "", category: "" };
  test("finds every word in its name and texts", () => {
    expect(matches(template(), { ...all, words: "ORDER hello" })).toBe(true);
    expect(matches(template(), { ...all, words: "order goodbye" })).toBe(false);
    expect(matches(template(), { ...all, language: "de" })).toBe(false);
    expect(matches(template(), { ...all, category: "marketing" })).toBe(false);
  });

  test("puts what can be used in the shopper's language first", () => {
    const list = [
      template({ id: "1", name: "b", language: "en_US" }),
      template({ id: "2", name: "a", language: "es", status: "paused" }),
      template({ id: "3", name: "c", language: "es_ES" }),
      template({ id: "4", name: "a", language: "en_US" }),
    ];
    expect(sorted(list, "es").map((one) => one.id)).toEqual(["3", "4", "1", "2"]);
  });
});
