package app

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/peterbourgon/ff/v3"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/realtime"
)

// Config is all that can be set: by flag, by environment (TAGALONG_ and the flag's name in capitals with underscores) or in a file
// given with -config (one "name value" a line), in this order of precedence. The zero values of the embedded mode need nothing set.
type Config struct {
	Addr       string // address to listen on
	Data       string // folder for the database and files
	PublicURL  string // loader, panel, API
	InboxURL   string // the agents' app; PublicURL when empty
	FilesURL   string // shoppers' and agents' files; PublicURL when empty
	TLS        string // "off" behind a proxy or on loopback; "acme" gets certificates by itself
	ACMEEmail  string // contact for the certificate authority
	ACMEAgree  bool   // agree to the certificate authority's terms
	Proxies    string // addresses or prefixes of trusted proxies, comma-separated
	LogLevel   string // debug, info, warn, error
	MetricsKey string // bearer token for /metrics; empty: loopback peers only
	SocketsIP  int    // live connections per client address

	MessageRate float64 // messages per second of one shopper's or agent's session; four times as many at once
	SessionRate int     // shopper sessions per minute and client address

	GraphURL      string // Meta's Graph API; for tests and the demo another
	GraphVersion  string // of the Graph API
	WhatsAppLink  string // base of links that open a chat: number, page, account
	MessengerLink string
	InstagramLink string
	SMTPURL       string // smtp://user:password@host:587 or smtps://…:465; empty: no e-mail
	SMTPFrom      string // the sender of e-mails

	Registration string // open: anybody may make a merchant and a shop; closed: only setup does

	webhookHaste float64           // by which the waits between tries of webhooks are divided, for tests
	webhookOpen  bool              // webhooks may go to this machine and over plain http, for the demo and tests
	instagramURL string            // of graph.instagram.com; for the demo and tests
	mediaHosts   []string          // further hosts of files, for the demo and tests
	transport    http.RoundTripper // to providers, for the demo and tests

	uncertainFor time.Duration // how long news are waited for of a request to a provider that got no answer

	synchronous    string        // of the store, for tests of what happens when it is not FULL
	drain          time.Duration // over how long sockets are sent away; drainSpread when zero
	requestTimeout time.Duration // for tests; the constant of this name when zero
}

// flags declares the settings that all server commands share.
func (c *Config) flags(fs *flag.FlagSet) {
	fs.StringVar(&c.Addr, "addr", "127.0.0.1:8080", "address to listen on")
	fs.StringVar(&c.Data, "data", "data", "folder for the database and files")
	fs.StringVar(&c.PublicURL, "public-url", "", "URL of loader, panel and API, e.g. https://chat.example.com (required by serve)")
	fs.StringVar(&c.InboxURL, "inbox-url", "", "URL of the agents' inbox (default: public-url)")
	fs.StringVar(&c.FilesURL, "files-url", "", "URL of uploaded files (default: public-url)")
	fs.StringVar(&c.TLS, "tls", "off", "off (behind a proxy) or acme (own certificates; listens on :443 and :80)")
	fs.StringVar(&c.ACMEEmail, "acme-email", "", "contact for the certificate authority")
	fs.BoolVar(&c.ACMEAgree, "acme-agree", false, "agree to the certificate authority's terms of service")
	fs.StringVar(&c.Proxies, "trusted-proxies", "", "addresses or prefixes of proxies whose X-Forwarded-For is believed, comma-separated")
	fs.StringVar(&c.LogLevel, "log-level", "info", "debug, info, warn or error")
	fs.StringVar(&c.MetricsKey, "metrics-key", "", "bearer token for /metrics (default: only loopback may read it)")
	fs.IntVar(&c.SocketsIP, "sockets-per-ip", 50, "live connections allowed per client address")
	fs.Float64Var(&c.MessageRate, "message-rate", 5, "messages per second of one session; four times as many at once")
	fs.IntVar(&c.SessionRate, "session-rate", 60, "new shopper sessions per minute and client address")
	fs.StringVar(&c.GraphURL, "graph-url", "https://graph.facebook.com", "base URL of Meta's Graph API")
	fs.StringVar(&c.GraphVersion, "graph-version", "v25.0", "version of Meta's Graph API")
	fs.StringVar(&c.WhatsAppLink, "whatsapp-link-url", "https://wa.me", "base URL of links into WhatsApp")
	fs.StringVar(&c.MessengerLink, "messenger-link-url", "https://m.me", "base URL of links into Messenger")
	fs.StringVar(&c.InstagramLink, "instagram-link-url", "https://ig.me/m", "base URL of links into Instagram")
	fs.StringVar(&c.instagramURL, "instagram-url", "https://graph.instagram.com", "base URL of Instagram's Graph API")
	fs.Func("media-host", "for tests only: a further host:port that channels' files are fetched from, by plain HTTP too", func(h string) error {
		c.mediaHosts = append(c.mediaHosts, h)
		return nil
	})
	fs.DurationVar(&c.uncertainFor, "uncertain-for", chat.UncertainFor, "how long a message whose sending got no answer waits for news before it is sent once more")
	fs.StringVar(&c.SMTPURL, "smtp-url", "", "mail server, smtp://user:password@host:587 or smtps://…:465 (default: no e-mail)")
	fs.StringVar(&c.SMTPFrom, "smtp-from", "", "sender of e-mails, such as \"Shop <chat@example.com>\"")
	fs.StringVar(&c.Registration, "registration", "closed", "open lets anybody make a merchant with a shop; closed leaves that to setup")
	fs.BoolVar(&c.webhookOpen, "webhook-insecure", false, "for tests only: outgoing webhooks may go to this machine and private networks, over plain HTTP too")
	fs.Float64Var(&c.webhookHaste, "webhook-haste", 1, "for tests only: divides the waits between tries of outgoing webhooks")
	fs.DurationVar(&c.drain, "drain", drainSpread, "over how long a stopping server spreads the reconnects of its clients")
	fs.StringVar(&c.synchronous, "unsafe-synchronous", "", "for crash tests only: another synchronous setting of SQLite; loses acknowledged messages")
	fs.String("config", "", "file of settings, one \"name value\" a line")
}

