/** The outbox's rows, one key a message, kept where the host keeps things. */
import type { Locks, OutboxItem, OutboxStorage } from '@tagalong-chat/sdk/outbox'
import type { Host } from './host'

const PREFIX = 'out:'

export function outboxRows(host: Host): OutboxStorage {
  return {
    async put(item) {
      host.set(PREFIX + item.frame.client_id, JSON.stringify(item))
    },
    async delete(clientId) {
      host.delete(PREFIX + clientId)
    },
    async list() {
      return host
        .rows()
        .filter(([k]) => k.startsWith(PREFIX))
        .flatMap(([k, v]) => {
          const item = parse(v)
          if (!item) host.delete(k)
          return item ? [item] : []
        })
    },
  }
}

function parse(row: string): OutboxItem | null {
  try {
    const item = JSON.parse(row) as OutboxItem
    return typeof item.frame.client_id === 'string' && typeof item.at === 'number' ? item : null
  } catch {
    return null
  }
}

/** Web Locks where the browser lets a frame have them; where it refuses, each panel flushes on its own (repeats are harmless). */
export function safeLocks(locks: LockManager | undefined): Locks | undefined {
  if (!locks) return undefined
  return {
    async request<T>(name: string, run: () => Promise<T>): Promise<T> {
      let started = false
      try {
        return await locks.request(name, () => {
          started = true
          return run()
        })
      } catch (e) {
        if (started) throw e
        return run()
      }
    },
  }
}
