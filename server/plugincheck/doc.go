// Package plugincheck is the conformance kit for plugins: it plays a fixed set of situations against a plugin's webhook URL and
// says which it stands.
//
// It knows a plugin only from outside. It plays the storefront, which sends signed deliveries, and Tagalong, which takes the events;
// what a plugin should make of a delivery stands in a folder of cases. The stand-in decides as the server does: the contract's
// decoder, and the domain's own Fold.
//
// Start at main.go (the command), then folder.go (what a case is), recorder.go (the stand-in), player.go (the storefront) and
// situation.go (the list).
package plugincheck
