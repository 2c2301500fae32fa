// Amounts of money as people type them, to minor units and back. Pure; no amount passes through a float.
import type { Money } from "../api/types";
import { exponent } from "../i18n/formats";

/** amountOf reads "1234.5" or "1234,5"; undefined: that is no amount of the currency. */
export function amountOf(text: string, currency: string): number | undefined {
  const digits = exponent(currency);
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return undefined;
  return Number(`${match[1]}${fraction.padEnd(digits, "0")}`);
}

/** plainOf is the amount for an input: digits and a point. */
export function plainOf(money: Money | undefined): string {
  if (!money) return "";
  const digits = exponent(money.currency);
  const text = String(money.amount).padStart(digits + 1, "0");
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}
