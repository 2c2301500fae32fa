// Where the person writes. What is not sent stays as the thread's draft.

import { api } from './api.js';
import { button, el, icon } from './dom.js';
import { gallery } from './gallery.js';
import { summary } from './phone.js';
import { t } from './words.js';

const LIMITS = { whatsapp: 4096, messenger: 2000, instagram: 1000 };
const THUMB = '👍';

export class Composer {
  /** @type {any} the quoted message */
  #quoted;
  /** @type {any} the message that is being changed */
  #edited;

  /** @param {import('./thread.js').ThreadView} view @param {Map<string, { text: string }>} drafts */
  constructor(view, drafts) {
    this.view = view;
    this.drafts = drafts;
    const { app } = view;
    this.field = /** @type {HTMLTextAreaElement} */ (
      el('textarea', {
        rows: 1,
        maxlength: LIMITS[app],
        placeholder: t(app === 'whatsapp' ? 'composer' : `composer.${app}`),
        'aria-label': t('composer'),
        dir: 'auto',
        enterkeyhint: 'send',
      })
    );
    this.above = el('div', { class: 'above', hidden: true });
    const attach = button(
      { class: 'attach', 'aria-label': t('attach'), title: t('attach'), onclick: () => gallery(view) },
      icon(app === 'whatsapp' ? 'clip' : app === 'messenger' ? 'picture' : 'camera'),
    );
    this.go = button({ class: 'send', 'aria-label': t('send'), onclick: () => this.send() }, icon('send'));
    this.thumb =
      app === 'messenger' &&
      button({ class: 'thumb', 'aria-label': t('like'), onclick: () => this.#say(THUMB) }, icon('thumb'));
    this.element = el(
      'div',
      { class: 'composer' },
      this.above,
      app !== 'whatsapp' && attach,
      el(
        'div',
        { class: 'pill' },
        app === 'whatsapp' && el('span', { class: 'face', 'aria-hidden': 'true' }, icon('smile')),
        this.field,
        app === 'whatsapp' && attach,
      ),
      this.go,
      this.thumb,
    );
    this.field.value = drafts.get(view.thread.id)?.text ?? '';
    this.field.addEventListener('input', () => this.#grow());
    this.field.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#grow()).observe(this.field.parentElement ?? this.field);
    this.#grow();
  }

  focus() {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  /** Keeps what is not sent. */
  keep() {
    const text = this.#edited ? '' : this.field.value;
    if (text.trim()) this.drafts.set(this.view.thread.id, { text });
    else this.drafts.delete(this.view.thread.id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === 'Escape' && (this.#quoted || this.#edited)) {
      event.preventDefault();
      this.#forget();
    }
  }

  #grow() {
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight, 116)}px`;
    const some = this.field.value.trim() !== '';
    this.element.toggleAttribute('data-some', some);
    this.go.disabled = !some;
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const { person, thread } = this.view;
    if (this.#edited) {
      const { id } = this.#edited;
      if (await this.view.do(api.edit(person.id, thread.id, id, text))) this.#forget();
      return;
    }
    await this.#say(text);
  }

  /** @param {string} text */
  async #say(text) {
    const { person, thread } = this.view;
    const quoted = this.#quoted;
    const typed = this.field.value;
    if (text !== THUMB || !typed.trim()) this.field.value = '';
    this.#forget(false);
    this.drafts.delete(thread.id);
    this.#grow();
    if (await this.view.do(api.sendText(person.id, thread.id, text, quoted?.id ?? ''))) return;
    this.field.value = typed; // nothing typed is lost
    this.#grow();
  }

  /** Quotes a message. @param {any} message */
  reply(message) {
    this.#edited = undefined;
    this.#quoted = message;
    this.#head(
      message.mine ? t('you') : this.view.thread.name,
      summary({ last: message, name: this.view.thread.name }, this.view.app),
    );
  }

  /** Changes an own message. @param {any} message */
  edit(message) {
    this.keep();
    this.#quoted = undefined;
    this.#edited = message;
    this.field.value = message.text;
    this.#grow();
    this.#head(t('editing'), message.text);
  }

  #head(title, text) {
    this.above.replaceChildren(
      el('span', {}, el('strong', {}, title), el('span', {}, text)),
      button({ 'aria-label': t('cancel'), onclick: () => this.#forget() }, icon('close')),
    );
    this.above.hidden = false;
    this.focus();
  }

  #forget(restore = true) {
    if (this.#edited && restore) this.field.value = this.drafts.get(this.view.thread.id)?.text ?? '';
    this.#quoted = undefined;
    this.#edited = undefined;
    this.above.hidden = true;
    this.#grow();
  }
}
