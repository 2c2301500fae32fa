/** What each part that comes later does first: its texts join those of the panel, and its styles the document's. */
import type { Message } from '../shared/message'
import type { Model } from './model'

/** Put in by the build: the texts of one language, and the styles with their tokens settled. */
declare const MORE_TEXTS: Record<string, Message>
declare const MORE_CSS: string

export function arrive(m: Model): void {
  m.texts.add(MORE_TEXTS)
  // One rule around all: the CSSOM is what the policy leaves for styles that come later.
  const sheet = document.styleSheets[0]
  sheet?.insertRule(`@media all{${MORE_CSS}}`, sheet.cssRules.length)
}
