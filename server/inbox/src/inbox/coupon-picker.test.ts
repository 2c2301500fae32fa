import { beforeAll, describe, expect, test } from "vitest";
import type { ShopCoupon } from "../api/types";
import { setLanguage } from "../i18n";
import { worth, worthIn } from "./coupon-picker";

beforeAll(() => setLanguage("en"));
const coupon = (from: Partial<ShopCoupon>): ShopCoupon => ({
  external_id: "c",
  code: "X",
  kind: "percent",
  ...from,
});
const plain = (text: string) => text.replace(/\u00a0/g, " ");

describe("what a coupon is worth", () => {
  test.each<[Partial<ShopCoupon>, string, string]>([
    [{ kind: "percent", percent: "10.00" }, "10% off", "10 % Rabatt"],
    [{ kind: "percent", percent: "12.5" }, "12.5% off", "12,5 % Rabatt"],
    [{ kind: "fixed", amount: { amount: 500, currency: "EUR" } }, "€5.00 off", "5,00 € Rabatt"],
    [{ kind: "free_shipping" }, "Free shipping", "Kostenloser Versand"],
    [{ kind: "fixed" }, "", ""],
  ])("%#", async (from, mine, theirs) => {
    expect(plain(worth(coupon(from)))).toBe(mine);
    expect(plain(await worthIn("de-AT", coupon(from)))).toBe(theirs);
    // Who speaks none of our languages reads the agent's.
    expect(plain(await worthIn("fi", coupon(from)))).toBe(mine);
  });
});
