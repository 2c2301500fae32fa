import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Dialog } from '../Dialog'
import type { Model } from '../model'
import { BackIcon, OnIcon } from './icons'
import { OrderView } from './Order'
import { numberOf } from './OrderCard'
import type { Orders } from './state'
import { type PublicOrder, progress, standing } from './status'

export function Sheet({ m, s }: { m: Model; s: Orders }) {
  const { t } = m.texts
  const view = s.view.value
  const order = s.order.value
  const found = view === 'order' && order
  const title = found
    ? t('order.label', { id: numberOf(order.number ?? order.external_id) })
    : t(view === 'list' ? 'orders.own' : 'panel.orders')
  const goesBack = found || (view === 'form' && s.own.value.length > 0)
  return (
    <Dialog
      m={m}
      title={view === 'closed' ? null : title}
      close={s.close}
      closed={s.closed}
      back={
        goesBack && (
          <button type="button" class="plain back" aria-label={t('orders.back')} onClick={s.back}>
            <BackIcon />
          </button>
        )
      }
    >
      {view === 'waiting' && (
        <p class="status waits" role="status">
          {t('orders.loading')}
        </p>
      )}
      {view === 'list' && <List m={m} s={s} />}
      {view === 'form' && <Form m={m} s={s} />}
      {found && <OrderView key={order.external_id} m={m} s={s} o={order} />}
    </Dialog>
  )
}

function List({ m, s }: { m: Model; s: Orders }) {
  const { t } = m.texts
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [])
  return (
    <>
      <ul class="orders">
        {s.own.value.map((o, i) => (
          <li key={o.external_id}>
            <button ref={i === 0 ? first : undefined} type="button" onClick={() => s.show(o)}>
              <OneOf m={m} o={o} />
              <OnIcon />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="instead" onClick={s.ask}>
        {t('orders.another')}
      </button>
    </>
  )
}

function OneOf({ m, o }: { m: Model; o: PublicOrder }) {
  const { t, date, price } = m.texts
  const total = o.totals?.total
  return (
    <span class="about">
      <strong>{t('order.label', { id: numberOf(o.number ?? o.external_id) })}</strong>
      <span>{t('orders.is', { status: progress(standing(o)).now })}</span>
      <span>{[o.placed_at && date(o.placed_at), total && price(total)].filter(Boolean).join(' · ')}</span>
    </span>
  )
}

function Form({ m, s }: { m: Model; s: Orders }) {
  const { t } = m.texts
  const number = useSignal('')
  const email = useSignal('')
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const problem = s.problem.value
  const busy = s.busy.value
  const wrong = problem?.key === 'orders.incomplete' || problem?.key === 'orders.notFound'
  const field = (to: typeof number, label: string, more: object) => (
    <label class="ask">
      <span>{label}</span>
      <input
        dir="auto"
        maxLength={254}
        value={to.value}
        aria-invalid={wrong}
        aria-describedby="trace"
        onInput={e => {
          to.value = e.currentTarget.value
        }}
        {...more}
      />
    </label>
  )
  return (
    <form
      class="find"
      noValidate
      data-orders-form
      onSubmit={e => {
        e.preventDefault()
        void s.find(number.value, email.value).then(() => s.problem.value && first.current?.focus())
      }}
    >
      <p>{t('orders.formText')}</p>
      {field(number, t('orders.number'), { ref: first, type: 'text', autocomplete: 'off', name: 'order' })}
      {field(email, t('orders.email'), { type: 'email', autocomplete: 'email', dir: 'ltr', name: 'email' })}
      <p class="problem" id="trace" role="alert">
        {problem && t(problem.key, problem.values)}
      </p>
      <button type="submit" class="go" aria-disabled={busy}>
        {t(busy ? 'orders.loading' : 'orders.find')}
      </button>
    </form>
  )
}
