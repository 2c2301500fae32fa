// One phone with one application: its case, its screen, and what is on it.

import { chatList } from './chats.js';
import { button, el, icon } from './dom.js';
import { ThreadView } from './thread.js';
import { clock, longDay, t } from './words.js';

const NOTICE = 6000;

/** @type {Map<string, { text: string }>} what was typed and not sent, by thread; it outlives the phone on the table */
const drafts = new Map();

export class Phone {
  /** @type {any[]} */
  #threads = [];
  /** @type {ThreadView | undefined} the open thread */
  #view;
  #asleep = false;
  #loaded = false;
  #notice = 0;
  #clock = 0;

  /**
   * @param {string} app @param {{ id: string, name: string, online: boolean }} person
   * @param {() => void} changed what is in sight is another
   */
  constructor(app, person, changed) {
    this.app = app;
    this.person = person;
    this.changed = changed;
    this.bar = el('div', { class: 'statusbar', 'aria-hidden': 'true' });
    this.stage = el('div', { class: 'stage' });
    this.notices = el('div', { class: 'notices', role: 'status' });
    this.lock = button({ class: 'lock', hidden: true, 'aria-label': t('wake'), onclick: () => this.sleep(false) });
    this.screen = el(
      'div',
      { class: 'screen' },
      this.bar,
      this.stage,
      this.notices,
      this.lock,
      el('i', { class: 'home' }),
    );
    this.element = el(
      'section',
      { class: 'phone', 'data-app': app, 'aria-label': t('phone', { app: t(`app.${app}`), name: person.name }) },
      el('i', { class: 'key volume', 'aria-hidden': 'true' }),
      button({
        class: 'key power',
        'aria-label': t('sleep'),
        title: t('sleep'),
        onclick: () => this.sleep(!this.#asleep),
      }),
      el('div', { class: 'case' }, this.screen),
    );
    this.#drawBar();
    this.#clock = setInterval(() => this.#drawBar(), 10_000);
  }

  /** Takes the phone from the table. */
  remove() {
    clearInterval(this.#clock);
    this.#clearNotice();
    this.#view?.close();
    this.element.remove();
  }

  get unread() {
    return this.#threads.reduce((sum, thread) => sum + thread.unread, 0);
  }

  /** The thread that the person looks at. */
  get reading() {
    return this.#asleep ? '' : (this.#view?.thread.id ?? '');
  }

  /** @param {string} id of a thread */
  has(id) {
    return this.#threads.some((thread) => thread.id === id);
  }

  /** @param {string} id of a thread */
  isNew(id) {
    return this.#threads.some((thread) => thread.id === id && thread.new);
  }

  /** @param {boolean} online */
  setOnline(online) {
    this.person.online = online;
    this.#drawBar();
  }

  #drawBar() {
    this.bar.replaceChildren(
      el('span', { class: 'clock' }, clock(new Date())),
      el('i', { class: 'camera' }),
      el(
        'span',
        { class: 'radio' },
        icon(this.person.online ? 'signal' : 'flight'),
        this.person.online && icon('wifi'),
        icon('battery'),
      ),
    );
    if (this.#asleep) this.#drawLock();
  }

  /** Shows the threads as they are now. @param {any[]} threads */
  async show(threads) {
    const before = new Map(this.#threads.map((thread) => [thread.id, thread]));
    this.#threads = threads;
    for (const thread of threads) {
      const more = thread.unread > (before.get(thread.id)?.unread ?? 0);
      if (this.#loaded && more && thread.id !== this.reading) this.#announce(thread);
    }
    this.#loaded = true;
    const open = this.#view && threads.find((thread) => thread.id === this.#view?.thread.id);
    if (this.#view && open) await this.#view.update(open);
    else this.#showList();
    if (this.#asleep) this.#drawLock();
  }

  /** A thread's row in the list. @param {string} id @returns {HTMLElement | null} */
  #row(id) {
    return this.stage.querySelector(`[data-thread="${CSS.escape(id)}"]`);
  }

  #showList() {
    this.#view = undefined;
    const focused = this.stage.contains(document.activeElement) && document.activeElement?.getAttribute('data-thread');
    this.stage.replaceChildren(
      chatList(this.app, this.person, this.#threads, drafts, (id) => this.open(id).catch(() => undefined)),
    );
    if (focused) this.#row(focused)?.focus();
  }

  /** Opens a thread, with what a link has written for the person. @param {string} id @param {string} [draft] */
  async open(id, draft) {
    this.sleep(false);
    const thread = this.#threads.find((candidate) => candidate.id === id);
    if (!thread) return;
    this.#view?.close();
    if (draft) drafts.set(id, { text: draft });
    this.#view = new ThreadView(this, thread, drafts, () => this.#leave());
    this.stage.replaceChildren(this.#view.element);
    this.#clearNotice();
    await this.#view.update(thread);
    this.#view.settle(Boolean(draft));
    this.changed();
  }

  #leave() {
    const id = this.#view?.thread.id ?? '';
    this.#view?.close();
    this.#showList();
    this.#row(id)?.focus();
    this.changed();
  }

  /** Switches the screen off or on. @param {boolean} off */
  sleep(off) {
    if (off === this.#asleep) return;
    this.#asleep = off;
    this.lock.hidden = !off;
    this.stage.inert = off;
    this.element.toggleAttribute('data-asleep', off);
    this.#clearNotice();
    if (off) {
      this.#drawLock();
      this.lock.focus();
    }
    this.changed();
  }

  #drawLock() {
    const now = new Date();
    this.lock.replaceChildren(
      el('span', { class: 'hour' }, clock(now)),
      el('span', { class: 'date' }, longDay(now)),
      ...this.#threads.filter((thread) => thread.unread > 0).map((thread) => this.#note(thread)),
    );
  }

  /** @param {any} thread */
  #note(thread) {
    return el(
      'span',
      { class: 'notice' },
      el('span', { class: `badge ${this.app}` }, icon(this.app)),
      el('span', { class: 'what' }, el('strong', {}, thread.name), el('span', {}, summary(thread, this.app))),
      el('small', {}, thread.last ? clock(new Date(thread.last.at)) : ''),
    );
  }

  /** A message for a thread that is not in sight. @param {any} thread */
  #announce(thread) {
    if (this.#asleep) return;
    const note = button(
      { class: 'drop', onclick: () => this.open(thread.id).catch(() => undefined) },
      this.#note(thread),
    );
    this.notices.replaceChildren(note);
    clearTimeout(this.#notice);
    this.#notice = setTimeout(() => this.notices.replaceChildren(), NOTICE);
  }

  #clearNotice() {
    clearTimeout(this.#notice);
    this.notices.replaceChildren();
  }
}

/** What a chat list says of a thread's last message. @param {any} thread @param {string} app */
export function summary(thread, app) {
  const last = thread.last;
  if (!last) return '';
  if (last.deleted) {
    if (app !== 'whatsapp') return t(last.mine ? 'message.unsent.mine' : 'message.unsent', { name: thread.name });
    return t(last.mine ? 'message.deleted.mine' : 'message.deleted');
  }
  if (last.text || last.header) return last.text || last.header;
  if (last.media?.length) return t(last.media[0].kind === 'image' ? 'message.photo' : `message.${last.media[0].kind}`);
  if (last.cards?.length) return last.cards[0].title;
  if (last.coupon) return last.coupon.title;
  if (last.place) return t('message.place');
  return t(last.lines?.length ? 'message.receipt' : 'message.template');
}
