/**
 * The two ways a frame travels: a WebSocket, or a fetch stream down with a POST per frame up. Both look the same to
 * `realtime.ts`, which owns every decision about when to open, close and try again.
 */
import type { Env } from './env.js'
import {
  type ClientFrame,
  type FeedRequestFrame,
  type JoinFrame,
  parseFrame,
  type ServerFrame,
} from './frames.js'

/** What is to be received: conversations with their cursors, and (agents) shops with their feed positions. */
export interface Resume {
  joins: Omit<JoinFrame, 'type'>[]
  feeds: FeedRequestFrame['feeds']
}

/** Why a transport ended. `opened` tells a refused upgrade from a lost connection. */
export interface Closed {
  code: number
  opened: boolean
  retryAfterMs?: number
}

export interface TransportEvents {
  onFrame(frame: ServerFrame): void
  onClosed(closed: Closed): void
}

export interface Transport {
  readonly kind: 'socket' | 'stream'
  /** How many durable frames may be unanswered: a POST at a time, or a pipeline. */
  readonly window: number
  send(frame: ClientFrame): void
  /** Asks for what is to be received; a stream that has just that already is left alone unless forced. */
  resume(resume: Resume, force?: boolean): void
  /** Ends it without an `onClosed`. */
  close(): void
}

export interface Door {
  /** `/v1/shops/KEY` or `/v1/agent`, with the API's origin in front. */
  url: string
  token: string | null
  tab?: string
}

// The server takes 20 messages in a burst.
const pipelineWindow = 16

export function openSocket(env: Env, door: Door, events: TransportEvents): Transport {
  if (!env.WebSocket) throw new Error('no WebSocket here')
  const socket = new env.WebSocket(`${door.url.replace(/^http/, 'ws')}/socket`)
  let opened = false
  let over = false
  const end = (closed: Closed) => {
    if (over) return
    over = true
    events.onClosed(closed)
  }
  const write = (frame: ClientFrame) => {
    if (over) return
    socket.send(JSON.stringify(frame))
  }
  socket.onopen = () => {
    opened = true
    write({
      type: 'hello',
      protocol: 1,
      ...(door.token === null ? {} : { token: door.token }),
      ...(door.tab === undefined ? {} : { tab: door.tab }),
    })
  }
  socket.onmessage = (event) => {
    if (over || typeof event.data !== 'string') return
    const frame = parseFrame(event.data)
    if (frame) events.onFrame(frame)
  }
  socket.onclose = (event) => end({ code: event.code, opened })
  // The browser tells no reason here and always follows with a close event.
  socket.onerror = () => {}
  return {
    kind: 'socket',
    window: pipelineWindow,
    send: write,
    resume(resume) {
      for (const join of resume.joins) write({ type: 'join', ...join })
      if (resume.feeds.length > 0) write({ type: 'feed', feeds: resume.feeds })
    },
    close() {
      over = true
      socket.close(1000)
    },
  }
}

export function openStream(env: Env, door: Door, initial: Resume, events: TransportEvents): Transport {
  let abort = new AbortController()
  let current = streamQuery(initial)
  let over = false
  let posts = Promise.resolve()
  const headers: Record<string, string> = door.token === null ? {} : { Authorization: `Bearer ${door.token}` }

  const end = (closed: Closed) => {
    if (over) return
    over = true
    abort.abort()
    events.onClosed(closed)
  }

  const read = async (signal: AbortSignal) => {
    let opened = false
    try {
      const response = await env.fetch(`${door.url}/stream${current}`, {
        headers: { ...headers, Accept: 'text/event-stream' },
        cache: 'no-store',
        signal,
      })
      if (!response.ok || !response.body) return end(closedBy(response))
      opened = true
      const parser = eventStreamParser((data) => {
        const frame = parseFrame(data)
        if (frame && !signal.aborted && !over) events.onFrame(frame)
      })
      const reader = response.body.getReader()
      const decoder = new TextDecoder()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        parser(decoder.decode(value, { stream: true }))
      }
    } catch {
      // An abort of ours is silent; anything else is a lost connection.
    }
    if (!signal.aborted) end({ code: 1006, opened })
  }

  const post = async (frame: ClientFrame) => {
    if (over) return
    try {
      const response = await env.fetch(`${door.url}/frames`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(frame),
      })
      if (over) return
      if (response.status === 204) return
      const body = await response.text()
      const answer = parseFrame(body)
      if (over) return
      if (answer) return events.onFrame(answer)
      end(closedBy(response))
    } catch {
      end({ code: 1006, opened: true })
    }
  }

  void read(abort.signal)
  return {
    kind: 'stream',
    window: 1,
    send(frame) {
      // The hello is the stream's own header, its life is proved by beats.
      if (over || frame.type === 'hello' || frame.type === 'ping') return
      posts = posts.then(() => post(frame))
    },
    resume(resume, force = false) {
      const wanted = streamQuery(resume)
      if (over || (wanted === current && !force)) return
      // A stream's subscriptions are fixed when it opens (its POSTs may meet another node), so others mean another stream.
      current = wanted
      abort.abort()
      abort = new AbortController()
      void read(abort.signal)
    },
    close() {
      over = true
      abort.abort()
    },
  }
}

function streamQuery(resume: Resume): string {
  const query = new URLSearchParams()
  for (const join of resume.joins)
    query.append('join', `${join.conversation}.${join.generation}.${join.after}`)
  for (const feed of resume.feeds) {
    query.append('feed', feed.after === undefined ? feed.shop : `${feed.shop}.${feed.after}`)
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Says with a close code what an HTTP answer means, so that one place decides about both transports. */
export function closedBy(response: Response): Closed {
  const after = retryAfterMs(response.headers.get('Retry-After'))
  const code = closeCodeOf(response.status)
  return { code, opened: false, ...(after === undefined ? {} : { retryAfterMs: after }) }
}

function closeCodeOf(status: number): number {
  switch (status) {
    case 401:
      return 4001
    case 403:
    case 404:
      return 4003
    case 413:
      return 1009
    case 429:
      return 4029
    case 503:
      return 1013
    default:
      return 1006
  }
}

/** `Retry-After` in seconds or as a date; undefined when absent or unreadable. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Feeds on chunks of a text/event-stream and gives the data of each event (comments and other fields are skipped). */
export function eventStreamParser(onData: (data: string) => void): (chunk: string) => void {
  let buffer = ''
  let data: string[] = []
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) onData(data.join('\n'))
      data = []
    } else if (text.startsWith('data:')) {
      data.push(text.slice(text.startsWith('data: ') ? 6 : 5))
    }
  }
  return (chunk) => {
    buffer += chunk
    // A lone CR at the end may be half of a CRLF: it waits for the next chunk.
    const whole = buffer.endsWith('\r') ? buffer.length - 1 : buffer.length
    const lines = buffer.slice(0, whole).split(/\r\n|\n|\r/)
    buffer = (lines.pop() ?? '') + buffer.slice(whole)
    for (const text of lines) line(text)
  }
}
