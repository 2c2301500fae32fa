// One message with everything that can be in it.

import { api } from './api.js';
import { avatar, button, el, icon } from './dom.js';
import { attachment, buttonsOf, cardOf, couponOf, listButton, picture, placeOf, quote, receipt } from './parts.js';
import { formatted } from './text.js';
import { circle, ticks } from './ticks.js';
import { clock, t } from './words.js';

/**
 * @param {import('./thread.js').ThreadView} view
 * @param {any} message
 * @param {{ first: boolean, last: boolean, newest: boolean, status: string }} place in its group
 * @param {() => void} menu
 */
export function messageRow(view, message, place, menu) {
  const others = !message.mine && view.app !== 'whatsapp';
  const row = el(
    'div',
    {
      class: 'row',
      'data-mine': message.mine,
      'data-first': place.first,
      'data-last': place.last,
      'data-deleted': message.deleted,
      'data-id': message.id,
    },
    others && (place.last ? avatar(view.thread.name, 'business') : el('span', { class: 'no-avatar' })),
    el('div', { class: 'said' }, ...body(view, message), ...(message.deleted ? [] : [reactions(message)])),
    !message.deleted &&
      button(
        { class: 'more', 'aria-label': t('message.menu'), onclick: menu },
        icon(view.app === 'whatsapp' ? 'down' : 'dots'),
      ),
    view.app !== 'whatsapp' && message.mine && status(view, place.status),
    place.newest && quickReplies(view, message),
  );
  if (!message.deleted) held(row, menu);
  return row;
}

/** A long press opens the menu, as on a phone. @param {HTMLElement} row @param {() => void} menu */
function held(row, menu) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  row.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse') return;
    timer = setTimeout(menu, 480);
  });
  for (const name of ['pointerup', 'pointercancel', 'pointermove']) row.addEventListener(name, stop);
  row.addEventListener('contextmenu', (event) => {
    if (event.target instanceof Element && event.target.closest('a, img')) return;
    event.preventDefault();
    stop();
    menu();
  });
}

function status(view, state) {
  if (!state) return false;
  if (view.app === 'messenger') return circle(state, avatar(view.thread.name, 'business'));
  const word = { read: 'status.seen', waiting: 'status.waiting', failed: 'status.failed' }[state];
  return word ? el('span', { class: 'seen', 'data-status': state }, t(word)) : false;
}

/** The bubble, and what hangs below it. */
function body(view, message) {
  if (message.deleted) return [gone(view, message)];
  const parts = [];
  if (message.cards?.length) {
    if (message.text) parts.push(bubble(view, message));
    parts.push(el('div', { class: 'cards' }, ...message.cards.map((card) => cardOf(view, message, card))));
  } else if (message.coupon) parts.push(couponOf(message.coupon));
  else parts.push(bubble(view, message));
  return parts;
}

function gone(view, message) {
  const key =
    view.app === 'whatsapp'
      ? message.mine
        ? 'message.deleted.mine'
        : 'message.deleted'
      : message.mine
        ? 'message.unsent.mine'
        : 'message.unsent';
  return el(
    'div',
    { class: 'bubble' },
    el('p', { class: 'text' }, icon('banned'), t(key, { name: view.thread.name }), meta(view, message)),
  );
}

function bubble(view, message) {
  const pictures = (message.media ?? []).filter((m) => m.kind === 'image' || m.kind === 'sticker');
  const others = (message.media ?? []).filter((m) => !pictures.includes(m));
  const bare = onlyEmoji(message) || (message.media?.length === 1 && message.media[0].kind === 'sticker');
  const hasText = Boolean(message.text);
  const wide = message.buttons?.length || message.list || message.lines?.length;
  return el(
    'div',
    {
      class: 'bubble',
      'data-bare': bare,
      'data-picture': pictures.length > 0 && !hasText,
      'data-wide': Boolean(wide),
      'data-media': pictures.length > 0,
    },
    message.reply_to && quote(view, message.reply_to),
    ...pictures.map((media) => picture(view, media)),
    ...others.map((media) => attachment(view, media)),
    message.place && placeOf(message.place),
    message.header && el('p', { class: 'header' }, message.header),
    (hasText || !wide || message.footer) &&
      el(
        'div',
        { class: 'words' },
        hasText && el('p', { class: 'text', dir: 'auto' }, ...formatted(message.text, view.app)),
        message.footer && el('p', { class: 'footer' }, message.footer),
        message.lines?.length > 0 && receipt(message.lines),
        meta(view, message),
      ),
    !(hasText || !wide || message.footer) && message.lines?.length > 0 && receipt(message.lines),
    buttonsOf(view, message, message.buttons),
    message.list && listButton(view, message),
  );
}

const emojiOnly = /^(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D|\s)+$/u;

const onlyEmoji = (message) =>
  Boolean(message.text) &&
  emojiOnly.test(message.text) &&
  [...new Intl.Segmenter().segment(message.text.trim())].length <= 3 &&
  !message.media?.length &&
  !message.reply_to &&
  !message.buttons?.length;

/** Time and ticks, in the corner of a WhatsApp bubble. */
function meta(view, message) {
  if (view.app !== 'whatsapp')
    return message.edited && !message.deleted ? el('small', { class: 'edited' }, t('message.edited')) : false;
  return el(
    'span',
    { class: 'meta' },
    message.edited && !message.deleted && `${t('message.edited')} `,
    el('time', { datetime: message.at }, clock(new Date(message.at))),
    message.mine && !message.deleted && ticks(message.status),
  );
}

function reactions(message) {
  if (!message.reactions?.length) return '';
  const emoji = [...new Set(message.reactions.map((r) => r.emoji))];
  return el(
    'span',
    { class: 'reactions' },
    ...emoji,
    message.reactions.length > 1 && el('small', {}, String(message.reactions.length)),
  );
}

function quickReplies(view, message) {
  const open = (message.quick ?? []).filter((b) => !b.done);
  if (!open.length) return false;
  return el(
    'div',
    { class: 'quick' },
    ...open.map((b) =>
      button({ onclick: () => view.do(api.tap(view.person.id, view.thread.id, message.id, b.id)) }, b.title),
    ),
  );
}
