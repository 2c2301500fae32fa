import type { Model } from '../model'
import type { Progress } from './status'

/** How far it is, in words and as a line of steps. */
export function Steps({ m, at }: { m: Model; at: Progress }) {
  const { t } = m.texts
  return (
    <div class="progress">
      <p class={`now ${at.now}`}>{t('orders.is', { status: at.now })}</p>
      {at.steps.length > 0 && (
        <ol class="steps">
          {at.steps.map(s => (
            <li key={s.name} class={s.done ? 'done' : undefined}>
              {t('orders.step', { step: s.name })}
              <span class="sr"> {t(s.done ? 'orders.done' : 'orders.open')}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
