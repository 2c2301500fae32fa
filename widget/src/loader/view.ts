/** The widget's own few elements on the shop's page: a custom element with a shadow root, launcher and panel frame. */
import css from './loader.css?inline'

export const TAG = 'tag-along'

export interface View {
  host: HTMLElement
  shadow: ShadowRoot
  root: HTMLElement
  launcher: HTMLButtonElement
  badge: HTMLElement
  panel: HTMLElement
}

/** An element with its properties set; attributes that are no properties come after. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag)
  el.append(...children)
  return Object.assign(el, props)
}

export function aria(el: HTMLElement, name: string, value: string | boolean): void {
  el.setAttribute(`aria-${name}`, value as string)
}

/**
 * A plain div would be hidden by themes that hide empty divs; an element of our own name with
 * `display:block!important` inside its root cannot be hidden by the page's rules.
 */
export function createView([color, ink]: [string, string]): View {
  const host = make(TAG as 'div', {})
  const shadow = host.attachShadow({ mode: 'open' })
  dress(shadow)

  const badge = make('b', {})
  aria(badge, 'hidden', true)
  const launcher = make('button', { type: 'button' }, make('i', {}), make('i', {}), badge)
  aria(launcher, 'haspopup', 'dialog')
  const panel = make('div', { className: 'panel' })
  panel.setAttribute('role', 'dialog')
  const root = make('div', { className: 'root' }, panel, launcher)
  shadow.append(root)
  host.style.setProperty('--brand', color)
  host.style.setProperty('--on', ink)
  return { host, shadow, root, launcher, badge, panel }
}

/** A constructed sheet passes a strict style-src; a style element is for browsers that have none. */
function dress(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [sheet]
  } catch {
    shadow.append(make('style', { textContent: css }))
  }
}
