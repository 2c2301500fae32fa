// Text as the applications show it: links can be tapped, and WhatsApp knows
// *bold*, _italic_, ~struck~ and ```fixed```.

import { el } from './dom.js';

const LINK = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'”’]/gi;
const MARKS = /```([^`]+)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]+?)(?<=\S)\2(?![\p{L}\p{N}])/gu;
const TAGS = { '*': 'b', _: 'i', '~': 's' };

/** @param {string} text @param {string} app @returns {(Node | string)[]} */
export function formatted(text, app) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(...marked(text.slice(from, match.index), app));
    parts.push(el('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, match[0]));
    from = match.index + match[0].length;
  }
  parts.push(...marked(text.slice(from), app));
  return parts;
}

/** @param {string} text @param {string} app @returns {(Node | string)[]} */
function marked(text, app) {
  if (app !== 'whatsapp') return [text];
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    parts.push(text.slice(from, match.index));
    parts.push(match[1] ? el('code', {}, match[1]) : el(TAGS[match[2]], {}, ...marked(match[3], app)));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}
