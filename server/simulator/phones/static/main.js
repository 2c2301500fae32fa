// The table: whose phones lie on it, which one is in the visitor's hand, and the
// stream that tells of changes.

import { api } from './api.js';
import { avatar, button, el, hidden, icon } from './dom.js';
import { Phone } from './phone.js';
import { ask } from './sheet.js';
import { page, t } from './words.js';

/**
 * @typedef {{ id: string, name: string, phone?: string, apps: string[], online: boolean }} Person
 */

const REMEMBERED = 'phones.person';
const HIDDEN_PATIENCE = 30_000;
const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
const table = find('table');
const narrow = matchMedia('(max-width: 719px)');

/** @type {Person[]} */
let people = [];
/** @type {Person} */
let person;
/** @type {Map<string, Phone>} the phones on the table, by application */
let phones = new Map();
/** The application in hand, where only one phone has room. */
let inHand = 'whatsapp';
/** @type {Map<string, number>} unread messages by person */
const unread = new Map();

// --- whose phones -----------------------------------------------------------

async function play(id) {
  person = people.find((p) => p.id === id) ?? people[0];
  remember(person.id);
  for (const phone of phones.values()) phone.remove();
  phones = new Map(person.apps.map((app) => [app, new Phone(app, person, table, changed)]));
  if (!phones.has(inHand)) inHand = person.apps[0];
  table.append(...[...phones.values()].map((phone) => phone.element));
  drawBar();
  await refresh();
}

function remember(id) {
  try {
    localStorage.setItem(REMEMBERED, id);
  } catch {
    // a browser that keeps nothing starts with the first person again
  }
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? '';
  } catch {
    return '';
  }
}

function drawBar() {
  find('people').replaceChildren(
    ...people.map((p) => {
      const count = p.id === person.id ? 0 : (unread.get(p.id) ?? 0);
      return button(
        {
          class: 'who',
          'aria-label': count > 0 ? `${p.name}, ${t('unread', { count })}` : p.name,
          'aria-pressed': String(p.id === person.id),
          onclick: () => p.id !== person.id && play(p.id),
        },
        avatar(p.name),
        el('span', { class: 'name' }, el('strong', {}, p.name), p.phone && el('small', {}, p.phone)),
        count > 0 && el('span', { class: 'count' }, String(count), hidden(` ${t('unread', { count: '' })}`)),
      );
    }),
  );
  find('apps').replaceChildren(
    ...[...phones.values()].map((phone) =>
      button(
        { 'data-app': phone.app, 'aria-pressed': String(phone.app === inHand), onclick: () => take(phone.app) },
        icon(phone.app),
        t(`app.${phone.app}`),
        phone.unread > 0 &&
          el('span', { class: 'count' }, String(phone.unread), hidden(` ${t('unread', { count: '' })}`)),
      ),
    ),
  );
  const flight = find('flight');
  flight.setAttribute('aria-checked', String(!person.online));
  flight.title = t('flight.on');
  flight.setAttribute('aria-label', t('flight'));
  find('link').setAttribute('aria-label', t('open_link'));
  flight.replaceChildren(icon('flight'), el('span', {}, t('flight')));
  find('link').replaceChildren(icon('scan'), el('span', {}, t('open_link')));
  const total = [...unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = total > 0 ? `(${total}) ${t('title')}` : t('title');
}

/** Takes a phone into the hand. @param {string} app */
function take(app) {
  inHand = app;
  for (const phone of phones.values()) phone.element.toggleAttribute('data-in-hand', phone.app === app);
  drawBar();
  tellReading();
}

find('flight').addEventListener('click', () => api.setOnline(person.id, !person.online).then(refreshPeople, fail));

// --- what has changed -------------------------------------------------------

/** Reads anew, once more if it was asked for meanwhile. @param {() => Promise<void>} read */
function coalesced(read) {
  /** @type {Promise<void> | undefined} */
  let running;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await read();
      } while (again);
    })();
    try {
      await running;
    } finally {
      running = undefined;
    }
  };
}

const refresh = coalesced(async () => {
  const whose = person;
  const threads = await api.threads(whose.id);
  if (whose !== person) return;
  await Promise.all(
    [...phones.values()].map((phone) => phone.show(threads.filter((thread) => thread.app === phone.app))),
  );
  unread.set(whose.id, sumUnread(threads));
  take(inHand);
});

const refreshOthers = coalesced(async () => {
  for (const other of people.filter((p) => p.id !== person.id))
    unread.set(other.id, sumUnread(await api.threads(other.id)));
  drawBar();
});

const sumUnread = (threads) => threads.reduce((sum, thread) => sum + thread.unread, 0);

async function refreshPeople() {
  people = await api.people();
  person = people.find((p) => p.id === person.id) ?? person;
  for (const phone of phones.values()) phone.setOnline(person.online);
  drawBar();
}

/** @type {EventSource | undefined} */
let stream;
let reader = '';

