import { describe, expect, test } from 'vitest'
import type { Entry, SendFrame } from '../src/frames.js'
import {
  cursor,
  hasOlder,
  newThread,
  reduce,
  type Thread,
  type ThreadAction,
  timeline,
  unread,
} from '../src/thread.js'

const shopper = { kind: 'shopper', id: 'shp_1' } as const
const agent = { kind: 'agent', id: 'agt_1', name: 'Mara' } as const

function entry(seq: number, more: Partial<Entry> = {}): Entry {
  return {
    seq,
    at: seq * 1000,
    kind: 'message',
    author: agent,
    channel: 'web',
    message: { text: `t${seq}` },
    ...more,
  }
}

function live(seq: number, more: Partial<Entry> = {}): ThreadAction {
  return { type: 'entry', conversation: 'cnv_1', entry: entry(seq, more) }
}

function send(clientId: string, text = clientId): SendFrame {
  return { type: 'send', client_id: clientId, conversation: 'cnv_1', message: { text } }
}

function run(thread: Thread, ...actions: ThreadAction[]): Thread {
  return actions.reduce(reduce, thread)
}

const joined: ThreadAction = {
  type: 'joined',
  conversation: 'cnv_1',
  generation: 1,
  first_seq: 1,
  head: 0,
  reads: [],
}
const fresh = () => run(newThread({ self: shopper, conversation: 'cnv_1' }), { type: 'joining' }, joined)
const texts = (thread: Thread) => timeline(thread).map((i) => i.message?.text)
const states = (thread: Thread) => timeline(thread).map((i) => i.state)

describe('following the log', () => {
  test('entries in order are shown, and the cursor follows', () => {
    const thread = run(fresh(), live(1), live(2))
    expect(texts(thread)).toEqual(['t1', 't2'])
    expect(cursor(thread)).toEqual({ generation: 1, after: 2 })
  })

  test('a repeat changes nothing', () => {
    const thread = run(fresh(), live(1), live(2))
    expect(run(thread, live(1), live(2, { message: { text: 'other' } }))).toBe(thread)
  })

  test('a hole is not filled with later entries but asked for', () => {
    const thread = run(fresh(), live(1), live(3))
    expect(texts(thread)).toEqual(['t1'])
    expect(thread.behind).toBe(true)
    const again = run(thread, { type: 'joining' }, live(4))
    expect(again.behind).toBe(false)
    expect(texts(run(again, { ...joined, head: 4 }, live(2), live(3), live(4)))).toEqual([
      't1',
      't2',
      't3',
      't4',
    ])
  })

  test('a beat that names a higher head is a hole', () => {
    const thread = run(fresh(), live(1))
    expect(run(thread, { type: 'beat', heads: { cnv_1: 1 } })).toBe(thread)
    expect(run(thread, { type: 'beat', heads: { cnv_2: 9 } })).toBe(thread)
    expect(run(thread, { type: 'beat', heads: { cnv_1: 2 } }).behind).toBe(true)
  })

  test('a snapshot replaces what was held and keeps what waits', () => {
    const thread = run(
      fresh(),
      live(1),
      { type: 'queued', frame: send('c1'), at: 5 },
      {
        type: 'snapshot',
        conversation: 'cnv_1',
        generation: 2,
        first_seq: 5,
        head: 41,
        entries: [entry(40), entry(41)],
        reads: [],
      },
    )
    expect(texts(thread)).toEqual(['t40', 't41', 'c1'])
    expect(cursor(thread)).toEqual({ generation: 2, after: 41 })
    expect(hasOlder(thread)).toBe(true)
  })

  test('a welcome of another epoch drops the log: its numbers mean other entries', () => {
    const first = { type: 'welcome', epoch: 'e1', self: shopper } as const
    const kept = run(fresh(), first, live(1), first)
    expect(texts(kept)).toEqual(['t1'])
    const dropped = run(kept, { ...first, epoch: 'e2' })
    expect(texts(dropped)).toEqual([])
    expect(cursor(dropped).after).toBe(0)
  })

  test('a welcome of another generation drops the log, not what waits', () => {
    const head = {
      id: 'cnv_1',
      generation: 2,
      first_seq: 4,
      head: 90,
      state: 'open',
      unread: 0,
      reads: [],
    } as const
    const thread = run(
      fresh(),
      live(1),
      { type: 'queued', frame: send('c1'), at: 5 },
      { type: 'welcome', epoch: 'e1', self: shopper, head: { ...head, reads: [] } },
    )
    expect(texts(thread)).toEqual(['c1'])
    expect(cursor(thread)).toEqual({ generation: 2, after: 40 })
  })

  test('a first join starts near the head and older pages go before it', () => {
    const known = { id: 'cnv_1', generation: 1, first_seq: 1, head: 60, state: 'open', unread: 3 } as const
    const thread = run(
      newThread({ self: shopper, conversation: 'cnv_1' }),
      { type: 'welcome', epoch: 'e1', self: shopper, head: { ...known, reads: [] } },
      { type: 'joining' },
      { ...joined, head: 60 },
      ...Array.from({ length: 50 }, (_, i) => live(11 + i)),
    )
    expect(thread.low).toBe(11)
    const page = Array.from({ length: 10 }, (_, i) => entry(i + 1))
    const whole = run(thread, { type: 'older', entries: page, before: 11 })
    expect(texts(whole)).toEqual(Array.from({ length: 60 }, (_, i) => `t${i + 1}`))
    expect(hasOlder(whole)).toBe(false)
    expect(run(whole, { type: 'older', entries: page, before: 11 })).toBe(whole)
  })

  test('closed and reopened are followed', () => {
    const closed = run(fresh(), live(1, { kind: 'event', event: { name: 'closed' } }))
    expect(closed.closed).toBe(true)
    expect(run(closed, live(2, { kind: 'event', event: { name: 'reopened' } })).closed).toBe(false)
  })
})

