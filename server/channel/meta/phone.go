package meta

import (
	"regexp"
	"strings"
)

// businessScoped is the form of the ids by which WhatsApp names people who have not shown their number. They have been seen where
// numbers stand too, so whatever may be either is looked at before it is taken for a number.
// https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids
var businessScoped = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)

// digits gives the digits of a phone number that may be written with signs; empty, when it is none.
func digits(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() .\u00a0", r) {
			return -1
		}
		return r
	}, s)
	if len(s) < 5 || len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// canonical folds the two spellings that one number has in Brazil (mobile numbers with and without their ninth digit) and in Mexico
// (with and without a 1 after the country code) into one, since WhatsApp uses either.
func canonical(number string) string {
	const brazil, mexico = "55", "521"
	switch {
	case strings.HasPrefix(number, mexico) && len(number) == len("521")+10:
		return "52" + number[len(mexico):]
	case strings.HasPrefix(number, brazil) && len(number) == len("55")+2+8 && number[4] >= '6':
		return number[:4] + "9" + number[4:] // numbers that begin with less are of the fixed net, which has no ninth digit
	}
	return number
}
