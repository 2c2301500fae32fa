// Package shopify is the server of the Shopify app: it brings a Shopify shop's orders, parcels, carts, buyers and products to
// Tagalong, and tells the widget who is signed in.
//
// The way of a webhook is the order in which to read it: webhooks.go limits, verifies, stores and answers; worker.go takes it up
// again, package mapping turns it into events, purely, and the SDK pushes them; what is about the app itself or about privacy goes
// to lifecycle.go and privacy.go. What webhooks have missed, reconcile.go finds.
//
// A merchant's way begins in page.go: install.go has the tokens, connect.go the way to Tagalong and back, tokens.go their renewal.
// identity.go answers the storefront through Shopify's app proxy.
//
// Package sign has Shopify's signatures, oauth its tokens, admin its API, store what is kept. Start at [New].
package shopify
