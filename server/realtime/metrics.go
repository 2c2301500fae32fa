package realtime

import "sync/atomic"

// Metrics are the door's counters. They only rise, but for the gauges; whoever exports them reads them when asked.
type Metrics struct {
	Sockets  atomic.Int64 // gauge: open sockets
	Streams  atomic.Int64 // gauge: open streams
	Accepted atomic.Int64 // sockets and streams ever opened
	Refused  atomic.Int64 // upgrades and streams refused
	FramesIn atomic.Int64 // client frames taken
	Sent     atomic.Int64 // sends and amends acknowledged
	Replayed atomic.Int64 // entries read again for a join
	Reread   atomic.Int64 // joins of the door's own, because a live event was missing
	Slow     atomic.Int64 // connections closed because they read too slowly
	Dead     atomic.Int64 // connections closed because no pong came
	Limited  atomic.Int64 // frames refused because they came too fast
	Panics   atomic.Int64
}
