// Package shopify_test plays the Shopify app between a Shopify made after its documentation and the real server: a merchant connects,
// a shop's orders reach the conversations of who placed them, and what privacy laws ask for is done.
//
// Start reading at start, in setting_test.go.
package shopify_test
