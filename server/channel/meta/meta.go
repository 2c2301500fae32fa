// Package meta carries messages over Meta's networks: WhatsApp, Messenger and Instagram.
//
// A Platform is all three: it verifies and reads their webhooks, which come to one address, and gives an adapter for each.
//
// Incoming: signature.go, webhook.go (the outside), then whatsapp_in.go and messenger_in.go (what each says) with their neighbours.
// Outgoing: compose.go (what a message comes to in words), whatsapp_out.go and messenger_out.go (its requests), template.go, and
// graph.go, the one client of the Graph API. What Meta's errors mean stands in the tables of errors.go. instagram.go shows what a
// further channel takes that speaks a dialect known here.
//
// Meta gives no key against sending twice: a request whose answer is lost may have been carried out, and says so (SendUncertain).
// What we send carries "<delivery>.<part>", which comes back with statuses and echoes.
package meta

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// DefaultVersion of the Graph API: each lives for about two years. https://developers.facebook.com/docs/graph-api/changelog
const DefaultVersion = "v25.0"

// Options of a Platform. What is left out is Meta's own.
type Options struct {
	Version        string // of the Graph API
	GraphURL       string
	InstagramURL   string // for accounts that are connected by Instagram itself, without a page
	WhatsAppLinks  string // what links to a chat begin with: https://wa.me
	MessengerLinks string
	InstagramLinks string

	// MediaHosts are further hosts, with their port, that files are fetched from, by plain HTTP too: those of a stand-in for Meta.
	MediaHosts []string
	Transport  http.RoundTripper // nil: one with time limits

	Blobs      chat.Blobs                          // where the files are that are sent
	FileURL    func(chat.Attachment) string        // a link to a file that works for whoever has it, for some time
	WebhookURL func(app chat.ProviderAppID) string // where an app's webhooks are to come
}

// Platform is Meta as a provider.
type Platform struct {
	o     Options
	graph *http.Client
	media *http.Client
}

var _ channel.Provider = (*Platform)(nil)

// New makes a Platform.
func New(o Options) *Platform {
	o.Version = first(o.Version, DefaultVersion)
	o.GraphURL = base(o.GraphURL, "https://graph.facebook.com")
	o.InstagramURL = base(o.InstagramURL, "https://graph.instagram.com")
	o.WhatsAppLinks = base(o.WhatsAppLinks, "https://wa.me")
	o.MessengerLinks = base(o.MessengerLinks, "https://m.me")
	o.InstagramLinks = base(o.InstagramLinks, "https://ig.me/m")
	if o.Transport == nil {
		o.Transport = transport()
	}
	p := &Platform{o: o}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p.graph = &http.Client{Transport: o.Transport, CheckRedirect: stay}
	p.media = &http.Client{Transport: o.Transport, CheckRedirect: p.followMedia}
	return p
}

func base(given, usual string) string { return strings.TrimRight(first(given, usual), "/") }

func transport() *http.Transport {
	const dial, handshake, answer, idle = 5 * time.Second, 5 * time.Second, 25 * time.Second, 90 * time.Second
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dial}).DialContext,
		TLSHandshakeTimeout:   handshake,
		ResponseHeaderTimeout: answer,
		IdleConnTimeout:       idle,
		MaxIdleConnsPerHost:   32,
		ForceAttemptHTTP2:     true,
	}
}

// Name implements channel.Provider.
func (*Platform) Name() chat.Provider { return chat.ProviderMeta }

// MaxBody implements channel.Provider.
func (*Platform) MaxBody() int64 { return maxBody }
