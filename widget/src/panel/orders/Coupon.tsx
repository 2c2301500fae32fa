import { useSignal } from '@preact/signals'
import type { Coupon } from '@tagalong-chat/sdk/frames'
import { CopyIcon, TickIcon } from '../icons'
import type { Model } from '../model'

export function CouponCard({ m, c }: { m: Model; c: Coupon }) {
  const { t, date } = m.texts
  const copied = useSignal(false)
  const over = c.expires_at !== undefined && c.expires_at < Date.now()
  return (
    <div class={over ? 'coupon over' : 'coupon'}>
      <span class="label">{t('coupon.label')}</span>
      <div class="code">
        <code dir="ltr">{c.code}</code>
        {!over && (
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
        )}
      </div>
      {c.description && <span dir="auto">{c.description}</span>}
      {c.expires_at !== undefined && (
        <span class="until">{t(over ? 'coupon.over' : 'coupon.until', { date: date(c.expires_at) })}</span>
      )}
      <span class="sr" role="status">
        {copied.value ? t('coupon.copied') : ''}
      </span>
    </div>
  )
}
