import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useModel } from './context'
import { CloseIcon, MoreIcon } from './icons'

export function Header() {
  const m = useModel()
  const { t } = m.texts
  return (
    <header class="header">
      <Monogram name={m.site.name} />
      <div class="who">
        <h1>
          <bdi>{m.site.name}</bdi>
        </h1>
        <Presence />
      </div>
      {m.self.value && <Menu />}
      {!m.site.hosted && (
        <button type="button" class="plain" aria-label={t('panel.close')} onClick={m.close}>
          <CloseIcon />
        </button>
      )}
    </header>
  )
}

/** The first letter, in the shape of everything here that speaks. */
export function Monogram({ name, small }: { name: string; small?: boolean }) {
  const first = [...name.trim()][0] ?? ''
  return (
    <span class={small ? 'monogram small' : 'monogram'} aria-hidden="true">
      {first.toLocaleUpperCase()}
    </span>
  )
}

function Presence() {
  const m = useModel()
  const { t } = m.texts
  const here = m.here.value
  const name = here.find(n => n)
  if (here.length === 0) return <p class="presence">{m.site.offline_text || t('presence.away')}</p>
  return <p class="presence here">{name ? t('presence.agentHere', { name }) : t('presence.here')}</p>
}

function Menu() {
  const m = useModel()
  const { t } = m.texts
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open.value) return
    const away = (e: Event) => {
      if (!root.current?.contains(e.target as Node)) open.value = false
    }
    document.addEventListener('pointerdown', away)
    document.addEventListener('focusin', away)
    return () => {
      document.removeEventListener('pointerdown', away)
      document.removeEventListener('focusin', away)
    }
  }, [open.value])
  const self = m.self.value
  const more = m.more.value
  const done = () => {
    open.value = false
    root.current?.querySelector('button')?.focus()
  }
  const who = self?.name ? t('panel.signedInAs', { name: self.name }) : t('panel.signedIn')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens for Escape from what stands in it
    <div
      class="menu"
      ref={root}
      onKeyDown={e => {
        if (e.key !== 'Escape' || !open.value) return
        e.stopPropagation()
        done()
      }}
    >
      <button
        type="button"
        class="plain"
        aria-label={t('panel.menu')}
        aria-expanded={open.value}
        aria-controls="menu"
        onClick={() => {
          open.value = !open.value
        }}
      >
        <MoreIcon />
      </button>
      <div class="sheet" id="menu" hidden={!open.value}>
        <p dir="auto">{self?.identified ? who : t('panel.guest')}</p>
        {m.site.orders && (
          <button
            type="button"
            onClick={() => {
              done()
              m.tracing.value++
            }}
          >
            {t('panel.orders')}
          </button>
        )}
        {open.value && more && <more.Menu done={done} />}
        <button type="button" onClick={m.logout}>
          {t('panel.logout')}
        </button>
      </div>
    </div>
  )
}
