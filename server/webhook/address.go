package webhook

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const maxURL = 2000

// CheckURL implements chat.Poster: an address that can be seen to lead nowhere good is refused when it is saved. What a name leads to
// is looked at when it is dialled.
func (s *Sender) CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil, len(raw) > maxURL, strings.TrimSpace(raw) != raw, u.User != nil, u.Fragment != "", u.Opaque != "":
		return chat.ErrURL
	case u.Scheme != "https" && (u.Scheme != "http" || !s.open):
		return chat.ErrURL
	case !s.portAllowed(u.Port()), !s.hostAllowed(u.Hostname()):
		return chat.ErrURL
	}
	return nil
}

// portAllowed keeps to the web's ports and to those that anybody may listen on.
func (s *Sender) portAllowed(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && (n == 80 || n == 443 || n >= 1024)
}

func (s *Sender) hostAllowed(host string) bool {
	if s.open {
		return host != ""
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Zone() == "" && s.dialAllowed(netip.AddrPortFrom(a, 443))
	}
	return nameAllowed(strings.ToLower(host))
}

func (s *Sender) dialAllowed(a netip.AddrPort) bool {
	network := "tcp4"
	if a.Addr().Is6() {
		network = "tcp6"
	}
	return s.guard.Safe(network, a.String(), nil) == nil
}

// nameAllowed takes names of the public DNS in the form that goes over the wire. Numbers in odd notations, which resolvers take for
// addresses, are no names; nor is what looks like a name in another script.
func nameAllowed(host string) bool {
	if len(host) > 253 || strings.HasSuffix(host, ".") || net.ParseIP(host) != nil {
		return false
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || l[0] == '-' {
			return false
		}
	}
	switch top := labels[len(labels)-1]; top {
	case "localhost", "local", "internal", "localdomain", "home", "lan", "corp", "intranet":
		return false
	default:
		return strings.Trim(top, "0123456789") != "" && !strings.HasPrefix(top, "0x")
	}
}
