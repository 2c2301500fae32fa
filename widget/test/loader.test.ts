import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { install } from '../src/loader/install'
import { TAG } from '../src/loader/view'
import type { Config } from '../src/loader/widget'
import type { ToLoader, ToPanel } from '../src/shared/bridge'
import type { CartItem, Tagalong } from '../tagalong'

const config: Config = {
  key: 'pk_test',
  name: 'Marl',
  url: 'https://chat.example',
  languages: ['en', 'ar'],
  paint: ['#a8482a', '#ffffff'],
  side: 'end',
  strings: {
    en: {
      open: 'Open chat',
      openUnread: 'Open chat, {count} unread',
      close: 'Close chat',
      frame: 'Chat with {shop}',
    },
    ar: { open: 'فتح المحادثة', openUnread: '{count}', close: 'إغلاق', frame: '{shop}' },
  },
}

type Global = { Tagalong?: Tagalong & { key?: string; q?: { push(...c: unknown[]): void } } }
let page: Global
const widget = () => page.Tagalong as NonNullable<Global['Tagalong']>
const hosts = () => document.querySelectorAll(TAG)
const root = () => hosts()[0]?.shadowRoot?.querySelector('.root') as HTMLElement
const launcher = () => root().querySelector('button') as HTMLButtonElement
const frames = () => root().querySelectorAll('iframe')

beforeEach(() => {
  page = {}
  vi.useFakeTimers()
  localStorage.clear()
  document.documentElement.lang = 'en'
  // The frame's document is the browser test's business.
  Object.defineProperty(HTMLIFrameElement.prototype, 'src', { value: '', writable: true, configurable: true })
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new Error('offline'))),
  )
  vi.stubGlobal('open', vi.fn())
})
afterEach(() => {
  page.Tagalong?.destroy()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('one launcher on <html>, named and closed, and nothing stored or asked', () => {
  install(config, page)
  vi.advanceTimersByTime(1000)
  expect(hosts()).toHaveLength(1)
  expect(hosts()[0]?.parentNode).toBe(document.documentElement)
  expect(launcher().getAttribute('aria-label')).toBe('Open chat')
  expect(launcher().getAttribute('aria-expanded')).toBe('false')
  expect(frames()).toHaveLength(0)
  expect(localStorage.length).toBe(0)
  expect(fetch).not.toHaveBeenCalled()
})

test('a second script, of this shop or another, changes nothing', () => {
  install(config, page)
  const first = page.Tagalong
  install({ ...config, key: 'pk_other' }, page)
  expect(page.Tagalong).toBe(first)
  expect(hosts()).toHaveLength(1)
})

test('calls from before the script are made up for, in order', () => {
  const seen: string[] = []
  Object.assign(page, {
    Tagalong: {
      q: [
        ['on', 'open', () => seen.push('open')],
        ['on', 'close', () => seen.push('close')],
        ['open'],
        ['close'],
        ['noSuchMethod', 1],
        ['setLocale', 'ar'],
      ],
    },
  })
  install(config, page)
  expect(seen).toEqual(['open', 'close'])
  expect(root().lang).toBe('ar')
  widget().q?.push(['open'])
  expect(seen).toEqual(['open', 'close', 'open'])
})

test('a manual start waits for boot', () => {
  Object.assign(page, { Tagalong: { manual: true } })
  install(config, page)
  expect(hosts()).toHaveLength(0)
  widget().open()
  widget().boot({ side: 'start' })
  expect(hosts()).toHaveLength(1)
  expect(root().dir).toBe('rtl')
})

test('the frame comes with the first intent, once', () => {
  install(config, page)
  launcher().dispatchEvent(new Event('pointerenter'))
  launcher().dispatchEvent(new Event('focus'))
  launcher().click()
  expect(frames()).toHaveLength(1)
  expect(frames()[0]?.src).toBe('https://chat.example/panel/pk_test?lang=en')
  expect(frames()[0]?.title).toBe('Chat with Marl')
  expect(frames()[0]?.getAttribute('sandbox')).not.toContain('top-navigation')
  expect(launcher().getAttribute('aria-expanded')).toBe('true')
  expect(launcher().getAttribute('aria-label')).toBe('Close chat')
})

test('a frame that does not answer in four seconds is said so, and the chat has another way', () => {
  install(config, page)
  const errors: unknown[] = []
  widget().on('error', e => errors.push(e))
  widget().open()
  vi.advanceTimersByTime(3999)
  expect(errors).toEqual([])
  vi.advanceTimersByTime(1)
  expect(errors).toEqual([{ code: 'frame_blocked' }])
  expect(open).toHaveBeenCalledWith('https://chat.example/c/pk_test?lang=en', '_blank', 'noopener')
  expect(root().querySelector('a')?.href).toBe('https://chat.example/c/pk_test?lang=en')
  expect(frames()).toHaveLength(0)
})

test('who comes back by a link finds the chat open, and the link is in the address no more', () => {
  history.replaceState(null, '', '/mug?size=2&tagalong=back_1#care')
  install(config, page)
  expect(location.href).toBe(`${location.origin}/mug?size=2#care`)
  expect(widget().isOpen()).toBe(true)
  expect(frames()).toHaveLength(1)
  // The page lets no frame in: the link goes along to where the chat can be.
  vi.advanceTimersByTime(4100)
  expect(window.open).toHaveBeenCalledWith(
    'https://chat.example/c/pk_test?lang=en&tagalong=back_1',
    '_blank',
    'noopener',
  )
  widget().destroy()
  widget().boot()
  expect(widget().isOpen(), 'not a second time').toBe(false)
  history.replaceState(null, '', '/')
})

test('a pointer that leaves the page brings no panel that is not there', () => {
  install(config, page)
  const leave = (clientY: number) =>
    document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY }))
  leave(-1)
  expect(frames(), 'and brings none').toHaveLength(0)
})

