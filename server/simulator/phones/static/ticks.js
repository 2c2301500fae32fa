// How far an own message has come.

import { el, hidden, icon } from './dom.js';
import { t } from './words.js';

const signs = { waiting: 'waiting', sent: 'tick', delivered: 'ticks', read: 'ticks', failed: 'failed' };

/** WhatsApp's ticks. @param {string} status */
export function ticks(status) {
  if (!signs[status]) return false;
  return el(
    'span',
    { class: 'ticks', 'data-status': status, title: t(`status.${status}`) },
    icon(signs[status]),
    hidden(t(`status.${status}`)),
  );
}

const circles = { waiting: 'circle', sent: 'circle-tick', delivered: 'circle-full', failed: 'failed' };

/** Messenger's circle beside the last message, and the reader's face below it. @param {string} status @param {Node} face */
export function circle(status, face) {
  return el(
    'span',
    { class: 'circle', 'data-status': status, title: t(`status.${status}`) },
    status === 'read' ? face : circles[status] && icon(circles[status]),
    hidden(t(`status.${status}`)),
  );
}
