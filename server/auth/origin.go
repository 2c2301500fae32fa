package auth

import (
	"net/http"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// InboxURL is where agents work; an origin.
func (a *Agents) InboxURL() string { return a.inbox }

// OnInbox tells whether the request came to the inbox's host: the only one where an agent's cookie counts.
func (a *Agents) OnInbox(r *http.Request) bool {
	scheme, _, _ := strings.Cut(a.inbox, "://")
	host, ok := chat.Origin(scheme + "://" + r.Host)
	return ok && host == a.inbox
}

// SameOrigin refuses, with ErrCrossOrigin, what another site makes an agent's browser send. Browsers say so in Sec-Fetch-Site, and
// in Origin when something may change; a program that sends neither has no cookie to misuse.
func (a *Agents) SameOrigin(r *http.Request) error {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return ErrCrossOrigin
	}
	if origins := r.Header.Values("Origin"); len(origins) > 1 || len(origins) == 1 && origins[0] != a.inbox {
		return ErrCrossOrigin
	}
	return nil
}

// ExactOrigin refuses, with ErrOrigin, an upgrade that does not come from a page of the inbox. A browser always names the origin of
// an upgrade, and no other protection looks at a GET, so here it must be there.
func (a *Agents) ExactOrigin(r *http.Request) error {
	if origins := r.Header.Values("Origin"); len(origins) != 1 || origins[0] != a.inbox {
		return ErrOrigin
	}
	return nil
}
