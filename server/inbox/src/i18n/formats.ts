// Dates, ages, sizes and money in the agent's language. Formatters are costly to make, so each is made once.
import type { Money } from "../api/types";
import { language, t } from "./index";

const cache = new Map<string, unknown>();
function once<T>(key: string, make: (locale: string) => T): T {
  const id = `${language.value}/${key}`;
  let found = cache.get(id) as T | undefined;
  if (found === undefined) {
    found = make(language.value);
    cache.set(id, found);
  }
  return found;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const clock = (at: number): string =>
  once("clock", (l) => new Intl.DateTimeFormat(l, { hour: "numeric", minute: "2-digit" })).format(at);

export const date = (at: number): string =>
  once("date", (l) => new Intl.DateTimeFormat(l, { day: "numeric", month: "short", year: "numeric" })).format(
    at,
  );

export const dateTime = (at: number): string =>
  once("datetime", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium", timeStyle: "short" })).format(at);

export function number(value: number): string {
  return once("number", (l) => new Intl.NumberFormat(l)).format(value);
}

export const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** dayMark names a day above its messages: today, yesterday, a weekday within the last week, else the date. */
export function dayMark(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / day);
  if (days === 0) return t("day.today");
  if (days === 1) return t("day.yesterday");
  if (days > 1 && days < 7)
    return once("weekday", (l) => new Intl.DateTimeFormat(l, { weekday: "long" })).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? once(
        "daymonth",
        (l) => new Intl.DateTimeFormat(l, { weekday: "short", day: "numeric", month: "long" }),
      ).format(at)
    : date(at);
}

/** age is the short time since a moment, for the corner of a row: now, 5m, 3h, 2d, then the date. */
export function age(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < minute) return t("age.now");
  const unit = (value: number, of: string) =>
    once(
      `age-${of}`,
      (l) => new Intl.NumberFormat(l, { style: "unit", unit: of, unitDisplay: "narrow" }),
    ).format(value);
  if (past < hour) return unit(Math.floor(past / minute), "minute");
  if (past < day) return unit(Math.floor(past / hour), "hour");
  if (past < 7 * day) return unit(Math.floor(past / day), "day");
  return once("agedate", (l) => new Intl.DateTimeFormat(l, { day: "numeric", month: "short" })).format(at);
}

/** ago is the same in words, for a sentence or a tooltip. */
export function ago(at: number, now: number): string {
  const past = now - at;
  const relative = once("ago", (l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));
  if (Math.abs(past) < minute) return relative.format(0, "second");
  if (Math.abs(past) < hour) return relative.format(-Math.trunc(past / minute), "minute");
  if (Math.abs(past) < day) return relative.format(-Math.trunc(past / hour), "hour");
  return relative.format(-Math.trunc(past / day), "day");
}

/** span is a length of time in words, with minutes below four hours: 23 hr, 3 hr 20 min, 12 min. */
export function span(length: number): string {
  const unit = (value: number, of: string) =>
    once(
      `span-${of}`,
      (l) => new Intl.NumberFormat(l, { style: "unit", unit: of, unitDisplay: "short" }),
    ).format(value);
  if (length >= 2 * day) return unit(Math.floor(length / day), "day");
  const hours = Math.floor(length / hour);
  const minutes = Math.floor((length % hour) / minute);
  if (hours === 0) return unit(Math.max(1, minutes), "minute");
  return hours < 4 && minutes > 0 ? `${unit(hours, "hour")} ${unit(minutes, "minute")}` : unit(hours, "hour");
}

/** moment names a time near now: the clock for today, with the weekday within a week, else the date. */
export function moment(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / day);
  if (days === 0) return clock(at);
  if (Math.abs(days) < 7)
    return once(
      "moment",
      (l) => new Intl.DateTimeFormat(l, { weekday: "short", hour: "numeric", minute: "2-digit" }),
    ).format(at);
  return dateTime(at);
}

/** languageName is a language in the agent's words; providers write en_US where BCP 47 has en-US. */
export function languageName(tag: string): string {
  try {
    return (
      once("languages", (l) => new Intl.DisplayNames([l], { type: "language" })).of(tag.replace("_", "-")) ??
      tag
    );
  } catch {
    return tag;
  }
}

export function bytes(size: number): string {
  const [value, unit] =
    size < 1_000_000 ? [Math.max(1, size / 1000), "kilobyte"] : [size / 1_000_000, "megabyte"];
  return once(
    `bytes-${unit}`,
    (l) => new Intl.NumberFormat(l, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }),
  ).format(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** exponent is the number of minor digits of a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function exponent(currency: string): number {
  try {
    return once(
      `exponent-${currency}`,
      () =>
        new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
          .maximumFractionDigits ?? 2,
    );
  } catch {
    return 2;
  }
}

/** money shows minor units. The decimal point is put in by text, so that no amount passes through a float. */
export const money = (value: Money): string => moneyIn(language.value, value);

/** moneyIn is the same in another language: what the shopper reads. */
export function moneyIn(locale: string, value: Money): string {
  const digits = exponent(value.currency);
  const plain = String(Math.abs(value.amount)).padStart(digits + 1, "0");
  const decimal = digits ? `${plain.slice(0, -digits)}.${plain.slice(-digits)}` : plain;
  const signed = (value.amount < 0 ? `-${decimal}` : decimal) as `${number}`;
  try {
    return once(
      `money-${locale}-${value.currency}`,
      () =>
        new Intl.NumberFormat(locale, {
          style: "currency",
          currency: value.currency,
          currencyDisplay: "narrowSymbol",
        }),
    ).format(signed);
  } catch {
    return `${signed} ${value.currency}`;
  }
}
