package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kinds of tokens.
const (
	systemToken    = "SYSTEM_USER"
	pageToken      = "PAGE"
	instagramToken = "USER"
)

// token is what a caller shows. It reaches one account, Page or Instagram
// account, and nothing else.
type token struct {
	value   string
	app     string
	kind    string
	account string // WABA
	line    string
	expires time.Time // zero: never
	revoked bool
}

func (w *World) grant(t token) {
	if t.value != "" && w.tokens[t.value] == nil {
		w.tokens[t.value] = &t
	}
}

// ExpireToken lets a token end at a time; the zero time revokes it now.
func (w *World) ExpireToken(value string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.tokens[value]
	if t == nil {
		return fmt.Errorf("graph: no such token")
	}
	t.expires, t.revoked = at, at.IsZero()
	return nil
}

// ReplaceToken gives a line another token and keeps the old one from working.
func (w *World) ReplaceToken(lineID, value string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := w.line(lineID)
	if err != nil {
		return err
	}
	old := w.tokens[l.token]
	if old == nil {
		return fmt.Errorf("graph: line %s has no token", lineID)
	}
	fresh := *old
	fresh.value, fresh.revoked, fresh.expires = value, false, time.Time{}
	delete(w.tokens, l.token)
	for _, other := range w.lines {
		if other.token == old.value {
			other.token = value
		}
	}
	w.grant(fresh)
	return nil
}

// presented is the token of a request: the header, or the parameter that Graph
// takes as well.
func presented(r *http.Request) string {
	if scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(value)
	}
	return r.URL.Query().Get("access_token")
}

// authenticate finds the token and checks the proof that an app may require
// (Meta: "Secure Graph API calls").
func (w *World) authenticate(c *call) *failure {
	value := c.presented
	if value == "" {
		return fail(2500, "").titled("An active access token must be used to query information about the current user.").as(http.StatusUnauthorized)
	}
	t := w.tokens[value]
	switch {
	case t == nil:
		return fail(190, "").titled("Invalid OAuth access token - Cannot parse access token").as(http.StatusUnauthorized)
	case t.revoked:
		return fail(190, "").sub(460).titled("Error validating access token: The session has been invalidated because the user " +
			"changed their password or Facebook has changed the session for security reasons.").as(http.StatusUnauthorized)
	case !t.expires.IsZero() && !w.now().Before(t.expires):
		return fail(190, "").sub(463).titled(fmt.Sprintf("Error validating access token: Session has expired on %s. The current time is %s.",
			t.expires.UTC().Format(sessionTime), w.now().UTC().Format(sessionTime))).as(http.StatusUnauthorized)
	}
	c.token = t
	return w.checkProof(c)
}

const sessionTime = "Monday, 02-Jan-06 15:04:05 MST"

func (w *World) checkProof(c *call) *failure {
	a := w.apps[c.token.app]
	proof := c.parameter("appsecret_proof")
	if a == nil || proof == "" && !a.RequireProof {
		return nil
	}
	if !hmac.Equal([]byte(proof), []byte(Proof(a.Secret, c.token.value))) {
		return fail(100, "").titled("Invalid appsecret_proof provided in the API argument")
	}
	return nil
}

// Proof is the appsecret_proof of a token.
func Proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// reaches tells whether a token may act for a line.
func (t *token) reaches(l *line) bool {
	if t.kind == systemToken {
		return l.account != nil && l.account.id == t.account
	}
	return t.line == l.id || l.page != "" && t.line == l.page || l.token == t.value
}

// debugToken is GET /debug_token: what a token is good for.
func (w *World) debugToken(c *call) (any, *failure) {
	t := w.tokens[c.parameter("input_token")]
	if t == nil {
		return object{"data": object{
			"is_valid": false, "scopes": []string{},
			"error": object{"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"},
		}}, nil
	}
	scopes := map[string][]string{
		systemToken:    {"whatsapp_business_management", "whatsapp_business_messaging"},
		pageToken:      {"pages_messaging", "pages_manage_metadata", "page_utility_messaging", "instagram_basic", "instagram_manage_messages"},
		instagramToken: {"instagram_business_basic", "instagram_business_manage_messages"},
	}[t.kind]
	expires := int64(0)
	if !t.expires.IsZero() {
		expires = t.expires.Unix()
	}
	data := object{
		"app_id": t.app, "type": t.kind, "application": w.appName(t.app), "expires_at": expires, "data_access_expires_at": 0,
		"is_valid": !t.revoked && (t.expires.IsZero() || w.now().Before(t.expires)), "scopes": scopes,
	}
	if t.line != "" {
		data["profile_id"] = t.line
	}
	if t.account != "" {
		data["granular_scopes"] = []object{{"scope": "whatsapp_business_messaging", "target_ids": []string{t.account}}}
	}
	return object{"data": data}, nil
}

func (w *World) appName(id string) string {
	if a := w.apps[id]; a != nil && a.Name != "" {
		return a.Name
	}
	return "App " + id
}

// myAccounts is GET /me/accounts: the Pages that the token's app was given.
func (w *World) myAccounts(c *call) (any, *failure) {
	pages := []object{}
	for _, id := range sortedKeys(w.lines) {
		if l := w.lines[id]; l.network == Messenger && l.appID == c.token.app {
			pages = append(pages, object{"id": l.id, "name": l.name, "access_token": l.token, "tasks": []string{"MESSAGING", "MODERATE"}})
		}
	}
	return object{"data": pages}, nil
}

// accessToken is GET /oauth/access_token: an app token, or a longer life for a
// token.
func (w *World) accessToken(c *call) (any, *failure) {
	a := w.apps[c.parameter("client_id")]
	if a == nil || !hmac.Equal([]byte(a.Secret), []byte(c.parameter("client_secret"))) {
		return nil, fail(1, "").titled("Error validating client secret.")
	}
	if exchanged := c.parameter("fb_exchange_token"); exchanged != "" {
		if w.tokens[exchanged] == nil {
			return nil, fail(190, "").titled("Invalid OAuth access token - Cannot parse access token").as(http.StatusUnauthorized)
		}
		return object{"access_token": exchanged, "token_type": "bearer", "expires_in": 5183944}, nil
	}
	return object{"access_token": a.ID + "|" + a.Secret, "token_type": "bearer"}, nil
}
