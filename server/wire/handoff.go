package wire

import (
	"maps"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Handoff gives a handoff as agents see it.
func Handoff(h chat.Handoff) openapi.Handoff {
	return openapi.Handoff{
		ID: string(h.ID), Conversation: string(h.Conversation), From: openapi.Channel(h.From), To: openapi.Channel(h.To),
		Account: string(h.Account), Address: string(h.Address), Source: openapi.HandoffSource(h.Source), State: openapi.HandoffState(h.State),
		Reason: h.Reason, Page: h.Page, ExpiresAt: int64(h.ExpiresAt), ConfirmedAt: int64(h.ConfirmedAt), CreatedAt: int64(h.CreatedAt),
		UpdatedAt: int64(h.UpdatedAt),
	}
}

func handoffBrief(h *chat.Handoff) *openapi.HandoffBrief {
	if h == nil {
		return nil
	}
	return &openapi.HandoffBrief{
		ID: string(h.ID), From: openapi.Channel(h.From), To: openapi.Channel(h.To), State: openapi.HandoffState(h.State), Reason: h.Reason,
		Confirmed: h.ConfirmedAt != 0, UpdatedAt: int64(h.UpdatedAt),
	}
}

// ShopperHandoff gives a handoff as its shopper sees it: without the account, the address and why something failed.
func ShopperHandoff(h chat.Handoff) openapi.ShopperHandoff {
	o := openapi.ShopperHandoff{
		ID: string(h.ID), Conversation: string(h.Conversation), Channel: openapi.Channel(h.To), State: openapi.HandoffState(h.State),
		Confirmed: h.ConfirmedAt != 0, UpdatedAt: int64(h.UpdatedAt),
	}
	if h.State == chat.HandoffOffered || h.State == chat.HandoffClicked {
		o.ExpiresAt = int64(h.ExpiresAt)
	}
	return o
}

// HandoffOffer gives a link to go on elsewhere, once.
func HandoffOffer(o chat.Offered, qr openapi.QR) openapi.HandoffOffer {
	h := o.Handoff
	return openapi.HandoffOffer{
		ID: string(h.ID), Channel: openapi.Channel(h.To), State: openapi.HandoffState(h.State), URL: o.URL, Text: o.Text, Code: o.Code, Notice: h.Notice,
		ExpiresAt: int64(h.ExpiresAt), Qr: qr,
	}
}

// handoffStep gives one step of a handoff. A shopper is not told the reason: it speaks of accounts and providers.
func (v View) handoffStep(s *chat.HandoffStep) *openapi.HandoffStep {
	if s == nil {
		return nil
	}
	o := &openapi.HandoffStep{
		ID: string(s.ID), From: openapi.Channel(s.From), To: openapi.Channel(s.To), State: openapi.HandoffState(s.State), Name: s.Name,
	}
	if !v.shopper() {
		o.Reason = s.Reason
	}
	return o
}

// HandoffSettings gives how a shop's conversations go along, as agents see it.
func HandoffSettings(s chat.HandoffSettings) openapi.HandoffSettings {
	o := openapi.HandoffSettings{
		Channels: make([]openapi.HandoffChannel, len(s.Channels)), OfferOnLeave: s.OfferOnLeave, Wording: s.Wording, Version: s.Version,
		LeaveAfter: int32(s.LeaveAfter), Cap: money(s.Cap),
	}
	for i, c := range s.Channels {
		o.Channels[i] = openapi.HandoffChannel{
			Channel: openapi.Channel(c.Channel), Account: string(c.Account), Label: c.Label, Link: c.Link, Ask: c.Ask,
		}
	}
	for ch, t := range s.Templates {
		if o.Templates == nil {
			o.Templates = map[string]openapi.AwayTemplate{}
		}
		o.Templates[string(ch)] = openapi.AwayTemplate{Name: t.Name, Params: t.Params, Button: t.Button}
	}
	return o
}

// handoffSettings takes the settings whole. Nothing of them is shared with the request.
func handoffSettings(p openapi.HandoffSettings) chat.HandoffSettings {
	s := chat.HandoffSettings{
		OfferOnLeave: p.OfferOnLeave, Wording: maps.Clone(p.Wording), Version: p.Version, LeaveAfter: int(p.LeaveAfter), Cap: moneyIn(p.Cap),
	}
	for _, c := range p.Channels {
		s.Channels = append(s.Channels, chat.HandoffChannel{
			Channel: chat.Channel(c.Channel), Account: chat.AccountID(c.Account), Label: maps.Clone(c.Label), Link: c.Link, Ask: c.Ask,
		})
	}
	for ch, t := range p.Templates {
		if s.Templates == nil {
			s.Templates = map[chat.Channel]chat.AwayTemplate{}
		}
		s.Templates[chat.Channel(ch)] = chat.AwayTemplate{Name: t.Name, Params: maps.Clone(t.Params), Button: t.Button}
	}
	return s
}

// Offers is what the widget may know of how a shop's conversations go along.
type Offers struct {
	Channels     []OfferChannel    `json:"channels"`
	OfferOnLeave bool              `json:"offer_on_leave"`
	Wording      map[string]string `json:"wording"`
	Version      string            `json:"version"`
}

// OfferChannel is one way that the widget offers.
type OfferChannel struct {
	Channel chat.Channel      `json:"channel"`
	Label   map[string]string `json:"label"`
	Link    bool              `json:"link"`
	Ask     bool              `json:"ask"`
}

// ShopperOffers gives the settings as anybody with the shop's page may see them: no account, template or limit.
func ShopperOffers(s chat.HandoffSettings) Offers {
	o := Offers{Channels: []OfferChannel{}, OfferOnLeave: s.OfferOnLeave, Wording: localized(s.Wording), Version: s.Version}
	for _, c := range s.Channels {
		if c.Link || c.Ask {
			o.Channels = append(o.Channels, OfferChannel{Channel: c.Channel, Label: localized(c.Label), Link: c.Link, Ask: c.Ask})
		}
	}
	return o
}
