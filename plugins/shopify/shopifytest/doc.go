// Package shopifytest is a Shopify for tests: it gives tokens, answers the Admin API, signs what Shopify signs and sends webhooks,
// with the retries, repeats and reorderings of the real one. Queries are checked against Shopify's schema, as far as the app's
// operations use it.
//
// It holds what the documentation says, not what Shopify does beyond that. Start at [New].
package shopifytest
