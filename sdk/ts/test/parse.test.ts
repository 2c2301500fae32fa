import { describe, expect, test } from 'vitest'
import { parseFrame } from '../src/frames.js'
import { newClientId } from '../src/id.js'
import { eventStreamParser, retryAfterMs } from '../src/transport.js'

describe('an event stream', () => {
  const text = ': hello\n\nevent: x\ndata: {"a":1}\n\nid: 7\r\ndata:two\r\ndata: lines\r\n\r\ndata: ü\n\n'
  const events = ['{"a":1}', 'two\nlines', 'ü']

  test('gives the data of each event, wherever it is cut', () => {
    for (let cut = 0; cut <= text.length; cut++) {
      const got: string[] = []
      const feed = eventStreamParser((data) => got.push(data))
      feed(text.slice(0, cut))
      feed(text.slice(cut))
      expect(got).toEqual(events)
    }
  })

  test('keeps an unfinished event back', () => {
    const got: string[] = []
    eventStreamParser((data) => got.push(data))('data: {"a":1}\n')
    expect(got).toEqual([])
  })
})

describe('a frame', () => {
  test.each([['{'], ['[]'], ['null'], ['7'], ['{}'], ['{"type":7}']])('is not %s', (text) => {
    expect(parseFrame(text)).toBeNull()
  })
  test('may be of a type that we do not know', () => {
    expect(parseFrame('{"type":"confetti"}')).toEqual({ type: 'confetti' })
  })
})

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    ['0', 0],
    ['-5', 0],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, 1_000)).toBe(ms)
  })
})

describe('client ids', () => {
  test('are 26 letters that carry all 128 bits', () => {
    expect(newClientId((b) => b.fill(0))).toBe('a'.repeat(26))
    expect(newClientId((b) => b.fill(255))).toBe(`${'7'.repeat(25)}4`)
    expect(newClientId((b) => b.fill(0).fill(1, 15))).toBe(`${'a'.repeat(25)}e`)
    expect(newClientId()).toMatch(/^[a-z2-7]{26}$/)
    expect(newClientId()).not.toBe(newClientId())
  })
})
