import type { Item, ItemState } from '@tagalong-chat/sdk/thread'
import type { PanelKey } from '../gen/keys'
import { useModel } from './context'
import { Monogram } from './Header'
import { AlertIcon, ClockIcon, ReplyIcon, TickIcon, TicksIcon } from './icons'
import type { Row } from './layout'
import { carries } from './more'
import { Attachments } from './parts'
import { isEmoji, Text } from './Text'

export function authorName(item: Item, shop: string, you: string): string {
  return item.mine ? you : item.author.name || shop
}

/** Only what was said just now comes in with a movement, not what was there. */
const FRESH = 5000

export function MessageRow({ row, newest }: { row: Extract<Row, { kind: 'message' }>; newest: boolean }) {
  const m = useModel()
  const { t } = m.texts
  const { item, first, last } = row
  const name = authorName(item, m.site.name, t('thread.you'))
  const fresh = Date.now() - item.at < FRESH
  const kind = `message ${item.mine ? 'mine' : 'theirs'}${first ? ' first' : ''}${last ? ' last' : ''}${fresh ? ' fresh' : ''}`
  return (
    <div class={kind} data-seq={item.seq}>
      <div class="column">
        {first && !item.mine && (
          <div class="by" aria-hidden="true">
            <Monogram name={name} small />
            <bdi>{name}</bdi>
          </div>
        )}
        <div class="line">
          <Body item={item} name={name} />
          {item.seq && !item.revoked && !item.blanked && (
            <button
              type="button"
              class="plain reply"
              aria-label={t('thread.replyTo', { name })}
              onClick={() => {
                m.replyTo.value = item
                m.focus.value++
              }}
            >
              <ReplyIcon />
            </button>
          )}
        </div>
        {item.reactions.length > 0 && (
          <div class="reactions">
            {item.reactions.map(r => (
              <span
                key={r.emoji}
                aria-label={t('thread.reaction', { emoji: r.emoji, count: r.authors.length })}
                role="img"
              >
                {r.emoji}
                {r.authors.length > 1 && ` ${r.authors.length}`}
              </span>
            ))}
          </div>
        )}
        {newest && !item.mine && item.message?.choices && <Choices item={item} />}
        {row.foot && <Foot item={item} />}
      </div>
    </div>
  )
}

function Body({ item, name }: { item: Item; name: string }) {
  const m = useModel()
  const { t } = m.texts
  const message = item.message
  const says = <span class="sr">{t('thread.says', { name })} </span>
  if (item.revoked || item.blanked)
    return (
      <p class="bubble gone">
        {says}
        {t(item.revoked ? 'thread.revoked' : 'thread.erased')}
      </p>
    )
  const files = [
    ...(message?.attachments ?? []),
    ...(item.attachmentIds ?? []).flatMap(id => m.attachment(id) ?? []),
  ]
  const text = message?.text
  const unsupported = message?.unsupported && m.more.value?.unsupported()
  const Goods = m.goods.value
  const large = text !== undefined && isEmoji(text)
  return (
    <div class="content">
      {says}
      {message?.reply_to && !message.choice && <Quote seq={message.reply_to} />}
      {files.length > 0 && <Attachments list={files} />}
      {text && (
        <p class={large ? 'bubble emoji' : 'bubble'} dir="auto">
          <Text text={text} />
        </p>
      )}
      {unsupported && <p class="bubble gone">{unsupported}</p>}
      {message &&
        carries(message) &&
        (Goods ? (
          <Goods.Carried message={message} />
        ) : (
          !text && <p class="bubble">{summary(item, t('thread.attachment'))}</p>
        ))}
    </div>
  )
}

export function summary(item: Item, attachment: string): string {
  const { text, cards, coupon, order_card } = item.message ?? {}
  return text || cards?.[0]?.title || coupon?.code || order_card?.number || attachment
}

function Quote({ seq }: { seq: number }) {
  const m = useModel()
  const { t } = m.texts
  const item = m.items.value.find(i => i.seq === seq)
  if (!item || item.revoked || item.blanked) return null
  return (
    <blockquote class="quote" dir="auto">
      <b>{authorName(item, m.site.name, t('thread.you'))}</b>
      <span>{summary(item, t('thread.attachment'))}</span>
    </blockquote>
  )
}

function Choices({ item }: { item: Item }) {
  const m = useModel()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset belongs to a form, these are answers in a log
    <div class="choices" role="group" aria-label={m.texts.t('thread.choices')}>
      {item.message?.choices?.map(c => (
        <button key={c.id} type="button" dir="auto" onClick={() => m.choose(item, c)}>
          {c.title}
        </button>
      ))}
    </div>
  )
}

const STATE: Record<Exclude<ItemState, 'failed'>, PanelKey> = {
  sending: 'state.sending',
  sent: 'state.sent',
  delivered: 'state.delivered',
  read: 'state.read',
}
const WHY: Record<string, PanelKey> = {
  too_long: 'state.why.too_long',
  bad_text: 'state.why.bad_text',
  rate_limited: 'state.why.rate_limited',
  identity_unverified: 'state.why.identity_unverified',
}

function Foot({ item }: { item: Item }) {
  const m = useModel()
  const { t, time } = m.texts
  if (item.state === 'failed') {
    const why = WHY[item.failure?.code ?? ''] ?? 'state.why.other'
    return (
      <div class="foot failed">
        <AlertIcon />
        <span>
          {t('state.failed')} {t(why)}
        </span>
        <button type="button" onClick={() => m.retry(item)}>
          {t('state.retry')}
        </button>
        <button type="button" onClick={() => m.discard(item)}>
          {t('state.discard')}
        </button>
      </div>
    )
  }
  const waits = item.state === 'sending' && m.connection.value !== 'online'
  const state = item.state && t(waits ? 'state.waiting' : STATE[item.state])
  return (
    <div class={`foot ${item.state ?? ''}`}>
      <time dateTime={new Date(item.at).toISOString()}>{time(item.at)}</time>
      {m.more.value?.mark(item)}
      {item.editedAt && <span>{t('thread.edited')}</span>}
      {item.state && (
        <span class="state">
          {item.state === 'sending' ? <ClockIcon /> : item.state === 'sent' ? <TickIcon /> : <TicksIcon />}
          {state}
        </span>
      )}
    </div>
  )
}
