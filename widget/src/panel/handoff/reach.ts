/** Numbers and addresses that the shopper has left, kept so that they can be taken back; the ledger itself is the server's. */
import { type Signal, signal } from '@preact/signals'
import type { components } from '@tagalong-chat/sdk/api'
import type { Model } from '../model'

type NewConsent = components['schemas']['NewConsent']
export type Purpose = NewConsent['purposes'][number]

export interface Left {
  channel: string
  value: string
  purposes: Purpose[]
}

export interface Reach {
  readonly left: Signal<readonly Left[]>
  give(left: Left, wording: string): Promise<void>
  takeBack(left: Left, wording: string): Promise<void>
}

export type Ground = Pick<Model, 'host' | 'session' | 'site' | 'texts' | 'conversation' | 'page'>

export function createReach(m: Ground): Reach {
  const left = signal<readonly Left[]>(parse(m.host.row('reach')))
  const keep = (list: readonly Left[]) => {
    left.value = list
    m.host.set('reach', JSON.stringify(list))
  }
  const others = (l: Left) => left.value.filter(o => o.channel !== l.channel || o.value !== l.value)
  const say = async (l: Left, granted: boolean, wording: string) => {
    await m.session.ensure()
    const conversation = m.conversation()
    const page = m.page()
    await m.session.call('POST', '/shopper/consents', {
      ...l,
      granted,
      wording,
      // Our own words change with the build, which has no number that anyone could look up.
      version: m.site.handoff?.version || 'standard',
      language: m.texts.locale,
      ...(page && { page }),
      ...(conversation && { conversation }),
    })
  }
  return {
    left,
    async give(l, wording) {
      await say(l, true, wording)
      keep([...others(l), l])
    },
    async takeBack(l, wording) {
      await say(l, false, wording)
      keep(others(l))
    },
  }
}

function parse(row: string | null): Left[] {
  try {
    const list: unknown = JSON.parse(row ?? '[]')
    return Array.isArray(list)
      ? list.filter(l => typeof l?.value === 'string' && Array.isArray(l.purposes))
      : []
  } catch {
    return []
  }
}
