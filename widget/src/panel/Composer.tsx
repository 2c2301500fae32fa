import { useSignalEffect } from '@preact/signals'
import { maxCodePoints } from '@tagalong-chat/sdk/limits'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useModel } from './context'
import { AlertIcon, ClipIcon, CloseIcon, FileIcon, SendIcon } from './icons'
import { authorName, summary } from './Message'
import { size } from './parts'
import type { Upload } from './uploads'

export function Composer() {
  const m = useModel()
  const { t } = m.texts
  const area = useRef<HTMLTextAreaElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const text = m.draft.value
  const files = m.uploads.list.value
  const over = [...text].length - maxCodePoints
  const busy = files.some(u => u.state.value !== 'done')
  const able = (text.trim() !== '' || files.length > 0) && over <= 0 && !busy

  useSignalEffect(() => {
    if (m.focus.value > 0) area.current?.focus()
  })
  useLayoutEffect(() => {
    const el = area.current
    if (!el || CSS.supports('field-sizing', 'content')) return
    el.style.height = 'auto'
    el.style.height = `${el.scrollHeight}px`
  }, [text])

  const send = () => {
    if (!able) return
    m.send()
    area.current?.focus()
  }

  return (
    <form
      class="composer"
      onSubmit={e => {
        e.preventDefault()
        send()
      }}
    >
      <ReplyTo />
      {files.length > 0 && (
        <ul class="uploads">
          {files.map(u => (
            <UploadView key={u.id} u={u} />
          ))}
        </ul>
      )}
      <p class="problem" role="alert">
        {over > 0
          ? t('composer.tooLong', { over })
          : m.uploads.problem.value && t(m.uploads.problem.value.key, m.uploads.problem.value.values)}
      </p>
      <div class="field">
        <button
          type="button"
          class="plain"
          aria-label={t('composer.attach')}
          onClick={() => file.current?.click()}
        >
          <ClipIcon />
        </button>
        <input
          ref={file}
          type="file"
          multiple
          hidden
          onChange={e => {
            m.uploads.add(e.currentTarget.files ?? [])
            e.currentTarget.value = ''
            area.current?.focus()
          }}
        />
        <textarea
          ref={area}
          rows={1}
          // Empty, it runs as the page does, so that the placeholder reads right.
          dir={text ? 'auto' : undefined}
          value={text}
          aria-label={t('composer.label')}
          placeholder={t('composer.placeholder')}
          enterkeyhint="send"
          onInput={e => m.write(e.currentTarget.value)}
          onKeyDown={e => {
            // 229: an input method is at work in browsers that do not say so otherwise.
            if (e.key !== 'Enter' || e.shiftKey || e.isComposing || e.keyCode === 229) return
            e.preventDefault()
            send()
          }}
          onPaste={e => {
            const pasted = e.clipboardData?.files
            if (!pasted?.length) return
            e.preventDefault()
            m.uploads.add(pasted)
          }}
        />
        <button type="submit" class="send" aria-label={t('composer.send')} aria-disabled={!able}>
          <SendIcon />
        </button>
      </div>
    </form>
  )
}

function ReplyTo() {
  const m = useModel()
  const { t } = m.texts
  const item = m.replyTo.value
  if (!item) return null
  return (
    <div class="replying">
      <div class="quote" dir="auto">
        <b>{t('thread.replyingTo', { name: authorName(item, m.site.name, t('thread.you')) })}</b>
        <span>{summary(item, t('thread.attachment'))}</span>
      </div>
      <button
        type="button"
        class="plain"
        aria-label={t('thread.cancelReply')}
        onClick={() => {
          m.replyTo.value = null
          m.focus.value++
        }}
      >
        <CloseIcon />
      </button>
    </div>
  )
}

function UploadView({ u }: { u: Upload }) {
  const m = useModel()
  const { t, locale } = m.texts
  const state = u.state.value
  const percent = Math.min(u.progress.value, 0.99)
  return (
    <li class={`upload ${state}`}>
      {u.preview ? <img src={u.preview} alt="" width="44" height="44" /> : <FileIcon />}
      <span class="name" dir="auto">
        {u.name}
      </span>
      {state === 'failed' ? (
        <button
          type="button"
          class="again"
          aria-label={t('upload.retry', { name: u.name })}
          onClick={() => m.uploads.retry(u)}
        >
          <AlertIcon />
          {t('state.retry')}
        </button>
      ) : (
        <span class="size">{size(u.file.size, locale)}</span>
      )}
      <button
        type="button"
        class="plain"
        aria-label={t('upload.cancel', { name: u.name })}
        onClick={() => m.uploads.cancel(u)}
      >
        <CloseIcon />
      </button>
      {state === 'sending' && (
        <progress value={percent} max={1} aria-label={t('upload.progress', { name: u.name, percent })} />
      )}
    </li>
  )
}
