package meta

import (
	"encoding/json"
	"errors"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var (
	errNoID   = errors.New("without an id")
	errNobody = errors.New("without anybody whom it is from or to")
)

// waMessage is a message of either direction: what a person says, or what the merchant says in their Business app.
type waMessage struct {
	ID        ident     `json:"id"`
	Timestamp stamp     `json:"timestamp"`
	Type      word      `json:"type"`
	Group     word      `json:"group_id"`
	Errors    []waError `json:"errors"`

	From     ident `json:"from"`
	FromUser ident `json:"from_user_id"`
	To       ident `json:"to"`
	ToUser   ident `json:"to_user_id"`

	waContent
	Context  *waContext  `json:"context"`
	Referral *waReferral `json:"referral"`

	Reaction *struct {
		Target ident `json:"message_id"`
		Emoji  word  `json:"emoji"`
	} `json:"reaction"`
	Edit *struct {
		Target  ident     `json:"original_message_id"`
		Message waContent `json:"message"`
	} `json:"edit"`
	Revoke *struct {
		Target ident `json:"original_message_id"`
	} `json:"revoke"`
	System *waSystem `json:"system"`
}

type waContext struct {
	ID                  ident `json:"id"`
	Forwarded           bool  `json:"forwarded"`
	FrequentlyForwarded bool  `json:"frequently_forwarded"`
	Product             *struct {
		Catalog  word `json:"catalog_id"`
		Retailer word `json:"product_retailer_id"`
	} `json:"referred_product"`
}

// waReferral is the ad or post that a person came by.
type waReferral struct {
	URL      word `json:"source_url"`
	SourceID word `json:"source_id"`
	Source   word `json:"source_type"`
	Headline word `json:"headline"`
	Body     word `json:"body"`
	Click    word `json:"ctwa_clid"`
}

func (r *waReferral) inbound() *chat.InboundReferral {
	if r == nil {
		return nil
	}
	out := &chat.InboundReferral{
		Source: string(r.Source), URL: string(r.URL), Title: string(r.Headline), Body: string(r.Body), Click: string(r.Click),
	}
	if r.Source == "ad" { // an ad opens a free entry point: what is sent within 72 hours of our answer costs nothing
		out.AdID, out.Free = string(r.SourceID), true
	}
	return out
}

// message reads what a person has sent.
func (v waValue) message(about chat.Inbound, raw json.RawMessage) (chat.Inbound, error) {
	var m waMessage
	if err := decode(raw, &m); err != nil {
		return about, err
	}
	about.From = v.person(m.From, m.FromUser)
	return v.either(about, m, chat.InboundMessage)
}

// echo reads what the merchant has sent from their Business app. The person is who is not the merchant, on whichever side they stand.
func (v waValue) echo(about chat.Inbound, raw json.RawMessage) (chat.Inbound, error) {
	var m waMessage
	if err := decode(raw, &m); err != nil {
		return about, err
	}
	person, user := m.To, m.ToUser
	if own := digits(string(v.Metadata.Display)); own != "" && digits(string(m.To)) == own {
		person, user = m.From, m.FromUser
	}
	about.From = v.person(person, user)
	return v.either(about, m, chat.InboundEcho)
}

func (v waValue) either(in chat.Inbound, m waMessage, kind chat.InboundKind) (chat.Inbound, error) {
	if m.Timestamp != 0 {
		in.At = chat.Millis(m.Timestamp)
	}
	switch {
	case m.ID == "":
		return in, errNoID
	case in.From == nil:
		return in, errNobody
	case m.Group != "":
		return ignored(in, "said in a group"), nil
	}
	in.Kind, in.ID = kind, string(m.ID)
	switch m.Type {
	case "reaction", "edit", "revoke":
		return m.amend(in)
	case "system":
		return m.system(in)
	case "request_welcome":
		in.Kind, in.ID, in.Opened = chat.InboundOpened, "opened:"+in.ID, m.Referral.inbound()
		if in.Opened == nil {
			in.Opened = &chat.InboundReferral{Source: "link"}
		}
		return in, nil
	}
	in.Message = m.said()
	if kind == chat.InboundEcho {
		in.Message.Author = "Business app"
	}
	return in, nil
}

// said gives what the message says, and never nothing: what can't be read is unsupported.
func (m waMessage) said() *chat.InboundSaid {
	said := m.waContent.said(string(m.Type))
	if said == nil {
		said = &chat.InboundSaid{Unsupported: m.unsupported()}
	}
	said.Referral = m.Referral.inbound()
	if c := m.Context; c != nil {
		said.Forwarded = c.Forwarded || c.FrequentlyForwarded
		if c.Product != nil && c.Product.Retailer != "" {
			said.Cards = append(said.Cards, chat.Card{Title: string(c.Product.Retailer)})
		} else {
			said.ReplyTo = string(c.ID)
		}
	}
	return said
}

// Codes of what WhatsApp itself could not hand over.
const (
	waUnknownType = "131051"
	waMediaFailed = "131052"
	waUnavailable = "131060"
)

// unsupported gives the provider's word for what can't be shown.
func (m waMessage) unsupported() string {
	for _, e := range m.Errors {
		switch e.Code {
		case waMediaFailed:
			return "media_failed"
		case waUnavailable:
			return "unavailable"
		}
	}
	if m.Unsupported != nil && m.Unsupported.Type != "" {
		return short(string(m.Unsupported.Type))
	}
	return first(short(string(m.Type)), "unknown")
}

// amend reads an edit, a revocation or a reaction.
func (m waMessage) amend(in chat.Inbound) (chat.Inbound, error) {
	out := &chat.InboundChange{ByUs: in.Kind == chat.InboundEcho}
	switch {
	case m.Reaction != nil:
		out.Target, out.Action, out.Emoji = string(m.Reaction.Target), chat.AmendReact, string(m.Reaction.Emoji)
	case m.Edit != nil:
		out.Target, out.Action, out.Text = string(m.Edit.Target), chat.AmendEdit, m.Edit.Message.text()
	case m.Revoke != nil:
		out.Target, out.Action = string(m.Revoke.Target), chat.AmendRevoke
	}
	if out.Target == "" {
		return in, errors.New("changes no message")
	}
	in.Kind, in.ID, in.Amend = chat.InboundAmend, string(out.Action)+":"+in.ID, out
	return in, nil
}

// waSystem says that a person is called otherwise from now on.
type waSystem struct {
	Type   word  `json:"type"`
	WaID   ident `json:"wa_id"`
	NewWa  ident `json:"new_wa_id"` // its older name
	UserID ident `json:"user_id"`
}

// system reads news of a person's number or id. It is no speech and opens no window.
func (m waMessage) system(in chat.Inbound) (chat.Inbound, error) {
	if m.System == nil {
		return in, errors.New("says nothing")
	}
	old := in.From
	in.Kind, in.ID = chat.InboundIdentity, "identity:"+in.ID
	switch m.System.Type {
	case "user_changed_number", "customer_changed_number", "user_changed_user_id":
		next := whoIs(ident(first(string(m.System.WaID), string(m.System.NewWa))), m.System.UserID)
		if m.System.Type == "user_changed_user_id" {
			next.number = first(next.number, digits(string(m.From)))
		}
		now := next.person(old.Name, old.Username)
		if now == nil {
			return in, errors.New("does not say what has changed")
		}
		in.Identity = &chat.InboundNewID{Old: old.Keys, New: *now}
	case "customer_identity_changed", "user_identity_changed":
		in.Identity = &chat.InboundNewID{Old: old.Keys, New: *old, Key: true}
	default:
		return ignored(in, "a system message of no effect here: "+short(string(m.System.Type))), nil
	}
	return in, nil
}
