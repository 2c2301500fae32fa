package realtime

import (
	"net/netip"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var errTooMany = (&chat.Error{
	Kind: chat.KindRateLimited, Code: "too_many_connections", Message: "There are too many connections already.",
}).After(30 * time.Second)

// guests counts connections per client address and per session. A session's connections and POSTs share one allowance of messages.
type guests struct {
	limits *Limits

	mu       sync.Mutex
	byIP     map[netip.Prefix]int
	sessions map[[32]byte]*guest
}

type guest struct {
	limits *Limits

	mu       sync.Mutex
	messages bucket
	frames   bucket // that are posted

	// Guarded by guests.
	open int   // connections
	seen int64 // the last POST or parting, in Unix seconds
}

func newGuests(l *Limits) *guests {
	return &guests{limits: l, byIP: make(map[netip.Prefix]int), sessions: make(map[[32]byte]*guest)}
}

// neighbourhood is what counts as one client: an IPv4 address, or an IPv6 network as one customer gets it.
func neighbourhood(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address at all: they are all one
	}
	return p
}

// arrive takes a place for a connection from ip.
func (g *guests) arrive(ip netip.Addr) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := neighbourhood(ip)
	if g.byIP[p] >= g.limits.PerIP {
		return errTooMany
	}
	g.byIP[p]++
	return nil
}

func (g *guests) depart(ip netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := neighbourhood(ip)
	if g.byIP[p]--; g.byIP[p] <= 0 {
		delete(g.byIP, p)
	}
}

func (g *guests) find(session [32]byte) *guest {
	u := g.sessions[session]
	if u == nil {
		u = &guest{limits: g.limits}
		g.sessions[session] = u
	}
	return u
}

// enter takes a place for a connection of the session; most is 0 where connections are not counted.
func (g *guests) enter(session [32]byte, most int) (*guest, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.find(session)
	if most > 0 && u.open >= most {
		return nil, errTooMany
	}
	u.open++
	return u, nil
}

func (g *guests) leave(session [32]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u := g.sessions[session]; u != nil {
		u.open--
		u.seen = time.Now().Unix() // so that reconnecting refills no allowance
	}
}

// post gives the allowance of a session that has, perhaps, no connection.
func (g *guests) post(session [32]byte) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.find(session)
	u.seen = time.Now().Unix()
	return u
}

// forget drops sessions without connections that have been silent for longer than a full allowance takes to come back.
func (g *guests) forget(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	full := time.Duration(float64(g.limits.MessageBurst)/g.limits.Messages*float64(time.Second)) + time.Minute
	for session, u := range g.sessions {
		if u.open <= 0 && now.Sub(time.Unix(u.seen, 0)) > full {
			delete(g.sessions, session)
		}
	}
}

// allow takes one message from the allowance, or tells when the next one is there.
func (u *guest) allow() (wait time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.messages.take(u.limits.Messages, u.limits.MessageBurst, time.Now())
}

// mayPost takes one posted frame from the allowance.
func (u *guest) mayPost() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.frames.take(u.limits.Frames, u.limits.FrameBurst, time.Now()) == 0
}
