import { beforeAll, describe, expect, test } from "vitest";
import { age, bytes, dayMark, exponent, money, moneyIn } from "./formats";
import { setLanguage } from "./index";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

beforeAll(() => setLanguage("en"));

describe("money in the shopper's language", () => {
  test.each<[string, number, string, string]>([
    ["de", 1234, "EUR", "12,34 €"],
    ["de", 500, "JPY", "500 ¥"],
    ["en", 1, "KWD", "KWD 0.001"],
    ["en", -1264, "EUR", "-€12.64"],
    ["en", Number.MAX_SAFE_INTEGER, "EUR", "€90,071,992,547,409.91"],
  ])("%s %d %s", (locale, amount, currency, expected) => {
    expect(moneyIn(locale, { amount, currency }).replace(/\u00a0/g, " ")).toBe(expected);
  });
});

describe("money", () => {
  test.each([
    [{ amount: 4990, currency: "EUR" }, "€49.90"],
    [{ amount: 5, currency: "EUR" }, "€0.05"],
    [{ amount: 0, currency: "USD" }, "$0.00"],
    [{ amount: 12600, currency: "JPY" }, "¥12,600"],
    [{ amount: 44750, currency: "KWD" }, "KWD 44.750"],
    [{ amount: -150, currency: "GBP" }, "-£1.50"],
    // More than a double holds exactly: the digits are never a float.
    [{ amount: 9007199254740991, currency: "EUR" }, "€90,071,992,547,409.91"],
  ])("%o is %s", (value, expected) => {
    expect(money(value).replace(/\u00a0/g, " ")).toBe(expected);
  });

  test("survives a currency that nobody knows", () => {
    expect(money({ amount: 1234, currency: "??" })).toBe("12.34 ??");
  });

  test("knows the minor digits of a currency", () => {
    expect([exponent("EUR"), exponent("JPY"), exponent("KWD")]).toEqual([2, 0, 3]);
  });
});

describe("age", () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  test.each([
    [10_000, "now"],
    [5 * minute, "5m"],
    [3 * hour, "3h"],
    [2 * day, "2d"],
    [-5000, "now"],
  ])("%d ms ago is %s", (past, expected) => {
    expect(age(now - past, now)).toBe(expected);
  });

  test("is a date after a week", () => {
    expect(age(now - 20 * day, now)).toBe("Nov 1");
  });
});

describe("a day mark", () => {
  const now = new Date(2026, 10, 21, 0, 30).getTime();
  test("goes by the calendar, not by hours", () => {
    expect(dayMark(new Date(2026, 10, 20, 23, 59).getTime(), now)).toBe("Yesterday");
    expect(dayMark(now, now)).toBe("Today");
  });
  test("names the weekday within a week, then the date", () => {
    expect(dayMark(new Date(2026, 10, 17).getTime(), now)).toBe("Tuesday");
    expect(dayMark(new Date(2026, 9, 2).getTime(), now)).toBe("Fri, October 2");
    expect(dayMark(new Date(2024, 9, 2).getTime(), now)).toBe("Oct 2, 2024");
  });
});

test("sizes are read at a glance", () => {
  expect([bytes(12), bytes(183_000), bytes(2_540_000)]).toEqual(["1 kB", "183 kB", "2.5 MB"]);
});
