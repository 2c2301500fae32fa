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
	rateNone         rate = iota
	rateSessions          // new shoppers, per address
	rateLinks             // tries of invitations and resets, per address
	rateIdentity          // proofs of identity, per session
	ratePosts             // messages, per caller and conversation
	rateUploads           // files, per caller
	rateEvents            // batches, per plugin key
	rateProvider          // questions to a provider, per agent
	rateHandoffs          // links and answers to them, per session
	rateConsents          // forms with a number or an address, per session
	rateConsentsFrom      // and per address
	rateResumes           // tries of return links, per address
	rateCodes             // exchanges of a plugin's code, per address
	rateHooks             // pings and new secrets, per caller
	ratePrivacy           // requests about people's data, per caller
	rateLookUps           // tries to find an order by number and e-mail, per session
	rateLookUpsFrom       // and per address
	rateLookUpsOf         // and per shop and number
)

const rateKeys = 20_000

func limiters(sessionsPerMinute int, now func() time.Time) map[rate]*auth.Limiter {
	perMinute := func(n int) *auth.Limiter { return auth.NewLimiter(float64(n)/60, n, rateKeys, now) }
	return map[rate]*auth.Limiter{
		rateSessions:     perMinute(sessionsPerMinute),
		rateLinks:        perMinute(30),
		rateIdentity:     perMinute(20),
		ratePosts:        auth.NewLimiter(5, 20, rateKeys, now),
		rateUploads:      perMinute(30),
		rateEvents:       auth.NewLimiter(50, 200, rateKeys, now),
		rateProvider:     perMinute(20),
		rateHandoffs:     perMinute(10),
		rateConsents:     perMinute(5),
		rateConsentsFrom: auth.NewLimiter(20.0/3600, 20, rateKeys, now),
		rateResumes:      perMinute(20),
		rateCodes:        perMinute(30),
		rateHooks:        perMinute(20),
		ratePrivacy:      perMinute(60),
		rateLookUps:      auth.NewLimiter(5.0/600, 5, rateKeys, now),
		rateLookUpsFrom:  auth.NewLimiter(20.0/3600, 20, rateKeys, now),
		rateLookUpsOf:    auth.NewLimiter(20.0/3600, 20, rateKeys, now),
	}
}

// limit takes one of what the caller, and their address, have left, or refuses.
func (d *Door) limit(op operation, s session, conversation string) error {
	key := s.from
	if s.caller.Kind != "" {
		key = s.caller.Author().Key() + string(s.caller.Shopper) + "/" + conversation
	}
	if err := d.take(op.rate, key); err != nil {
		return err
	}
	return d.take(op.address, s.from)
}

func (d *Door) take(which rate, key string) error {
	l, ok := d.rates[which]
	if !ok {
		return nil
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
