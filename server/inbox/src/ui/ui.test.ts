import { describe, expect, test } from "vitest";
import { originOf } from "../settings/origin";
import { snippet } from "../settings/shop";
import { rolesFor } from "../settings/team";
import { ended } from "../state/files";
import { hue, initials } from "./avatar";
import { windowOf } from "./virtual";

describe("windowOf", () => {
  test("draws few rows of many", () => {
    const [first, last] = windowOf(76 * 5000, 800, 76, 10_000);
    expect(last - first).toBeLessThanOrEqual(40);
    expect(first).toBeLessThanOrEqual(5000);
    expect(last).toBeGreaterThanOrEqual(5011);
  });
  test("stays inside a list that became shorter", () => {
    expect(windowOf(76 * 5000, 800, 76, 3)).toEqual([3, 3]);
    expect(windowOf(0, 800, 76, 0)).toEqual([0, 0]);
  });
});

test("initials are of the first and the last name, in any script", () => {
  expect(
    ["Sofia Brandt", "Jean-Baptiste de la Fontaine", "佐藤 美咲", "noor", "", "😀 x"].map(initials),
  ).toEqual(["SB", "JF", "佐美", "n", "", "😀x"]);
});

test("a person keeps their colour", () => {
  expect(hue("shp_a")).toBe(hue("shp_a"));
  expect(hue("shp_a")).not.toBe(hue("shp_b"));
});

test("an address that is pasted whole becomes its origin", () => {
  expect(
    [
      "https://www.marl.example/de?x=1",
      "marl.example",
      "http://localhost:3000/",
      "https://Marl.Example:443",
    ].map(originOf),
  ).toEqual([
    "https://www.marl.example",
    "https://marl.example",
    "http://localhost:3000",
    "https://marl.example",
  ]);
});

test("the snippet loads the shop's loader and tells optimisers to keep off", () => {
  expect(snippet("https://chat.marl.example", "pk_1")).toBe(
    '<script async src="https://chat.marl.example/w/pk_1.js" data-cfasync="false" data-no-optimize="1" nowprocket></script>',
  );
});

test("only owners make owners", () => {
  expect(rolesFor("owner")).toContain("owner");
  expect(rolesFor("admin")).not.toContain("owner");
});

test("a signed link tells when it ends", () => {
  const link = "https://files.example/files/att_1?exp=1795289656&sig=x";
  expect(ended(link, 1795289655_000)).toBe(false);
  expect(ended(link, 1795289656_000)).toBe(true);
  expect(ended("https://files.example/files/att_1", 9e15)).toBe(false);
});
