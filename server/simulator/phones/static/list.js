// The sheet of a list message: choose a row, then send it.

import { api } from './api.js';
import { el, hidden } from './dom.js';
import { sheet, sheetHead } from './sheet.js';
import { t } from './words.js';

/** @param {import('./thread.js').ThreadView} view @param {any} message */
export function listSheet(view, message) {
  sheet(
    view.phone.screen,
    message.list.button,
    (close) => {
      const send = /** @type {HTMLButtonElement} */ (
        el('button', { class: 'go', type: 'submit', disabled: true }, t('list.send'))
      );
      const form = el(
        'form',
        {
          class: 'list',
          onsubmit: (event) => {
            event.preventDefault();
            const chosen = String(new FormData(event.target).get('row') ?? '');
            close();
            view.do(api.tap(view.person.id, view.thread.id, message.id, chosen));
          },
          onchange: () => {
            send.disabled = false;
          },
        },
        el('p', { class: 'hint' }, t('list.choose')),
        ...message.list.sections.map(section),
        send,
      );
      return [sheetHead(message.list.button, close), form];
    },
    'tall',
  );
}

const section = (part) =>
  el(
    'fieldset',
    {},
    part.title ? el('legend', {}, part.title) : hidden(''),
    ...part.rows.map((row) =>
      el(
        'label',
        {},
        el('span', {}, el('strong', {}, row.title), row.description && el('small', {}, row.description)),
        el('input', { type: 'radio', name: 'row', value: row.id }),
      ),
    ),
  );
