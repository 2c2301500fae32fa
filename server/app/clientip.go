package app

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientIP gives the client's address. X-Forwarded-For is believed only as far as trusted proxies have written it: read from its
// end, the first address that is not a proxy's is the client's. Anything else a client can write itself.
func clientIP(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	isProxy := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) netip.Addr {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}
		}
		ip := peer.Addr().Unmap()
		if !isProxy(ip) {
			return ip
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return ip
			}
			if ip = a.Unmap(); !isProxy(ip) {
				return ip
			}
		}
		return ip
	}
}
