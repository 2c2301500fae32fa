package realtime

import (
	"net/http"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var errOrigin = &chat.Error{Kind: chat.KindForbidden, Code: "origin_not_allowed", Message: "This origin is not allowed here."}

// checkOrigin compares the request's Origin with ours and the shop's, to the letter: scheme, host and port. The library's own
// check takes an absent Origin and patterns without a scheme, so it is not used. A socket must name its origin, as every browser
// does; elsewhere an absent one is a client without a browser, or the same origin, and the token in the header proves it.
func (d *Door) checkOrigin(r *http.Request, shop chat.Shop, must bool) error {
	values := r.Header["Origin"]
	if len(values) == 0 && !must {
		return nil
	}
	if len(values) != 1 || values[0] == "" {
		return errOrigin
	}
	if slices.Contains(d.o.OwnOrigins, values[0]) || slices.Contains(shop.Origins, values[0]) {
		return nil
	}
	return errOrigin
}

// checkStreamOrigin is for the agents' stream: a GET with a cookie. Browsers send no Origin with a GET of the same origin, but say
// so in Sec-Fetch-Site.
func (d *Door) checkStreamOrigin(r *http.Request) error {
	if len(r.Header["Origin"]) == 0 && r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		return nil
	}
	return d.o.Auth.ExactOrigin(r)
}
