// Package example is a whole plugin for a storefront that does not exist, to be copied for one that does.
//
// The storefront, Kiosk, sends a signed JSON webhook for each change. The way of one through this package is the order in
// which to read it: handler.go limits, verifies and answers; verify.go checks the signature on the raw body; kiosk.go has
// the storefront's own types; the map files turn them into Tagalong's events, purely; the SDK pushes them.
//
// The recipe for another plugin is in plugins/README.md.
package example
