package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Reach gives where a conversation is, and the ways to its shopper.
func Reach(r chat.Reach) openapi.Reach {
	o := openapi.Reach{
		Route: string(r.Route), Channel: openapi.Channel(r.Channel), Presence: openapi.PresenceState(r.Presence), Next: Plan(r.Next),
		Ways: append([]openapi.ReachWay{}, convert(r.Ways, reachWay)...), Handoffs: append([]openapi.Handoff{}, convert(r.Handoffs, Handoff)...),
		Cap: money(r.Cap),
	}
	if r.Cap != nil {
		o.Spent = &openapi.Money{Amount: r.Spent, Currency: r.Cap.Currency}
	}
	return o
}

func reachWay(w chat.ReachWay) openapi.ReachWay {
	return openapi.ReachWay{
		Address: Address(w.Address), Account: accountBrief(w.Account), Plan: Plan(w.Plan), WindowUntil: int64(w.WindowUntil),
		HumanUntil: int64(w.HumanUntil),
	}
}
