import { beforeEach, expect, test } from 'vitest'
import { comeBack } from '../src/panel/handoff/back'
import { takeBack } from '../src/shared/back'

const at = (url: string) => history.replaceState({ kept: 1 }, '', url)

beforeEach(() => at('/'))

test('the token leaves the address, and nothing else does', () => {
  for (const [before, token, after] of [
    ['/p?tagalong=aB-9_z', 'aB-9_z', '/p'],
    ['/p?tagalong=T1&x=%20a+b&y', 'T1', '/p?x=%20a+b&y'],
    ['/p?x=1&tagalong=T1', 'T1', '/p?x=1'],
    ['/p?x=1&tagalong=T1&y=2#part', 'T1', '/p?x=1&y=2#part'],
    ['/p?tagalong=T1#/route?a=1', 'T1', '/p#/route?a=1'],
    ['/p?nottagalong=T1', undefined, '/p?nottagalong=T1'],
    ['/p?tagalong=', undefined, '/p?tagalong='],
    ['/p?', undefined, '/p?'],
  ] as const) {
    at(before)
    expect(takeBack(), before).toBe(token)
    expect(location.href, before).toBe(location.origin + after)
    expect(history.state).toEqual({ kept: 1 })
    expect(takeBack(), 'a second time').toBeUndefined()
  }
})

function ground(answers: (object | { status: number })[], token: string | null = 'tgs_old') {
  const rows = new Map(token ? [['token', token]] : [])
  const said: string[] = []
  const adopted: unknown[] = []
  const sent: (string | undefined)[] = []
  const g = {
    session: {
      async call(_method: string, _path: string, _body: unknown) {
        sent.push(rows.get('token'))
        const a = answers.shift() as { status?: number }
        if (a.status !== undefined) throw a
        return a
      },
      adopt: (s: unknown) => adopted.push(s),
    },
    host: { row: (k: string) => rows.get(k) ?? null, delete: (k: string) => rows.delete(k) },
  }
  const run = () =>
    comeBack(
      g as never,
      'back_1',
      k => said.push(k),
      async () => {},
    )
  return { run, said, adopted, sent, rows }
}

test('in the browser where it began both sides are one, and its session goes on', async () => {
  const g = ground([{ state: 'confirmed', conversation: 'cnv_1', shopper: { id: 'shp_1' } }])
  expect(await g.run()).toBe('cnv_1')
  expect(g.said).toEqual(['handoff.backDone'])
  expect(g.adopted).toEqual([])
})

test('elsewhere it goes on with the session that the server gives', async () => {
  const g = ground(
    [{ state: 'resumed', conversation: 'cnv_1', token: 'tgs_new', shopper: { id: 'shp_1' } }],
    null,
  )
  expect(await g.run()).toBe('cnv_1')
  expect(g.adopted).toEqual([{ token: 'tgs_new', shopper: { id: 'shp_1' } }])
})

test('who is not known to be the shopper is told, and nothing is opened', async () => {
  const g = ground([{ state: 'unconfirmed' }], null)
  expect(await g.run()).toBeUndefined()
  expect(g.said).toEqual(['handoff.backElsewhere'])
  expect(g.adopted).toEqual([])
})

test('a link that was used or has lapsed is said so at once', async () => {
  const g = ground([{ status: 410 }])
  expect(await g.run()).toBeUndefined()
  expect(g.said).toEqual(['handoff.backGone'])
  expect(g.rows.get('token')).toBe('tgs_old')
})

test('a session that has ended is put away, and the link tried without it', async () => {
  const g = ground([
    { status: 401 },
    { state: 'resumed', conversation: 'cnv_1', token: 't', shopper: { id: 's' } },
  ])
  expect(await g.run()).toBe('cnv_1')
  expect(g.sent).toEqual(['tgs_old', undefined])
})

test('a network that is away is tried again, and not for ever', async () => {
  const soon = ground([
    { status: 0 },
    { status: 503 },
    { status: 429 },
    { state: 'confirmed', conversation: 'cnv_1' },
  ])
  expect(await soon.run()).toBe('cnv_1')
  const never = ground(Array.from({ length: 9 }, () => ({ status: 0 })))
  expect(await never.run()).toBeUndefined()
  expect(never.said).toEqual(['handoff.backFailed'])
  expect(never.sent).toHaveLength(4)
})
