// The first screen of each application: its chats.

import { avatar, button, el, hidden, icon } from './dom.js';
import { summary } from './phone.js';
import { ticks } from './ticks.js';
import { age, t } from './words.js';

/**
 * @param {string} app
 * @param {{ name: string }} person
 * @param {any[]} threads
 * @param {Map<string, { text: string }>} drafts
 * @param {(thread: string) => void} open
 */
export function chatList(app, person, threads, drafts, open) {
  return el(
    'div',
    { class: 'chats' },
    head[app](person),
    el(
      'div',
      { class: 'rows' },
      ...threads.map((thread) => row(app, thread, drafts.get(thread.id)?.text, open)),
      threads.length === 0 && empty(app),
      app === 'whatsapp' && threads.length > 0 && el('p', { class: 'private' }, icon('lockup'), t('whatsapp.private')),
    ),
    app === 'whatsapp' &&
      button({ class: 'fab', 'data-open-link': true, 'aria-label': t('open_link') }, icon('newchat')),
    foot[app]?.(),
  );
}

const head = {
  whatsapp: () =>
    el(
      'div',
      { class: 'top' },
      el('p', { class: 'title' }, t('app.whatsapp'), el('span', { class: 'marks' }, icon('camera'), icon('dots'))),
      el('p', { class: 'searching' }, icon('search'), t('whatsapp.search')),
      el(
        'p',
        { class: 'filters' },
        el('span', { class: 'on' }, t('whatsapp.filter.all')),
        el('span', {}, t('whatsapp.filter.unread')),
        el('span', {}, t('whatsapp.filter.groups')),
      ),
    ),
  messenger: (person) =>
    el(
      'div',
      { class: 'top' },
      el(
        'p',
        { class: 'title' },
        t('messenger.title'),
        el('span', { class: 'marks' }, icon('pencil'), avatar(person.name)),
      ),
      el('p', { class: 'searching' }, icon('search'), t('search')),
    ),
  instagram: (person) =>
    el(
      'div',
      { class: 'top' },
      el('p', { class: 'title' }, userName(person.name), icon('down'), el('span', { class: 'marks' }, icon('pencil'))),
      el('p', { class: 'searching' }, icon('search'), t('search')),
      el(
        'p',
        { class: 'filters' },
        el('span', { class: 'on' }, t('instagram.messages')),
        el('span', {}, t('instagram.requests')),
      ),
    ),
};

const foot = {
  whatsapp: () => tabs(['chats', 'chat'], ['updates', 'ring'], ['communities', 'people'], ['calls', 'call']),
  messenger: () => tabs(['chats', 'chat'], ['stories', 'ring'], ['notifications', 'bell'], ['menu', 'lines']),
};

const tabs = (...names) =>
  el(
    'div',
    { class: 'tabs', 'aria-hidden': 'true' },
    ...names.map(([name, sign], i) =>
      el('span', { class: i === 0 ? 'on' : '' }, el('i', {}, icon(sign)), t(`nav.${name}`)),
    ),
  );

/** A user name made of a name. @param {string} name */
export const userName = (name) =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z ]/g, '')
    .replace(/ +/g, '.');

/** @param {string} app @param {any} thread @param {string | undefined} draft @param {(thread: string) => void} open */
function row(app, thread, draft, open) {
  const last = thread.last;
  const what = draft ? draft : thread.typing ? t('typing') : summary(thread, app);
  return button(
    { class: 'row', 'data-thread': thread.id, 'data-unread': thread.unread > 0, onclick: () => open(thread.id) },
    avatar(thread.name, 'business'),
    el(
      'span',
      { class: 'about' },
      el('strong', {}, thread.name, thread.verified && icon('verified', 'verified')),
      el(
        'span',
        { class: 'last', 'data-typing': thread.typing && !draft },
        draft && el('em', {}, t('draft'), ' '),
        !draft && !thread.typing && last?.mine && app === 'whatsapp' && ticks(last.status),
        !draft && !thread.typing && last?.mine && app !== 'whatsapp' && `${t('you')}: `,
        !draft && !thread.typing && last?.media?.length > 0 && icon('camera'),
        what,
      ),
    ),
    el(
      'span',
      { class: 'side' },
      last && el('small', {}, age(new Date(last.at))),
      thread.unread > 0 &&
        el('span', { class: 'count' }, String(thread.unread), hidden(` ${t('unread', { count: '' })}`)),
    ),
  );
}

const empty = (app) =>
  el(
    'div',
    { class: 'empty' },
    el('span', { class: `badge ${app}` }, icon(app)),
    el('strong', {}, t('empty.title')),
    el('p', {}, t('empty.text', { app: t(`app.${app}`) })),
  );
