/** Channels as people call them. Names of products are not translated. */
import type { Texts } from '../i18n'

const PRODUCTS: Record<string, string> = {
  whatsapp: 'WhatsApp',
  messenger: 'Messenger',
  instagram: 'Instagram',
  sms: 'SMS',
}

export function channelName(channel: string, texts: Texts): string {
  return PRODUCTS[channel] ?? (channel === 'email' ? texts.t('handoff.email') : channel)
}
