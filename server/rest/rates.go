package rest

import (
	"net/netip"
	"time"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// rate names a bucket of requests that are limited together.
type rate uint8

const (
	rateNone     rate = iota
	rateSessions      // new shoppers, per address
	rateLinks         // tries of invitations and resets, per address
	rateIdentity      // proofs of identity, per session
	ratePosts         // messages, per caller and conversation
	rateUploads       // files, per caller
	rateEvents        // batches, per plugin key
)

const rateKeys = 20_000

func limiters(sessionsPerMinute int, now func() time.Time) map[rate]*auth.Limiter {
	perMinute := func(n int) *auth.Limiter { return auth.NewLimiter(float64(n)/60, n, rateKeys, now) }
	return map[rate]*auth.Limiter{
		rateSessions: perMinute(sessionsPerMinute),
		rateLinks:    perMinute(30),
		rateIdentity: perMinute(20),
		ratePosts:    auth.NewLimiter(5, 20, rateKeys, now),
		rateUploads:  perMinute(30),
		rateEvents:   auth.NewLimiter(50, 200, rateKeys, now),
	}
}

// limit takes one of what the caller has left, or refuses.
func (d *Door) limit(which rate, s session, conversation string) error {
	l, ok := d.rates[which]
	if !ok {
		return nil
	}
	key := s.from
	if s.caller.Kind != "" {
		key = s.caller.Author().Key() + string(s.caller.Shopper) + "/" + conversation
	}
	if ok, wait := l.Allow(key); !ok {
		return chat.ErrRateLimited.After(wait)
	}
	return nil
}

// addressKey names a client's address in a limiter. An IPv6 subscriber has a whole /64, so it counts as one.
func addressKey(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.Unmap().String()
}
