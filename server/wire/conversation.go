package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Conversation gives the summary that agents and plugins see, with what this agent has not read. There is none for shoppers: they
// get a Head.
func Conversation(c chat.Conversation, unread int) openapi.Conversation {
	o := openapi.Conversation{
		ID: string(c.ID), Shop: string(c.Shop), Shopper: shopperBrief(c.Shopper), State: openapi.ConversationState(c.State),
		Assignee: agentRef(c.Assignee), Tags: texts[string](c.Tags), Generation: c.Generation, FirstSeq: c.FirstSeq, Head: c.Head,
		Position: c.Position, Channel: openapi.Channel(c.Channel), Address: string(c.Address), Handoff: handoffBrief(c.Handoff), Unread: int64(unread), Reads: View{}.reads(c),
		CreatedAt: int64(c.CreatedAt), UpdatedAt: int64(c.UpdatedAt),
	}
	if l := c.LastMessage; l != nil {
		o.LastMessage = &openapi.LastMessage{
			Seq: l.Seq, At: int64(l.At), Author: View{}.Author(l.Author), Text: l.Text, Attachments: int32(l.Attachments),
		}
	}
	if b := c.Order; b != nil {
		o.Order = &openapi.OrderSummary{
			ExternalID: b.ExternalID, Number: b.Number, Total: money(b.Total), At: int64(b.At),
			FinancialStatus:   openapi.FinancialStatus(b.FinancialStatus),
			FulfillmentStatus: openapi.FulfillmentStatus(b.FulfillmentStatus),
		}
	}
	return o
}

// ConversationCounts gives the sizes of a shop's queues.
func ConversationCounts(n chat.ConversationCounts) openapi.ConversationCounts {
	return openapi.ConversationCounts{
		Mine: int64(n.Mine), Unassigned: int64(n.Unassigned), Open: int64(n.Open), Closed: int64(n.Closed),
	}
}

// EntryList gives a part of a conversation's log, with the log's bounds.
func (v View) EntryList(c chat.Conversation, es []chat.Entry) openapi.EntryList {
	return openapi.EntryList{Items: v.Entries(es), Generation: c.Generation, FirstSeq: v.first(c), Head: c.HeadFor(v.Audience)}
}

// first gives the number of the first entry that may still be there. The domain knows it in the agents' numbers only; a shopper's
// count from 1, and what retention has taken away is simply not there.
func (v View) first(c chat.Conversation) int64 {
	if v.shopper() {
		return 1
	}
	return c.FirstSeq
}

func (v View) reads(c chat.Conversation) []openapi.Reads {
	out := make([]openapi.Reads, len(c.Watermarks))
	for i, w := range c.Watermarks {
		out[i] = openapi.Reads{
			Kind: openapi.AuthorKind(w.Kind), ID: w.ID, Read: w.Read.Number(v.Audience), Delivered: w.Delivered.Number(v.Audience),
		}
	}
	return out
}

// ConversationHead gives one of a shopper's conversations as their welcome lists it.
func ConversationHead(own chat.Own) openapi.ConversationHead {
	v := View{Audience: chat.ForShopper}
	return openapi.ConversationHead{
		ID: string(own.ID), Generation: own.Generation, FirstSeq: v.first(own.Conversation), Head: own.ShopperHead,
		State: openapi.ConversationState(own.State), Unread: int64(own.Unread), Reads: v.reads(own.Conversation),
	}
}
