// Package oauth is how the app proves itself to Shopify and a merchant's browser proves itself to the app: session tokens, the
// exchange of one for the shop's offline token, its refreshing, and the code grant of an app that is not embedded.
//
// It keeps nothing: tokens are stored, and refreshed one at a time, by the caller. Start at [Client.Exchange].
package oauth
