package chat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const maxState = 200

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// CheckConnect looks a plugin's request over before a person is asked.
func (s *Service) CheckConnect(ctx context.Context, by Caller, r ConnectRequest) (ConnectLook, error) {
	if by.Kind != AuthorAgent {
		return ConnectLook{}, ErrForbidden
	}
	origin, err := r.validate()
	if err != nil {
		return ConnectLook{}, err
	}
	look := ConnectLook{ReturnOrigin: origin}
	shops, err := s.store.Shops(ctx, by.Merchant)
	for _, sh := range shops {
		if slices.Contains(sh.Origins, origin) {
			look.Shops = append(look.Shops, sh.ID)
		}
	}
	return look, err
}

// GrantConnect allows a plugin what it asks for, in one shop. It gives the URL that takes the person back to the plugin, with a code
// that the plugin exchanges for its key.
func (s *Service) GrantConnect(ctx context.Context, by Caller, r ConnectRequest, shop ShopID) (string, error) {
	if by.Kind != AuthorAgent || !by.Role.Manages() {
		return "", ErrForbidden
	}
	if _, err := r.validate(); err != nil {
		return "", err
	}
	sh, err := s.Shop(ctx, by, shop)
	if err != nil {
		return "", err
	}
	code := newGrantCode(sh.Test, s.random)
	now := At(s.now())
	err = s.store.CreateGrant(ctx, Grant{
		Hash: GrantHash(code), Merchant: by.Merchant, Shop: shop, By: by.Agent, Name: r.Name, Platform: r.Platform, ReturnURL: r.ReturnURL,
		Challenge: r.Challenge, Scopes: r.Scopes, Identity: r.Identity, CreatedAt: now, ExpiresAt: now + GrantFor,
	})
	if err != nil {
		return "", err
	}
	back, err := url.Parse(r.ReturnURL)
	if err != nil {
		return "", ErrBadConnect
	}
	q := back.Query()
	q.Set("code", code)
	q.Set("state", r.State)
	back.RawQuery = q.Encode()
	return back.String(), nil
}

// GrantHash is what is kept of a grant's code.
func GrantHash(code string) [32]byte { return sha256.Sum256([]byte("grant\x00" + code)) }

// Prefixes of grants' codes: a test shop's key is known as one by its look, and its code too.
const (
	PrefixGrant     = "tgc_"
	PrefixTestGrant = "tgc_test_"
)

func newGrantCode(test bool, random io.Reader) string {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("chat: no randomness: " + err.Error()) // as NewID
	}
	prefix := PrefixGrant
	if test {
		prefix = PrefixTestGrant
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// validate checks the request's form and gives the origin that the person is sent back to.
func (r *ConnectRequest) validate() (origin string, _ error) {
	var bad []Field
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	r.Name = strings.TrimSpace(r.Name)
	add(label(r.Name) && printable(r.Name, maxFieldSize), "name", "must have 1 to 120 characters")
	add(r.Platform == "" || printable(r.Platform, 40), "platform", "must have at most 40 characters")
	origin, ok := returnOrigin(r.ReturnURL)
	add(ok, "return_url", "must be an https URL without user, password or fragment")
	add(printable(r.State, maxState), "state", "must have 1 to 200 characters")
	add(challengeForm.MatchString(r.Challenge), "code_challenge", "must be the base64url of a SHA-256")
	add(r.Method == "S256", "code_challenge_method", "must be S256")
	slices.Sort(r.Scopes)
	r.Scopes = slices.Compact(r.Scopes)
	add(len(r.Scopes) > 0, "scopes", "at least one is needed")
	for _, scope := range r.Scopes {
		add(slices.Contains(Scopes(), scope), "scopes", "one of them is not known")
	}
	if bad != nil {
		return "", ErrBadConnect.With(bad[:min(len(bad), 20)]...)
	}
	return origin, nil
}

// returnOrigin tells where a return URL leads. Plain http is for a developer's own machine alone.
func returnOrigin(raw string) (string, bool) {
	if !WebURL(raw) || len(raw) > maxURLBytes {
		return "", false
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Fragment != "" || u.Query().Has("code") || u.Query().Has("error") {
		return "", false
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
	if u.Scheme != "https" && !local {
		return "", false
	}
	return Origin(u.Scheme + "://" + u.Host)
}
