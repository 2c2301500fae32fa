// Package tagalong is the Go client of Tagalong, for plugins and other software of a shop.
//
// A plugin pushes what happens in the shop ([Client.PushEvents]); an integration reads conversations and answers in them
// ([Client.Conversations], [Client.PostMessage]); a receiver of Tagalong's webhooks subscribes ([Client.Subscribe]) and verifies
// them ([Webhook]); a storefront says who is signed in ([IdentityTokens]). [ParseMoney] and [VersionFromTime] turn a storefront's
// decimals and times into what the contract wants. A plugin gets its key from the merchant with [ConnectURL] and [Connect].
//
// The types are the contract's, generated in package api; this package adds what a generator cannot know: retries with
// one idempotency key per call, a deadline over all tries, typed errors, iterators over pages. Start at [New].
package tagalong
