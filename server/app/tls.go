package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/acme/autocert"
)

const tlsACME = "acme"

// checkTLS refuses settings with which no certificate could be had.
func checkTLS(c Config, hosts Hosts) error {
	switch c.TLS {
	case "", "off":
		return nil
	case tlsACME:
	default:
		return fmt.Errorf("tls: %q is neither off nor acme", c.TLS)
	}
	if !c.ACMEAgree {
		return errors.New("tls acme: the certificate authority's terms must be agreed to with -acme-agree")
	}
	for _, origin := range []string{hosts.Public, hosts.Inbox, hosts.Files} {
		name, ok := strings.CutPrefix(origin, "https://")
		if !ok || !strings.Contains(name, ".") || strings.ContainsAny(name, ":[") || net.ParseIP(name) != nil {
			return fmt.Errorf("tls acme: %s must be https:// with a public host name and no port; this server answers on 443", origin)
		}
	}
	return nil
}

// listeners opens what the server listens on. With TLS "acme" it gets certificates for its own hosts by itself (RFC 8555,
// tls-alpn-01 and http-01) and sends plain HTTP on to HTTPS.
func listeners(ctx context.Context, c Config, hosts Hosts, log *slog.Logger) (main net.Listener, plain *http.Server, err error) {
	var lc net.ListenConfig
	if c.TLS != tlsACME {
		main, err = lc.Listen(ctx, "tcp", c.Addr)
		return main, nil, err
	}
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Email: c.ACMEEmail, Cache: autocert.DirCache(filepath.Join(c.Data, "certificates")),
		HostPolicy: autocert.HostWhitelist(hostnames(hosts)...),
	}
	if main, err = lc.Listen(ctx, "tcp", ":443"); err != nil {
		return nil, nil, err
	}
	config := m.TLSConfig()
	config.MinVersion = tls.VersionTLS12
	plain = &http.Server{
		Addr: ":80", Handler: m.HTTPHandler(nil), ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return tls.NewListener(main, config), plain, nil
}

func hostnames(h Hosts) []string {
	var names []string
	for _, origin := range []string{h.Public, h.Inbox, h.Files} {
		name := hostOf(origin)
		if n, _, err := net.SplitHostPort(name); err == nil {
			name = n
		}
		names = append(names, name)
	}
	return names
}
