package widget

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// ErrUnknown is what Lookup answers for a key that no shop has.
var ErrUnknown = errors.New("widget: no shop with this key")

// Site is a shop as far as the widget must know it. All of it is public: whoever has the key may read it.
type Site struct {
	Key           string
	Name          string
	Origins       []string          // pages that may frame the panel: scheme, host and port
	EditorOrigins []string          // theme editors that frame the shop's pages
	Language      string            // the default
	Languages     []string          // those that the shop offers; empty: all that we have
	Color         string            // #rrggbb; anything else is the default colour
	Side          string            // "start" or "end" (the default) of the line
	Greeting      map[string]string // by language
	OfflineText   map[string]string // by language
	Handoff       Handoff
	HideOrders    bool // do not offer to look up where an order is
}

// Handoff is how a shop's conversations go along to other channels, as far as the shopper may know it.
type Handoff struct {
	Channels     []HandoffChannel  // in the shop's order
	OfferOnLeave bool              // offer it to who leaves with a question open
	Wording      map[string]string // by language: what a shopper agrees to who leaves a number; empty: ours
	Version      string            // of the wording
}

// HandoffChannel is one way to go along.
type HandoffChannel struct {
	Channel string            // whatsapp, messenger …
	Label   map[string]string // by language; empty: ours
	Link    bool              // by a link with a code
	Ask     bool              // by a number or an address that the shopper leaves
}

// languages are those that the shop offers and we have, the default one first; never empty.
func (s Site) languages(have func(string) bool) []string {
	var out []string
	for _, l := range append([]string{s.Language}, s.Languages...) {
		if have(l) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = []string{"en"}
	}
	return out
}

func (s Site) side() string {
	if s.Side == "start" {
		return "start"
	}
	return "end"
}

// in picks the text of a language, or that of the shop's own.
func (s Site) in(language string, texts map[string]string) string {
	if t := texts[language]; t != "" {
		return t
	}
	return texts[s.Language]
}

// An origin that is not plainly one never reaches a header: it could end the directive and start another.
var originForm = regexp.MustCompile(`^https?://[a-zA-Z0-9.-]+(:[0-9]{1,5})?$`)

// ancestors are the pages that may frame the panel, as frame-ancestors lists them.
func (s Site) ancestors() string {
	list := exactOrigins(append(slices.Clone(s.Origins), s.EditorOrigins...))
	if len(list) == 0 {
		return "'none'"
	}
	return strings.Join(list, " ")
}

// handoff is what the panel has to know of going along, in one language; nil where the shop offers no channel.
func (s Site) handoff(language string) *handoffConfig {
	h := s.Handoff
	if len(h.Channels) == 0 {
		return nil
	}
	c := &handoffConfig{OfferOnLeave: h.OfferOnLeave, Wording: s.in(language, h.Wording), Version: h.Version}
	for _, ch := range h.Channels {
		c.Channels = append(c.Channels, channelConfig{
			Channel: ch.Channel, Label: s.in(language, ch.Label), Link: ch.Link, Ask: ch.Ask,
		})
	}
	return c
}

func exactOrigins(in []string) []string {
	out := make([]string, 0, len(in))
	for _, o := range in {
		if originForm.MatchString(o) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// socketOrigin is the origin of our own sockets: older Safari does not count them as 'self'.
func socketOrigin(public *url.URL) string {
	scheme := "wss"
	if public.Scheme == "http" {
		scheme = "ws"
	}
	return scheme + "://" + public.Host
}

func direction(language string) string {
	switch base, _, _ := strings.Cut(language, "-"); base {
	case "ar", "he", "fa", "ur":
		return "rtl"
	}
	return "ltr"
}
