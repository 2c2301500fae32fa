import { describe, expect, test } from "vitest";
import { parts, webLink } from "./links";

const linked = (text: string) => parts(text).flatMap((part) => (typeof part === "string" ? [] : [part.text]));

describe("parts", () => {
  test("leaves the sentence's punctuation out of a link", () => {
    expect(linked("See https://marl.example/a. And (https://marl.example/b), please!")).toEqual([
      "https://marl.example/a",
      "https://marl.example/b",
    ]);
    expect(linked("https://en.wikipedia.org/wiki/Kiln_(pottery)")).toEqual([
      "https://en.wikipedia.org/wiki/Kiln_(pottery)",
    ]);
  });

  test("keeps every character of the text, in order", () => {
    for (const text of [
      "",
      "a https://x.example b",
      "https://x.example",
      "(((https://x.example)))",
      "http://",
      "نص https://x.example نص",
    ]) {
      expect(
        parts(text)
          .map((part) => (typeof part === "string" ? part : part.text))
          .join(""),
      ).toBe(text);
    }
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "https://trusted.example@evil.example/",
    "https://user:pass@evil.example/",
  ])("makes no link of %s", (text) => {
    expect(linked(text)).toEqual([]);
  });

  test.each([
    "http://a.".repeat(3500),
    "(".repeat(30_000),
    `http://${"(".repeat(30_000)}`,
    `http://a${")".repeat(8000)}`,
    "http://".repeat(4000),
  ])("does not slow down on hostile text (%#)", (text) => {
    const before = performance.now();
    parts(text);
    expect(performance.now() - before).toBeLessThan(200);
  });
});

test("webLink takes http and https only", () => {
  expect(webLink("https://dhl.example/t?id=1")).toBe("https://dhl.example/t?id=1");
  for (const bad of [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "",
    undefined,
    "blob:https://x/1",
  ]) {
    expect(webLink(bad)).toBeUndefined();
  }
});
