/** Exchanges the token of a link back. The server says whose browser this is; here it is only said to the shopper. */
import type { components } from '@tagalong-chat/sdk/api'
import type { PanelKey } from '../../gen/keys'
import type { Refused } from '../api'
import type { Model } from '../model'

type Resumed = components['schemas']['Resumed']

const TRIES = 4

export type Ground = Pick<Model, 'session' | 'host'>

/** Gives the conversation that goes on, if one does. */
export async function comeBack(
  { session, host }: Ground,
  token: string,
  say: (key: PanelKey) => void,
  wait = (ms: number) => new Promise(go => setTimeout(go, ms)),
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const r = await session.call<Resumed>('POST', '/resume', { token })
      if (r.state === 'unconfirmed') {
        say('handoff.backElsewhere')
        return undefined
      }
      if (r.token && r.shopper) session.adopt({ token: r.token, shopper: r.shopper })
      say('handoff.backDone')
      return r.conversation
    } catch (e) {
      const { status } = e as Refused
      // The session of this browser has ended: the link may still open one.
      if (status === 401 && host.row('token')) {
        host.delete('token')
        continue
      }
      const lasting = status >= 400 && status < 500 && status !== 429
      if (lasting || attempt === TRIES) {
        say(lasting ? 'handoff.backGone' : 'handoff.backFailed')
        return undefined
      }
      await wait(500 * 2 ** attempt)
    }
  }
}
