// Sheets that come up from below a screen, and the question that the table asks.

import { button, el, icon } from './dom.js';
import { t } from './words.js';

/**
 * @param {HTMLElement} screen of a phone
 * @param {string} title
 * @param {(close: () => void) => Node[]} content
 */
export function sheet(screen, title, content, className = '') {
  const opener = document.activeElement;
  const stage = screen.querySelector('.stage');
  const close = () => {
    layer.remove();
    if (stage instanceof HTMLElement) stage.inert = false;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
  const panel = el('div', { class: `sheet ${className}`, role: 'dialog', 'aria-modal': 'true', 'aria-label': title });
  const layer = el('div', { class: 'layer' }, panel);
  layer.addEventListener('click', (event) => event.target === layer && close());
  layer.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
  panel.append(el('i', { class: 'grip' }), ...content(close));
  if (stage instanceof HTMLElement) stage.inert = true;
  screen.append(layer);
  const first = panel.querySelector('[autofocus], button, input, textarea');
  if (first instanceof HTMLElement) first.focus();
  return close;
}

/** The head of a sheet. @param {string} title @param {() => void} close */
export const sheetHead = (title, close) =>
  el(
    'div',
    { class: 'sheet-head' },
    button({ 'aria-label': t('close'), onclick: close }, icon('close')),
    el('strong', {}, title),
  );

/**
 * A dialog with one field. answer returns what is wrong, or nothing.
 * @param {HTMLElement} where
 * @param {{ title: string, text: string, field: string, go: string, type: string }} words
 * @param {(value: string) => Promise<string>} answer
 */
export function ask(where, words, answer) {
  const input = /** @type {HTMLInputElement} */ (
    el('input', {
      type: 'text',
      inputmode: words.type,
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': words.field,
      required: true,
    })
  );
  input.placeholder = 'https://wa.me/…';
  const wrong = el('p', { class: 'wrong', role: 'alert' });
  const form = el(
    'form',
    { class: 'question', method: 'dialog' },
    el('h2', {}, words.title),
    el('p', {}, words.text),
    input,
    wrong,
    el(
      'p',
      { class: 'ends' },
      button({ onclick: () => dialog.close() }, t('cancel')),
      el('button', { type: 'submit', class: 'go' }, words.go),
    ),
  );
  const dialog = /** @type {HTMLDialogElement} */ (el('dialog', { class: 'ask', 'aria-label': words.title }, form));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = await answer(input.value.trim());
    if (problem) wrong.textContent = problem;
    else dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  where.append(dialog);
  dialog.showModal();
  input.focus();
}
