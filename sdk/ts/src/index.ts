/**
 * Tagalong for TypeScript.
 *
 * Servers and plugins start at `client.ts`; web apps that talk live start at `live.ts`; a receiver of our webhooks needs
 * `webhook.ts` only. Each is its own entry, so that a bundle carries what it uses.
 */
export * from './client.js'
export * from './connect.js'
export * from './env.js'
export * from './feed.js'
export * from './frames.js'
export * from './http.js'
export * from './id.js'
export * from './identity.js'
export * from './limits.js'
export * from './live.js'
export * from './money.js'
export * from './outbox.js'
export * from './privacy.js'
export * from './realtime.js'
export * from './shopper.js'
export * from './subscriptions.js'
export * from './thread.js'
export * from './webhook.js'