describe('amends', () => {
  const amend = (seq: number, action: 'edit' | 'revoke' | 'react', target: number, more: object = {}) =>
    live(seq, { kind: 'amend', amend: { target, action, ...more } })

  test('an edit changes the text and is no line of its own', () => {
    const thread = run(fresh(), live(1), amend(2, 'edit', 1, { text: 'new' }), live(3))
    expect(texts(thread)).toEqual(['new', 't3'])
    expect(timeline(thread)[0]?.editedAt).toBe(2000)
    expect(thread.seq).toBe(3)
  })

  test('a revoked message keeps its line and nothing else', () => {
    const [item] = timeline(
      run(fresh(), live(1), amend(2, 'react', 1, { emoji: '👍' }), amend(3, 'revoke', 1)),
    )
    expect(item).toMatchObject({ revoked: true, reactions: [] })
    expect(item?.message).toBeUndefined()
  })

  test('an edit after the revoke changes nothing', () => {
    const thread = run(fresh(), live(1), amend(2, 'revoke', 1), amend(3, 'edit', 1, { text: 'x' }))
    expect(timeline(thread)[0]?.message).toBeUndefined()
  })

  test('each author has one reaction; an empty one takes it back', () => {
    const by = (seq: number, author: typeof shopper | typeof agent, emoji: string) =>
      live(seq, { kind: 'amend', author, amend: { target: 1, action: 'react', emoji } })
    const two = run(fresh(), live(1), by(2, agent, '👍'), by(3, shopper, '👍'))
    expect(timeline(two)[0]?.reactions).toEqual([{ emoji: '👍', authors: [agent, shopper] }])
    const changed = run(two, by(4, agent, '🎉'), by(5, shopper, ''))
    expect(timeline(changed)[0]?.reactions).toEqual([{ emoji: '🎉', authors: [agent] }])
  })

  test('an amend finds a target that an older page brings later', () => {
    const start = run(
      newThread({ self: shopper, conversation: 'cnv_1' }),
      {
        type: 'snapshot',
        conversation: 'cnv_1',
        generation: 1,
        first_seq: 1,
        head: 3,
        entries: [entry(3, { kind: 'amend', amend: { target: 1, action: 'edit', text: 'new' } })],
        reads: [],
      },
      { type: 'older', entries: [entry(1), entry(2)], before: 3 },
    )
    expect(texts(start)).toEqual(['new', 't2'])
  })
})

