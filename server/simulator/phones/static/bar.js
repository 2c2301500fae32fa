// The bar above the table: whose phones lie on it, and which one is in the hand
// where only one has room.

import { avatar, button, el, hidden, icon } from './dom.js';
import { t } from './words.js';

const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));

/** What stands in for elements that have not changed, so that focus stays. @type {Map<HTMLElement, string>} */
const drawn = new Map();

/**
 * @param {{ id: string, name: string, phone?: string, online: boolean }[]} people
 * @param {{ id: string, online: boolean }} person who is played
 * @param {{ app: string, unread: number }[]} phones
 * @param {string} inHand
 * @param {Map<string, number>} unread messages by person
 * @param {{ play: (person: string) => void, take: (app: string) => void }} act
 */
export function drawBar(people, person, phones, inHand, unread, act) {
  const who = people.map((p) => ({
    ...p,
    on: p.id === person.id,
    count: p.id === person.id ? 0 : (unread.get(p.id) ?? 0),
  }));
  redraw(find('people'), who, () => who.map((p) => personButton(p, act.play)));
  const apps = phones.map((phone) => ({ app: phone.app, count: phone.unread, on: phone.app === inHand }));
  redraw(find('apps'), apps, () => apps.map((a) => appButton(a, act.take)));
  redraw(find('link'), '', () => label('link', 'scan', t('open_link')));
  redraw(find('flight'), '', () => label('flight', 'flight', t('flight')));
  find('flight').title = t('flight.on');
  find('flight').setAttribute('aria-checked', String(!person.online));
  const total = [...unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = total > 0 ? `(${total}) ${t('title')}` : t('title');
}

/** @param {HTMLElement} where @param {unknown} state @param {() => Node[]} draw */
function redraw(where, state, draw) {
  const now = JSON.stringify(state);
  if (drawn.get(where) === now) return;
  drawn.set(where, now);
  const focused = [...where.children].indexOf(/** @type {Element} */ (document.activeElement));
  where.replaceChildren(...draw());
  const again = where.children[focused];
  if (again instanceof HTMLElement) again.focus();
}

function label(name, sign, text) {
  find(name).setAttribute('aria-label', text);
  return [icon(sign), el('span', {}, text)];
}

const badge = (count) =>
  count > 0 && el('span', { class: 'count' }, String(count), hidden(` ${t('unread', { count: '' })}`));

const personButton = (p, play) =>
  button(
    {
      class: 'who',
      'aria-label': p.count > 0 ? `${p.name}, ${t('unread', { count: p.count })}` : p.name,
      'aria-pressed': String(p.on),
      onclick: () => !p.on && play(p.id),
    },
    avatar(p.name),
    el('span', { class: 'name' }, el('strong', {}, p.name), p.phone && el('small', {}, p.phone)),
    badge(p.count),
  );

const appButton = (a, take) =>
  button(
    { 'data-app': a.app, 'aria-pressed': String(a.on), onclick: () => take(a.app) },
    icon(a.app),
    t(`app.${a.app}`),
    badge(a.count),
  );
