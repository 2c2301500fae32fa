package example

import (
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func basketChanged(event *tagalong.Event, b *basket) error {
	if b == nil || b.Token == "" {
		return errNoObject
	}
	p := &purse{currency: b.Currency}
	event.Type = api.ContextEventTypeCartUpserted
	event.Version = tagalong.VersionFromTime(b.Touched)
	event.Cart = &api.Cart{
		ExternalID:     b.Token,
		Stage:          api.CartStageCart,
		Email:          b.Mail,
		Lines:          basketLines(p, b.Items),
		Totals:         &api.Totals{Subtotal: p.money(b.Goods)},
		RecoveryURL:    b.Return,
		LastActivityAt: millis(&b.Touched),
		Shopper:        shopperOf(b.Extra),
	}
	return p.err
}

// Nothing of a basket has been sent.
func basketLines(p *purse, items []item) []api.Line {
	all := lines(p, items)
	for i := range all {
		all[i].QuantityFulfilled = nil
	}
	return all
}

func basketEmptied(event *tagalong.Event, b *basket) error {
	if b == nil || b.Token == "" {
		return errNoObject
	}
	event.Type = api.ContextEventTypeCartDeleted
	event.Mode = ""
	event.Version = tagalong.VersionFromTime(b.Touched)
	event.ExternalID = b.Token
	return nil
}