test('a returning shopper’s unread answers are counted in the launcher’s name', async () => {
  localStorage.setItem('tagalong:pk_test:token', 'tgs_1')
  localStorage.setItem('tagalong:pk_test:shopper', 'shp_1')
  vi.mocked(fetch).mockResolvedValue(new Response('{"unread":3}'))
  install(config, page)
  const who: unknown[] = []
  widget().on('shopper', s => who.push(s))
  await vi.advanceTimersByTimeAsync(1000)
  expect(fetch).toHaveBeenCalledTimes(1)
  expect(vi.mocked(fetch).mock.calls[0]?.[0]).toBe('https://chat.example/v1/shops/pk_test/shopper/unread')
  expect(launcher().getAttribute('aria-label')).toBe('Open chat, 3 unread')
  expect(widget().unread()).toBe(3)
  expect(who).toEqual([{ id: 'shp_1' }])
  // Told again to who comes late.
  widget().on('shopper', s => who.push(s))
  expect(who).toHaveLength(2)
  widget().open()
  expect(widget().unread()).toBe(0)
})

test('a message that waits for the connection, or a young conversation, brings the panel at once', () => {
  localStorage.setItem('tagalong:pk_test:token', 'tgs_1')
  localStorage.setItem('tagalong:pk_test:out:m1', '{}')
  install(config, page)
  vi.advanceTimersByTime(1000)
  expect(frames()).toHaveLength(1)
  expect(fetch).not.toHaveBeenCalled()
})

test('logout leaves nothing of the shopper', () => {
  localStorage.setItem('tagalong:pk_test:token', 'tgs_1')
  localStorage.setItem('tagalong:pk_test:out:m1', '{}')
  localStorage.setItem('cart', '1')
  install(config, page)
  widget().logout()
  expect(Object.keys(localStorage)).toEqual(['cart'])
  const [url, options] = vi.mocked(fetch).mock.calls[0] as [string, RequestInit]
  expect([url, options.method]).toEqual(['https://chat.example/v1/shops/pk_test/session', 'DELETE'])
})

/** The panel's end of the channel, as if its document had come; the loader's frame never loads in these tests. */
async function panel() {
  const frame = frames()[0] as HTMLIFrameElement
  let port: MessagePort | undefined
  Object.defineProperty(frame, 'contentWindow', {
    configurable: true,
    value: { postMessage: (_: string, __: string, [given]: MessagePort[]) => (port = given) },
  })
  frame.dispatchEvent(new Event('load'))
  const far = port as unknown as MessagePort
  const waiting: [ToPanel['do'], (m: ToPanel) => void][] = []
  far.onmessage = e => {
    const at = waiting.findIndex(([what]) => what === e.data.do)
    if (at >= 0) waiting.splice(at, 1)[0]?.[1](e.data)
  }
  // Ports are outside the test's clock, so that an error that is thrown later is thrown when the test says.
  const next = (what: ToPanel['do']) => new Promise<ToPanel>(resolve => waiting.push([what, resolve]))
  const init = next('init')
  far.postMessage({ do: 'ready' })
  const { init: first } = (await init) as Extract<ToPanel, { do: 'init' }>
  return { init: first, next, say: (m: ToLoader) => far.postMessage(m) }
}

test('what a page registers for its cart is asked by the panel, and answered', async () => {
  const add = vi.fn(async (_: CartItem): Promise<unknown> => undefined)
  Object.assign(page, { Tagalong: { q: [['cart', { add, url: '/cart' }]] } })
  install(config, page)
  widget().open()
  const p = await panel()
  expect(p.init.cart).toBe('/cart')
  const item = { product: '632910392', variant: '808950810', quantity: 1 }
  const put = async (id: number) => {
    const told = p.next('answer')
    p.say({ do: 'ask', id, item })
    return told
  }
  expect(await put(1)).toEqual({ do: 'answer', id: 1, value: true })
  expect(add).toHaveBeenCalledWith(item)
  add.mockResolvedValue(false)
  expect(await put(2)).toEqual({ do: 'answer', id: 2, value: false })
  add.mockRejectedValue(new Error('sold out'))
  expect(await put(3)).toEqual({ do: 'answer', id: 3, value: undefined })
  expect(() => vi.runOnlyPendingTimers(), 'the error is the shop’s to see').toThrow('sold out')
  const gone = p.next('cart')
  widget().cart(null)
  expect(await gone).toEqual({ do: 'cart', cart: undefined })
  expect(await put(4), 'nothing to put it into').toEqual({ do: 'answer', id: 4, value: false })
})

