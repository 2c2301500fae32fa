// The table: whose phones lie on it, which one is in the visitor's hand, and what
// a link opens.

import { api } from './api.js';
import { drawBar } from './bar.js';
import { button } from './dom.js';
import { askForLink, catchLinks, done, isLink, slip, why } from './links.js';
import { Phone } from './phone.js';
import { Stream } from './stream.js';
import { t } from './words.js';

/** @typedef {{ id: string, name: string, phone?: string, apps: string[], online: boolean }} Person */

const REMEMBERED = 'phones.person';
const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
const table = find('table');
const away = find('away');
const narrow = matchMedia('(max-width: 719px)');

/** @type {Person[]} */
let people = [];
/** @type {Person} */
let person;
/** @type {Phone[]} the phones on the table */
let phones = [];
/** The application in hand, where only one phone has room. */
let inHand = 'whatsapp';
/** @type {Map<string, number>} unread messages by person */
const unread = new Map();

// --- whose phones -----------------------------------------------------------

/** Lays a person's phones on the table. @param {string} id */
async function play(id) {
  person = people.find((p) => p.id === id) ?? people[0];
  remember(person.id);
  for (const phone of phones) phone.remove();
  phones = person.apps.map((app) => new Phone(app, person, changed));
  if (!person.apps.includes(inHand)) inHand = person.apps[0];
  table.append(...phones.map((phone) => phone.element));
  changed();
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

/** Takes a phone into the hand. @param {string} app */
function take(app) {
  inHand = app;
  for (const phone of phones) phone.element.toggleAttribute('data-in-hand', phone.app === app);
  changed();
}

/** Something else is in sight. */
function changed() {
  drawBar(people, person, phones, inHand, unread, { play: (id) => play(id).catch(fail), take });
  const inSight = phones.filter((phone) => !document.hidden && (!narrow.matches || phone.app === inHand));
  stream.tellReading(person.id, inSight.map((phone) => phone.reading).filter(Boolean));
}

// --- what has changed -------------------------------------------------------

/** Reads anew, once more if it was asked for meanwhile. @param {() => Promise<void>} read */
function coalesced(read) {
  /** @type {Promise<void> | undefined} */
  let running;
  let again = false;
  const runs = async () => {
    do {
      again = false;
      await read();
    } while (again);
  };
  return () => {
    again = true;
    running ??= runs().finally(() => {
      running = undefined;
    });
    return running;
  };
}

const refresh = coalesced(async () => {
  const whose = person.id;
  const threads = await api.threads(whose);
  if (whose !== person.id) return; // the next run shows the other's
  await Promise.all(phones.map((phone) => phone.show(threads.filter((thread) => thread.app === phone.app))));
  unread.set(whose, sumUnread(threads));
  take(inHand);
});

const refreshOthers = coalesced(async () => {
  for (const other of people) {
    if (other.id !== person.id) unread.set(other.id, sumUnread(await api.threads(other.id)));
  }
  changed();
});

const sumUnread = (threads) => threads.reduce((sum, thread) => sum + thread.unread, 0);

const refreshPeople = coalesced(async () => {
  people = await api.people();
  person = people.find((p) => p.id === person.id) ?? person;
  for (const phone of phones) phone.setOnline(person.online);
  changed();
});

const stream = new Stream({
  up: () => {
    away.hidden = true;
    Promise.all([refreshPeople(), refresh(), refreshOthers()]).catch(fail);
  },
  down: () => {
    away.hidden = false;
  },
  change: (change) => {
    if (!change.thread) refreshPeople().catch(fail);
    (change.person === person.id ? refresh() : refreshOthers()).catch(fail);
  },
});

// --- links ------------------------------------------------------------------

/** Opens a link as the person who is played. @param {string} url */
async function open(url) {
  const opened = await api.openLink(person.id, url);
  await refresh();
  const phone = phones.find((candidate) => candidate.has(opened.thread));
  if (!phone) return;
  take(phone.app);
  await phone.open(opened.thread, opened.draft);
  phone.element.scrollIntoView({ inline: 'center', block: 'nearest' });
  const others = people.filter((p) => p.id !== person.id && p.apps.includes(phone.app));
  slip(
    phone.screen,
    t(done(url, opened, phone.isNew(opened.thread)), { name: person.name }),
    ...others.map((p) => button({ onclick: () => openAs(p.id, url) }, t('opened.other', { name: p.name }))),
  );
}

/** A link that was passed on. @param {string} id @param {string} url */
const openAs = (id, url) =>
  play(id)
    .then(() => open(url))
    .catch(fail);

/** @param {Error & { reason?: string, kind?: string }} error */
function fail(error) {
  if (error instanceof TypeError) return; // the stream says that the server is away
  slip(document.body, error.reason || t('failed'));
}

/** @param {Error & { reason?: string, kind?: string }} error */
const failLink = (error) => slip(document.body, why(error));

// --- the beginning ----------------------------------------------------------

find('flight').addEventListener('click', () =>
  api.setOnline(person.id, !person.online).then(refreshPeople).catch(fail),
);
find('link').addEventListener('click', () => askForLink(open));
table.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-open-link]')) askForLink(open);
});
catchLinks((url) => open(url).catch(failLink));
document.addEventListener('visibilitychange', changed);
narrow.addEventListener('change', changed);

async function start() {
  people = await api.people();
  const here = new URL(location.href);
  await play(here.searchParams.get('as') ?? remembered());
  const wanted = here.searchParams.get('app') ?? '';
  if (person.apps.includes(wanted)) take(wanted);
  stream.listen();
  if (isLink(here)) {
    history.replaceState(null, '', '/'); // a reload does not open it again
    await open(here.href).catch(failLink);
  }
}

start().catch(fail);
