// Package app wires everything together and is the only package that sees all others: configuration, start order, every route.
//
// Start reading at run.go (every part, in start order) and mux.go (every URL).
package app
