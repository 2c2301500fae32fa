/**
 * The other side of the panel: the loader in the shop's page, reached through the port that it hands over once; or, on
 * the hosted page, nobody, and then the rows lie in this origin's own storage.
 */
import { takeBack } from '../shared/back'
import {
  type CartItem,
  HELLO,
  type Init,
  type PanelSite,
  ROW,
  type ToLoader,
  type ToPanel,
} from '../shared/bridge'
import { openRows } from '../shared/storage'

export interface Host {
  readonly init: Init
  row(key: string): string | null
  rows(): [string, string][]
  set(key: string, value: string): void
  delete(key: string): void
  tell(m: ToLoader): void
  /** What the shop's own function gives: who the shopper is or, with an item, whether it is in the cart. Nothing in time: undefined. */
  ask(item?: CartItem): Promise<unknown>
  /** Called for everything after the first state. */
  listen(fn: (m: ToPanel) => void): void
}

/** A function of the shop's may take this long. */
const PATIENCE = 15_000

/** Waits for the shop's page. A page that the shop does not list, another frame and a second handshake are not heard. */
export function frameHost(
  site: PanelSite,
  parent: unknown = window.parent,
  on: EventTarget = window,
): Promise<Host> {
  return new Promise(resolve => {
    const hello = (event: Event) => {
      const e = event as MessageEvent<unknown>
      const port = e.ports[0]
      if (e.source !== parent || e.data !== HELLO || !port || !site.origins.includes(e.origin)) return
      on.removeEventListener('message', hello)
      resolve(overPort(port))
    }
    on.addEventListener('message', hello)
  })
}

function overPort(port: MessagePort): Promise<Host> {
  const rows = new Map<string, string>()
  const asked: ((value: unknown) => void)[] = []
  let heard: (m: ToPanel) => void = () => {}
  const tell = (m: ToLoader) => port.postMessage(m)
  return new Promise(resolve => {
    port.onmessage = (e: MessageEvent<ToPanel>) => {
      const m = e.data
      if (m.do === 'init') {
        for (const [k, v] of m.init.rows) if (ROW.test(k)) rows.set(k, v)
        resolve({
          init: m.init,
          row: k => rows.get(k) ?? null,
          rows: () => [...rows],
          set(key, value) {
            rows.set(key, value)
            tell({ do: 'set', key, value })
          },
          delete(key) {
            rows.delete(key)
            tell({ do: 'delete', key })
          },
          tell,
          ask: item =>
            new Promise(resolve => {
              setTimeout(resolve, PATIENCE)
              tell({ do: 'ask', id: asked.push(resolve) - 1, item })
            }),
          listen(fn) {
            heard = fn
          },
        })
        return
      }
      // Another tab of the shop wrote.
      if (m.do === 'row') {
        if (m.value === null) rows.delete(m.key)
        else if (ROW.test(m.key)) rows.set(m.key, m.value)
      }
      if (m.do === 'answer') asked[m.id]?.(m.value)
      heard(m)
    }
    tell({ do: 'ready' })
  })
}

export function pageHost(site: PanelSite): Host {
  const rows = openRows(site.key, () => localStorage)
  return {
    init: {
      rows: [],
      open: true,
      full: true,
      theme: 'auto',
      page: { url: '', title: '' },
      identity: false,
      cart: undefined,
      text: undefined,
      back: takeBack(),
    },
    row: rows.get,
    rows: rows.all,
    set: rows.set,
    delete: rows.delete,
    tell(m) {
      if (m.do === 'gone') {
        rows.clear()
        location.reload()
      }
    },
    ask: async () => undefined,
    listen() {},
  }
}
