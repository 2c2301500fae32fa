// Package phones is the demo's page with phones: a table with a WhatsApp, a
// Messenger and an Instagram on it, on which a visitor plays the shopper who went
// away from the shop.
//
// It draws and passes on what the visitor does. The world behind it, businesses,
// webhooks and windows included, is a Network (network.go). Start with phones.go
// for the addresses; link.go reads click-to-chat links, stream.go tells the page
// of changes and the network of who is looking, static/ is the page itself.
package phones
