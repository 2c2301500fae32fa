package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Message gives a message in the audience's numbers, with links to its files.
func (v View) Message(m chat.Message) openapi.Message {
	o := openapi.Message{
		Text: m.Text, Language: m.Language, Choice: m.Choice, Order: m.Order, Choices: convert(m.Choices, choiceOut), Cards: convert(m.Cards, cardOut),
		Unsupported: m.Unsupported, Forwarded: m.Forwarded, OrderCard: orderCard(m.OrderCard),
	}
	if !v.shopper() { // how it went elsewhere is not theirs to know
		o.Template, o.ReturnLink = templateRef(m.Template), m.ReturnLink
	}
	for _, a := range m.Attachments {
		o.Attachments = append(o.Attachments, v.Attachment(a))
	}
	if c := m.Coupon; c != nil {
		o.Coupon = &openapi.CouponOffer{Code: c.Code, Description: c.Description, ExpiresAt: int64(c.ExpiresAt)}
	}
	if m.ReplyTo != nil {
		o.ReplyTo = m.ReplyTo.Number(v.Audience) // zero, and so absent, when the audience may not see it
	}
	return o
}

// Attachment gives a file with its signed link.
func (v View) Attachment(a chat.Attachment) openapi.Attachment {
	o := openapi.Attachment{
		ID: string(a.ID), Name: a.Name, ContentType: a.ContentType, Size: a.Size, Width: int32(a.Width), Height: int32(a.Height),
	}
	if v.FileURL != nil {
		o.URL = v.FileURL(a.ID)
	}
	return o
}

func choiceOut(c chat.Choice) openapi.Choice { return openapi.Choice{ID: c.ID, Title: c.Title} }

func cardOut(c chat.Card) openapi.Card {
	return openapi.Card{
		Title: c.Title, Subtitle: c.Subtitle, ImageURL: c.ImageURL, URL: c.URL, Price: money(c.Price), Product: c.Product, Variant: c.Variant,
		Buttons: convert(c.Buttons, func(b chat.Button) openapi.Button {
			return openapi.Button{Kind: openapi.ButtonKind(b.Kind), Title: b.Title, URL: b.URL}
		}),
	}
}

// Draft is a message on its way in: what it says, and what it names for the service to look up.
type Draft struct {
	Message     chat.Message
	Attachments []chat.AttachmentID
	ReplyTo     int64 // in the author's numbers; 0: none
	Template    *chat.TemplateUse
	ReturnLink  bool
}

// NewDraft takes a draft of a caller of the given kind. Choices, cards, coupons, templates and return links are for those who speak
// for the shop.
func NewDraft(d openapi.Draft, by chat.AuthorKind) (Draft, error) {
	if by == chat.AuthorShopper {
		if bad := shopperOnly(d); bad != nil {
			return Draft{}, chat.ErrInvalid.With(bad...)
		}
	}
	if d.ReplyTo < 0 {
		return Draft{}, chat.ErrInvalid.With(chat.Field{Path: "message.reply_to", Message: "must not be negative"})
	}
	out := Draft{ReplyTo: d.ReplyTo, ReturnLink: d.ReturnLink, Message: chat.Message{
		Text: d.Text, Language: d.Language, Choice: d.Choice, Order: d.Order,
		Choices: convert(d.Choices, func(c openapi.Choice) chat.Choice { return chat.Choice{ID: c.ID, Title: c.Title} }),
		Cards:   convert(d.Cards, cardIn),
	}}
	for i, id := range d.AttachmentIds {
		if !chat.ValidID(chat.PrefixAttachment, id) {
			return Draft{}, chat.ErrInvalid.With(chat.Field{Path: indexed("message.attachment_ids", i), Message: "is no id of an attachment"})
		}
		out.Attachments = append(out.Attachments, chat.AttachmentID(id))
	}
	var err error
	if out.Template, err = templateUse(d.Template); err != nil {
		return Draft{}, err
	}
	if c := d.Coupon; c != nil {
		out.Message.Coupon = &chat.CouponOffer{Code: c.Code, Description: c.Description, ExpiresAt: chat.Millis(c.ExpiresAt)}
	}
	return out, nil
}

func shopperOnly(d openapi.Draft) (bad []chat.Field) {
	for _, part := range []struct {
		path  string
		there bool
	}{
		{"message.choices", len(d.Choices) > 0},
		{"message.cards", len(d.Cards) > 0},
		{"message.coupon", d.Coupon != nil},
		{"message.template", d.Template != nil},
		{"message.return_link", d.ReturnLink},
	} {
		if part.there {
			bad = append(bad, chat.Field{Path: part.path, Message: "is not for shoppers to send"})
		}
	}
	return bad
}

func cardIn(c openapi.Card) chat.Card {
	return chat.Card{
		Title: c.Title, Subtitle: c.Subtitle, ImageURL: c.ImageURL, URL: c.URL, Price: moneyIn(c.Price), Product: c.Product, Variant: c.Variant,
		Buttons: convert(c.Buttons, func(b openapi.Button) chat.Button {
			return chat.Button{Kind: string(b.Kind), Title: b.Title, URL: b.URL}
		}),
	}
}

func money(m *chat.Money) *openapi.Money {
	if m == nil {
		return nil
	}
	return &openapi.Money{Amount: m.Amount, Currency: m.Currency}
}

func moneyIn(m *openapi.Money) *chat.Money {
	if m == nil {
		return nil
	}
	return &chat.Money{Amount: m.Amount, Currency: m.Currency}
}
