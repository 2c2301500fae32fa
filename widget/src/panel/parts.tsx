/** Pictures and files of a message. */
import { useSignal } from '@preact/signals'
import type { Attachment } from '@tagalong-chat/sdk/frames'
import { useModel } from './context'
import { FileIcon } from './icons'
import { NEW_TAB, webURL } from './linkify'

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
