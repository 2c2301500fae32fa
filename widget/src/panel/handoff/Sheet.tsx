import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Dialog } from '../Dialog'
import { CopyIcon, TickIcon } from '../icons'
import type { Model } from '../model'
import { Form } from './Form'
import type { Handoffs, Offer } from './state'

const PHONE = '(hover: none) and (pointer: coarse)'
/** The quiet zone of a code, in modules. */
const QUIET = 4

export function Sheet({ m, s }: { m: Model; s: Handoffs }) {
  const { t } = m.texts
  const now = s.sheet.value
  return (
    <Dialog
      m={m}
      title={
        now && t(now.form ? 'handoff.formTitle' : 'handoff.on', { channel: s.name(now.channel.channel) })
      }
      close={s.hide}
    >
      {now &&
        (now.form ? (
          <Form key={now.channel.channel} m={m} s={s} />
        ) : s.connected.value ? (
          <Connected m={m} s={s} />
        ) : (
          <Link m={m} s={s} />
        ))}
    </Dialog>
  )
}

function Link({ m, s }: { m: Model; s: Handoffs }) {
  const { t } = m.texts
  const offer = s.offer.value
  const channel = s.name(s.sheet.value?.channel.channel ?? '')
  const phone = matchMedia(PHONE).matches
  const status = s.failed.value
    ? 'handoff.failed'
    : !offer
      ? 'handoff.preparing'
      : s.renewed.value
        ? 'handoff.renewed'
        : 'handoff.waiting'
  return (
    <>
      <p>{t(phone ? 'handoff.tap' : 'handoff.scan', { channel, shop: m.site.name })}</p>
      {!phone && <Code offer={offer} label={t('handoff.qr', { channel })} />}
      {offer && (
        <>
          <div class="ways">
            <a
              class="go"
              href={offer.url}
              target="_blank"
              rel="noopener"
              aria-describedby="notice"
              data-handoff-link
              onClick={s.clicked}
            >
              {t(phone ? 'handoff.open' : 'handoff.openHere', { channel })}
            </a>
            <Copy m={m} url={offer.url} />
          </div>
          {/* What is agreed to by using the link, word for word as the server writes it down. The link opens nothing by itself, so
              that this can be read first. */}
          <p class="notice" id="notice" dir="auto">
            {offer.notice}
          </p>
          <p class="refer">
            {t('handoff.code')} <code dir="ltr">{offer.code}</code>
          </p>
        </>
      )}
      <p class={offer && !s.failed.value ? 'status waits' : 'status'} role="status">
        {t(status)}
        {s.failed.value && (
          <button type="button" onClick={s.again}>
            {t('handoff.retry')}
          </button>
        )}
      </p>
      {s.sheet.value?.channel.ask && (
        <button
          type="button"
          class="instead"
          onClick={() => s.sheet.value && s.show(s.sheet.value.channel, true)}
        >
          {t('handoff.number')}
        </button>
      )}
    </>
  )
}

/** Dark on white in both themes: not every reader takes it the other way. */
function Code({ offer, label }: { offer: Offer | null; label: string }) {
  const size = (offer?.qr.size ?? 33) + 2 * QUIET
  return (
    <svg class="qr" viewBox={`-${QUIET} -${QUIET} ${size} ${size}`} role="img" aria-label={label}>
      <path d={offer?.qr.path} />
    </svg>
  )
}

function Copy({ m, url }: { m: Model; url: string }) {
  const { t } = m.texts
  const copied = useSignal(false)
  return (
    <button
      type="button"
      class="copy"
      onClick={() => {
        // Where the page does not let a frame write to the clipboard the link can still be opened.
        navigator.clipboard?.writeText(url).then(
          () => {
            copied.value = true
          },
          () => {},
        )
      }}
    >
      {copied.value ? <TickIcon /> : <CopyIcon />}
      <span role="status">{t(copied.value ? 'handoff.copied' : 'handoff.copy')}</span>
    </button>
  )
}

function Connected({ m, s }: { m: Model; s: Handoffs }) {
  const { t } = m.texts
  return (
    <Done m={m} s={s} title={t('handoff.connected')}>
      {t('handoff.connectedText', { channel: s.name(s.sheet.value?.channel.channel ?? '') })}
    </Done>
  )
}

/** It worked: what that means, and the way out. */
export function Done(props: { m: Model; s: Handoffs; title: string; children?: ComponentChildren }) {
  const done = useRef<HTMLButtonElement>(null)
  useEffect(() => done.current?.focus(), [])
  return (
    <>
      <div class="there" role="status">
        <TickIcon />
        <b>{props.title}</b>
      </div>
      <p>{props.children}</p>
      <button ref={done} type="button" class="go" onClick={props.s.hide}>
        {props.m.texts.t('handoff.done')}
      </button>
    </>
  )
}
