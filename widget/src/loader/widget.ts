/**
 * The loader: launcher, storage, page and frame put together behind the API. It makes one request of its
 * own at most (the unread count of a returning shopper) and opens no socket; the panel does the talking.
 */
import type { BootOptions, Cart, CartItem, Identity, Page, Tagalong, Theme } from '../../tagalong'
import type { LoaderKey } from '../gen/keys'
import { takeBack } from '../shared/back'
import type { Init, Site, ToLoader } from '../shared/bridge'
import { isRTL, pick } from '../shared/locale'
import { openRows, rowPrefix } from '../shared/storage'
import { createEvents, later } from './api'
import { type Frame, openFrame } from './frame'
import { currentPage, watchPage } from './page'
import { aria, createView, make, type View } from './view'

export interface Config extends Site {
  /** The launcher's ground and the ink that can be read on it. */
  paint: [ground: string, ink: string]
  /** The loader's texts, for each of the site's languages. */
  strings: Record<string, Record<string, string>>
}

/** A conversation this young gets its panel ahead of time, so that an answer shows at once. */
const WARM = 30 * 60_000
const FULL_SCREEN = '(max-width: 480px), (max-height: 420px)'
const DARK = '(prefers-color-scheme: dark)'

export function createWidget(config: Config): Tagalong {
  const rows = openRows(config.key, () => localStorage)
  const events = createEvents()
  let options: BootOptions = {}
  let view: View | undefined
  let life = new AbortController()
  let watch: MutationObserver | undefined
  let frame: Frame | undefined
  let opened = false
  let unread = 0
  /** What the shop said about a page, and the address that it said it at. */
  let given: [at: string, page: Partial<Page>] = ['', {}]
  let identity: Identity | undefined
  let cart: Cart | undefined
  let text: string | undefined
  let back: string | undefined
  let opener: { focus(): void } | null | undefined
  let unlock: (() => void) | undefined

  const locale = () =>
    pick(
      [
        options.locale,
        document.documentElement.lang,
        (window as { Shopify?: { locale?: string } }).Shopify?.locale,
        ...navigator.languages,
      ],
      config.languages,
    )
  const say = (key: LoaderKey, value: string | number = '') =>
    (config.strings[locale()]?.[key] ?? '').replace(/\{\w+\}/, () => value as string)
  const theme = (): Theme => options.theme ?? 'auto'
  const full = () => matchMedia(FULL_SCREEN).matches
  const page = () => currentPage(given[0] === location.href ? given[1] : {})

  const cartPage = () => cart && `${cart.url ?? ''}`

  function init(): Init {
    const all = {
      rows: rows.all(),
      open: opened,
      full: full(),
      theme: theme(),
      page: page(),
      identity: !!identity,
      cart: cartPage(),
      text,
      back,
    }
    // Once: a frame that loads again begins without them.
    text = back = undefined
    return all
  }

  // --- what is seen on the page

  const css = (values: Record<string, string | number>) => {
    for (const name in values) view?.host.style.setProperty(`--${name}`, `${values[name]}`)
  }

  function label() {
    if (!view) return
    const { launcher, badge, root, panel } = view
    root.lang = locale()
    // The widget sits at the end of the line; on the other side its own line runs the other way.
    root.dir = ((options.side ?? config.side) === 'start') === isRTL(locale()) ? 'ltr' : 'rtl'
    root.classList.toggle('open', opened)
    root.classList.toggle('bare', !!options.hideLauncher)
    root.classList.toggle('dark', theme() === 'dark' || (theme() === 'auto' && matchMedia(DARK).matches))
    aria(launcher, 'expanded', opened)
    aria(launcher, 'label', opened ? say('close') : unread ? say('openUnread', unread) : say('open'))
    aria(panel, 'label', say('frame', config.name))
    badge.textContent = !unread || opened ? '' : unread > 99 ? '99+' : `${unread}`
    panel.toggleAttribute('inert', !opened)
    aria(panel, 'modal', opened && full())
    const { x = 0, y = 0, mobile = y } = options.offset ?? {}
    css({ x: `${x}px`, y: `${y}px`, ym: `${mobile}px`, z: options.zIndex ?? 2147483000 })
  }

  /** Full screen: the page behind stays where it is, and the panel keeps above the keyboard. */
  function cover() {
    if (!view) return
    const vv = window.visualViewport
    const all = opened && full()
    css(all && vv ? { vh: `${vv.height}px`, vt: `${vv.offsetTop}px` } : { vh: '100%', vt: 0 })
    if (all && !unlock) {
      const html = document.documentElement
      const was = html.style.overflow
      html.style.overflow = 'hidden'
      unlock = () => {
        html.style.overflow = was
      }
    } else if (!all && unlock) {
      unlock()
      unlock = undefined
    }
  }

  function shown() {
    label()
    cover()
    frame?.send({ do: 'shown', open: opened, full: full() })
  }

  // --- the panel's frame

  function warm() {
    if (frame || !view) return
    const { panel, root } = view
    root.classList.remove('ready')
    panel.replaceChildren()
    frame = openFrame({
      src: `${config.url}/panel/${config.key}?lang=${locale()}`,
      origin: config.url,
      title: say('frame', config.name),
      into: panel,
      init,
      ready() {
        root.classList.add('ready')
        if (opened) frame?.focus()
        events.emit('ready')
      },
      failed() {
        cool()
        events.emit('error', { code: 'frame_blocked' })
        if (opened) elsewhere()
      },
      heard,
    })
    watchPage(frame.signal, () => frame?.send({ do: 'page', page: page() }))
  }

  function cool() {
    frame?.close()
    frame = undefined
    view?.root.classList.remove('ready')
  }

  /** The page does not let our frame in: the chat goes on in a tab of its own. */
  function elsewhere() {
    if (!view) return
    const url = `${config.url}/c/${config.key}?lang=${locale()}${back ? `&tagalong=${back}` : ''}`
    window.open(url, '_blank', 'noopener')
    // Whether the tab came up cannot be known (noopener), so the way there stays on the screen.
    view.panel.replaceChildren(
      make('a', { href: url, target: '_blank', rel: 'noopener', dir: 'auto' }, say('open')),
    )
    view.root.classList.add('ready')
  }

  function heard(m: ToLoader): unknown {
    switch (m.do) {
      case 'close':
        return api.close()
      case 'set':
        return rows.set(m.key, m.value)
      case 'delete':
        return rows.delete(m.key)
      case 'unread':
        return count(m.count)
      case 'emit':
        return events.emit(m.name, m.detail)
      case 'gone':
        return forget()
      case 'ask':
        return answer(m.id, m.item)
    }
  }

  /** What the shop's own function gives; one that fails gives nothing, and its error shows in the console. */
  async function answer(id: number, item?: CartItem) {
    const jwt = identity?.jwt
    let value: unknown
    try {
      if (item) value = !!cart && (await cart.add(item)) !== false
      else value = `${(typeof jwt === 'function' ? await jwt() : jwt) ?? ''}`
    } catch (e) {
      later(e)
    }
    frame?.send({ do: 'answer', id, value })
  }

  function count(n: number) {
    if (n === unread) return
    unread = n
    label()
    events.emit('unread', { count: n })
  }

  /** Nothing of the shopper stays: the next one on this device starts anew. */
  function forget() {
    rows.clear()
    identity = undefined
    cool()
    count(0)
    events.emit('logout')
    if (opened) warm()
  }

  // --- a shopper who has been here

  function returning() {
    const token = rows.get('token')
    if (!token || !view) return
    const id = rows.get('shopper')
    if (id) events.emit('shopper', { id })
    view.shadow.append(make('link', { rel: 'preconnect', href: config.url }))
    const young = Date.now() - Number(rows.get('active') ?? 0) < WARM
    if (young || rows.all().some(([k]) => k.startsWith('out:'))) return warm()
    ask(token, 'shopper/unread')
      .then(r => r.json())
      .then((b: { unread: number }) => frame || count(b.unread))
      // A page whose policy keeps us from asking has no badge, and that is all.
      .catch(() => {})
  }

  const ask = (token: string, path: string, method = 'GET') =>
    fetch(`${config.url}/v1/shops/${config.key}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      credentials: 'omit',
      keepalive: true,
    })

  function mount() {
    if (view) return
    life = new AbortController()
    const { signal } = life
    view = createView(config.paint)
    const { host, launcher } = view
    label()
    const on = (target: EventTarget | null, names: string, fn: (e: never) => void) => {
      for (const n of names.split(' ')) target?.addEventListener(n, fn as EventListener, { signal })
    }
    on(launcher, 'click', () => {
      if (!opened) opener = launcher
      api.toggle()
    })
    on(launcher, 'pointerenter focus', warm)
    on(launcher, 'keydown', (e: KeyboardEvent) => e.key === 'Escape' && api.close())

    const html = document.documentElement
    html.append(host)
    // Frameworks that swap or morph the whole page drop what they do not know.
    watch = new MutationObserver(() => host.parentNode !== html && html.append(host))
    watch.observe(html, { childList: true })

    on(document, 'click', (e: MouseEvent) => {
      const link = (e.target as Element).closest<HTMLElement>('[data-chat-open]')
      if (!link) return
      e.preventDefault()
      opener = link
      api.open()
    })
    on(window, 'storage', (e: StorageEvent) => {
      const prefix = rowPrefix(config.key)
      if (e.key?.startsWith(prefix))
        frame?.send({ do: 'row', key: e.key.slice(prefix.length), value: e.newValue })
    })
    // The way to the tabs and the address bar: the panel decides whether there is something to offer.
    on(html, 'mouseleave', (e: MouseEvent) => e.clientY > 0 || frame?.send({ do: 'leaving' }))
    on(window.visualViewport, 'resize scroll', cover)
    on(matchMedia(FULL_SCREEN), 'change', shown)
    on(matchMedia(DARK), 'change', label)
    const idle = window.requestIdleCallback ?? ((fn: () => void) => setTimeout(fn, 200))
    idle(() => !signal.aborted && returning())
    back = takeBack()
    if (back) show(true)
  }

  function show(yes: boolean) {
    if (opened === yes || !view) return
    if (yes && !opener) {
      const active = document.activeElement as HTMLElement | null
      opener = active === document.body ? view.launcher : active
    }
    opened = yes
    view.host.hidden = false
    if (yes) warm()
    shown()
    if (yes) {
      count(0)
      if (frame?.ready) frame.focus()
    } else {
      opener?.focus()
      opener = undefined
    }
    events.emit(yes ? 'open' : 'close')
  }

  const api: Tagalong = {
    boot(o = {}) {
      options = { ...options, ...o }
      mount()
      label()
    },
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!opened),
    show() {
      if (view) view.host.hidden = false
    },
    hide() {
      show(false)
      if (view) view.host.hidden = true
    },
    isOpen: () => opened,
    unread: () => unread,
    shopper: () => rows.get('shopper') ?? undefined,
    identify(i) {
      if (!i?.jwt) return
      identity = i
      frame?.send({ do: 'known' })
    },
    logout() {
      if (frame?.ready) return frame.send({ do: 'logout' })
      const token = rows.get('token')
      if (token) ask(token, 'session', 'DELETE').catch(() => {})
      forget()
    },
    setLocale(l) {
      const before = locale()
      options.locale = l
      if (locale() === before) return
      label()
      // Each language is a document of its own; the thread and the draft come back from their rows.
      if (frame) {
        cool()
        warm()
      }
      events.emit('locale', { locale: locale() })
    },
    setTheme(t) {
      options.theme = t
      label()
      frame?.send({ do: 'theme', theme: t })
    },
    setPage(p) {
      given = [location.href, p ?? {}]
      frame?.send({ do: 'page', page: page() })
    },
    cart(c) {
      cart = c?.add ? c : undefined
      frame?.send({ do: 'cart', cart: cartPage() })
    },
    prefill(t) {
      text = String(t)
      if (frame?.ready) {
        frame.send({ do: 'text', text })
        text = undefined
      }
    },
    newMessage(t) {
      if (t !== undefined) api.prefill(t)
      show(true)
    },
    consent: rows.persist,
    on: events.on as Tagalong['on'],
    off: events.off as Tagalong['off'],
    destroy() {
      show(false)
      cool()
      life.abort()
      watch?.disconnect()
      const host = view?.host
      host?.parentNode?.removeChild(host)
      view = undefined
    },
  }
  return api
}
