// Package shop is Marl, the demo's storefront: a small stoneware studio with a
// collection, a cart, a checkout and a warehouse door ("backstage").
//
// It stands for any shop that a merchant already has, so it knows Tagalong only
// from outside: the snippet in its pages, identity tokens that it signs, and a
// plugin that pushes orders and carts over the public API (plugin.go). It
// imports nothing of the server, keeps its state in memory and works in full
// while the chat server is away.
//
// Start at shop.go for the routes; one file a noun after that.
package shop
