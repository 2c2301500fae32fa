/** When to offer going along: somebody seems to be leaving while their question is open. Once in a conversation, never in the way. */
import { effect, signal } from '@preact/signals'
import type { Item } from '@tagalong-chat/sdk/thread'
import type { Model } from '../model'

/** This long without an agent here, an open question is worth taking along. */
const PATIENCE = 45_000

/** The last word is the shopper's, and the server has it. */
export function isOpen(items: readonly Item[]): boolean {
  const last = items.findLast(i => i.kind === 'message' && !i.revoked && !i.blanked)
  return !!last?.mine && last.seq !== undefined
}

export type Ground = Pick<
  Model,
  'items' | 'here' | 'open' | 'leaving' | 'conversation' | 'host' | 'site' | 'connection'
>

export interface Leave {
  /** The offer is shown. */
  readonly shown: { readonly value: boolean }
  dismiss(): void
}

export function watchLeaving(m: Ground): Leave {
  const shown = signal(false)
  // Looks at what is there without following it: a pointer that left is news once.
  const offer = () => {
    const id = m.conversation()
    if (!m.site.handoff?.offer_on_leave || !id || !isOpen(m.items.peek()) || m.host.row('left') === id) return
    // Once means once seen: a closed panel keeps it for when it is opened.
    if (!m.open.peek()) return
    m.host.set('left', id)
    shown.value = true
  }
  let wasHidden = false
  document.addEventListener('visibilitychange', () => {
    // On a phone there is no pointer to see leaving: who comes back from another app may have to go again.
    if (wasHidden && !document.hidden) offer()
    wasHidden = document.hidden
  })
  effect(() => {
    if (m.leaving.value) offer()
  })
  effect(() => {
    if (!isOpen(m.items.value)) {
      shown.value = false
      return
    }
    if (m.here.value.length || !m.open.value) return
    const timer = setTimeout(offer, PATIENCE)
    return () => clearTimeout(timer)
  })
  return {
    shown,
    dismiss() {
      shown.value = false
    },
  }
}
