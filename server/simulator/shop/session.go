package shop

import (
	"net/http"
	"strings"
	"time"
)

const (
	sessionCookie  = "marl_session"
	languageCookie = "marl_language"

	maxSessions = 2000
	sessionAge  = 30 * 24 * time.Hour
)

// session is one browser of the shop, known by a first-party cookie.
type session struct {
	id       string
	cart     cart
	customer string // account id while signed in
	shopper  string // the chat's shopper in the same browser, see link.go
	seen     time.Time
}

// keep stores a session that was only lent so far and sets its cookie.
func (v *visit) keep() *session {
	if v.session.id != "" {
		return v.session
	}
	v.shop.makeRoom()
	v.session.id = v.shop.newID("")
	v.shop.sessions[v.session.id] = v.session
	v.setCookie(sessionCookie, v.session.id, true)
	return v.session
}

// makeRoom forgets the session that was away the longest when there are too many.
func (s *Shop) makeRoom() {
	if len(s.sessions) < maxSessions {
		return
	}
	var oldest *session
	for _, candidate := range s.sessions {
		if oldest == nil || candidate.seen.Before(oldest.seen) {
			oldest = candidate
		}
	}
	delete(s.sessions, oldest.id)
}

func (v *visit) setCookie(name, value string, httpOnly bool) {
	http.SetCookie(v.writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(sessionAge / time.Second),
		HttpOnly: httpOnly, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(v.shop.options.BaseURL, "https://"),
	})
}
