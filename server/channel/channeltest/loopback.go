package channeltest

import (
	"fmt"
	"net"
	"net/http"
)

// Loopback is a transport that goes nowhere but to this machine, so that a forgotten setting can't reach a real provider.
type Loopback struct {
	Base http.RoundTripper // nil: the default one
}

// RoundTrip refuses any host that is not the machine itself.
func (l Loopback) RoundTrip(r *http.Request) (*http.Response, error) {
	if ip := net.ParseIP(r.URL.Hostname()); r.URL.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("channeltest: a test wants to reach %s", r.URL.Host)
	}
	if l.Base != nil {
		return l.Base.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}
