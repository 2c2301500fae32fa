// Builds elements. Nothing here parses HTML: the page's policy forbids it, and
// what businesses say is text.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [props] attributes; functions are listeners; false, null and undefined are left out
 * @param {...(Node | string | false | null | undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== false && child !== null && child !== undefined) node.append(child);
  return node;
}

/**
 * A button that is no submit.
 * @param {Record<string, unknown>} props
 * @param {...(Node | string | false | null | undefined)} children
 */
export function button(props, ...children) {
  return /** @type {HTMLButtonElement} */ (el('button', { type: 'button', ...props }, ...children));
}

/**
 * @param {string} name of an icon in icons.svg
 * @param {string} [className]
 */
export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A text for those who hear the page. @param {string} text */
export const hidden = (text) => el('span', { class: 'hidden' }, text);

/** Letters of a name. @param {string} name */
const initials = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0] ?? '')
    .join('');

/** @param {string} name @param {string} [kind] */
export function avatar(name, kind = 'person') {
  if (kind === 'business') return el('span', { class: 'avatar business', 'aria-hidden': 'true' }, name[0] ?? '');
  return el('span', { class: `avatar ${kind}`, 'data-tone': tone(name), 'aria-hidden': 'true' }, initials(name));
}

/** One of four tones, the same for the same name. @param {string} name */
const tone = (name) => [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 4;
