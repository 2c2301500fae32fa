package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Delivery gives a delivery as agents and plugins see it. There is none for shoppers.
func Delivery(d chat.Delivery) openapi.Delivery {
	form := d.Form
	if form == "" { // not planned yet
		form = chat.FormFree
	}
	return openapi.Delivery{
		ID: string(d.ID), Seq: d.Entry.Seq, Channel: openapi.Channel(d.Channel), Address: string(d.Address), State: openapi.DeliveryState(d.State),
		Reason: d.Reason, Detail: d.Detail, Form: openapi.Form(form), Category: openapi.TemplateCategory(d.Category), Cost: money(d.Cost),
		At: int64(d.UpdatedAt),
	}
}

// DeliveryFrame tells agents that a delivery is new or has changed.
func DeliveryFrame(d chat.Delivery) openapi.ServerFrame {
	o := Delivery(d)
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeDelivery, Conversation: string(d.Conversation), Delivery: &o}
}

// Plan gives where a message goes, in which form, and why.
func Plan(p chat.Plan) openapi.Plan {
	if p.Channel == "" { // a hold that concerns no address
		p.Channel = chat.ChannelWeb
	}
	return openapi.Plan{
		Address: string(p.Address), Channel: openapi.Channel(p.Channel), Form: openapi.Form(p.Form), Reason: string(p.Reason),
		Until: int64(p.Until), Cost: money(p.Cost), Paid: p.Paid, Charged: openapi.TemplateCategory(p.Charged), Away: p.Away,
	}
}
