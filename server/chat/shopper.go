package chat

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Shopper is a person on one storefront, anonymous or identified.
type Shopper struct {
	ID         ShopperID
	Merchant   MerchantID
	Shop       ShopID
	CustomerID string // the verified subject: the customer's external id; empty while anonymous
	Name       string
	Email      string
	Language   string
	Page       *Page // where they were last seen on the site
	CreatedAt  Millis
	SeenAt     Millis
	ErasedAt   Millis
}

// Brief gives the shopper's short form.
func (s Shopper) Brief() ShopperBrief {
	return ShopperBrief{ID: s.ID, Name: s.Name, Email: s.Email, Identified: s.CustomerID != "", Language: s.Language}
}

// ShopperSession is one browser of a shopper. Only the hash of its token is kept.
type ShopperSession struct {
	Hash       [32]byte
	Merchant   MerchantID
	Shop       ShopID
	Shopper    ShopperID
	CustomerID string // the verified subject, which never changes within a session
	CreatedAt  Millis
	SeenAt     Millis
	ExpiresAt  Millis
}

// Identity is what a valid token of the shop says of a shopper.
type Identity struct {
	Subject string // the customer's external id
	Name    string
	Email   string
}

// Page is what the shopper looks at.
type Page struct {
	URL     string       `json:"url"`
	Title   string       `json:"title,omitempty"`
	Product *PageProduct `json:"product,omitempty"`
	At      Millis       `json:"at,omitempty"`
}

// PageProduct is the product on the shopper's page.
type PageProduct struct {
	ExternalID string `json:"external_id"`
	Title      string `json:"title,omitempty"`
	URL        string `json:"url,omitempty"`
	ImageURL   string `json:"image_url,omitempty"`
	Price      *Money `json:"price,omitempty"`
}

// secretParams are query parameters that open something; their values are never stored or shown.
var secretParams = []string{"token", "key", "secret", "password", "pass", "pwd", "auth", "sig", "signature", "code", "session", "jwt", "email", "hash", "otp"}

// hiddenParam stands for the value of a secret parameter.
const hiddenParam = "…"

// Clean checks a page and takes secrets out of its addresses: user info, fragments and the values of telling parameters.
func (p Page) Clean() (Page, error) {
	u, ok := cleanURL(p.URL)
	if !ok {
		return Page{}, ErrInvalid.With(Field{"page.url", "must be an http or https URL"})
	}
	p.URL, p.Title = u, clip(p.Title, 300)
	if p.Product != nil {
		q := *p.Product
		q.ExternalID, q.Title = clip(q.ExternalID, MaxExternalID), clip(q.Title, 300)
		q.URL, _ = cleanURL(q.URL)
		q.ImageURL, _ = cleanURL(q.ImageURL)
		if q.Price != nil && q.Price.problems("") != nil {
			q.Price = nil
		}
		p.Product = &q
		if q.ExternalID == "" && q.Title == "" {
			p.Product = nil
		}
	}
	return p, nil
}

func cleanURL(s string) (string, bool) {
	if !WebURL(s) {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", false
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.RawQuery != "" {
		q := u.Query()
		for name := range q {
			if isSecretParam(name) {
				q.Set(name, hiddenParam)
			}
		}
		u.RawQuery = q.Encode()
	}
	return u.String(), true
}

func isSecretParam(name string) bool {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '[' || r == ']' })
	return slices.ContainsFunc(parts, func(p string) bool {
		return slices.ContainsFunc(secretParams, func(s string) bool { return p == s || strings.HasSuffix(p, s) && len(s) > 3 })
	})
}

func clip(s string, runes int) string {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes])
}
