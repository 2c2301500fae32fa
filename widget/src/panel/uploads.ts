/** Files on their way to the server: checked first, sent with progress, named by id in the message. */
import { type Signal, signal } from '@preact/signals'
import type { Attachment } from '@tagalong-chat/sdk/frames'
import type { PanelKey } from '../gen/keys'

export const MAX_MB = 25
export const MAX_FILES = 10
/** Kinds that could run somewhere. The server looks at the bytes; this only spares the wait. */
const REFUSED =
  /\.(svgz?|x?html?|xml|xslt?|m?js|css|exe|msi|bat|cmd|com|scr|ps1|sh|jar|apk|app|dmg|php|vbs|hta|lnk)$|^(image\/svg|text\/(html|xml|javascript)|application\/(xhtml|xml|javascript))/i

export interface Upload {
  id: number
  name: string
  file: File
  /** For pictures: a local look at it. */
  preview: string | undefined
  state: Signal<'sending' | 'done' | 'failed'>
  progress: Signal<number>
  attachment?: Attachment
}

export interface Problem {
  key: PanelKey
  values: Record<string, string | number>
}

export function refuse(file: File): Problem | null {
  const name = file.name
  if (file.size === 0) return { key: 'upload.empty', values: { name } }
  if (file.size > MAX_MB * 1024 * 1024) return { key: 'upload.tooBig', values: { name, limit: MAX_MB } }
  if (REFUSED.test(name) || REFUSED.test(file.type)) return { key: 'upload.type', values: { name } }
  return null
}

export interface Uploads {
  readonly list: Signal<Upload[]>
  readonly problem: Signal<Problem | null>
  add(files: Iterable<File>): void
  cancel(u: Upload): void
  retry(u: Upload): void
  /** Takes the finished ones out, for a message. */
  take(): Attachment[]
}

/** How the bytes travel: an XMLHttpRequest, since fetch tells no progress of what goes up. */
export type Send = (file: File, progress: (part: number) => void, signal: AbortSignal) => Promise<Attachment>

export function createUploads(send: Send): Uploads {
  const list = signal<Upload[]>([])
  const problem = signal<Problem | null>(null)
  const stops = new Map<number, AbortController>()
  let next = 1

  function start(u: Upload) {
    const stop = new AbortController()
    stops.set(u.id, stop)
    u.state.value = 'sending'
    u.progress.value = 0
    send(u.file, p => (u.progress.value = p), stop.signal).then(
      a => {
        u.attachment = a
        u.state.value = 'done'
      },
      (e: unknown) => {
        if (stop.signal.aborted) return
        u.state.value = 'failed'
        const status = (e as { status?: number }).status
        const values = { name: u.name, limit: MAX_MB }
        problem.value = {
          key:
            status === 413
              ? 'upload.tooBig'
              : status === 415 || status === 422
                ? 'upload.type'
                : 'upload.failed',
          values,
        }
      },
    )
  }
  const drop = (u: Upload) => {
    stops.get(u.id)?.abort()
    stops.delete(u.id)
    list.value = list.value.filter(o => o !== u)
  }

  return {
    list,
    problem,
    add(files) {
      problem.value = null
      for (const file of files) {
        const bad =
          list.value.length >= MAX_FILES
            ? ({ key: 'upload.tooMany', values: { limit: MAX_FILES } } as const)
            : refuse(file)
        if (bad) {
          problem.value = bad
          continue
        }
        const u: Upload = {
          id: next++,
          name: file.name || 'image.png',
          file,
          preview: /^image\/(png|jpe?g|gif|webp|avif)$/.test(file.type)
            ? URL.createObjectURL(file)
            : undefined,
          state: signal('sending'),
          progress: signal(0),
        }
        list.value = [...list.value, u]
        start(u)
      }
    },
    cancel(u) {
      drop(u)
      if (u.preview) URL.revokeObjectURL(u.preview)
    },
    retry: start,
    take() {
      const done = list.value.filter(u => u.attachment)
      for (const u of done) drop(u)
      return done.map(u => u.attachment as Attachment)
    },
  }
}

export function sendByXHR(url: (name: string) => string, token: () => string): Send {
  return (file, progress, signal) =>
    new Promise((resolve, reject) => {
      const x = new XMLHttpRequest()
      x.open('POST', url(file.name || 'image.png'))
      x.setRequestHeader('Authorization', `Bearer ${token()}`)
      x.setRequestHeader('Content-Type', 'application/octet-stream')
      x.upload.onprogress = e => e.lengthComputable && progress(e.loaded / e.total)
      x.onload = () => {
        if (x.status < 200 || x.status > 299) return reject({ status: x.status })
        try {
          resolve(JSON.parse(x.responseText) as Attachment)
        } catch (e) {
          reject(e)
        }
      }
      x.onerror = () => reject({ status: 0 })
      signal.addEventListener('abort', () => x.abort())
      x.send(file)
    })
}
