/**
 * What the view shows, as signals, and what the shopper can do. One conversation at a time: the one being started, else
 * the newest; the rest of the protocol is the SDK's.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Attachment, Card } from '@tagalong-chat/sdk/frames'
import type { LiveEvent } from '@tagalong-chat/sdk/live'
import { hasOlder, type Item, type Thread, timeline, unread } from '@tagalong-chat/sdk/thread'
import type { PanelKey } from '../gen/keys'
import type { PanelSite, Theme } from '../shared/bridge'
import type { Host } from './host'
import type { Texts } from './i18n'
import type { Goods, More } from './more'
import { cleanPage } from './page'
import { openSession, type Session } from './session'
import { createUploads, sendByXHR, type Uploads } from './uploads'

export type Connection = 'idle' | 'connecting' | 'online' | 'off'

export interface Model {
  readonly site: PanelSite
  readonly texts: Texts
  readonly open: Signal<boolean>
  readonly full: Signal<boolean>
  readonly theme: Signal<Theme>
  readonly connection: Signal<Connection>
  readonly banner: ReadonlySignal<PanelKey | null>
  readonly items: ReadonlySignal<readonly Item[]>
  readonly older: ReadonlySignal<boolean>
  /** What was said before is on its way. */
  readonly arriving: Signal<boolean>
  readonly typing: ReadonlySignal<readonly { id?: string | undefined; name?: string | undefined }[]>
  /** Names of the agents who are here; '' for one without a name. */
  readonly here: ReadonlySignal<readonly string[]>
  /** null: no session yet. */
  readonly self: Signal<{ name?: string | undefined; identified: boolean } | null>
  readonly draft: Signal<string>
  readonly replyTo: Signal<Item | null>
  readonly uploads: Uploads
  /** Raised to ask the composer for the focus. */
  readonly focus: Signal<number>
  /** The parts that come when they are needed, once they are here. */
  readonly more: Signal<More | null>
  readonly goods: Signal<Goods | null>
  /** Raised to ask where an order is. */
  readonly tracing: Signal<number>
  /** The page can put things into a cart: the address of the cart's page, or ''. */
  readonly cart: Signal<string | undefined>
  /** Raised when the pointer leaves the page at its top. */
  readonly leaving: Signal<number>
  readonly host: Host
  readonly session: Session
  /** The id of the conversation shown; undefined before its first message is in the log. */
  conversation(): string | undefined
  /** The address of the page that the shopper is on. */
  page(): string | undefined
  /** Lets what waited for a link back begin, with the conversation that it opens. */
  cameBack(conversation?: string): void
  attachment(id: string): Attachment | undefined
  write(text: string): void
  send(): void
  choose(item: Item, choice: { id: string; title: string }): void
  reply(title: string): void
  retry(item: Item): void
  discard(item: Item): void
  loadOlder(): Promise<void>
  seen(): void
  close(): void
  logout(): void
}

/** The connection may stumble this long before anyone is told. */
const PATIENCE = 2500

