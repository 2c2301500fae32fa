package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A record carries the keys that it can be found by: a kind, a colon and a value in one normal form.

const (
	maxKeys    = 60
	maxKeySize = 200
)

// EmailKey is the key of an e-mail address, whatever its case.
func EmailKey(email string) string { return key("email", strings.ToLower(strings.TrimSpace(email))) }

// PhoneKey is the key of a phone number in E.164.
func PhoneKey(phone string) string { return key("phone", strings.TrimSpace(phone)) }

// NumberKey is the key of an order's number as people write it: "#1001", "1001" and " 1001 " are one.
func NumberKey(number string) string {
	return key("number", strings.ToUpper(strings.TrimLeft(strings.TrimSpace(number), "#＃ ")))
}

// TokenKey is the key of a cart's or checkout's token.
func TokenKey(token string) string { return key("token", token) }

// WordKey is the key of one word of a title; the beginning of a word is the beginning of its key.
func WordKey(word string) string { return key("word", strings.ToLower(word)) }

func key(kind, value string) string {
	if value == "" || len(value) > maxKeySize || !utf8.ValidString(value) {
		return ""
	}
	return kind + ":" + value
}

// wordsOf parts a text into the words that it can be searched by.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// keyed leaves out empty keys and repeats, and sorts.
func keyed(keys ...string) []string {
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == "" })
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys[:min(len(keys), maxKeys)]
}

func (o *Order) keys() []string {
	ks := []string{NumberKey(o.Number), TokenKey(o.CartToken), TokenKey(o.CheckoutToken)}
	if o.Customer != nil {
		ks = append(ks, EmailKey(o.Customer.Email), PhoneKey(o.Customer.Phone))
	}
	return keyed(ks...)
}

func (s *Shipment) keys() (ks []string) {
	for _, t := range s.Tracking {
		ks = append(ks, key("tracking", t.Number))
	}
	return keyed(ks...)
}

func (c *Cart) keys() []string {
	ks := []string{TokenKey(c.ExternalID), TokenKey(c.ParentToken), EmailKey(c.Email), PhoneKey(c.Phone)}
	if c.Customer != nil {
		ks = append(ks, EmailKey(c.Customer.Email), PhoneKey(c.Customer.Phone))
	}
	return keyed(ks...)
}

func (c *Customer) keys() []string { return keyed(EmailKey(c.Email), PhoneKey(c.Phone)) }

func (p *Product) keys() []string {
	texts := []string{p.Title, p.Handle}
	for _, v := range p.Variants {
		texts = append(texts, v.SKU)
	}
	var ks []string
	for _, w := range wordsOf(strings.Join(texts, " ")) {
		ks = append(ks, WordKey(w))
	}
	return keyed(ks...)
}

func (c *Coupon) keys() []string { return keyed(WordKey(c.Code), EmailKey(c.BoundEmail)) }
