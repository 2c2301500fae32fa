/** What a message may carry beside its text: pictures, files, product cards, a coupon, an order. */
import { useSignal } from '@preact/signals'
import type { Attachment, Card, Coupon } from '@tagalong-chat/sdk/frames'
import { useModel } from './context'
import { BagIcon, CopyIcon, FileIcon, TickIcon } from './icons'
import { webURL } from './linkify'

const NEW_TAB = { target: '_blank', rel: 'noopener noreferrer nofollow' }

/** Kinds that a browser shows as a picture and runs nothing of. */
const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/

export function Attachments({ list }: { list: readonly Attachment[] }) {
  return (
    <div class="attachments">
      {list.map(a =>
        PICTURE.test(a.content_type) && a.width && a.height ? (
          <Picture key={a.id} a={a} />
        ) : (
          <FileLink key={a.id} a={a} />
        ),
      )}
    </div>
  )
}

function Picture({ a }: { a: Attachment }) {
  const { t } = useModel().texts
  const gone = useSignal(false)
  const url = webURL(a.url)
  if (!url || gone.value) return <FileLink a={a} />
  return (
    <a class="picture" href={url} {...NEW_TAB} aria-label={t('file.open', { name: a.name })}>
      <img
        src={url}
        alt={t('file.image', { name: a.name })}
        width={a.width}
        height={a.height}
        loading="lazy"
        decoding="async"
        onError={() => {
          gone.value = true
        }}
      />
    </a>
  )
}

function FileLink({ a }: { a: Attachment }) {
  const m = useModel()
  const url = webURL(a.url)
  const inside = (
    <>
      <FileIcon />
      <span class="name" dir="auto">
        {a.name}
      </span>
      <span class="size">{size(a.size, m.texts.locale)}</span>
    </>
  )
  return url ? (
    <a class="file" href={url} {...NEW_TAB} aria-label={m.texts.t('file.open', { name: a.name })}>
      {inside}
    </a>
  ) : (
    <span class="file">{inside}</span>
  )
}

export function size(bytes: number, locale: string): string {
  const [value, unit] =
    bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), 'kilobyte'] : [bytes / 1e6, 'megabyte']
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(value)
}

export function Cards({ cards }: { cards: readonly Card[] }) {
  return (
    <ul class={cards.length > 1 ? 'cards many' : 'cards'}>
      {cards.map((c, i) => (
        <li key={i} class="card">
          <ProductCard c={c} />
        </li>
      ))}
    </ul>
  )
}

function ProductCard({ c }: { c: Card }) {
  const m = useModel()
  const gone = useSignal(false)
  const url = webURL(c.url)
  const image = webURL(c.image_url)
  return (
    <>
      {image && !gone.value && (
        <img
          class="shot"
          src={image}
          alt=""
          width="240"
          height="180"
          loading="lazy"
          decoding="async"
          onError={() => {
            gone.value = true
          }}
        />
      )}
      <div class="about" dir="auto">
        <strong>{c.title}</strong>
        {c.subtitle && <span>{c.subtitle}</span>}
        {c.price && <span class="price">{m.texts.price(c.price)}</span>}
      </div>
      <div class="actions">
        {url && !c.buttons?.some(b => b.kind === 'url') && (
          <a href={url} {...NEW_TAB}>
            {m.texts.t('card.view')}
            <span class="sr"> {c.title}</span>
          </a>
        )}
        {c.buttons?.map((b, i) => {
          const to = webURL(b.url)
          if (b.kind === 'reply')
            return (
              <button key={i} type="button" onClick={() => m.reply(b.title)}>
                {b.title}
              </button>
            )
          return (
            to && (
              <a key={i} href={to} {...NEW_TAB}>
                {b.title}
              </a>
            )
          )
        })}
      </div>
    </>
  )
}

export function CouponCard({ c }: { c: Coupon }) {
  const { t, date } = useModel().texts
  const copied = useSignal(false)
  return (
    <div class="coupon">
      <span class="label">{t('coupon.label')}</span>
      <div class="code">
        <code dir="ltr">{c.code}</code>
        <button
          type="button"
          class="plain"
          aria-label={t('coupon.copy')}
          onClick={() => {
            // Where the page does not let a frame write to the clipboard the code can still be marked and copied.
            navigator.clipboard?.writeText(c.code).then(
              () => {
                copied.value = true
              },
              () => {},
            )
          }}
        >
          {copied.value ? <TickIcon /> : <CopyIcon />}
        </button>
      </div>
      {c.description && <span dir="auto">{c.description}</span>}
      {c.expires_at && <span class="until">{t('coupon.until', { date: date(c.expires_at) })}</span>}
      <span class="sr" role="status">
        {copied.value ? t('coupon.copied') : ''}
      </span>
    </div>
  )
}

export function OrderChip({ id }: { id: string }) {
  const { t } = useModel().texts
  return (
    <span class="order">
      <BagIcon />
      <bdi>{t('order.label', { id })}</bdi>
    </span>
  )
}
