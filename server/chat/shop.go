package chat

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// Merchant is the tenant. Everything carries its merchant; nothing crosses merchants.
type Merchant struct {
	ID        MerchantID
	Name      string
	CreatedAt Millis
}

// Shop is one storefront site of a merchant.
type Shop struct {
	ID               ShopID
	Merchant         MerchantID
	Key              string // public: stands in the page
	Name             string
	Origins          []string // exact: scheme, host and port
	EditorOrigins    []string // theme editors that may frame the panel, nothing else
	Language         string   // BCP 47
	TimeZone         string   // IANA
	Currency         string   // ISO 4217
	IdentityRequired bool     // only identified shoppers may write
	Settings         ShopSettings
	Test             bool // for those who write plugins: no paid channel serves it
	CreatedAt        Millis
}

// ShopSettings are the looks and words of a shop's widget.
type ShopSettings struct {
	Color        string            `json:"color,omitempty"`         // #rrggbb
	LauncherSide string            `json:"launcher_side,omitempty"` // start or end, mirrored in right-to-left languages
	Greeting     map[string]string `json:"greeting,omitempty"`      // by language
	OfflineText  map[string]string `json:"offline_text,omitempty"`  // by language
	Languages    []string          `json:"languages,omitempty"`     // that the widget may speak; empty: all
	Handoff      HandoffSettings   `json:"handoff,omitzero"`
	HideOrders   bool              `json:"hide_orders,omitempty"` // orders are not looked up by number and e-mail
}

const maxOrigins = 50

// Validate checks a shop's settings and brings its origins into exact form.
func (s *Shop) Validate() error {
	c := checker{root: "shop"}
	var bad []Field
	if s.Name = strings.TrimSpace(s.Name); !label(s.Name) {
		bad = append(bad, Field{"name", "must have 1 to 120 characters"})
	}
	for name, list := range map[string][]string{"origins": s.Origins, "editor_origins": s.EditorOrigins} {
		if len(list) > maxOrigins {
			bad = append(bad, Field{name, fmt.Sprintf("at most %d", maxOrigins)})
			continue
		}
		for i, o := range list {
			exact, ok := Origin(o)
			if !ok {
				bad = append(bad, Field{fmt.Sprintf("%s[%d]", name, i), "must be scheme://host[:port] without a path"})
				continue
			}
			list[i] = exact
		}
	}
	if s.Currency != "" && !validCurrency(s.Currency) {
		bad = append(bad, Field{"currency", "must be an ISO 4217 code"})
	}
	if s.TimeZone != "" {
		if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
			bad = append(bad, Field{"time_zone", "must be an IANA time zone"})
		}
	}
	if len(s.Language) > 35 {
		bad = append(bad, Field{"language", "must be a BCP 47 tag"})
	}
	bad = append(bad, s.Settings.problems()...)
	if bad = append(bad, c.bad...); len(bad) > 0 {
		return ErrInvalid.With(bad...)
	}
	return nil
}

func (s ShopSettings) problems() (bad []Field) {
	if s.Color != "" && !validColor(s.Color) {
		bad = append(bad, Field{"settings.color", "must be #rrggbb"})
	}
	if s.LauncherSide != "" && s.LauncherSide != "start" && s.LauncherSide != "end" {
		bad = append(bad, Field{"settings.launcher_side", "must be start or end"})
	}
	for name, texts := range map[string]map[string]string{"greeting": s.Greeting, "offline_text": s.OfflineText} {
		for lang, text := range texts {
			if lang == "" || len(lang) > 35 || utf8.RuneCountInString(text) > 500 {
				bad = append(bad, Field{"settings." + name, "each must have a language and at most 500 characters"})
			}
		}
	}
	if len(s.Languages) > 60 {
		bad = append(bad, Field{"settings.languages", "at most 60"})
	}
	return append(bad, s.Handoff.problems()...)
}

func validColor(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	for _, c := range s[1:] {
		if !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// Origin brings an origin into the exact form that browsers send: lower case, no default port, no path. Wildcards, "null", user
// info and trailing dots are no origins.
func Origin(s string) (string, bool) {
	scheme, host, ok := strings.Cut(strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), "/")), "://")
	if !ok || (scheme != "http" && scheme != "https") || host == "" || len(host) > 260 {
		return "", false
	}
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name, port = host[:i], host[i+1:]
		if !validPort(port) {
			return "", false
		}
	}
	if !validHost(name) {
		return "", false
	}
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return scheme + "://" + name, true
	}
	return scheme + "://" + name + ":" + port, true
}

func validPort(p string) bool {
	if p == "" || len(p) > 5 || p[0] == '0' {
		return false
	}
	n := 0
	for i := range len(p) {
		if p[i] < '0' || p[i] > '9' {
			return false
		}
		n = n*10 + int(p[i]-'0')
	}
	return n < 65536
}

func validHost(h string) bool {
	if v6, ok := strings.CutPrefix(h, "["); ok {
		a, err := netip.ParseAddr(strings.TrimSuffix(v6, "]"))
		return err == nil && a.Is6()
	}
	for part := range strings.SplitSeq(h, ".") {
		if part == "" || len(part) > 63 || part[0] == '-' || part[len(part)-1] == '-' {
			return false
		}
		for _, c := range []byte(part) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false // internationalised names come as punycode, as browsers send them
			}
		}
	}
	return true
}

// PluginKey lets a plugin act for one shop.
type PluginKey struct {
	ID         PluginKeyID
	Merchant   MerchantID
	Shop       ShopID
	Name       string
	Scopes     []Scope
	Last4      string
	Hash       [32]byte // sha256 of the secret
	CreatedAt  Millis
	LastUsedAt Millis
	RevokedAt  Millis

	Platform     string // of a key that a plugin has connected for: what it called itself …
	ReturnOrigin string // … and where it was
}

// IdentitySecret signs the identities of a shop's shoppers. A shop has at most two at a time, so that they can be rotated. The
// secret itself is kept: an HMAC cannot be checked with a hash of its key.
type IdentitySecret struct {
	KID       string
	Merchant  MerchantID
	Shop      ShopID
	Secret    []byte
	PluginKey PluginKeyID // that it came with; it ends with it
	CreatedAt Millis
}
