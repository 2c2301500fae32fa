/**
 * Sizes that the server refuses, checked before a message is queued so that the outbox never holds what can never be sent.
 */
import type { Draft, DurableFrame } from './frames.js'
import type { Failure } from './thread.js'

export const maxCodePoints = 8_000
export const maxTextBytes = 32_000
export const maxFrameBytes = 32 * 1024

const utf8 = new TextEncoder()

/** Why the server would refuse this frame for good; null when it fits. */
export function checkFrame(frame: DurableFrame): Failure | null {
  const text = frame.type === 'send' ? frame.message.text : frame.text
  if (frame.type === 'send' && isEmpty(frame.message))
    return { code: 'bad_text', message: 'The message is empty.' }
  if (text !== undefined) {
    if (codePoints(text) > maxCodePoints || utf8.encode(text).length > maxTextBytes) {
      return { code: 'too_long', message: `A text has at most ${maxCodePoints} characters.` }
    }
  }
  if (utf8.encode(JSON.stringify(frame)).length > maxFrameBytes) {
    return { code: 'too_large', message: 'The message is too large.' }
  }
  return null
}

function isEmpty(draft: Draft): boolean {
  if (draft.text !== undefined && draft.text.trim() !== '') return false
  if (
    draft.template !== undefined ||
    draft.coupon !== undefined ||
    (draft.choice ?? '') !== '' ||
    (draft.order ?? '') !== ''
  )
    return false
  return [draft.attachment_ids, draft.cards].every((list) => (list ?? []).length === 0)
}

function codePoints(text: string): number {
  let n = 0
  for (const _ of text) n++
  return n
}
