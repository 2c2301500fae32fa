/**
 * The panel's few REST calls. The SDK's client does more (retries, pages, idempotency keys) than the panel's budget of
 * bytes has room for; session.ts repeats what is worth repeating.
 */
import type { Entry } from '@tagalong-chat/sdk/frames'

export interface ShopperAPI {
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  createSession(language: string): Promise<{ token: string; shopper: { id: string } }>
  logout(): Promise<unknown>
  identify(jwt: string): Promise<{ shopper: { id: string; name?: string } }>
  entries(conversation: string, before: number, limit: number): Promise<Entry[]>
}

/** What a refused call throws; status 0 is no answer at all. */
export interface Refused {
  status: number
  code?: string
  /** Seconds until it is worth asking again. */
  wait?: number
}

export function createAPI(base: string, token: () => string | null): ShopperAPI {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' }
    const bearer = token()
    if (bearer) headers.Authorization = `Bearer ${bearer}`
    const response = await fetch(base + path, {
      method,
      headers,
      credentials: 'omit',
      keepalive: method === 'DELETE',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw { status: 0 } satisfies Refused
    })
    const text = await response.text()
    const answer: unknown = text ? JSON.parse(text) : null
    if (!response.ok) {
      const { code } = (answer ?? {}) as { code?: string }
      const wait = Number(response.headers.get('Retry-After'))
      throw { status: response.status, ...(code && { code }), ...(wait && { wait }) } satisfies Refused
    }
    return answer as T
  }
  return {
    call,
    createSession: language => call('POST', '/sessions', { language }),
    logout: () => call('DELETE', '/session'),
    identify: jwt => call('POST', '/shopper/identity', { jwt }),
    entries: async (conversation, before, limit) => {
      const path = `/shopper/conversations/${conversation}/entries?before=${before}&limit=${limit}`
      return (await call<{ items: Entry[] }>('GET', path)).items
    },
  }
}
