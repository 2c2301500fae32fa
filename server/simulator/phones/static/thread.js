// The screen of one thread.

import { api, Refused } from './api.js';
import { Composer } from './composer.js';
import { avatar, button, el, hidden, icon } from './dom.js';
import { messageMenu } from './menu.js';
import { messageRow } from './message.js';
import { clock, day, t } from './words.js';

const PAUSE = 20 * 60_000; // after which Messenger and Instagram write the time
const TOGETHER = 5 * 60_000;
const NEAR = 80;
const TOLD = 5000;

export class ThreadView {
  /** @type {any[]} */
  messages = [];
  /** @type {Map<string, { signature: string, node: HTMLElement }>} what the log shows, by key */
  #shown = new Map();
  #telling = 0;

  /**
   * @param {import('./phone.js').Phone} phone @param {any} thread
   * @param {Map<string, { text: string }>} drafts
   * @param {() => void} leave
   */
  constructor(phone, thread, drafts, leave) {
    this.phone = phone;
    this.app = phone.app;
    this.person = phone.person;
    this.thread = thread;
    this.head = el('div', { class: 'thread-head' });
    this.leave = leave;
    this.log = el('div', { class: 'log', role: 'log', 'aria-label': t('log', { name: thread.name }) });
    this.newest = button(
      { class: 'newest', hidden: true, 'aria-label': t('new_messages'), onclick: () => this.bottom() },
      icon('down'),
    );
    this.told = el('p', { class: 'told', role: 'status', hidden: true });
    this.composer = new Composer(this, drafts);
    this.start = this.#startButton();
    this.element = el(
      'div',
      { class: 'thread' },
      this.head,
      el('div', { class: 'wall' }, this.log, this.newest, this.told),
      this.composer.element,
      this.start,
    );
    this.log.addEventListener('scroll', () => {
      if (this.#atBottom()) this.newest.hidden = true;
    });
    // A picture that arrives makes its bubble taller.
    this.log.addEventListener('load', () => this.#pinned && this.bottom(), true);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) leave();
    });
  }

  #pinned = true;

  /** Shows the thread as it is now. @param {any} thread */
  async update(thread) {
    this.thread = thread;
    this.#drawHead();
    const messages = await api.messages(this.person.id, thread.id);
    const said = messages.length > this.messages.length && messages.at(-1)?.mine;
    this.messages = messages;
    this.#pinned = said || this.#atBottom();
    this.#reconcile();
    if (this.#pinned) this.bottom();
    else if (messages.length > 0) this.newest.hidden = this.#atBottom();
    this.start.hidden = !thread.new;
    this.composer.element.hidden = Boolean(thread.new);
  }

  /** After opening: to the end, and into the composer where a draft waits. @param {boolean} drafted */
  settle(drafted) {
    this.bottom();
    const back = this.head.querySelector('button');
    if (drafted) this.composer.focus();
    else if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  }

  close() {
    clearTimeout(this.#telling);
    this.composer.keep();
  }

  bottom() {
    this.log.scrollTop = this.log.scrollHeight;
    this.newest.hidden = true;
  }

  #atBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  /** Does something and says what went wrong. @param {Promise<unknown>} deed */
  async do(deed) {
    try {
      await deed;
      return true;
    } catch (error) {
      this.tell(error instanceof Refused && error.reason ? error.reason : t('failed'));
      return false;
    }
  }

  /** @param {string} text a word of the phone to the person */
  tell(text) {
    this.told.textContent = text;
    this.told.hidden = false;
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => {
      this.told.hidden = true;
    }, TOLD);
  }

  #drawHead() {
    const { thread } = this;
    const signature = JSON.stringify([thread.name, thread.typing, thread.handle]);
    if (this.head.dataset.signature === signature) return;
    this.head.dataset.signature = signature;
    const focused = this.head.contains(document.activeElement);
    const about = {
      whatsapp: t('business.account'),
      messenger: t('business.messenger'),
      instagram: thread.handle ?? '',
    };
    const back = button({ class: 'back', 'aria-label': t('back'), onclick: this.leave }, icon('back'));
    this.head.replaceChildren(
      back,
      avatar(thread.name, 'business'),
      el(
        'div',
        { class: 'who-is' },
        el('strong', {}, el('span', {}, thread.name), thread.verified && icon('verified', 'verified')),
        el(
          'small',
          { 'data-typing': thread.typing && this.app === 'whatsapp' },
          thread.typing && this.app === 'whatsapp' ? t('typing') : about[this.app],
        ),
      ),
      el('span', { class: 'marks', 'aria-hidden': 'true' }, ...marks[this.app].map((name) => icon(name))),
    );
    if (focused) back.focus();
  }

