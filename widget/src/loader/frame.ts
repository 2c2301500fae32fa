/**
 * The panel's frame and the one channel to it. The port goes to our own origin only, so whatever answers on it is the panel;
 * commands are checked against the list in shared/bridge.ts and everything else is dropped.
 */
import { HELLO, type Init, PANEL_EVENT, ROW, ROW_MAX, type ToLoader, type ToPanel } from '../shared/bridge'
import { make } from './view'

const READY_WITHIN = 4000

export interface Frame {
  ready: boolean
  /** Aborted when the frame goes. */
  signal: AbortSignal
  send(m: ToPanel): void
  focus(): void
  close(): void
}

export interface FrameOptions {
  /** The panel's document, and the origin that it is of. */
  src: string
  origin: string
  title: string
  into: HTMLElement
  init(): Init
  /** The panel is there. */
  ready(): void
  /** The frame was refused by the page's policy, or did not answer in time. */
  failed(): void
  heard(m: ToLoader): void
}

export function openFrame(o: FrameOptions): Frame {
  const frame = make('iframe', { title: o.title, allow: 'clipboard-write' })
  const done = new AbortController()
  let port: MessagePort | undefined

  const self: Frame = {
    ready: false,
    signal: done.signal,
    /** Before the panel is ready nothing need be said: it will hear the whole state first. */
    send(m) {
      if (self.ready) port?.postMessage(m)
    },
    focus: () => frame.focus(),
    close() {
      clearTimeout(timer)
      done.abort()
      port?.close()
      frame.parentNode?.removeChild(frame)
    },
  }
  const fail = () => {
    if (self.ready || done.signal.aborted) return
    self.close()
    o.failed()
  }
  const timer = setTimeout(fail, READY_WITHIN)

  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads',
  )
  frame.addEventListener('load', () => {
    // A second document in the frame (it was reloaded) gets a channel of its own; the old one is deaf.
    port?.close()
    const channel = new MessageChannel()
    port = channel.port1
    port.onmessage = e => {
      const m = check(e.data)
      if (!m || done.signal.aborted) return
      if (m.do === 'ready') {
        clearTimeout(timer)
        self.ready = true
        self.send({ do: 'init', init: o.init() })
        o.ready()
      } else o.heard(m)
    }
    frame.contentWindow?.postMessage(HELLO, o.origin, [channel.port2])
  })
  document.addEventListener(
    'securitypolicyviolation',
    e => {
      if (e.effectiveDirective === 'frame-src' && o.src.startsWith(e.blockedURI)) fail()
    },
    { signal: done.signal },
  )
  frame.src = o.src
  o.into.append(frame)

  return self
}

/** What the panel may ask, field by field. */
export function check(data: unknown): ToLoader | undefined {
  const m = (data ?? {}) as Record<string, unknown>
  const { key, value, count, name, item } = m
  const text = (v: unknown) => typeof v === 'string'
  const row = text(key) && ROW.test(key as string)
  const { product, variant = '', quantity } = (item ?? {}) as Record<string, unknown>
  const right: Record<ToLoader['do'], boolean> = {
    ready: true,
    close: true,
    gone: true,
    set: row && text(value) && (value as string).length <= ROW_MAX,
    delete: row,
    unread: (count as number) >= 0 && count === +(count as number),
    emit: PANEL_EVENT.test(name as string),
    ask: !item || (text(product) && text(variant) && (quantity as number) > 0),
  }
  return right[m.do as ToLoader['do']] === true ? (m as unknown as ToLoader) : undefined
}
