// Package sign has the three signatures by which Shopify is known, and the shapes that they come in: the query of an app URL,
// the query of the app proxy, and the body of a webhook. It does no I/O and reads no clock.
//
// All take a [Secrets], because a secret that is being replaced goes on signing for a while. All comparisons take the same
// time wherever they fail. Start at [Secrets.Webhook].
package sign
