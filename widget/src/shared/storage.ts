/**
 * Rows in the shop's own localStorage, or in memory where that throws (blocked, private mode, full) or
 * where the shopper has not agreed. Memory answers first, so a row that could not be written is still
 * there for as long as the page lives.
 */
export interface Rows {
  get(key: string): string | null
  set(key: string, value: string): void
  delete(key: string): void
  all(): [string, string][]
  clear(): void
  /** False forgets everything that was kept and keeps nothing more; true keeps what memory holds. */
  persist(yes: boolean): void
}

export const rowPrefix = (siteKey: string): string => `tagalong:${siteKey}:`

export function openRows(siteKey: string, storage: () => Storage): Rows {
  const prefix = rowPrefix(siteKey)
  /** What the disk does not hold, or (null) would not let go of. */
  const memory = new Map<string, string | null>()
  let kept = true

  const disk = <T>(use: (s: Storage) => T): T | undefined => {
    try {
      return use(storage())
    } catch {
      return undefined
    }
  }
  const get = (key: string) => {
    const held = memory.get(key)
    return held === undefined ? (disk(s => s.getItem(prefix + key)) ?? null) : held
  }
  const set = (key: string, value: string) => {
    memory.set(key, value)
    if (kept)
      disk(s => {
        s.setItem(prefix + key, value)
        memory.delete(key)
      })
  }
  const remove = (key: string) => {
    memory.set(key, null)
    disk(s => {
      s.removeItem(prefix + key)
      memory.delete(key)
    })
  }
  const all = () => {
    const keys = new Set(memory.keys())
    for (const k of disk(Object.keys) ?? []) if (k.startsWith(prefix)) keys.add(k.slice(prefix.length))
    const out: [string, string][] = []
    keys.forEach(k => {
      const v = get(k)
      if (v) out.push([k, v])
    })
    return out
  }
  const clear = () => {
    for (const [k] of all()) remove(k)
  }
  return {
    get,
    set,
    delete: remove,
    all,
    clear,
    persist(yes) {
      const held = all()
      if (!yes) clear()
      kept = yes
      for (const [k, v] of held) set(k, v)
    },
  }
}
