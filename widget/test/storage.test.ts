import { expect, test } from 'vitest'
import { openRows } from '../src/shared/storage'

/** A localStorage as the specification has it, with switches for what browsers do to it. */
class Disk implements Storage {
  [name: string]: unknown
  constructor(
    readonly data = new Map<string, string>(),
    readonly fails: { set?: boolean; remove?: boolean; room?: number } = {},
  ) {
    // Object.keys of a real Storage gives its keys.
    // biome-ignore lint/correctness/noConstructorReturn: that needs a proxy
    return new Proxy(this, {
      ownKeys: () => [...data.keys()],
      getOwnPropertyDescriptor: (_, k) => ({
        value: data.get(String(k)),
        enumerable: true,
        configurable: true,
      }),
    })
  }
  get length() {
    return this.data.size
  }
  key = (n: number) => [...this.data.keys()][n] ?? null
  getItem = (k: string) => this.data.get(k) ?? null
  setItem = (k: string, v: string) => {
    if (this.fails.set || this.data.size >= (this.fails.room ?? 1e9))
      throw new DOMException('full', 'QuotaExceededError')
    this.data.set(k, v)
  }
  removeItem = (k: string) => {
    if (this.fails.remove) throw new DOMException('no', 'SecurityError')
    this.data.delete(k)
  }
  clear = () => this.data.clear()
}

test('rows live under the shop’s own prefix and nothing else is touched', () => {
  const disk = new Disk(
    new Map([
      ['cart', '1'],
      ['tagalong:pk_other:token', 'x'],
    ]),
  )
  const rows = openRows('pk_a', () => disk)
  rows.set('token', 't')
  rows.set('out:1', 'm')
  expect(disk.data.get('tagalong:pk_a:token')).toBe('t')
  expect(rows.all().sort()).toEqual([
    ['out:1', 'm'],
    ['token', 't'],
  ])
  rows.clear()
  expect([...disk.data.keys()]).toEqual(['cart', 'tagalong:pk_other:token'])
})

test('opening writes nothing', () => {
  const disk = new Disk()
  const rows = openRows('pk_a', () => disk)
  rows.all()
  rows.get('token')
  expect(disk.data.size).toBe(0)
})

test('storage that throws on sight is replaced by memory', () => {
  const rows = openRows('pk_a', () => {
    throw new DOMException('blocked', 'SecurityError')
  })
  expect(rows.get('token')).toBeNull()
  rows.set('token', 't')
  rows.set('out:1', 'm')
  expect(rows.get('token')).toBe('t')
  expect(rows.all()).toHaveLength(2)
  rows.delete('out:1')
  expect(rows.all()).toEqual([['token', 't']])
  rows.clear()
  expect(rows.all()).toEqual([])
})

test('a row that finds no room stays in memory, newer than what the disk holds', () => {
  const disk = new Disk(new Map([['tagalong:pk_a:draft', 'old']]), { set: true })
  const rows = openRows('pk_a', () => disk)
  rows.set('draft', 'new')
  expect(rows.get('draft')).toBe('new')
  expect(rows.all()).toEqual([['draft', 'new']])
})

test('a row that cannot be removed does not come back in this page', () => {
  const disk = new Disk(new Map([['tagalong:pk_a:token', 't']]), { remove: true })
  const rows = openRows('pk_a', () => disk)
  rows.delete('token')
  expect(rows.get('token')).toBeNull()
  expect(rows.all()).toEqual([])
})

test('without consent nothing is kept and what was is cleared; consent later keeps the session', () => {
  const disk = new Disk()
  const rows = openRows('pk_a', () => disk)
  rows.set('token', 't')
  rows.persist(false)
  expect(disk.data.size).toBe(0)
  expect(rows.get('token')).toBe('t')
  rows.set('draft', 'd')
  expect(disk.data.size).toBe(0)
  rows.persist(true)
  expect(disk.data.get('tagalong:pk_a:token')).toBe('t')
  expect(disk.data.get('tagalong:pk_a:draft')).toBe('d')
})

test('two tabs that write their own rows lose none', () => {
  const disk = new Disk()
  const one = openRows('pk_a', () => disk)
  const two = openRows('pk_a', () => disk)
  for (let i = 0; i < 3; i++) {
    one.set(`out:a${i}`, 'x')
    two.set(`out:b${i}`, 'y')
  }
  expect(openRows('pk_a', () => disk).all()).toHaveLength(6)
})
