// Package fanout is the live memory: who listens to what, and who is here. It may lose anything at any moment without a message
// being lost, because whoever misses something sees a gap in the numbers and reads the store.
//
// Local is the whole of it for one process. A fan-out between processes wraps a Local and adds a relay; chattest.Fanout says what
// both must do. Start reading at local.go; presence.go is the second half.
package fanout
