package realtime

import "time"

// bucket is an allowance that fills up with time: a limiter of 16 bytes, since every connection has one. The zero bucket is full.
// It is not safe for concurrent use.
type bucket struct {
	spent float64 // of the burst
	at    int64   // when that was, in Unix nanoseconds
}

// take takes one from the allowance, or tells when the next one will be there; never less than a millisecond, which is what the
// protocol counts in.
func (b *bucket) take(perSecond float64, burst int, now time.Time) (wait time.Duration) {
	t := now.UnixNano()
	if b.at != 0 {
		elapsed := max(0, t-b.at) // a clock that was set back gives nothing and takes nothing
		b.spent = max(0, b.spent-perSecond*float64(elapsed)/float64(time.Second))
	}
	b.at = t
	if over := b.spent + 1 - float64(burst); over > 1e-9 {
		return max(time.Millisecond, time.Duration(over/perSecond*float64(time.Second)))
	}
	b.spent++
	return 0
}
