package mapping

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
)

// ID is an id of Shopify's. Most are numbers above 2^53, which a float would change; carts have texts.
type ID string

// UnmarshalJSON keeps a number's digits as they are.
func (id *ID) UnmarshalJSON(raw []byte) error {
	text, err := scalar(raw)
	*id = ID(text)
	return err
}

// ok tells whether the contract takes it.
func (id ID) ok() bool {
	bad := func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
	return id != "" && len(id) <= 200 && !strings.ContainsFunc(string(id), bad)
}

// decimal is an amount in major units, as text. Shopify writes most as strings and a few as numbers.
type decimal string

// UnmarshalJSON keeps a number's digits as they are.
func (d *decimal) UnmarshalJSON(raw []byte) error {
	text, err := scalar(raw)
	*d = decimal(text)
	return err
}

// scalar is the text of a string or a number; of null it is empty.
func scalar(raw []byte) (string, error) {
	if string(raw) == "null" {
		return "", nil
	}
	if raw[0] == '"' {
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	}
	var number json.Number
	if err := json.Unmarshal(raw, &number); err != nil {
		return "", fmt.Errorf("%.20q is no id and no amount", raw)
	}
	return number.String(), nil
}

// cash is an amount in the shop's currency, and in the buyer's, which is left alone: sums must add up in one.
type cash struct {
	Shop struct {
		Amount   decimal `json:"amount"`
		Currency string  `json:"currency_code"`
	} `json:"shop_money"`
}

func cashOf(amount, currency string) (c cash) {
	c.Shop.Amount, c.Shop.Currency = decimal(amount), currency
	return c
}

// purse parses the amounts of one object and keeps the first error, so that a map reads as a list of fields.
type purse struct {
	currency string
	err      error
}

// plain gives nil for an amount that is not there.
func (p *purse) plain(d decimal) *tagalong.Money { return p.parse(d, p.currency) }

func (p *purse) money(c cash) *tagalong.Money {
	if c.Shop.Currency == "" {
		return p.parse(c.Shop.Amount, p.currency)
	}
	return p.parse(c.Shop.Amount, c.Shop.Currency)
}

// or prefers the amount with a currency to the one without.
func (p *purse) or(c cash, d decimal) *tagalong.Money {
	if c.Shop.Amount != "" {
		return p.money(c)
	}
	return p.plain(d)
}

func (p *purse) parse(d decimal, currency string) *tagalong.Money {
	if d == "" {
		return nil
	}
	m, err := tagalong.ParseMoney(string(d), currency)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return nil
	}
	return &m
}

var (
	isShopper = regexp.MustCompile(`^shp_[a-z2-7]{26}$`).MatchString
	isE164    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString
	isCountry = regexp.MustCompile(`^[A-Z]{2}$`).MatchString
	isWord    = regexp.MustCompile(`^[A-Z]{3}$`).MatchString
)

// phone leaves out what is not E.164: a guess at the country would reach a stranger.
func phone(s string) string {
	if isE164(s) {
		return s
	}
	return ""
}

func email(s string) string {
	if len(s) > 254 {
		return ""
	}
	return s
}

func currency(s string) string {
	if isWord(s) {
		return s
	}
	return ""
}

// The contract's limits. What is longer was not meant for people to read beside a conversation.
const (
	maxText  = 2000
	maxList  = 100
	maxLines = 500
	maxCount = 1_000_000
)

func text(s string) string { return cut(s, maxText) }

// cut shortens to so many characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}

func first[T any](list []T, most int) []T { return list[:min(len(list), most)] }

func count(n int64) int64 { return min(max(n, 0), maxCount) }

func millis(t *time.Time) int64 {
	if t == nil || t.UnixMilli() < 0 {
		return 0
	}
	return t.UnixMilli()
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// some is nil for a time that is not there, as the Admin API's are when absent.
func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// pick is the first that is not empty.
func pick(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// attribute is what a theme or an app has added to a cart, for the order to keep.
type attribute struct {
	Name  string      `json:"name"`
	Value looseString `json:"value"`
}

// looseString takes what buyers and themes put where a text is meant: a number, true, a list.
type looseString string

// UnmarshalJSON keeps what is not a text in its JSON form.
func (s *looseString) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	*s = looseString(text)
	return nil
}

// shopperAttribute is where the widget leaves the shopper's id, so that an order finds its conversation.
const shopperAttribute = "_tagalong_shopper"

// shopperOf trusts the attribute only in form: buyers can write to it.
func shopperOf(list []attribute) string {
	for _, a := range list {
		if a.Name == shopperAttribute && isShopper(string(a.Value)) {
			return string(a.Value)
		}
	}
	return ""
}

// attributes are the order's own, without ours and without empty names.
func attributes(list []attribute) map[string]string {
	own := map[string]string{}
	for _, a := range first(list, maxList) {
		if a.Name != shopperAttribute && a.Name != "" {
			own[cut(a.Name, 200)] = text(string(a.Value))
		}
	}
	if len(own) == 0 {
		return nil
	}
	return own
}
