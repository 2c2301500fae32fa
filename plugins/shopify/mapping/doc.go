// Package mapping turns what Shopify says into Tagalong's events, purely: no clock, no network, no randomness, so that a repeat
// gives the same events and is known as one.
//
// Two ways lead in: [Map] for a webhook, [Order] and [Product] for what the Admin API has answered. Both fill the same types
// (order.go, parcel.go, cart.go, buyer.go, product.go), so the rules stand in one place.
//
// Shopify's traps that these types know: ids above 2^53, amounts as decimal strings and here and there as numbers, absent
// e-mail addresses where the app may not see them, lines whose product is gone.
package mapping
