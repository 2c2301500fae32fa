package auth

import (
	"container/list"
	"sync"
	"time"
)

// Limiter is a token bucket for each of many keys, in bounded memory: when it is full, the key that was quiet longest is forgotten.
// It is of this node alone, which is enough against guessing and flooding.
type Limiter struct {
	mu    sync.Mutex
	rate  float64 // tokens per second
	burst float64
	size  int
	now   func() time.Time
	keys  map[string]*list.Element
	order *list.List // of *bucket, the latest used first
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

// NewLimiter makes a Limiter that lets burst requests of a key through at once and perSecond on, for at most size keys.
func NewLimiter(perSecond float64, burst, size int, now func() time.Time) *Limiter {
	return &Limiter{
		rate: perSecond, burst: float64(burst), size: max(size, 1), now: now, keys: map[string]*list.Element{}, order: list.New(),
	}
}

// Allow takes one token of the key's bucket; without one it tells how long to wait.
func (l *Limiter) Allow(key string) (ok bool, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	if b.tokens >= 1 {
		b.tokens--
		return true, 0
	}
	return false, time.Duration((1 - b.tokens) / l.rate * float64(time.Second))
}

// Refund gives a token back: what it was taken for did not count.
func (l *Limiter) Refund(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	b.tokens = min(b.tokens+1, l.burst)
}

// bucket finds or makes the key's bucket and fills it up to now.
func (l *Limiter) bucket(key string) *bucket {
	now := l.now()
	if e, ok := l.keys[key]; ok {
		l.order.MoveToFront(e)
		b := e.Value.(*bucket)
		if d := now.Sub(b.at); d > 0 {
			b.tokens = min(b.tokens+d.Seconds()*l.rate, l.burst)
		}
		b.at = now
		return b
	}
	if l.order.Len() >= l.size {
		oldest := l.order.Back()
		l.order.Remove(oldest)
		delete(l.keys, oldest.Value.(*bucket).key)
	}
	b := &bucket{key: key, tokens: l.burst, at: now}
	l.keys[key] = l.order.PushFront(b)
	return b
}
