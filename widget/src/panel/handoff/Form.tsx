import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { PanelKey } from '../../gen/keys'
import type { Refused } from '../api'
import type { Model } from '../model'
import { countries, homeCountry, international } from './phone'
import { Done } from './Sheet'
import type { Handoffs } from './state'

/** Leaves a number or an address. What is agreed to is said in full beside a box that nobody has ticked for them. */
export function Form({ m, s }: { m: Model; s: Handoffs }) {
  const { t } = m.texts
  const { channel: id } = s.sheet.value?.channel ?? { channel: '' }
  const channel = s.name(id)
  const mail = id === 'email'
  const region = useSignal(homeCountry(navigator.languages))
  const typed = useSignal('')
  const agreed = useSignal(false)
  const orders = useSignal(false)
  const problem = useSignal<PanelKey | null>(null)
  const busy = useSignal(false)
  const saved = useSignal('')
  const field = useRef<HTMLInputElement>(null)
  const box = useRef<HTMLInputElement>(null)
  const wording = m.site.handoff?.wording || t('handoff.agree', { shop: m.site.name, channel })
  const andOrders = t('handoff.orders', { shop: m.site.name })

  const save = async () => {
    if (busy.value) return
    problem.value = null
    if (!agreed.value) {
      problem.value = 'handoff.needed'
      box.current?.focus()
      return
    }
    busy.value = true
    const value = mail ? typed.value.trim() : international(typed.value, region.value)
    try {
      await s.reach.give(
        { channel: id, value, purposes: orders.value ? ['conversation', 'order_updates'] : ['conversation'] },
        orders.value ? `${wording}\n${andOrders}` : wording,
      )
      saved.value = value
    } catch (e) {
      const wrong = /^(bad_address|invalid)$/.test((e as Refused).code ?? '')
      problem.value = wrong ? 'handoff.wrong' : 'handoff.failed'
      field.current?.focus()
    }
    busy.value = false
  }

  if (saved.value)
    return (
      <Done m={m} s={s} title={t('handoff.saved')}>
        {t('handoff.savedText', { channel, value: `\u2066${saved.value}\u2069` })}
      </Done>
    )
  const code = countries.find(c => c.region === region.value)?.code ?? ''
  const names = new Intl.DisplayNames(m.texts.locale, { type: 'region' })
  const sorted = countries
    .map(c => ({ ...c, name: names.of(c.region) ?? c.region }))
    .sort((a, b) => a.name.localeCompare(b.name, m.texts.locale))
  const tick = (to: typeof agreed, text: string, ref?: typeof box) => (
    <label class="tick">
      <input
        ref={ref}
        type="checkbox"
        checked={to.value}
        onChange={e => {
          to.value = e.currentTarget.checked
        }}
      />
      <span dir="auto">{text}</span>
    </label>
  )
  return (
    <form
      class="inside leave"
      noValidate
      data-handoff-form={id}
      onSubmit={e => {
        e.preventDefault()
        void save()
      }}
    >
      <p>{t('handoff.formText', { channel })}</p>
      <div class="number" dir={mail ? undefined : 'ltr'}>
        {!mail && (
          <span class="land">
            <span aria-hidden="true">{`+${code}`}</span>
            <select
              aria-label={t('handoff.country')}
              value={region.value}
              onChange={e => {
                region.value = e.currentTarget.value
              }}
            >
              <option value="">+</option>
              {sorted.map(c => (
                <option key={c.region} value={c.region}>
                  {`+${c.code} ${c.name}`}
                </option>
              ))}
            </select>
          </span>
        )}
        <input
          ref={field}
          type={(mail ? 'email' : 'tel') as 'tel'}
          autocomplete={mail ? 'email' : 'tel'}
          dir="ltr"
          aria-label={t(mail ? 'handoff.address' : 'handoff.phone')}
          placeholder={t(mail ? 'handoff.address' : 'handoff.phone')}
          aria-invalid={problem.value === 'handoff.wrong'}
          aria-describedby="why"
          value={typed.value}
          onInput={e => {
            typed.value = e.currentTarget.value
          }}
        />
      </div>
      {tick(agreed, wording, box)}
      {tick(orders, andOrders)}
      <p class="problem" id="why" role="alert">
        {problem.value && t(problem.value)}
      </p>
      <button type="submit" class="go" aria-disabled={busy.value}>
        {t('handoff.save')}
      </button>
    </form>
  )
}
