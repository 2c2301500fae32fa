// Package wire turns the domain into the contract and back, and decides what each audience may not see: a shopper gets their own
// numbers, no notes, no other shopper's or agent's private data. It does no I/O and knows no transport; rest and realtime share it.
//
// Start reading at view.go (what an audience sees), decode.go (what is let in) and frame.go (the live protocol).
package wire
