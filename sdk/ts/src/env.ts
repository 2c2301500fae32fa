/**
 * What the live client needs of the world, as one object, so that tests bring their own clock, randomness and network.
 */

export interface SocketLike {
  onopen: ((event: unknown) => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason?: string }) => void) | null
  onerror: ((event: unknown) => void) | null
  send(data: string): void
  close(code?: number, reason?: string): void
}

export interface Env {
  now(): number
  random(): number
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(id: unknown): void
  fetch: typeof globalThis.fetch
  /** null where sockets do not exist: the client then uses the stream only. */
  WebSocket: (new (url: string) => SocketLike) | null
  /** Is the page in the background? */
  hidden(): boolean
  /** Calls back on `online`, `pageshow` and when the page becomes visible; returns the way to stop listening. */
  onWake(fn: (reason: 'online' | 'pageshow' | 'visible') => void): () => void
}

export function browserEnv(overrides: Partial<Env> = {}): Env {
  const Socket = (globalThis as { WebSocket?: unknown }).WebSocket as Env['WebSocket'] | undefined
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (fn, ms) => globalThis.setTimeout(fn, ms),
    clearTimeout: (id) => globalThis.clearTimeout(id as number),
    fetch: (input, init) => globalThis.fetch(input, init),
    WebSocket: Socket ?? null,
    hidden: () => typeof document !== 'undefined' && document.visibilityState === 'hidden',
    onWake,
    ...overrides,
  }
}

function onWake(fn: (reason: 'online' | 'pageshow' | 'visible') => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {}
  const online = () => fn('online')
  const pageshow = () => fn('pageshow')
  const visible = () => {
    if (document.visibilityState === 'visible') fn('visible')
  }
  window.addEventListener('online', online)
  window.addEventListener('pageshow', pageshow)
  document.addEventListener('visibilitychange', visible)
  return () => {
    window.removeEventListener('online', online)
    window.removeEventListener('pageshow', pageshow)
    document.removeEventListener('visibilitychange', visible)
  }
}
