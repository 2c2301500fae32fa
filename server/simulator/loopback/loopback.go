// Package loopback is an HTTP client that finds *.localhost on this machine.
//
// RFC 6761 (6.3) lets applications resolve names below "localhost" to the
// loopback address; browsers do, many system resolvers do not.
package loopback

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
)

// Client returns a client for the demo's own hosts.
func Client() *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, Address(address))
			},
			MaxIdleConnsPerHost: 4,
			IdleConnTimeout:     30 * time.Second,
		},
	}
}

// Address replaces the host of a host:port below "localhost" by 127.0.0.1.
func Address(hostport string) string {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return hostport
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return hostport
}
