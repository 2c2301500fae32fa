// Package simulator is a stand-in for the outside world, so that a whole
// installation can be tried on one machine: the start page of the demo
// (start.go) and the conversations it begins with (seed.go, play.go). The demo's
// storefront is the package shop below it.
//
// It imports nothing of the server and talks to it as everybody else does, over
// the public API.
package simulator
