// Package chat is the domain: what a conversation, a shopper, an order and a message are, and what may happen to them.
//
// It imports nothing of ours and does no I/O. A decision is a pure method on a noun (Conversation.Post, Conversation.Close,
// Record.Fold); time, ids and randomness come in as arguments. A use case is a method of Service and always takes the same four
// steps: load → decide → commit → publish. The first three happen inside Store.Change, so that all changes to one conversation
// are decided one after another; only what is committed is published.
//
// Start reading at conversation.go (what may happen to a conversation), change.go (what a decision hands to the store) and
// service.go (the four steps).
//
// # Glossary
//
// These words are used in code, API, UI and docs, and nothing else for the same thing:
//
//   - merchant: the tenant
//   - shop: one storefront site of a merchant; has a public shop key and its allowed origins
//   - customer: the shop's own record of a buyer; never a synonym for shopper
//   - account: a merchant's connection to a channel (a WhatsApp number, a page); serves one or more shops
//   - agent: a person of the merchant who answers
//   - shopper: a person on the storefront, anonymous or identified
//   - address: where a shopper can be reached (a web session, a WhatsApp user, an e-mail …)
//   - channel: web, whatsapp, messenger, instagram, email, sms
//   - conversation: one ordered log between a shopper and the shop's agents
//   - entry: one line of a conversation's log: a message, a note, an event or an amend
//   - message: what a person or a bot says; one model on all channels
//   - note: an entry that agents alone see
//   - event: an entry that says what happened (joined, assigned, closed, order changed …)
//   - amend: an entry that changes an earlier one (edit, revoke, reaction)
//   - route: the address that the next message goes to
//   - handoff: one move of a conversation from an address to another, with its own states
//   - consent: who agreed to what, when, to which wording
//   - window: until when a provider lets us write freely
//   - order, cart, shipment, product, coupon: the shop's goods and papers, pushed by a plugin
//   - record: the stored, versioned form of one of them
//   - task: work due later
//   - plugin: software that pushes a shop's order context
//   - bot: an automatic responder
package chat
