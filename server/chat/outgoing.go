package chat

import (
	"context"
	"time"
)

// What agents and plugins may choose beside their words: a template, an address, a link back.

// outgoing is where a message goes that somebody has chosen.
type outgoing struct {
	to      AddressID // empty: wherever the route leads
	refusal error     // why it can't go there; a repeat of what went there before is answered all the same
}

// send decides what a message does whose address may have been chosen.
func (c Conversation) send(d Draft, out outgoing, seen Seen, now time.Time) (Change, error) {
	if out.refusal != nil {
		return Change{}, out.refusal
	}
	if out.to != "" {
		d.To = &seen.Address
	}
	return c.Post(d, now)
}

// outgoing resolves what a caller has chosen. Shoppers choose nothing.
func (s *Service) outgoing(ctx context.Context, by Caller, r SendRequest, d *Draft) (out outgoing, err error) {
	d.Message.Template, d.Message.ReturnLink, d.Message.Unsupported, d.Message.Forwarded = nil, false, "", false
	if by.Kind == AuthorShopper || d.Kind != EntryMessage {
		return out, nil
	}
	shop, err := s.store.Shop(ctx, by.Merchant, r.Shop)
	if err != nil {
		return out, err
	}
	d.Message.ReturnLink, d.LeaveAfter = r.ReturnLink, shop.Settings.Handoff.leaveAfter()
	var t *Template
	if r.Template != nil {
		if t, err = s.fill(ctx, by, *r.Template, d); err != nil {
			return out, err
		}
	}
	if t == nil && r.To == "" {
		return out, nil
	}
	return s.aimed(ctx, by, r, shop, t, d)
}

// fill puts a chosen template with its words into a draft; its text is what the shopper reads.
func (s *Service) fill(ctx context.Context, by Caller, use TemplateUse, d *Draft) (*Template, error) {
	t, err := s.store.Template(ctx, by.Merchant, use.Template)
	if isNotFound(err) {
		return nil, ErrInvalid.With(Field{"message.template.id", "names no template"})
	}
	if err != nil {
		return nil, err
	}
	use.Away = false
	open := t.openURLs(use)
	if d.Message.ReturnLink { // the way back is made when it is sent: a stand-in lets the rest be checked now
		use = use.withURLs(open, "-")
	}
	use, d.Message.Text, err = t.Fill(use)
	for _, i := range open {
		delete(use.Buttons, i)
	}
	d.Message.Template = &use
	return &t, err
}

// aimed plans for the address that was chosen, or, of a template, for the one that it can go to.
func (s *Service) aimed(ctx context.Context, by Caller, r SendRequest, shop Shop, t *Template, d *Draft) (out outgoing, err error) {
	c, err := s.Conversation(ctx, by, r.Shop, r.Conversation)
	if err != nil {
		return out, err
	}
	p, err := s.planning(ctx, c, shop)
	if err != nil {
		return out, err
	}
	p.Draft = Planned{
		By: by.Kind, Purpose: d.Message.purpose(by.Kind), Private: d.Message.Order != "", Template: t,
	}
	if out.to = r.To; out.to == "" {
		out.to = p.addressFor(*t)
	}
	p.Asked = out.to
	plan := PlanSend(p)
	if plan.Reason == WhyNoAddress || out.to == "" {
		return outgoing{refusal: ErrCannotSend.With(Field{"to", string(WhyNoAddress)})}, nil
	}
	d.Handoff = NewID[HandoffID](PrefixHandoff, s.random)
	if plan.Form == FormHold {
		out.refusal = plan.refusal()
	}
	return out, nil
}

// refusal tells a caller why a message can't go where they want.
func (p Plan) refusal() error {
	switch p.Reason {
	case WhyTemplateRefused, WhyTemplateCategory:
		return ErrTemplateRefused.With(Field{"message.template", string(p.Reason)})
	}
	return ErrCannotSend.With(Field{"to", string(p.Reason)})
}

// addressFor gives the address that a template can go to: the route, or the first of its account.
func (p Planning) addressFor(t Template) (to AddressID) {
	for _, plan := range p.plans() {
		for _, w := range p.Ways {
			if w.Address.ID != plan.Address || w.Account.ID != t.Account {
				continue
			}
			if to == "" || w.Address.ID == p.Route {
				to = w.Address.ID
			}
		}
	}
	return to
}
