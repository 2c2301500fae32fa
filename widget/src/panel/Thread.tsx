import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { useModel } from './context'
import { Monogram } from './Header'
import { DownIcon } from './icons'
import { layout, type Row } from './layout'
import { MessageRow } from './Message'

const PAGE = 50
/** This near to the end the shopper is reading the newest. */
const NEAR = 80

export function Thread() {
  const m = useModel()
  const { t } = m.texts
  const box = useRef<HTMLDivElement>(null)
  const shown = useSignal(PAGE)
  const below = useSignal(0)
  const busy = useSignal(false)
  const atEnd = useRef(true)
  const lastTop = useRef(0)
  /** Distance to the end of the content before older rows came in above. */
  const keep = useRef<number | null>(null)
  const known = useRef<string | undefined>(undefined)

  const items = m.items.value
  const newest = items.at(-1)
  const visible = items.length > shown.value ? items.slice(-shown.value) : items
  const rows = useMemo(() => layout(visible), [items, shown.value])
  const more = items.length > shown.value || m.older.value

  const toEnd = (smooth = false) => {
    const el = box.current
    if (!el) return
    below.value = 0
    atEnd.current = true
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    el.scrollTo({ top: el.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'auto' })
  }

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    if (keep.current !== null) {
      el.scrollTop = el.scrollHeight - keep.current
      keep.current = null
    } else if (known.current !== newest?.key) {
      const first = known.current === undefined
      const mine = newest?.mine && newest.state === 'sending'
      if (atEnd.current || first || mine) toEnd(!first)
      else if (newest && !newest.mine) below.value++
    } else if (atEnd.current) el.scrollTop = el.scrollHeight
    known.current = newest?.key
  }, [rows, m.typing.value])

  // The composer grows, the keyboard comes: who read the newest goes on reading it.
  useEffect(() => {
    const el = box.current
    if (!el || typeof ResizeObserver === 'undefined') return
    const watch = new ResizeObserver(() => {
      if (atEnd.current) el.scrollTop = el.scrollHeight
    })
    watch.observe(el)
    if (el.firstElementChild) watch.observe(el.firstElementChild)
    return () => watch.disconnect()
  }, [])

  async function showOlder() {
    const el = box.current
    if (busy.value || !el || !more) return
    // What comes now is history: it is not read out (ARIA23).
    busy.value = true
    try {
      if (items.length < shown.value + PAGE && m.older.value) await m.loadOlder()
      keep.current = el.scrollHeight - el.scrollTop
      shown.value += PAGE
    } catch {
      // No answer now: scrolling up again asks again.
    }
    setTimeout(() => {
      busy.value = false
    }, 100)
  }

  function scrolled() {
    const el = box.current
    if (!el) return
    // Only the shopper scrolls up; on the way down, and while rows come in, the end is still where they want to be.
    if (el.scrollHeight - el.scrollTop - el.clientHeight < NEAR) atEnd.current = true
    else if (el.scrollTop < lastTop.current) atEnd.current = false
    lastTop.current = el.scrollTop
    if (atEnd.current) below.value = 0
    if (el.scrollTop < 120) void showOlder()
  }

  return (
    <div class="stage">
      <div
        class="thread"
        ref={box}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={t('thread.label', { shop: m.site.name })}
        aria-busy={busy.value}
        onScroll={scrolled}
      >
        <div class="rows">
          {!more && !m.arriving.value && <Welcome />}
          {more && (
            <button type="button" class="older" onClick={() => void showOlder()}>
              {t(busy.value ? 'thread.older' : 'thread.olderButton')}
            </button>
          )}
          {rows.map(r => (
            <RowView key={r.key} row={r} newest={r.kind === 'message' && r.item === newest} />
          ))}
          <Typing />
        </div>
      </div>
      {below.value > 0 && (
        <button type="button" class="latest" onClick={() => toEnd(true)}>
          <DownIcon />
          {t('thread.latest', { count: below.value })}
        </button>
      )}
    </div>
  )
}

function RowView({ row, newest }: { row: Row; newest: boolean }) {
  const m = useModel()
  const { t, day } = m.texts
  if (row.kind === 'day') return <p class="mark">{day(row.at, Date.now())}</p>
  if (row.kind === 'message') return <MessageRow row={row} newest={newest} />
  const { event } = row.item
  const name = event?.agent?.name
  if (event?.handoff) {
    const text = m.more.value?.event(row.item)
    return text && <p class="mark event">{text}</p>
  }
  if (event?.name === 'joined')
    return (
      <p class="mark event">
        {name ? t('event.joined', { name }) : t('event.joinedUnnamed', { shop: m.site.name })}
      </p>
    )
  return <p class="mark event">{t(event?.name === 'closed' ? 'event.closed' : 'event.reopened')}</p>
}

/** What the shop says first; it stays above all that follows. */
function Welcome() {
  const m = useModel()
  const { t } = m.texts
  return (
    <div class="welcome">
      <Monogram name={m.site.name} />
      <h2 dir="auto">{m.site.greeting || t('empty.greeting')}</h2>
      <p dir="auto">{t('empty.hint', { shop: m.site.name })}</p>
      {m.site.orders && (
        <button type="button" class="older" onClick={() => m.tracing.value++}>
          {t('panel.orders')}
        </button>
      )}
    </div>
  )
}

function Typing() {
  const m = useModel()
  const { t } = m.texts
  const who = m.typing.value[0]
  const text = who ? (who.name ? t('typing.named', { name: who.name }) : t('typing.unnamed')) : ''
  return (
    <>
      {who && (
        <div class="message theirs first last typing" aria-hidden="true">
          <div class="column">
            <div class="by">
              <Monogram name={who.name || m.site.name} small />
              <bdi>{who.name || m.site.name}</bdi>
            </div>
            <div class="bubble dots">
              <i />
              <i />
              <i />
            </div>
          </div>
        </div>
      )}
      <span class="sr" role="status">
        {text}
      </span>
    </>
  )
}
