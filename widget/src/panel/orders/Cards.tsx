import { useSignal } from '@preact/signals'
import type { Card, CardButton } from '@tagalong-chat/sdk/frames'
import { useEffect, useRef } from 'preact/hooks'
import type { PanelKey } from '../../gen/keys'
import { NEW_TAB, webURL } from '../linkify'
import type { Model } from '../model'
import { BackIcon, OnIcon } from './icons'
import { Shot } from './Shot'

export function Cards({ m, cards }: { m: Model; cards: readonly Card[] }) {
  const { t } = m.texts
  const row = useRef<HTMLUListElement>(null)
  const ends = useSignal({ start: true, end: true })

  const look = () => {
    const el = row.current
    if (!el) return
    // Where the line runs from right to left the distance counts downwards from nought.
    const at = Math.abs(el.scrollLeft)
    ends.value = { start: at < 4, end: at > el.scrollWidth - el.clientWidth - 4 }
  }
  useEffect(look, [cards])
  const turn = (by: number) => {
    const el = row.current
    if (!el) return
    const line = getComputedStyle(el).direction === 'rtl' ? -1 : 1
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    el.scrollBy({ left: by * line * el.clientWidth * 0.8, behavior: calm ? 'auto' : 'smooth' })
  }
  if (cards.length === 1 && cards[0])
    return (
      <div class="card">
        <ProductCard m={m} c={cards[0]} />
      </div>
    )
  const ways = [
    [-1, 'card.previous', BackIcon, ends.value.start],
    [1, 'card.next', OnIcon, ends.value.end],
  ] as const
  return (
    <div class="many">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <ul ref={row} class="cards" tabIndex={0} aria-label={t('card.list')} onScroll={look}>
        {cards.map((c, i) => (
          <li key={i} class="card">
            <ProductCard m={m} c={c} />
          </li>
        ))}
      </ul>
      <div class="turns">
        {ways.map(([by, label, Icon, end]) => (
          <button
            key={by}
            type="button"
            class="plain"
            aria-label={t(label)}
            aria-disabled={end}
            onClick={() => turn(by)}
          >
            <Icon />
          </button>
        ))}
      </div>
    </div>
  )
}

function ProductCard({ m, c }: { m: Model; c: Card }) {
  const url = webURL(c.url)
  return (
    <>
      {c.image_url && <Shot url={c.image_url} />}
      <div class="about" dir="auto">
        <strong>{c.title}</strong>
        {c.subtitle && <span>{c.subtitle}</span>}
        {c.price && <span class="price">{m.texts.price(c.price)}</span>}
      </div>
      <div class="actions">
        {c.buttons?.map((b, i) => (
          <CardAction key={i} m={m} c={c} b={b} />
        ))}
        {url && !c.buttons?.some(b => b.kind === 'url') && (
          <a href={url} {...NEW_TAB}>
            {m.texts.t('card.view')}
            <span class="sr"> {c.title}</span>
          </a>
        )}
      </div>
    </>
  )
}

function CardAction({ m, c, b }: { m: Model; c: Card; b: CardButton }) {
  const to = webURL(b.url)
  if (b.kind === 'cart') return m.cart.value !== undefined && c.product ? <Add m={m} c={c} b={b} /> : null
  if (b.kind === 'reply')
    return (
      <button type="button" onClick={() => m.reply(b.title)}>
        {b.title}
      </button>
    )
  return to ? (
    <a href={to} {...NEW_TAB}>
      {b.title}
    </a>
  ) : null
}

type Adding = 'idle' | 'adding' | 'added' | 'failed'
const WORDS: Record<Exclude<Adding, 'idle'>, PanelKey> = {
  adding: 'card.adding',
  added: 'card.added',
  failed: 'card.failed',
}

/** Puts it into the shop's cart, by the function that the page gave. Pressed again it adds one more. */
function Add({ m, c, b }: { m: Model; c: Card; b: CardButton }) {
  const { t } = m.texts
  const state = useSignal<Adding>('idle')
  const now = state.value
  const add = async () => {
    if (!c.product || state.value === 'adding') return
    state.value = 'adding'
    const done = await m.host.ask({
      product: c.product,
      quantity: 1,
      ...(c.variant && { variant: c.variant }),
    })
    state.value = done === true ? 'added' : 'failed'
  }
  const cart = now === 'added' && cartURL(m)
  return (
    <>
      <button
        type="button"
        class={now}
        data-cart={now}
        aria-disabled={now === 'adding'}
        onClick={() => void add()}
      >
        {now === 'adding' ? t('card.adding') : b.title || t('card.add')}
        <span class="sr"> {c.title}</span>
      </button>
      <p class={now === 'failed' ? 'said bad' : 'said'} role="status">
        {now !== 'idle' && now !== 'adding' && t(WORDS[now])}
        {cart && (
          <>
            {' '}
            <a href={cart} {...NEW_TAB}>
              {t('card.cart')}
            </a>
          </>
        )}
      </p>
    </>
  )
}

/** The page gives the address as its links have it, perhaps without the host. */
function cartURL(m: Model): string | undefined {
  const given = m.cart.value
  if (!given) return undefined
  try {
    return webURL(new URL(given, m.page()).href)
  } catch {
    return undefined
  }
}
