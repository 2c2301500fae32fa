/** Entry of a part of the panel: going on elsewhere and coming back. Start reading at state.ts. */
import { arrive } from '../arrive'
import { CloseIcon } from '../icons'
import type { Model } from '../model'
import type { More } from '../more'
import { comeBack } from './back'
import { ChannelIcon } from './icons'
import { Sheet } from './Sheet'
import { createHandoffs, type Handoffs } from './state'

export default function start(m: Model): More {
  arrive(m)
  const s = createHandoffs(m)
  const { t } = m.texts
  const { back } = m.host.init
  return {
    ready: back
      ? comeBack(m, back, key => {
          s.notice.value = t(key)
        })
      : Promise.resolve(undefined),
    Top: () => <Top m={m} s={s} />,
    Bar: () => <Bar m={m} s={s} />,
    Sheet: () => <Sheet m={m} s={s} />,
    Menu: ({ done }) => <Menu m={m} s={s} done={done} />,
    event({ event }) {
      const step = event?.handoff
      if (!step) return null
      const channel = s.name(step.to)
      if (step.state === 'linked')
        return step.name
          ? t('handoff.linked', { name: step.name, channel })
          : t('handoff.linkedUnnamed', { channel })
      if (step.state === 'active') return t('handoff.active', { channel })
      return step.state === 'returned' ? t('handoff.returned') : null
    },
    mark: ({ channel, message }) => (
      <>
        {channel && channel !== 'web' && (
          <span class="state">
            <ChannelIcon channel={channel} />
            {t('handoff.via', { channel: s.name(channel) })}
          </span>
        )}
        {message?.forwarded && <span>{t('handoff.forwarded')}</span>}
      </>
    ),
    unsupported: () => t('handoff.unsupported'),
  }
}

/** What was pressed has gone: the focus goes on in the composer. On a phone that would bring up the keyboard for nothing. */
function refocus(m: Model) {
  if (!matchMedia('(hover: none)').matches) m.focus.value++
}

interface Props {
  m: Model
  s: Handoffs
}

/** Under the header: who came with a code, and what has become of it. */
function Top({ m, s }: Props) {
  const { t } = m.texts
  const asked = s.pending.value
  const busy = s.busy.value
  const said = s.notice.value
  const answer = (mine: boolean) => void s.answer(mine).then(() => s.pending.value || refocus(m))
  return (
    <>
      <div role="status">
        {said && (
          <div class="note">
            <p>{said}</p>
            <Dismiss
              m={m}
              onClick={() => {
                s.notice.value = null
                refocus(m)
              }}
            />
          </div>
        )}
      </div>
      {asked && (
        <section class="note asks" aria-live="polite" data-handoff-confirm>
          <p>
            {asked.name
              ? t('handoff.ask', { name: asked.name, channel: s.name(asked.channel) })
              : t('handoff.askUnnamed', { channel: s.name(asked.channel) })}
          </p>
          <div class="ways">
            <button type="button" class="go" disabled={busy} onClick={() => answer(true)}>
              {t('handoff.yes')}
            </button>
            <button type="button" class="copy" disabled={busy} onClick={() => answer(false)}>
              {t('handoff.no')}
            </button>
          </div>
        </section>
      )}
    </>
  )
}

function Dismiss({ m, onClick }: { m: Model; onClick(): void }) {
  return (
    <button type="button" class="plain" aria-label={m.texts.t('handoff.dismiss')} onClick={onClick}>
      <CloseIcon />
    </button>
  )
}

/** Above the composer, once there is something to go on with. */
function Bar({ m, s }: Props) {
  const ways = s.ways.value
  const offered = m.site.handoff?.channels.length ?? 0
  // While it goes on elsewhere nothing more is offered here; the menu still does.
  if (!m.items.value.length || !ways.length || ways.length < offered) return null
  const leaving = s.leave.shown.value
  return (
    <>
      <div role="status">
        {leaving && (
          <div class="note going" data-handoff-leaving>
            <p>{m.texts.t('handoff.leaving')}</p>
            <Dismiss
              m={m}
              onClick={() => {
                s.leave.dismiss()
                refocus(m)
              }}
            />
          </div>
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset belongs to a form, these are ways out of one */}
      <div class="bar" role="group" aria-label={m.texts.t('handoff.more')}>
        {ways.map(c => (
          <Way key={c.channel} s={s} m={m} channel={c} short={ways.length > 1} />
        ))}
      </div>
    </>
  )
}

function Way({
  m,
  s,
  channel: c,
  short,
}: Props & { channel: Handoffs['ways']['value'][number]; short?: boolean }) {
  const name = s.name(c.channel)
  const whole = c.label || m.texts.t('handoff.on', { channel: name })
  return (
    <button
      type="button"
      data-handoff={c.channel}
      aria-haspopup="dialog"
      aria-label={whole}
      title={short ? whole : undefined}
      onClick={() => s.show(c)}
    >
      <ChannelIcon channel={c.channel} />
      <span>{short ? c.label || name : whole}</span>
    </button>
  )
}

function Menu({ m, s, done }: Props & { done(): void }) {
  const { t } = m.texts
  return (
    <>
      {s.ways.value.map(c => (
        <button
          key={c.channel}
          type="button"
          onClick={() => {
            done()
            s.show(c)
          }}
        >
          {c.label || t('handoff.on', { channel: s.name(c.channel) })}
        </button>
      ))}
      {s.reach.left.value.map(l => {
        const words = t('handoff.withdraw', { value: `\u2066${l.value}\u2069` })
        return (
          <button
            key={l.value}
            type="button"
            onClick={() => {
              done()
              s.withdraw(l, words)
            }}
          >
            {words}
          </button>
        )
      })}
    </>
  )
}
