package chat

import (
	"strings"
	"unicode"
)

// What a shopper types into the form for a number or address, brought into the one form that it is kept, asked and written to by.

// Limits of typed addresses (ITU-T E.164; RFC 5321, 4.5.3.1).
const (
	minPhoneDigits = 8
	maxPhoneDigits = 15
	maxMailBytes   = 254
	maxMailLocal   = 64
)

// personAt reads what a shopper has typed as an address on a channel. ErrBadAddress: it is none, or none that can be written to
// unasked.
func personAt(ch Channel, typed string) (Person, error) {
	switch ch {
	case ChannelWhatsApp, ChannelSMS:
		phone, ok := Phone(typed)
		if !ok {
			return Person{}, ErrBadAddress
		}
		key := "tel:" + phone[1:]
		if ch == ChannelWhatsApp {
			key = "wa:" + whatsAppDigits(phone[1:])
		}
		return Person{Keys: []string{key}, Phone: phone}, nil
	case ChannelEmail:
		mail, ok := Mail(typed)
		if !ok {
			return Person{}, ErrBadAddress
		}
		return Person{Keys: []string{"mail:" + mail}, UserID: mail}, nil
	}
	return Person{}, ErrBadAddress
}

// Phone brings a typed number into E.164. It must have its country code: one without would be taken for the business's own country's
// (Meta, "Send messages: phone number formatting"), and reach a stranger.
func Phone(typed string) (string, bool) {
	s := strings.TrimSpace(typed)
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	rest, ok := strings.CutPrefix(s, "+")
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.Replace(rest, "(0)", "", 1) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !unicode.IsSpace(r) && !strings.ContainsRune("-‑–./()\u200e\u202a\u202c", r):
			return "", false
		}
	}
	n := b.Len()
	if n < minPhoneDigits || n > maxPhoneDigits || b.String()[0] == '0' {
		return "", false
	}
	return "+" + b.String(), true
}

// whatsAppDigits writes the numbers of two countries, which WhatsApp spells in two ways, in one: Mexico's without the 1 after the
// country code, Brazil's mobile ones with the ninth digit.
func whatsAppDigits(d string) string {
	if rest, ok := strings.CutPrefix(d, "521"); ok && len(rest) == 10 {
		return "52" + rest
	}
	if strings.HasPrefix(d, "55") && len(d) == 12 && d[4] >= '6' {
		return d[:4] + "9" + d[4:]
	}
	return d
}

// Mail brings a typed e-mail address into one form. It is stricter than what is legal: what it refuses nobody has.
func Mail(typed string) (string, bool) {
	s := strings.ToLower(strings.TrimSpace(typed))
	local, host, ok := strings.Cut(s, "@")
	if !ok || len(s) > maxMailBytes || local == "" || len(local) > maxMailLocal || !strings.Contains(host, ".") || !validHost(host) {
		return "", false
	}
	for _, r := range local {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>@[\]`, r) {
			return "", false
		}
	}
	if local[0] == '.' || strings.HasSuffix(local, ".") || strings.Contains(local, "..") || strings.HasPrefix(host, "[") {
		return "", false
	}
	return s, true
}
