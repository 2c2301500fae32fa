// The parts of which messages are made.

import { api, mediaURL } from './api.js';
import { button, el, icon } from './dom.js';
import { listSheet } from './list.js';
import { summary } from './phone.js';
import { size, t } from './words.js';

export function quote(view, id) {
  const quoted = view.messages.find((m) => m.id === id);
  const name = quoted?.mine ? t('you') : view.thread.name;
  return button(
    {
      class: 'quote',
      'data-mine': Boolean(quoted?.mine),
      onclick: () =>
        view.log
          .querySelector(`[data-id="${CSS.escape(id)}"]`)
          ?.scrollIntoView({ block: 'center', behavior: 'smooth' }),
    },
    el('strong', {}, view.app === 'whatsapp' ? name : t('message.replied', { name })),
    el('span', {}, quoted ? summary({ last: quoted, name: view.thread.name }, view.app) : '…'),
  );
}

export function picture(view, media) {
  const image = el('img', {
    src: mediaURL(view.person.id, media.id),
    alt: media.name || t('message.photo'),
    width: media.width || undefined,
    height: media.height || undefined,
    class: media.kind,
    loading: 'lazy',
  });
  if (media.kind === 'sticker') return image;
  return el(
    'a',
    { class: 'picture', href: mediaURL(view.person.id, media.id), target: '_blank', rel: 'noopener' },
    image,
  );
}

export function attachment(view, media) {
  const src = mediaURL(view.person.id, media.id);
  if (media.kind === 'audio') return el('audio', { src, controls: true, preload: 'metadata' });
  if (media.kind === 'video') return el('video', { src, controls: true, preload: 'metadata' });
  return el(
    'a',
    { class: 'file', href: src, download: media.name || '' },
    icon('file'),
    el(
      'span',
      {},
      el('strong', {}, media.name || t('message.file')),
      media.size > 0 && el('small', {}, size(media.size)),
    ),
  );
}

export const placeOf = (place) =>
  el(
    'div',
    { class: 'place' },
    el('i', { class: 'map' }, icon('pin')),
    el('strong', {}, place.name || t('message.place')),
    el('span', {}, place.address || `${place.lat.toFixed(4)}, ${place.lng.toFixed(4)}`),
  );

export const receipt = (lines) =>
  el(
    'dl',
    { class: 'receipt' },
    ...lines.map((line) =>
      el('div', { 'data-total': line.total }, el('dt', {}, line.title), el('dd', {}, line.amount)),
    ),
  );

const buttonSigns = { reply: 'reply', open: 'out', copy: 'copy', call: 'call' };

export function buttonsOf(view, message, buttons) {
  if (!buttons?.length) return false;
  return el('div', { class: 'buttons' }, ...buttons.map((b) => buttonOf(view, message, b)));
}

/** Links leave the phone for a browser: the shop's page opens in a new tab. */
function buttonOf(view, message, b) {
  const label = [view.app === 'whatsapp' && icon(buttonSigns[b.kind]), el('span', {}, b.title)];
  if (b.kind === 'open' && /^https?:\/\//i.test(b.url ?? '')) {
    return el('a', { href: b.url, target: '_blank', rel: 'noopener noreferrer' }, ...label);
  }
  if (b.kind === 'copy') return button({ onclick: () => copy(view, b.text ?? '') }, ...label);
  return button(
    {
      disabled: Boolean(b.done) || b.kind !== 'reply',
      onclick: () => view.do(api.tap(view.person.id, view.thread.id, message.id, b.id)),
    },
    ...label,
  );
}

/** @param {import('./thread.js').ThreadView} view @param {string} text */
export async function copy(view, text) {
  try {
    await navigator.clipboard.writeText(text);
    view.tell(t('copied'));
  } catch {
    view.tell(text); // then it can be read at least
  }
}

export const listButton = (view, message) =>
  el(
    'div',
    { class: 'buttons' },
    button(
      { disabled: Boolean(message.list.done), onclick: () => listSheet(view, message) },
      icon('lines'),
      el('span', {}, message.list.button),
    ),
  );

export function cardOf(view, message, card) {
  return el(
    'div',
    { class: 'card' },
    card.image && el('img', { src: mediaURL(view.person.id, card.image), alt: '', loading: 'lazy' }),
    el('div', { class: 'words' }, el('strong', {}, card.title), card.subtitle && el('span', {}, card.subtitle)),
    buttonsOf(view, message, card.buttons),
  );
}

export const couponOf = (coupon) =>
  el(
    'div',
    { class: 'card coupon' },
    el('div', { class: 'words' }, el('strong', {}, coupon.title), coupon.code && el('code', {}, coupon.code)),
    /^https?:\/\//i.test(coupon.url ?? '') &&
      el(
        'div',
        { class: 'buttons' },
        el('a', { href: coupon.url, target: '_blank', rel: 'noopener noreferrer' }, t('coupon.shop')),
      ),
  );