test('a shop’s word on who the shopper is comes from its function, when the panel asks and not before', async () => {
  const jwt = vi.fn(async (): Promise<string | null> => 'a.b.c')
  install(config, page)
  widget().identify({ jwt })
  widget().open()
  const p = await panel()
  expect([p.init.identity, jwt.mock.calls.length]).toEqual([true, 0])
  const who = async (id: number) => {
    const told = p.next('answer')
    p.say({ do: 'ask', id })
    return ((await told) as { value?: unknown }).value
  }
  expect(await who(0)).toBe('a.b.c')
  jwt.mockResolvedValue(null)
  expect(await who(1), 'a guest').toBe('')
  jwt.mockRejectedValue(new Error('offline'))
  expect(await who(2), 'unknown').toBeUndefined()
  expect(() => vi.runOnlyPendingTimers()).toThrow('offline')
  const known = p.next('known')
  widget().identify({ jwt: 'd.e.f' })
  await known
  expect(await who(3)).toBe('d.e.f')
})

test('the shopper’s id is there for the cart until the session is over, in whatever tab it ends', async () => {
  install(config, page)
  expect(widget().shopper()).toBeUndefined()
  const seen: unknown[] = []
  widget().on('shopper', s => seen.push(s))
  widget().on('logout', () => seen.push('logout'))
  widget().open()
  const p = await panel()
  p.say({ do: 'set', key: 'shopper', value: 'shp_1' })
  p.say({ do: 'emit', name: 'shopper', detail: { id: 'shp_1' } })
  // What is asked after it is answered after it.
  const told = p.next('answer')
  p.say({ do: 'ask', id: 0 })
  await told
  expect(seen).toEqual([{ id: 'shp_1' }])
  expect(widget().shopper()).toBe('shp_1')
  await new Promise<void>(resolve => {
    widget().on('logout', () => resolve())
    p.say({ do: 'gone' })
  })
  expect(seen).toEqual([{ id: 'shp_1' }, 'logout'])
  expect(widget().shopper()).toBeUndefined()
  const late = vi.fn()
  widget().on('shopper', late)
  expect(late, 'the one who left is not told to who comes later').not.toHaveBeenCalled()
})

test('every method is harmless before boot, after destroy, and with nonsense', () => {
  Object.assign(page, { Tagalong: { manual: true } })
  install(config, page)
  const all = () => {
    const w = widget()
    w.open()
    w.toggle()
    w.show()
    w.hide()
    w.close()
    w.identify(undefined as never)
    w.setPage(undefined as never)
    w.setTheme('dark')
    w.setLocale('xx')
    w.prefill(undefined as never)
    w.cart(undefined as never)
    w.cart({} as never)
    w.shopper()
    w.newMessage()
    w.consent(false)
    w.consent(true)
    w.off('open', () => {})
    w.logout()
    w.isOpen()
    w.destroy()
    w.destroy()
  }
  expect(all).not.toThrow()
  widget().boot()
  expect(hosts()).toHaveLength(1)
  expect(all).not.toThrow()
  expect(hosts()).toHaveLength(0)
})

test('a listener that throws stops neither the widget nor the next listener', () => {
  install(config, page)
  const seen: string[] = []
  widget().on('open', () => {
    throw new Error('the shop’s own')
  })
  widget().on('open', () => seen.push('second'))
  widget().open()
  expect(seen).toEqual(['second'])
  expect(widget().isOpen()).toBe(true)
  // The error shows in the console, later and elsewhere.
  expect(() => vi.runOnlyPendingTimers()).toThrow('the shop’s own')
})

test('focus returns to what opened the chat', () => {
  install(config, page)
  const link = document.createElement('a')
  link.href = '#'
  link.dataset.chatOpen = ''
  document.body.append(link)
  link.click()
  expect(widget().isOpen()).toBe(true)
  const back = vi.spyOn(link, 'focus')
  widget().close()
  expect(back).toHaveBeenCalled()
  link.remove()
})

test('a page that drops what it does not know gets the launcher back, until it is destroyed', async () => {
  vi.useRealTimers()
  install(config, page)
  const host = hosts()[0] as Element
  host.remove()
  await vi.waitFor(() => expect(hosts()).toHaveLength(1))
  widget().destroy()
  await new Promise(resolve => setTimeout(resolve))
  expect(hosts()).toHaveLength(0)
})