function listen() {
  if (stream) return;
  stream = new EventSource('/api/events');
  stream.addEventListener('reader', (event) => {
    reader = JSON.parse(event.data).reader;
    told = '';
    find('away').hidden = true;
    // Whatever happened while nobody told us.
    Promise.all([refreshPeople(), refresh(), refreshOthers()]).catch(fail);
  });
  stream.addEventListener('change', (event) => {
    const change = JSON.parse(event.data);
    if (!change.thread) refreshPeople().catch(fail);
    (change.person === person.id ? refresh() : refreshOthers()).catch(fail);
  });
  stream.addEventListener('error', () => {
    reader = '';
    find('away').hidden = false;
    if (stream?.readyState === EventSource.CLOSED) {
      stream = undefined;
      setTimeout(listen, 2000);
    }
  });
}

let told = '';

/** Tells the network which threads are in sight. */
function tellReading() {
  if (!reader) return;
  const inSight = [...phones.values()].filter((phone) => !document.hidden && (!narrow.matches || phone.app === inHand));
  const threads = inSight.map((phone) => phone.reading).filter(Boolean);
  const now = JSON.stringify([reader, person.id, threads]);
  if (now === told) return;
  told = now;
  api.setReading(reader, person.id, threads).catch(() => {
    told = ''; // the next change of sight tries again
  });
}

// A browser allows six connections to a host: a tab that nobody looks at gives
// its own back after a while.
let patience = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(patience);
  tellReading();
  if (document.hidden) {
    patience = setTimeout(() => {
      stream?.close();
      stream = undefined;
      reader = '';
    }, HIDDEN_PATIENCE);
  } else {
    listen();
  }
});
narrow.addEventListener('change', tellReading);

function changed() {
  drawBar();
  tellReading();
}

// --- links ------------------------------------------------------------------

/** Whether an address is a click-to-chat link of this page. @param {URL} url */
const isLink = (url) => /^\/(wa\.me|m\.me|ig\.me)\//.test(url.pathname);

/** @param {string} url */
async function open(url) {
  const opened = await api.openLink(person.id, url);
  await refresh();
  const phone = [...phones.values()].find((candidate) => candidate.has(opened.thread));
  if (!phone) return;
  take(phone.app);
  await phone.open(opened.thread, opened.draft);
  phone.element.scrollIntoView({ inline: 'center', block: 'nearest' });
  history.replaceState(null, '', '/');
  showSlip(url, opened, phone);
}

/** A paper slip says what the link has done, and lets another person open it. */
function showSlip(url, opened, phone) {
  const { name } = person;
  const what = phone.isNew(opened.thread)
    ? 'start'
    : opened.draft
      ? 'draft'
      : new URL(url).searchParams.has('ref')
        ? 'ref'
        : 'plain';
  const others = people.filter((p) => p.id !== person.id && p.apps.includes(phone.app));
  slip(
    phone.screen,
    t(`opened.${what}`, { name }),
    ...others.map((p) =>
      button(
        {
          onclick: () =>
            play(p.id)
              .then(() => open(url))
              .catch(fail),
        },
        t('opened.other', { name: p.name }),
      ),
    ),
  );
}

/** @param {HTMLElement} where @param {string} text @param {...HTMLElement} deeds */
function slip(where, text, ...deeds) {
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

/** Links in messages that lead to a phone stay on this page. */
document.addEventListener('click', (event) => {
  const anchor = event.target instanceof Element && event.target.closest('a[href]');
  if (!(anchor instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
  const url = new URL(anchor.href);
  const ours = url.origin === location.origin || url.origin === page.base_url;
  if ((ours && isLink(url)) || ['wa.me', 'm.me', 'ig.me'].includes(url.hostname)) {
    event.preventDefault();
    open(url.href).catch(fail);
  }
});

function askForLink() {
  ask(
    document.body,
    {
      title: t('open_link.title'),
      text: t('open_link.text'),
      field: t('open_link.field'),
      go: t('open_link.do'),
      type: 'url',
    },
    async (url) => {
      try {
        await open(url);
        return '';
      } catch (error) {
        return t(error.kind === 'unknown' ? 'open_link.unknown' : 'open_link.bad');
      }
    },
  );
}

find('link').addEventListener('click', askForLink);
table.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-open-link]')) askForLink();
});

/** @param {Error & { reason?: string, kind?: string }} error */
function fail(error) {
  if (error instanceof TypeError) return; // the stream says that the server is away
  slip(document.body, error.reason || t(error.kind === 'unknown' ? 'open_link.unknown' : 'failed'));
}

// --- the beginning ----------------------------------------------------------

async function start() {
  people = await api.people();
  const here = new URL(location.href);
  await play(here.searchParams.get('as') ?? remembered());
  const wanted = here.searchParams.get('app');
  if (wanted && phones.has(wanted)) take(wanted);
  listen();
  if (isLink(here)) await open(here.href);
  refreshOthers().catch(fail);
}

start().catch(fail);