func (c *Config) parse(fs *flag.FlagSet, args []string) error {
	return ff.Parse(fs, args, ff.WithEnvVarPrefix("TAGALONG"), ff.WithConfigFileFlag("config"), ff.WithConfigFileParser(ff.PlainParser))
}

// check refuses limits that would let nobody in.
func (c *Config) check() error {
	for name, ok := range map[string]bool{
		"sockets-per-ip": c.SocketsIP > 0, "message-rate": c.MessageRate >= 0.25, "session-rate": c.SessionRate > 0, "drain": c.drain >= 0,
	} {
		if !ok {
			return fmt.Errorf("%s: is too small", name)
		}
	}
	if c.Registration != "" && c.Registration != "open" && c.Registration != "closed" {
		return fmt.Errorf("registration: %q is neither open nor closed", c.Registration)
	}
	return nil
}

// limits gives the live door's. Beside each message there may be some frames of other kinds: typing, read, page.
func (c *Config) limits() realtime.Limits {
	const framesPerMessage = 10
	return realtime.Limits{
		Messages: c.MessageRate, MessageBurst: int(4 * c.MessageRate), PerIP: c.SocketsIP,
		Frames: framesPerMessage * c.MessageRate, FrameBurst: int(4 * framesPerMessage * c.MessageRate),
	}
}

// Hosts are the three origins of an installation, in exact form.
type Hosts struct {
	Public, Inbox, Files string
}

// hosts checks the URLs and brings them into the form of origins.
func (c *Config) hosts() (Hosts, error) {
	if c.PublicURL == "" {
		return Hosts{}, errors.New("public-url is required: the URL under which shoppers reach this server, e.g. https://chat.example.com")
	}
	var h Hosts
	for _, u := range []struct {
		name, value string
		into        *string
	}{{"public-url", c.PublicURL, &h.Public}, {"inbox-url", c.InboxURL, &h.Inbox}, {"files-url", c.FilesURL, &h.Files}} {
		if u.value == "" {
			*u.into = h.Public
			continue
		}
		origin, ok := chat.Origin(u.value)
		if !ok {
			return Hosts{}, fmt.Errorf("%s: %q is not scheme://host[:port] without a path", u.name, u.value)
		}
		*u.into = origin
	}
	return h, nil
}

// proxies parses the trusted proxies.
func (c *Config) proxies() ([]netip.Prefix, error) {
	var ps []netip.Prefix
	for s := range strings.SplitSeq(c.Proxies, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			ps = append(ps, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted-proxies: %q is neither an address nor a prefix", s)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// database is where the durable memory lies.
func (c *Config) database() string { return filepath.Join(c.Data, "tagalong.db") }

// hostOf gives the host and port of an origin, as a Host header carries it.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Host
}
