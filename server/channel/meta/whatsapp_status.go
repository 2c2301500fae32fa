package meta

import (
	"encoding/json"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// waStatus is what became of a message that we have sent. Statuses come in any order, and some never.
// https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/status
type waStatus struct {
	ID            ident     `json:"id"`
	Status        word      `json:"status"`
	Timestamp     stamp     `json:"timestamp"`
	Recipient     ident     `json:"recipient_id"`
	RecipientUser ident     `json:"recipient_user_id"`
	RecipientType word      `json:"recipient_type"`
	Callback      word      `json:"biz_opaque_callback_data"`
	Errors        []waError `json:"errors"`
	Conversation  *struct {
		Expires stamp `json:"expiration_timestamp"`
		Origin  struct {
			Type word `json:"type"`
		} `json:"origin"`
	} `json:"conversation"`
	Pricing *struct {
		Billable *bool `json:"billable"`
		Type     word  `json:"type"`
		Category word  `json:"category"`
	} `json:"pricing"`
}

// status reads what became of a message.
func (v waValue) status(in chat.Inbound, raw json.RawMessage) (chat.Inbound, error) {
	var s waStatus
	if err := decode(raw, &s); err != nil {
		return in, err
	}
	if s.ID == "" {
		return in, errNoID
	}
	if s.Timestamp != 0 {
		in.At = chat.Millis(s.Timestamp)
	}
	if s.RecipientType == "group" {
		return ignored(in, "status of a message to a group"), nil
	}
	state, known := waStates[string(s.Status)]
	if !known {
		return ignored(in, "status of no effect here: "+short(string(s.Status))), nil
	}
	in.Kind, in.ID = chat.InboundStatus, "status:"+string(s.ID)+":"+string(s.Status)+":"+decimal(s.Timestamp)
	in.From = v.person(s.Recipient, s.RecipientUser)
	in.Status = &chat.InboundFate{Message: string(s.ID), Callback: string(s.Callback), State: state}
	if state == chat.DeliveryFailed {
		in.Status.Error = s.failure()
	}
	s.cost(in.Status)
	return in, nil
}

var waStates = map[string]chat.DeliveryState{
	"sent": chat.DeliverySent, "delivered": chat.DeliveryDelivered, "read": chat.DeliveryRead, "failed": chat.DeliveryFailed,
	"played": chat.DeliveryRead, // a voice message, heard
}

func (s waStatus) failure() *chat.SendError {
	if len(s.Errors) == 0 {
		return &chat.SendError{Class: chat.SendGiveUp, Code: codeUnknown}
	}
	return s.Errors[0].sendError()
}

// cost tells as what the message was charged, and how long nothing is.
func (s waStatus) cost(fate *chat.InboundFate) {
	if p := s.Pricing; p != nil {
		fate.Category, fate.Billable = waCategories[string(p.Category)], p.Billable
		if p.Type != "" { // billable is to go
			billable := p.Type == "regular"
			fate.Billable = &billable
		}
	}
	if c := s.Conversation; c != nil && c.Origin.Type == "referral_conversion" {
		fate.Free = chat.Millis(c.Expires)
	}
}

var waCategories = map[string]chat.TemplateCategory{
	"service": chat.CategoryService, "referral_conversion": chat.CategoryService,
	"utility":        chat.CategoryUtility,
	"marketing":      chat.CategoryMarketing,
	"marketing_lite": chat.CategoryMarketing,
	"authentication": chat.CategoryAuthentication, "authentication-international": chat.CategoryAuthentication,
}

// waPreference is a person's own switch for a kind of messages of this business.
type waPreference struct {
	WaID      ident `json:"wa_id"`
	UserID    ident `json:"user_id"`
	Detail    word  `json:"detail"`
	Category  word  `json:"category"`
	Value     word  `json:"value"`
	Timestamp stamp `json:"timestamp"`
}

// preference reads a switch.
func (v waValue) preference(in chat.Inbound, raw json.RawMessage) (chat.Inbound, error) {
	var p waPreference
	if err := decode(raw, &p); err != nil {
		return in, err
	}
	if p.Timestamp != 0 {
		in.At = chat.Millis(p.Timestamp)
	}
	if in.From = v.person(p.WaID, p.UserID); in.From == nil {
		return in, errNobody
	}
	if p.Category != "marketing_messages" || p.Value != "stop" && p.Value != "resume" && p.Value != "signup" {
		return ignored(in, "a preference of no effect here: "+short(string(p.Category)+" "+string(p.Value))), nil
	}
	in.Kind, in.ID = chat.InboundPreference, "preference:"+in.From.Keys[0]+":"+string(p.Value)+":"+decimal(p.Timestamp)
	in.Preference = &chat.InboundSwitch{Purpose: chat.ForMarketing, Granted: p.Value != "stop", Detail: string(p.Detail)}
	return in, nil
}
