package shop

import (
	"html/template"
	"net/url"
)

// layout is what every page needs around its own view.
type layout struct {
	words     *locale
	Lang, Dir string
	Title     string
	Path      string
	CartCount int
	Customer  *customer
	Snippet   string // URL of the chat's script; empty without a chat
	ChatPage  string // the chat as a page of its own, for a browser without scripts
	Languages []languageLink
	Context   pageContext
}

type languageLink struct {
	Code, Name string
	URL        string
	Current    bool
}

// pageContext is what static/shop.js tells the chat about the page.
type pageContext struct {
	Language string       `json:"language"`
	SignedIn bool         `json:"signed_in"`
	Linked   string       `json:"linked,omitempty"` // the shopper that the shop knows already
	Title    string       `json:"title"`
	Product  *pageProduct `json:"product,omitempty"`
}

type pageProduct struct {
	ExternalID string     `json:"external_id"`
	Title      string     `json:"title"`
	URL        string     `json:"url"`
	ImageURL   string     `json:"image_url"`
	Price      eventMoney `json:"price"`
}

func (v *visit) layout(titleKey string, pairs ...any) layout {
	l := layout{
		words: v.words, Lang: v.words.lang, Dir: v.words.dir(),
		Title: v.words.text(titleKey, pairs...), Path: v.request.URL.Path,
		CartCount: v.session.cart.count(),
	}
	if v.shop.options.ShopKey != "" {
		l.Snippet = v.shop.options.PublicURL + "/w/" + v.shop.options.ShopKey + ".js"
		l.ChatPage = v.shop.options.PublicURL + "/c/" + v.shop.options.ShopKey
	}
	if c, ok := customerWith(v.session.customer); ok {
		l.Customer = &c
	}
	for _, code := range languages {
		query := v.request.URL.Query()
		query.Set("lang", code)
		l.Languages = append(l.Languages, languageLink{
			Code: code, Name: v.shop.locales[code].text("language"),
			URL: (&url.URL{Path: l.Path, RawQuery: query.Encode()}).String(), Current: code == l.Lang,
		})
	}
	l.Context = pageContext{Language: l.Lang, SignedIn: l.Customer != nil, Linked: v.session.shopper, Title: l.Title}
	return l
}

// T is a word of the locale file.
func (l layout) T(key string, pairs ...any) string { return l.words.text(key, pairs...) }

// Money writes an amount. It is isolated, so that its sign stays with its digits
// in a line that runs the other way.
func (l layout) Money(amount cents) template.HTML {
	return template.HTML(`<bdi class="money">` + template.HTMLEscapeString(amount.in(l.Lang)) + `</bdi>`) //nolint:gosec // escaped
}

// Plain is Money for attributes and sentences.
func (l layout) Plain(amount cents) string { return amount.in(l.Lang) }

// FreeFrom is the sum from which an order ships for free.
func (layout) FreeFrom() cents { return freeShipping }

// Fee is the price of shipping below that.
func (layout) Fee() cents { return shippingFee }

// Ranges are the parts of the collection.
func (layout) Ranges() []string { return ranges }
