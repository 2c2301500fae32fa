package app

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientIP(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"a direct client is its peer", "203.0.113.9:1", nil, "203.0.113.9"},
		{"a header from an untrusted peer is not believed", "203.0.113.9:1", []string{"1.2.3.4"}, "203.0.113.9"},
		{"a proxy's word is believed", "127.0.0.1:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{"what the client wrote before the proxy is not", "127.0.0.1:1", []string{"1.2.3.4, 203.0.113.9"}, "203.0.113.9"},
		{"a chain of proxies is walked", "127.0.0.1:1", []string{"203.0.113.9", "10.1.2.3"}, "203.0.113.9"},
		{"junk ends the walk", "127.0.0.1:1", []string{"203.0.113.9, junk"}, "127.0.0.1"},
		{"a mapped address is the same as its plain form", "[::ffff:203.0.113.9]:1", nil, "203.0.113.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := clientIP(trusted)(r); got != netip.MustParseAddr(c.want) {
				t.Fatalf("got %s, want %s", got, c.want)
			}
		})
	}
}
