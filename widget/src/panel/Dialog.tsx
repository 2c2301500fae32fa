/** A sheet over the panel, for the parts that come later. Each carries its own. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CloseIcon } from './icons'
import type { Model } from './model'

export interface DialogProps {
  m: Model
  /** Open while there is one. */
  title: string | null
  close(): void
  /** It has gone, and the focus is where it was before. */
  closed?(): void
  /** Before the title: the way back. */
  back?: ComponentChildren
  children?: ComponentChildren
}

export function Dialog({ m, title, close, closed, back, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null)
  const open = title !== null
  useEffect(() => {
    const el = box.current
    if (!el || el.open === open) return
    if (open) return el.showModal()
    // The focus goes back to where it was; where that has gone, to the composer.
    el.close()
    if (document.activeElement === document.body) m.focus.value++
    closed?.()
  }, [open])
  return (
    <dialog
      ref={box}
      class="away"
      // biome-ignore lint/a11y/noRedundantRoles: said outright, for readers and tests that look for the attribute
      role="dialog"
      aria-label={title ?? undefined}
      onClose={close}
      onKeyDown={e => {
        // Escape is the sheet's; the panel stays.
        if (e.key === 'Escape') e.stopPropagation()
      }}
      onClick={e => {
        if (e.target === box.current) close()
      }}
    >
      {open && (
        <div class="inside">
          <header>
            {back}
            <h2>{title}</h2>
            <button type="button" class="plain" aria-label={m.texts.t('sheet.close')} onClick={close}>
              <CloseIcon />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  )
}