describe('own messages', () => {
  const ack = (clientId: string, seq: number): ThreadAction => ({
    type: 'ack',
    client_id: clientId,
    conversation: 'cnv_1',
    generation: 1,
    seq,
    at: 7,
  })
  const own = (seq: number, clientId: string) => live(seq, { author: shopper, client_id: clientId })
  const receipt = (read: number, delivered: number): ThreadAction => ({
    type: 'receipt',
    conversation: 'cnv_1',
    participant: agent,
    read,
    delivered,
  })

  test('go from sending to sent, delivered and read under one key', () => {
    let thread = run(fresh(), { type: 'queued', frame: send('c1'), at: 5 })
    const seen = [timeline(thread)[0]]
    for (const action of [ack('c1', 1), own(1, 'c1'), receipt(0, 1), receipt(1, 1)]) {
      thread = run(thread, action)
      seen.push(timeline(thread)[0])
      expect(timeline(thread)).toHaveLength(1)
    }
    expect(seen.map((i) => i?.state)).toEqual(['sending', 'sent', 'sent', 'delivered', 'read'])
    expect(new Set(seen.map((i) => i?.key)).size).toBe(1)
  })

  test('stay at the end while others write', () => {
    const thread = run(fresh(), { type: 'queued', frame: send('c1'), at: 5 }, live(1), live(2))
    expect(texts(thread)).toEqual(['t1', 't2', 'c1'])
    expect(texts(run(thread, own(3, 'c1')))).toEqual(['t1', 't2', 't3'])
  })

  test('an entry may come before its ack', () => {
    const thread = run(fresh(), { type: 'queued', frame: send('c1'), at: 5 }, own(1, 'c1'), ack('c1', 1))
    expect(timeline(thread)).toHaveLength(1)
    expect(thread.pending).toHaveLength(0)
  })

  test('a stored repeat that is queued again is not shown twice', () => {
    const thread = run(fresh(), own(1, 'c1'), { type: 'queued', frame: send('c1'), at: 5 })
    expect(timeline(thread)).toHaveLength(1)
  })

  test("another author's client_id takes nothing away", () => {
    const thread = run(fresh(), { type: 'queued', frame: send('c1'), at: 5 }, live(1, { client_id: 'c1' }))
    expect(timeline(thread)).toHaveLength(2)
  })

  test('a failed one says why, and moves to the end when tried again', () => {
    const failed = run(
      fresh(),
      { type: 'queued', frame: send('c1'), at: 5 },
      { type: 'queued', frame: send('c2'), at: 6 },
      { type: 'failed', clientId: 'c1', failure: { code: 'bad_text', message: 'Empty.' } },
    )
    expect(states(failed)).toEqual(['failed', 'sending'])
    expect(timeline(failed)[0]?.failure?.code).toBe('bad_text')
    expect(texts(run(failed, { type: 'retried', clientId: 'c1' }))).toEqual(['c2', 'c1'])
    expect(texts(run(failed, { type: 'discarded', clientId: 'c1' }))).toEqual(['c2'])
  })

  test('the ack of the first one gives the conversation its id', () => {
    const started = run(
      newThread({ self: shopper, start: 'c1' }),
      {
        type: 'queued',
        frame: { type: 'send', client_id: 'c1', start: 'c1', message: { text: 'hi' } },
        at: 1,
      },
      ack('c1', 1),
    )
    expect(started).toMatchObject({ conversation: 'cnv_1', generation: 1, behind: true })
  })

  test("the shopper's own read mark says nothing about their messages", () => {
    const thread = run(fresh(), own(1, 'c1'), { type: 'seen', seq: 1 })
    expect(states(thread)).toEqual(['sent'])
  })

  test('watermarks only rise', () => {
    expect(states(run(fresh(), own(1, 'c1'), receipt(1, 1), receipt(0, 0)))).toEqual(['read'])
  })

  test('a colleague is not the agent', () => {
    const self = { kind: 'agent', id: 'agt_1' } as const
    const thread = run(
      newThread({ self, conversation: 'cnv_1' }),
      { type: 'joining' },
      joined,
      live(1),
      live(2, { author: { kind: 'agent', id: 'agt_2' } }),
    )
    expect(timeline(thread).map((i) => i.mine)).toEqual([true, false])
  })
})

