package chat

import (
	"context"
	"slices"
)

// parcel is a delivery with all that is needed to plan and carry it.
type parcel struct {
	delivery     Delivery
	conversation Conversation
	shop         Shop
	entry        Entry  // its message as it stands now, amends folded
	gone         string // why there is nothing to send any more
	planning     Planning
	plan         Plan
	way          Way // of the delivery's address
}

// pack loads what a delivery is about.
func (s *Service) pack(ctx context.Context, d Delivery) (p parcel, err error) {
	p.delivery = d
	if p.conversation, err = s.store.Conversation(ctx, d.Shop, d.Conversation); err != nil {
		return p, err
	}
	if p.shop, err = s.store.Shop(ctx, d.Merchant, d.Shop); err != nil {
		return p, err
	}
	if p.entry, p.gone, err = s.asItStands(ctx, p.conversation, d.Entry); err != nil || p.gone != "" {
		return p, err
	}
	if p.planning, err = s.planning(ctx, p.conversation, p.shop); err != nil {
		return p, err
	}
	if p.planning.Draft, err = s.planned(ctx, p.conversation, p.entry); err != nil {
		return p, err
	}
	tried, err := s.tried(ctx, d)
	if err != nil {
		return p, err
	}
	p.planning.Route = ""
	p.planning.Ways = slices.DeleteFunc(p.planning.Ways, func(w Way) bool { return slices.Contains(tried, w.Address.ID) })
	for i := range p.planning.Ways {
		w := &p.planning.Ways[i]
		if w.Address.ID != d.Address {
			continue
		}
		if Reason(d.Reason) == WhyWindowClosed { // whatever the clocks say: this one was refused just now
			w.Closed = d.Form
		}
		p.way, p.planning.Route = *w, d.Address
	}
	return p, nil
}

// tried gives the other addresses that the message has gone to, or failed to go to: it does not go there again by itself.
func (s *Service) tried(ctx context.Context, d Delivery) (all []AddressID, err error) {
	ds, err := s.store.DeliveriesOf(ctx, d.Shop, d.Conversation, d.Entry.Seq, recentDeliveries)
	for _, o := range ds {
		if o.Entry.Seq == d.Entry.Seq && o.ID != d.ID && o.Address != d.Address && o.State != DeliveryHeld {
			all = append(all, o.Address)
		}
	}
	return all, err
}

// amendsAtOnce is how many entries after a message are read at a time for what amends it.
const amendsAtOnce = 200

// asItStands reads a message with its edits folded in, or tells why there is nothing to send any more.
func (s *Service) asItStands(ctx context.Context, c Conversation, ref Ref) (e Entry, gone string, err error) {
	for after := ref.Seq - 1; after < c.Head; {
		es, err := s.store.Entries(ctx, EntryQuery{Shop: c.Shop, Conversation: c.ID, Audience: ForAgents, After: after, Limit: amendsAtOnce})
		if err != nil {
			return e, "", err
		}
		for _, next := range es {
			if next.Seq == ref.Seq {
				e = next
				continue
			}
			if a := next.Amend; a == nil || a.Target.Seq != ref.Seq || e.Message == nil {
				continue
			}
			if next.Amend.Action == AmendRevoke {
				return e, whyRevoked, nil
			}
			if next.Amend.Action == AmendEdit {
				m := *e.Message
				m.Text = next.Amend.Text
				e.Message = &m
			}
		}
		if len(es) < amendsAtOnce {
			break
		}
		after = es[len(es)-1].Seq
	}
	if e.Message == nil || e.Blanked {
		return e, whyErased, nil
	}
	return e, "", nil
}

// planned gives what the planner must know of an entry's message.
func (s *Service) planned(ctx context.Context, c Conversation, e Entry) (Planned, error) {
	m := e.Message
	d := Planned{By: e.Author.Kind, Purpose: m.purpose(e.Author.Kind), Private: m.Order != "", At: e.At}
	if m.Template == nil {
		return d, nil
	}
	t, err := s.store.Template(ctx, c.Merchant, m.Template.Template)
	if isNotFound(err) {
		t, err = Template{Name: m.Template.Name, Account: c.Account, Category: m.Template.Category, Status: TemplateDisabled}, nil
	}
	d.Template = &t
	return d, err
}

// purpose gives what a message is sent for. What plugins and bots tell of an order is news of it; a person's answer is an answer.
func (m Message) purpose(by AuthorKind) ConsentPurpose {
	switch {
	case m.Template != nil && m.Template.Category == CategoryMarketing:
		return ForMarketing
	case m.Order != "" && by != AuthorAgent:
		return ForOrderUpdates
	}
	return ForConversation
}

// envelope makes of a planned parcel what an adapter needs.
func (s *Service) envelope(ctx context.Context, p parcel) (Envelope, error) {
	app, err := s.appOf(ctx, p.way.Account)
	if err != nil {
		return Envelope{}, err
	}
	m := *p.entry.Message
	env := Envelope{
		Delivery: p.delivery.ID, Account: p.way.Account, App: app, To: p.way.Address, Form: p.plan.Form,
		Human: p.entry.Author.Kind == AuthorAgent, Message: m.elsewhere(), Shop: p.shop.Name, Words: WordsIn(p.language()),
	}
	if m.ReplyTo != nil {
		if env.ReplyTo, err = s.store.ProviderID(ctx, p.way.Address.ID, p.conversation.ID, m.ReplyTo.Seq); err != nil {
			return Envelope{}, err
		}
	}
	if m.ReturnLink || p.plan.Away {
		if env.ReturnTo, err = s.resumeURL(ctx, p.shop, p.conversation, p.way.Address); err != nil {
			return Envelope{}, err
		}
	}
	if p.plan.Form != FormTemplate {
		return env, nil
	}
	return env, p.templated(&env)
}

// templated puts the planned template in: the message's own, or the shop's in the message's place.
func (p parcel) templated(env *Envelope) error {
	if !p.plan.Away {
		t, use := p.planning.Draft.Template, *p.entry.Message.Template
		for _, i := range t.openURLs(use) {
			use = use.withURLs([]int{i}, suffix(t.Buttons[i].URL, env.ReturnTo))
		}
		use, _, err := t.Fill(use)
		env.Template, env.Use = t, &use
		return err
	}
	u, err := p.shop.Settings.Handoff.Templates[p.way.Address.Channel].use(*p.way.Away, awayWords{
		shopper: p.name(), shop: p.shop.Name, message: p.entry.Message.preview(), link: env.ReturnTo,
	})
	env.Template, env.Use, env.Message, env.ReplyTo = p.way.Away, &u, Message{Text: p.way.Away.Preview(u)}, ""
	return err
}

// name is how the shopper is called. Who is there is not told a name that they have not told themselves, until both sides are one.
func (p parcel) name() string {
	if a := p.way.Address; !a.Confirmed() {
		return a.Name
	}
	return p.conversation.Shopper.Name
}

// language is what the shopper reads, else what the shop speaks.
func (p parcel) language() string {
	if l := p.conversation.Shopper.Language; l != "" {
		return l
	}
	return p.shop.Language
}

// without gives the parcel's planning without its own address: where else it may go.
func (p parcel) without(a AddressID) Planning {
	next := p.planning
	next.Route = p.conversation.Address // where they may be by now
	next.Ways = slices.DeleteFunc(slices.Clone(p.planning.Ways), func(w Way) bool { return w.Address.ID == a })
	return next
}
