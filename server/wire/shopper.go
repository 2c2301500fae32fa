package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Shopper gives a shopper as agents and plugins see them.
func Shopper(s chat.Shopper) openapi.Shopper {
	o := shopperBrief(s.Brief())
	o.Customer, o.CreatedAt, o.LastSeenAt = s.CustomerID, int64(s.CreatedAt), int64(s.SeenAt)
	return o
}

func shopperBrief(b chat.ShopperBrief) openapi.Shopper {
	return openapi.Shopper{ID: string(b.ID), Name: b.Name, Email: b.Email, Identified: b.Identified, Language: b.Language}
}

// IdentifiedShopper gives a shopper as they see themselves.
func IdentifiedShopper(s chat.Shopper) openapi.IdentifiedShopper {
	return openapi.IdentifiedShopper{ID: string(s.ID), Name: s.Name, Identified: s.CustomerID != ""}
}

// Page gives the page where a shopper is; nil when it is not known.
func Page(p *chat.Page) *openapi.Page {
	if p == nil {
		return nil
	}
	o := &openapi.Page{URL: p.URL, Title: p.Title}
	if q := p.Product; q != nil {
		o.Product = &openapi.PageProduct{
			ExternalID: q.ExternalID, Title: q.Title, URL: q.URL, ImageURL: q.ImageURL, Price: money(q.Price),
		}
	}
	return o
}

// NewPage takes the page that a shopper names; the domain cleans it.
func NewPage(p openapi.Page) chat.Page {
	out := chat.Page{URL: p.URL, Title: p.Title}
	if q := p.Product; q != nil {
		out.Product = &chat.PageProduct{
			ExternalID: q.ExternalID, Title: q.Title, URL: q.URL, ImageURL: q.ImageURL, Price: moneyIn(q.Price),
		}
	}
	return out
}