  #startButton() {
    return el(
      'div',
      { class: 'start', hidden: true },
      el('p', {}, t('get_started.text', { name: this.thread.name })),
      button({ onclick: () => this.do(api.getStarted(this.person.id, this.thread.id)) }, t('get_started')),
    );
  }

  // --- the log --------------------------------------------------------------

  #reconcile() {
    const items = this.#items();
    const keys = new Set(items.map((item) => item.key));
    for (const [key, { node }] of this.#shown) {
      if (keys.has(key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
    items.forEach((item, i) => {
      const shown = this.#shown.get(item.key);
      let node = shown?.node;
      if (!node || shown?.signature !== item.signature) {
        const fresh = item.build();
        if (!node) fresh.classList.add('fresh');
        node?.replaceWith(fresh);
        node = fresh;
        this.#shown.set(item.key, { signature: item.signature, node });
      }
      if (this.log.children[i] !== node) this.log.insertBefore(node, this.log.children[i] ?? null);
    });
  }

  /** What the log consists of: marks, messages, and who is typing. */
  #items() {
    const items = [this.#item('intro', this.thread.name, () => this.#intro())];
    let last;
    this.messages.forEach((message, i) => {
      const at = new Date(message.at);
      const next = this.messages[i + 1];
      this.#mark(items, at, last && new Date(last.at), message.id);
      if (message.system) {
        items.push(
          this.#item(message.id, message.text, () =>
            el('div', { class: 'system' }, el('span', {}, message.text ?? '')),
          ),
        );
      } else {
        const place = {
          first: !together(last, message),
          last: !together(message, next),
          newest: !next,
          status: this.#status(i),
        };
        items.push(this.#item(message.id, { message, place }, () => this.#row(message, place)));
      }
      last = message;
    });
    if (this.thread.typing && !(this.app === 'whatsapp' && this.thread.new))
      items.push(this.#item('typing', '', () => this.#typing()));
    return items;
  }

  #item(key, state, build) {
    const quoted = state?.message?.reply_to && this.messages.find((m) => m.id === state.message.reply_to);
    return { key, signature: JSON.stringify([state, quoted]), build };
  }

  #mark(items, at, before, id) {
    const now = new Date();
    const newDay = !before || day(at, now) !== day(before, now);
    if (this.app === 'whatsapp') {
      if (newDay)
        items.push(
          this.#item(`day ${id}`, day(at, now), () => el('div', { class: 'day' }, el('span', {}, day(at, now)))),
        );
    } else if (newDay || at.getTime() - before.getTime() > PAUSE) {
      const text = newDay && day(at, now) !== t('today') ? `${day(at, now)} ${clock(at)}` : clock(at);
      items.push(this.#item(`day ${id}`, text, () => el('div', { class: 'day' }, el('span', {}, text))));
    }
  }

  /** Messenger says how far the newest own message has come, and up to where they were read. */
  #status(i) {
    const { mine, status } = this.messages[i];
    if (!mine || !status) return '';
    if (this.app === 'whatsapp') return status;
    const later = this.messages.slice(i + 1).filter((m) => m.mine);
    if (status === 'failed' || status === 'waiting') return status;
    if (status === 'read') return later.some((m) => m.status === 'read') ? '' : status;
    return later.length === 0 ? status : '';
  }

  #row(message, place) {
    return messageRow(this, message, place, () => messageMenu(this, message));
  }

  #typing() {
    return el(
      'div',
      { class: 'row typing', 'data-first': true },
      this.app !== 'whatsapp' && avatar(this.thread.name, 'business'),
      el(
        'div',
        { class: 'bubble' },
        el('i', {}),
        el('i', {}),
        el('i', {}),
        hidden(t('typing.label', { name: this.thread.name })),
      ),
    );
  }

  #intro() {
    if (this.app === 'whatsapp') {
      return el('div', { class: 'system wide' }, el('span', {}, icon('lockup'), t('started')));
    }
    return el(
      'div',
      { class: 'intro' },
      avatar(this.thread.name, 'business'),
      el('strong', {}, this.thread.name, this.thread.verified && icon('verified', 'verified')),
      this.app === 'instagram' && this.thread.handle && el('span', {}, this.thread.handle),
      el('span', {}, t(this.app === 'messenger' ? 'business.page' : 'business.instagram')),
      el('small', {}, t('started')),
    );
  }
}

const marks = {
  whatsapp: ['video', 'call'],
  messenger: ['call-full', 'video-full'],
  instagram: ['call', 'video'],
};

/** Whether two messages make one group. */
function together(a, b) {
  return Boolean(
    a &&
      b &&
      !a.system &&
      !b.system &&
      a.mine === b.mine &&
      new Date(b.at).getTime() - new Date(a.at).getTime() < TOGETHER,
  );
}
