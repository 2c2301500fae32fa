package chat

import "cmp"

// A message that is written with us goes where the conversation's route leads. One that came over a channel was said there already.

// aim sets the route for what is about to be written: a shopper who writes on the site is back there, and an agent may choose an
// address. The entry bears the channel that it goes by.
func (ch *Change) aim(d *Draft) {
	d.elsewhere = d.Channel != ChannelWeb
	if d.Channel != ChannelWeb || d.Kind != EntryMessage {
		return
	}
	if d.Author.Kind == AuthorShopper {
		ch.comeHome(WhyCameBack)
		return
	}
	if c := ch.Conversation; d.To != nil && d.To.ID != c.Address {
		ch.route(*d.To, &Handoff{
			ID: d.Handoff, Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Source: HandoffByAgent, Page: pageOf(c), CreatedAt: ch.now,
		}, WhyAsked)
	}
	d.Channel = ch.Conversation.Channel
}

// dispatch sees to it that a message for the shopper comes to them: by the route's channel, or, on the site, after them, should they
// leave before they read it.
func (ch *Change) dispatch(e Entry, d Draft) {
	c := ch.Conversation
	if d.Author.Kind == AuthorShopper || d.elsewhere {
		return
	}
	ref := Ref{e.Seq, e.ShopperSeq}
	switch {
	case c.Address != "":
		ch.queue(newDelivery(c, ref, Address{ID: c.Address, Account: c.Account, Channel: c.Channel}, e.Message.Template, ch.now), ch.now)
	case c.Away:
		ch.Tasks = append(ch.Tasks, leaveTask(c, ref, ch.now.Add(cmp.Or(d.LeaveAfter, LeaveAfter))))
	}
}