export function createModel(site: PanelSite, host: Host, texts: Texts): Model {
  const open = signal(host.init.open)
  const full = signal(host.init.full)
  const theme = signal<Theme>(host.init.theme)
  const connection = signal<Connection>('idle')
  const patient = signal(true)
  const online = signal(navigator.onLine)
  const refused = signal(false)
  const unproven = signal(false)
  const thread = signal<Thread | null>(null)
  const arriving = signal(host.row('token') !== null)
  const agents = signal<Record<string, string>>({})
  const self = signal<{ name?: string | undefined; identified: boolean } | null>(null)
  const draft = signal(host.init.text ?? host.row('draft') ?? '')
  const replyTo = signal<Item | null>(null)
  const focus = signal(0)
  const more = signal<More | null>(null)
  const goods = signal<Goods | null>(null)
  const tracing = signal(0)
  const cart = signal(host.init.cart)
  const leaving = signal(0)
  /** Who comes back by a link connects when it is known whose session that is. */
  let held = host.init.back !== undefined
  /** The shop can say who the shopper is, and has not been asked. */
  let unasked = host.init.identity
  let asking = false
  let wanted: string | undefined
  let at: string | undefined
  const attachments = new Map<string, Attachment>()
  /** Entries up to here are history, not news. */
  const announced = new Map<string, number>()
  let key: string | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let late: ReturnType<typeof setTimeout> | undefined
  let saving: ReturnType<typeof setTimeout> | undefined

  const session = openSession(site, host, texts.locale, heard, () => {
    if (host.init.identity) void identify()
  })
  const { live } = session
  const uploads = createUploads(async (file, progress, stop) => {
    await session.ensure()
    const url = (name: string) =>
      `${site.url}/v1/shops/${site.key}/shopper/attachments?name=${encodeURIComponent(name)}`
    const a = await sendByXHR(url, () => host.row('token') ?? '')(file, progress, stop)
    attachments.set(a.id, a)
    return a
  })

  function heard(e: LiveEvent) {
    batch(() => {
      switch (e.type) {
        case 'status':
          return status(e.status.state)
        case 'welcome': {
          const { identified = false, name } = e.welcome.self
          self.value = { identified, name }
          for (const c of e.welcome.conversations ?? []) if (!announced.has(c.id)) announced.set(c.id, c.head)
          return choose()
        }
        case 'thread':
          if (e.key === key) show(e.thread)
          else if (!key) choose()
          return
        case 'renamed':
          if (e.from === key) key = e.to
          host.tell({ do: 'emit', name: 'conversation:started', detail: { conversation: e.to } })
          return choose()
        case 'entry':
          return entry(e.key, e.entry)
        case 'presence': {
          const { who, state } = e.presence
          if (who.kind !== 'agent') return
          const { [who.id ?? '']: _gone, ...rest } = agents.value
          agents.value = state === 'here' ? { ...rest, [who.id ?? '']: who.name ?? '' } : rest
          return
        }
        case 'refused':
          // Closed for too long: the message goes into a new conversation.
          if (e.refused.code === 'conversation_closed' && e.refused.client_id) startAnew(e.refused.client_id)
      }
    })
  }

  function status(state: 'off' | 'connecting' | 'online') {
    connection.value = state === 'off' ? (live.status.reason === 'stopped' ? 'idle' : 'off') : state
    clearTimeout(waiting)
    patient.value = true
    // What was read while the line was down is told now.
    if (state === 'online' && key && looking()) live.read(key)
    if (state === 'connecting')
      waiting = setTimeout(() => {
        patient.value = false
      }, PATIENCE)
  }

  /** The conversation being started or come back to, else the newest open one, else the newest. */
  function choose() {
    const all = live.keys.map(k => [k, live.thread(k)] as const)
    const starting = all.find(([k, t]) => t?.conversation === null || k === wanted)
    const open = all.filter(([, t]) => t && !t.closed)
    const chosen = starting ?? open.at(-1) ?? all.at(-1)
    key = chosen?.[0]
    show(chosen?.[1] ?? null)
  }

  function show(t: Thread | null) {
    // What was said before comes entry by entry: it is shown when it is whole, or when that takes too long.
    const partly = t !== null && t.seq < t.head && t.pending.length === 0 && !thread.value?.items.length
    if (partly) {
      late ??= setTimeout(arrived, PATIENCE)
      return
    }
    clearTimeout(late)
    late = undefined
    thread.value = t
    if (t || self.value) arriving.value = false
    seen()
  }

  function arrived() {
    arriving.value = false
    thread.value = (key && live.thread(key)) || null
  }

  function entry(
    conversation: string,
    e: { seq: number; kind: string; author: { kind: string }; client_id?: string },
  ) {
    if (e.seq <= (announced.get(conversation) ?? 0)) return
    announced.set(conversation, e.seq)
    if (e.kind !== 'message') return
    host.set('active', String(Date.now()))
    const mine = e.author.kind === 'shopper'
    host.tell({
      do: 'emit',
      name: mine ? 'message:sent' : 'message:received',
      detail: mine ? { conversation, client_id: e.client_id } : { conversation, seq: e.seq },
    })
  }

  const looking = () => open.value && document.visibilityState === 'visible'

  /** What is on the screen of a visible page is read; the rest is counted. */
  function seen() {
    const t = thread.value
    if (!t) return
    if (looking()) {
      if (key && unread(t) > 0) live.read(key)
      host.tell({ do: 'unread', count: 0 })
    } else {
      if (key && unread(t) > 0) live.read(key, t.seq, 'delivered')
      host.tell({ do: 'unread', count: unread(t) })
    }
  }

  function post(message: Parameters<typeof live.send>[0]) {
    host.set('active', String(Date.now()))
    const language = texts.locale
    void live.send({ ...message, language }, key ? { key } : {}).then(sent => {
      if (!key) {
        key = sent.key
        choose()
      }
    })
    session.ensure().catch(() => {
      refused.value = true
    })
  }

  function startAnew(clientId: string) {
    const lost = thread.value?.pending.find(p => p.clientId === clientId)
    if (!lost) return
    void live.discard(clientId)
    key = undefined
    void live.send(lost.draft).then(sent => {
      key = sent.key
      choose()
    })
  }

  /** Asks the shop who the shopper is. A guest, and one whom it cannot tell, goes on with what there is. */
  async function identify() {
    unasked = false
    asking = true
    const jwt = await host.ask()
    asking = false
    if (typeof jwt !== 'string' || !jwt) return session.resume()
    session.identify(jwt).then(
      () => {
        unproven.value = false
      },
      () => {
        unproven.value = true
        host.tell({ do: 'emit', name: 'error', detail: { code: 'identity_unverified' } })
      },
    )
  }

  function page(p: unknown) {
    const clean = cleanPage(p)
    if (clean) live.page(clean)
    at = clean?.url
  }

  /** The first look at the panel by a returning or identified shopper connects; a stranger connects by writing. */
  function begin() {
    if (held) return
    if (arriving.value) late ??= setTimeout(arrived, PATIENCE)
    if (unasked) void identify()
    else if (!asking) session.resume()
  }

  host.listen(m => {
    switch (m.do) {
      case 'shown':
        open.value = m.open
        full.value = m.full
        if (m.open) {
          begin()
          focus.value++
        }
        return seen()
      case 'theme':
        theme.value = m.theme
        return
      case 'page':
        return page(m.page)
      case 'known':
        host.init.identity = unasked = true
        if (open.value) begin()
        return
      case 'cart':
        cart.value = m.cart
        return
      case 'text':
        draft.value = m.text
        focus.value++
        return
      case 'logout':
        return void session.logout()
      case 'leaving':
        leaving.value++
        return
      case 'row':
        if (m.key === 'token') session.tokenChanged()
        // What is written in another tab shows here too, unless someone writes here.
        if (m.key === 'draft' && !document.hasFocus()) draft.value = m.value ?? ''
    }
  })
  window.addEventListener('online', () => {
    online.value = true
  })
  window.addEventListener('offline', () => {
    online.value = false
  })
  document.addEventListener('visibilitychange', seen)

  const young = Date.now() - Number(host.row('active') ?? 0) < 30 * 60_000
  page(host.init.page)
  if (open.value) begin()
  else if (young || host.rows().some(([k]) => k.startsWith('out:'))) session.resume()

  return {
    site,
    texts,
    open,
    full,
    theme,
    connection,
    self,
    draft,
    replyTo,
    uploads,
    focus,
    more,
    goods,
    tracing,
    cart,
    leaving,
    host,
    session,
    conversation: () => thread.value?.conversation ?? undefined,
    page: () => at,
    cameBack(conversation) {
      held = false
      wanted = conversation
      begin()
    },
    banner: computed(() => {
      if (!online.value) return 'banner.offline'
      if (refused.value || connection.value === 'off') return 'banner.refused'
      if (connection.value === 'connecting' && !patient.value) return 'banner.reconnecting'
      return unproven.value ? 'banner.identity' : null
    }),
    items: computed(() => (thread.value ? timeline(thread.value) : [])),
    arriving,
    older: computed(() => !!thread.value && hasOlder(thread.value)),
    typing: computed(() => thread.value?.typing.map(t => t.author) ?? []),
    here: computed(() => Object.values(agents.value)),
    attachment: id => attachments.get(id),
    write(text) {
      draft.value = text
      if (key && text) live.typing(key)
      clearTimeout(saving)
      saving = setTimeout(() => (text ? host.set('draft', text) : host.delete('draft')), 300)
    },
    send() {
      const text = draft.value.trim()
      const files = uploads.take()
      if (!text && !files.length) return
      const reply = replyTo.value?.seq
      post({
        ...(text && { text }),
        ...(files.length && { attachment_ids: files.map(f => f.id) }),
        ...(reply && { reply_to: reply }),
      })
      batch(() => {
        draft.value = ''
        replyTo.value = null
      })
      clearTimeout(saving)
      host.delete('draft')
    },
    choose(item, choice) {
      post({ text: choice.title, choice: choice.id, ...(item.seq && { reply_to: item.seq }) })
    },
    reply: title => post({ text: title }),
    retry(item) {
      if (!item.clientId) return
      const id = item.clientId
      void live.retry(id).then(kept => {
        if (kept) return
        // It was never kept (too long, say): it goes back to where it can be changed.
        draft.value = item.message?.text ?? ''
        focus.value++
        return live.discard(id)
      })
      session.ensure().catch(() => {})
    },
    discard(item) {
      if (item.clientId) void live.discard(item.clientId)
    },
    async loadOlder() {
      if (key) await live.older(key)
    },
    seen,
    close: () => host.tell({ do: 'close' }),
    logout: () => void session.logout(),
  }
}

export type { Attachment, Card }
