// Click-to-chat links: which addresses are some, where a visitor types one, and
// the slip that says what one has done.

import { button, el, icon } from './dom.js';
import { ask } from './sheet.js';
import { page, t } from './words.js';

const HOSTS = ['wa.me', 'm.me', 'ig.me'];

/** Whether an address is a click-to-chat link, the real one or this page's. @param {URL} url */
export function isLink(url) {
  const ours = url.origin === location.origin || url.origin === page.base_url;
  return HOSTS.includes(url.hostname) || (ours && HOSTS.some((host) => url.pathname.startsWith(`/${host}/`)));
}

/** Links in messages that lead to a phone stay on this page. @param {(url: string) => void} open */
export function catchLinks(open) {
  document.addEventListener('click', (event) => {
    const anchor = event.target instanceof Element && event.target.closest('a[href]');
    if (!(anchor instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
    if (!isLink(new URL(anchor.href))) return;
    event.preventDefault();
    open(anchor.href);
  });
}

/** Asks for a link. @param {(url: string) => Promise<void>} open */
export function askForLink(open) {
  const words = {
    title: t('open_link.title'),
    text: t('open_link.text'),
    field: t('open_link.field'),
    go: t('open_link.do'),
    type: 'url',
  };
  ask(document.body, words, async (url) => {
    try {
      await open(url);
      return '';
    } catch (error) {
      return why(error);
    }
  });
}

/** Why a link could not be opened. @param {{ kind?: string, reason?: string }} error */
export function why(error) {
  if (error.reason) return error.reason;
  const words = { unknown: 'open_link.unknown', invalid: 'open_link.bad' };
  return t(words[error.kind ?? ''] ?? 'failed');
}

/**
 * What a link has done, in words.
 * @param {string} url @param {{ draft?: string }} opened @param {boolean} isNew the thread waits for Get Started
 */
export function done(url, opened, isNew) {
  if (isNew) return 'opened.start';
  if (opened.draft) return 'opened.draft';
  return new URL(url).searchParams.has('ref') ? 'opened.ref' : 'opened.plain';
}

/** Lays a slip of paper somewhere. There is one at most. @param {HTMLElement} where @param {string} text @param {...HTMLElement} deeds */
export function slip(where, text, ...deeds) {
  document.querySelector('.slip')?.remove();
  const paper = el(
    'div',
    { class: 'slip', role: 'status' },
    el('p', {}, text),
    deeds.length > 0 && el('p', { class: 'others' }, ...deeds),
    button({ class: 'close', 'aria-label': t('dismiss'), onclick: () => paper.remove() }, icon('close')),
  );
  where.append(paper);
}
