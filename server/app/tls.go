package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/crypto/acme/autocert"
)

// listeners opens what the server listens on. With TLS "acme" it gets certificates for its own hosts by itself (RFC 8555,
// tls-alpn-01 and http-01) and sends plain HTTP on to HTTPS.
func listeners(ctx context.Context, c Config, hosts Hosts, log *slog.Logger) (main net.Listener, plain *http.Server, err error) {
	var lc net.ListenConfig
	switch c.TLS {
	case "off", "":
		main, err = lc.Listen(ctx, "tcp", c.Addr)
		return main, nil, err
	case "acme":
	default:
		return nil, nil, errors.New("tls must be off or acme")
	}
	if !c.ACMEAgree {
		return nil, nil, errors.New("tls acme: the certificate authority's terms must be agreed to with -acme-agree")
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
		Addr: ":80", Handler: m.HTTPHandler(nil), ReadHeaderTimeout: headerTimeout, ReadTimeout: 10 * time.Second,
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
