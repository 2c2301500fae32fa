import { useSignal } from '@preact/signals'
import { webURL } from '../linkify'

/** A picture of the shop's. One that does not come leaves no hole; the policy allows https and the shop's own pages. */
export function Shot({ url, small }: { url: string; small?: boolean }) {
  const gone = useSignal(false)
  const src = webURL(url)
  if (!src || gone.value) return null
  return (
    <img
      class={small ? 'thumb' : 'shot'}
      src={src}
      alt=""
      width={small ? '44' : '240'}
      height={small ? '44' : '180'}
      loading="lazy"
      decoding="async"
      onError={() => {
        gone.value = true
      }}
    />
  )
}
