/**
 * The shopper's session: the token, made at the first interaction and no sooner; who they are; and the live client
 * that it opens. What the view shows is in model.ts.
 */
import { Live, type LiveEvent } from '@tagalong-chat/sdk/live'
import type { PanelSite } from '../shared/bridge'
import { createAPI, type Refused, type ShopperAPI } from './api'
import type { Host } from './host'
import { outboxRows, safeLocks } from './outbox'

export interface Session {
  readonly live: Live
  readonly call: ShopperAPI['call']
  /** A token, an old or a new one. Repeats until there is one: what waits for it is already kept. */
  ensure(): Promise<void>
  /** Goes on with a session that the server has given. */
  adopt(s: { token: string; shopper: { id: string } }): void
  /** Connects if there is a session. */
  resume(): void
  identify(jwt: string): Promise<void>
  /** Ends the session on the server and here; the host then starts everything anew. */
  logout(): Promise<void>
  /** Another tab made or dropped the token. */
  tokenChanged(): void
}

export function openSession(
  site: PanelSite,
  host: Host,
  language: string,
  on: (e: LiveEvent) => void,
  /** The session was over, and this is a new one: nobody has said yet whose. */
  renewed: () => void,
): Session {
  const token = () => host.row('token')
  const client = createAPI(`${site.url}/v1/shops/${site.key}`, token)
  let creating: Promise<void> | undefined
  let used: string | null = null

  const live = new Live({
    baseURL: site.url,
    door: { kind: 'shopper', key: site.key },
    token: () => {
      used = token()
      return used
    },
    onToken: async () => {
      // Another tab may have been told first.
      if (token() !== used) return token()
      host.delete('token')
      await create()
      renewed()
      return token()
    },
    storage: outboxRows(host),
    readOlder: (conversation, before, limit) => client.entries(conversation, before, limit),
    ...(safeLocks(navigator.locks) && { locks: safeLocks(navigator.locks) }),
  })
  live.subscribe(on)

  const create = async () => adopt(await client.createSession(language))
  const adopt: Session['adopt'] = s => {
    host.set('token', s.token)
    host.delete('sub')
    shopperIs(s.shopper.id)
  }

  async function keepCreating() {
    for (let attempt = 0; !token(); attempt++) {
      try {
        await create()
      } catch (e) {
        // Refused for good (an unknown shop, a foreign page): asking again would change nothing.
        const { status } = e as Refused
        if (status >= 400 && status < 429) throw e
        await untilWorthwhile(Math.min(30_000, 1000 * 2 ** attempt))
      }
    }
  }

  function withToken() {
    creating ??= keepCreating().finally(() => {
      creating = undefined
    })
    return creating
  }
  const ensure = () => withToken().then(() => live.start())

  function shopperIs(id: string) {
    if (host.row('shopper') === id) return
    host.set('shopper', id)
    host.tell({ do: 'emit', name: 'shopper', detail: { id } })
  }

  return {
    live,
    call: client.call,
    ensure,
    adopt,
    resume() {
      if (token()) void live.start()
    },
    async identify(jwt) {
      const sub = subject(jwt)
      // A session never changes to another person: who comes next has one of their own.
      const before = host.row('sub')
      if (before && before !== sub) {
        await client.logout().catch(() => {})
        host.delete('token')
      }
      await withToken()
      const { shopper } = await client.identify(jwt).catch(e => {
        // Unproven they are still someone: the chat goes on as a guest.
        void live.start()
        throw e
      })
      if (sub) host.set('sub', sub)
      shopperIs(shopper.id)
      host.tell({ do: 'emit', name: 'identify', detail: { id: shopper.id, name: shopper.name } })
      // Their conversations may have been joined: the server tells at a new connection.
      if (live.status.state === 'off') await live.start()
      else live.reconnect()
    },
    async logout() {
      live.stop()
      // Offline, the token dies here at least; on the server it runs out by itself.
      if (token()) await client.logout().catch(() => {})
      host.tell({ do: 'gone' })
    },
    tokenChanged() {
      if (token()) live.reconnect()
      else host.tell({ do: 'gone' })
    },
  }
}

/** After a while, or as soon as the browser says that it is online. */
function untilWorthwhile(ms: number): Promise<void> {
  return new Promise(resolve => {
    const go = () => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, ms * (0.5 + Math.random() / 2))
    window.addEventListener('online', go)
  })
}

/** Whom a token speaks of. Only to tell two people apart here; whether it is true is for the server. */
export function subject(jwt: string): string {
  try {
    const part = (jwt.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
    const claims = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(part), c => c.charCodeAt(0))),
    ) as {
      sub?: unknown
    }
    return typeof claims.sub === 'string' ? claims.sub.slice(0, 256) : ''
  } catch {
    return ''
  }
}
