// The page's words, and how times are written.

/** @type {{ base_url: string, words: Record<string, string> }} */
export const page = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');

/**
 * @param {string} key of the locale file
 * @param {Record<string, string | number>} [values] of its {places}
 */
export function t(key, values = {}) {
  const word = page.words[key] ?? key;
  return word.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

const language = document.documentElement.lang;
const clockFormat = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekdayFormat = new Intl.DateTimeFormat(language, { weekday: 'long' });
const dateFormat = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric' });
const shortFormat = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: 'numeric' });
const lockFormat = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });

/** 14:05. @param {Date} at */
export const clock = (at) => clockFormat.format(at);

/** Sunday, 22 November. @param {Date} at */
export const longDay = (at) => lockFormat.format(at);

/** Days between two calendar days. @param {Date} at @param {Date} now */
function daysAgo(at, now) {
  const noon = (/** @type {Date} */ day) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), 12).getTime();
  return Math.round((noon(now) - noon(at)) / 86_400_000);
}

/** The mark above a day's messages. @param {Date} at */
export function day(at, now = new Date()) {
  const ago = daysAgo(at, now);
  if (ago <= 0) return t('today');
  if (ago === 1) return t('yesterday');
  return ago < 7 ? weekdayFormat.format(at) : dateFormat.format(at);
}

/** The time in a list of chats: as short as possible. @param {Date} at */
export function age(at, now = new Date()) {
  const ago = daysAgo(at, now);
  if (ago <= 0) return clock(at);
  if (ago === 1) return t('yesterday');
  return ago < 7 ? weekdayFormat.format(at) : shortFormat.format(at);
}

/** 340 kB. @param {number} bytes */
export const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
