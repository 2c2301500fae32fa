package wire

import (
	"slices"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// View is how one audience sees a conversation. The zero View shows what agents see, without links to files.
type View struct {
	Audience chat.Audience
	FileURL  func(chat.AttachmentID) string // makes the signed link of an attachment
}

func (v View) shopper() bool { return v.Audience == chat.ForShopper }

// Sees tells whether the audience may see the entry. Visibility is fixed at commit, by the shopper's number; kind and name are asked
// again, so that a wrong number alone cannot show a note.
func (v View) Sees(e chat.Entry) bool {
	if e.Number(v.Audience) == 0 {
		return false
	}
	if !v.shopper() || e.Blanked && e.Kind == chat.EntryMessage {
		return true
	}
	switch e.Kind {
	case chat.EntryMessage:
		return true
	case chat.EntryAmend:
		return e.Blanked || e.Amend != nil && e.Amend.Target.ShopperSeq != 0
	case chat.EntryEvent:
		return e.Event != nil && visible(*e.Event)
	}
	return false
}

// visible is the rule by which an event gets its number among what the shopper sees: of a handoff, what they did elsewhere.
func visible(e chat.Event) bool {
	if e.Name != chat.EventHandoff || e.Handoff == nil {
		return e.Name.Visible()
	}
	return slices.Contains([]chat.HandoffState{chat.HandoffLinked, chat.HandoffActive, chat.HandoffReturned}, e.Handoff.State)
}

// Entry gives the entry as the audience sees it; false when it may not see it.
func (v View) Entry(e chat.Entry) (openapi.Entry, bool) {
	if !v.Sees(e) {
		return openapi.Entry{}, false
	}
	o := openapi.Entry{
		Seq: e.Number(v.Audience), At: int64(e.At), Kind: openapi.EntryKind(e.Kind), Author: v.Author(e.Author),
		Channel: openapi.Channel(e.Channel), ClientID: v.clientID(e), Blanked: e.Blanked,
	}
	if e.Blanked {
		return o, true
	}
	switch {
	case e.Message != nil:
		m := v.Message(*e.Message)
		o.Message = &m
	case e.Event != nil:
		o.Event = v.event(*e.Event)
	case e.Amend != nil:
		a := e.Amend
		o.Amend = &openapi.Amend{
			Target: a.Target.Number(v.Audience), Action: openapi.AmendAction(a.Action), Text: a.Text, Emoji: a.Emoji,
		}
	}
	return o, true
}

// Entries gives those entries that the audience may see.
func (v View) Entries(es []chat.Entry) []openapi.Entry {
	out := make([]openapi.Entry, 0, len(es))
	for _, e := range es {
		if o, ok := v.Entry(e); ok {
			out = append(out, o)
		}
	}
	return out
}

// clientID is for the author, to recognise what they sent; shoppers are not told those of others.
func (v View) clientID(e chat.Entry) string {
	if v.shopper() && e.Author.Kind != chat.AuthorShopper {
		return ""
	}
	return e.ClientID
}

// Author gives an author. Of a plugin, whose name is that of a key, a shopper learns only that it is one.
func (v View) Author(a chat.Author) openapi.Author {
	if v.shopper() && (a.Kind == chat.AuthorPlugin || a.Kind == chat.AuthorSystem) {
		return openapi.Author{Kind: openapi.AuthorKind(a.Kind)}
	}
	return openapi.Author{Kind: openapi.AuthorKind(a.Kind), ID: a.ID, Name: a.Name}
}

// event gives an event's body. A shopper's holds the name, who joined and the step of a handoff, whatever else the event may carry.
func (v View) event(e chat.Event) *openapi.Event {
	o := &openapi.Event{Name: openapi.EventName(e.Name), Agent: agentRef(e.Agent), Handoff: v.handoffStep(e.Handoff)}
	if v.shopper() {
		return o
	}
	o.Tags = e.Tags
	if r := e.Route; r != nil {
		o.Route = &openapi.RouteStep{
			From: openapi.Channel(r.From), To: openapi.Channel(r.To), Address: string(r.Address), Reason: string(r.Reason),
		}
	}
	if h := e.Hint; h != nil {
		o.Hint = &openapi.Hint{Code: h.Code, Handoff: string(h.Handoff), Conversation: string(h.Conversation), Detail: h.Detail}
	}
	if b := e.Order; b != nil {
		o.Order = &openapi.OrderChange{
			ExternalID: b.ExternalID, Number: b.Number, Change: openapi.OrderTransition(b.Change), Total: money(b.Total),
			FinancialStatus:   openapi.FinancialStatus(b.FinancialStatus),
			FulfillmentStatus: openapi.FulfillmentStatus(b.FulfillmentStatus),
			Shipment:          b.Shipment,
		}
	}
	if c := e.Cart; c != nil {
		o.Cart = &openapi.CartBrief{ExternalID: c.ExternalID, Total: money(c.Total), Items: c.Items, RecoveryURL: c.RecoveryURL, At: int64(c.At)}
	}
	return o
}

func agentRef(a *chat.AgentBrief) *openapi.AgentRef {
	if a == nil {
		return nil
	}
	return &openapi.AgentRef{ID: string(a.ID), Name: a.Name}
}