describe('what is unread', () => {
  test('counts messages of others above the mark, without notes of events and what was revoked', () => {
    const thread = run(
      fresh(),
      live(1),
      live(2, { author: shopper }),
      live(3, { kind: 'event', event: { name: 'closed' } }),
      live(4),
      live(5),
      live(6, { kind: 'amend', amend: { target: 4, action: 'revoke' } }),
    )
    expect(unread(thread)).toBe(2)
    expect(unread(run(thread, { type: 'seen', seq: 1 }))).toBe(1)
    expect(unread(run(thread, { type: 'seen', seq: 6 }))).toBe(0)
  })

  test('is what the server says for as long as the log is not held', () => {
    const head = {
      id: 'cnv_1',
      generation: 1,
      first_seq: 1,
      head: 90,
      state: 'open',
      unread: 7,
      reads: [],
    } as const
    const thread = run(newThread({ self: shopper, conversation: 'cnv_1' }), {
      type: 'welcome',
      epoch: 'e1',
      self: shopper,
      head: { ...head, reads: [] },
    })
    expect(unread(thread)).toBe(7)
    expect(unread(run(thread, { type: 'seen', seq: 90 }))).toBe(0)
    const more = run(
      thread,
      { type: 'joining' },
      { ...joined, head: 90 },
      ...[41, 42].map((seq) => live(seq)),
    )
    expect(unread(more)).toBe(7)
    const whole = run(more, ...Array.from({ length: 49 }, (_, i) => live(43 + i)))
    expect(unread(whole)).toBe(51)
  })

  test('counts what comes on top of a log that is held in part only', () => {
    const mark = { kind: 'shopper', read: 1, delivered: 90 } as const
    const head = {
      id: 'cnv_1',
      generation: 1,
      first_seq: 1,
      head: 90,
      state: 'open',
      unread: 80,
      reads: [mark],
    } as const
    const thread = run(
      newThread({ self: shopper, conversation: 'cnv_1' }),
      { type: 'welcome', epoch: 'e1', self: shopper, head: { ...head, reads: [mark] } },
      { type: 'joining' },
      { ...joined, head: 90 },
      ...Array.from({ length: 50 }, (_, i) => live(41 + i)),
      live(91),
    )
    expect(unread(thread)).toBe(81)
  })
})

describe('typing', () => {
  const typing = (now: number, author: typeof agent | typeof shopper = agent): ThreadAction => ({
    type: 'typing',
    conversation: 'cnv_1',
    author,
    now,
  })
  test('ends after 6 s, or with a message, and never shows oneself', () => {
    const thread = run(fresh(), typing(1000), typing(1000, shopper))
    expect(thread.typing.map((t) => t.author)).toEqual([agent])
    expect(run(thread, { type: 'tick', now: 6_999 }).typing).toHaveLength(1)
    expect(run(thread, { type: 'tick', now: 7_000 }).typing).toHaveLength(0)
    expect(run(thread, typing(4000), { type: 'tick', now: 7_000 }).typing).toHaveLength(1)
    expect(run(thread, live(1)).typing).toHaveLength(0)
  })
})
