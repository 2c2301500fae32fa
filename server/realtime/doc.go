// Package realtime is door 2: the live protocol of widget and inbox, over WebSocket or, where that fails, over server-sent events
// with a POST per frame. It decides nothing about conversations: each frame becomes one call of chat.Service, and what others did
// comes from the fan-out. It is the only package that knows github.com/coder/websocket.
//
// Start reading at door.go (the handlers) and conn.go (one connection). Then, by what you look for:
//
//   - a file per verb of the protocol: hello.go, join.go, send.go, typing.go, read.go, feed.go …
//   - how a frame gets out: frame.go (encoded once for all), queue.go (bounded, per connection), lean.go and socket.go (WebSocket),
//     stream.go (server-sent events)
//   - how an event gets in: hub.go (one subscription per topic), log.go (subscribe, read, merge: no gap, no repeat), pump.go (the
//     agents' feed)
//   - who may talk: origin.go, guests.go (connections per address and session), revoke.go
//   - time: clock.go (beats, pings), drain.go; on which goroutine: crew.go
//
// A connection at rest holds one goroutine, blocked in a read, and nothing else runs for it: writing and working happen on
// goroutines that end when there is nothing to do.
package realtime
