package app

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/rest"
	"github.com/tagalong-chat/tagalong/server/wire"
	"github.com/tagalong-chat/tagalong/widget"
)

// routes are all URLs, by host. extra adds to the inbox's, and other hosts, for the demo.
func (p *parts) routes(extra func(map[string]http.Handler, *http.ServeMux)) http.Handler {
	public, agents, files := http.NewServeMux(), http.NewServeMux(), http.NewServeMux()
	hosts := map[string]http.Handler{}
	if p.hosts.Inbox == p.hosts.Public {
		agents = public
	}
	switch p.hosts.Files {
	case p.hosts.Public:
		files = public
	case p.hosts.Inbox:
		files = agents
	}
	hosts[hostOf(p.hosts.Public)], hosts[hostOf(p.hosts.Inbox)], hosts[hostOf(p.hosts.Files)] = public, agents, files

	p.api(public)
	if agents != public {
		p.api(agents)
	}
	public.Handle("GET /w/{file}", p.widget)
	public.Handle("GET /panel/{key}", p.widget)
	public.Handle("GET /c/{key}", p.widget)
	agents.Handle("/inbox/", p.inbox)
	agents.Handle("GET /inbox", http.RedirectHandler("/inbox/", http.StatusPermanentRedirect))
	agents.Handle("GET /{$}", http.RedirectHandler("/inbox/", http.StatusFound))
	for _, mux := range slices.Compact([]*http.ServeMux{public, agents}) { // a plugin knows one URL of ours
		mux.Handle("GET /connect", rest.ToInbox(p.hosts.Inbox, "/inbox/connect"))
		mux.Handle("GET /register", rest.ToInbox(p.hosts.Inbox, "/inbox/register"))
	}
	public.Handle("/hooks/", p.rest.Around(p.hooks))
	files.Handle("/files/", p.rest.Around(p.rest.Files()))
	if extra != nil {
		extra(hosts, agents)
	}
	return p.everywhere(byHost{hosts, p.rest.Misdirected()})
}

// api is the contract: REST, sockets and streams.
func (p *parts) api(mux *http.ServeMux) {
	mux.Handle("/v1/", p.rest)
	p.realtime.Handlers(func(pattern string, h http.HandlerFunc) {
		mux.Handle(pattern, p.rest.Around(p.rest.CORS(h)))
	})
}

// problem answers a request outside the contract's doors with an error.
func (p *parts) problem(w http.ResponseWriter, r *http.Request, err error) { p.rest.Problem(w, r, err) }

// everywhere adds what is answered under every host name: a load balancer asks by address.
func (p *parts) everywhere(hosts http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", p.health.live)
	mux.HandleFunc("GET /readyz", p.health.readiness)
	mux.Handle("GET /metrics", p.metrics)
	mux.Handle("/", hosts)
	return mux
}

// site tells the widget what it may know of a shop.
func (p *parts) site(ctx context.Context, key string) (widget.Site, error) {
	s, err := p.auth.ShopByKey(ctx, key)
	if errors.Is(err, chat.ErrNotFound) {
		return widget.Site{}, widget.ErrUnknown
	}
	if err != nil {
		return widget.Site{}, err
	}
	offers := wire.ShopperOffers(s.Settings.Handoff)
	handoff := widget.Handoff{OfferOnLeave: offers.OfferOnLeave, Wording: offers.Wording, Version: offers.Version}
	for _, c := range offers.Channels {
		handoff.Channels = append(handoff.Channels, widget.HandoffChannel{
			Channel: string(c.Channel), Label: c.Label, Link: c.Link, Ask: c.Ask,
		})
	}
	return widget.Site{
		Key: s.Key, Name: s.Name, Origins: s.Origins, EditorOrigins: s.EditorOrigins, Language: s.Language, Languages: s.Settings.Languages,
		Color: s.Settings.Color, Side: s.Settings.LauncherSide, Greeting: s.Settings.Greeting, OfflineText: s.Settings.OfflineText,
		Handoff: handoff, HideOrders: s.Settings.HideOrders,
	}, nil
}
