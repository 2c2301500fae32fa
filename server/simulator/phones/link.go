package phones

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Bounds of a link. m.me documents 2,083 characters for a ref.
const (
	maxLink = 8 << 10
	maxRef  = 2083
	maxTo   = 100
)

var errLink = errors.New("phones: not a click-to-chat link")

// linkHosts are the hosts of click-to-chat links, and the first parts of the path
// under which this page stands in for them.
var linkHosts = map[string]App{"wa.me": WhatsApp, "m.me": Messenger, "ig.me": Instagram}

// ParseLink reads a click-to-chat link, be it the real one (https://wa.me/…) or
// this page's stand-in for it (http://phone.localhost:8080/wa.me/…).
func ParseLink(text string) (Link, error) {
	if len(text) > maxLink {
		return Link{}, errLink
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return Link{}, errLink
	}
	path := strings.Trim(u.Path, "/")
	app, found := linkHosts[strings.ToLower(u.Hostname())]
	if !found {
		var first string
		first, path, _ = strings.Cut(path, "/")
		app = linkHosts[first]
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Link{}, errLink
	}
	link := Link{App: app, To: path, Text: query.Get("text")}
	if app == Instagram {
		if link.To, found = strings.CutPrefix(path, "m/"); !found {
			return Link{}, errLink
		}
	}
	if app != WhatsApp {
		link.Ref = query.Get("ref")
	}
	return link, link.check()
}

func (l Link) check() error {
	switch {
	case l.App == "", l.To == "", len(l.To) > maxTo, strings.Contains(l.To, "/"):
		return errLink
	case l.App == WhatsApp && strings.Trim(l.To, "0123456789") != "":
		return errLink // country code and number, no "+", brackets or dashes
	case !utf8.ValidString(l.To + l.Text + l.Ref):
		return errLink
	case utf8.RuneCountInString(l.Ref) > maxRef, utf8.RuneCountInString(l.Text) > maxText:
		return errLink
	}
	return nil
}
