package graph

import "time"

// Rates, as Meta's pages "Throughput", "Messaging limits" and "Send API" give
// them.
const (
	throughput            = 80  // WhatsApp, a number, per second
	coexistenceThroughput = 20  // where the Business app is used too
	pageThroughput        = 300 // Messenger, a Page, per second
	pageMediaThroughput   = 10  // audio and video
	managementPerHour     = 200 // an app and a WhatsApp account
	pairBurst             = 45  // a number and one person
	pairRefill            = 6 * time.Second
)

// bucket is a token bucket: size tokens, of which amount come back each period.
type bucket struct {
	size   float64
	amount float64
	period time.Duration
	tokens float64
	at     time.Time
}

func newBucket(size, amount int, period time.Duration) *bucket {
	return &bucket{size: float64(size), amount: float64(amount), period: period, tokens: float64(size)}
}

func (b *bucket) take(now time.Time) bool {
	if b == nil {
		return true
	}
	if !b.at.IsZero() {
		b.tokens = min(b.size, b.tokens+b.amount*float64(now.Sub(b.at))/float64(b.period))
	}
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
