package chat

import (
	"context"
	"slices"
	"strings"
)

// An away template tells of a message by its beginning, on one line, without its pictures. Once the shopper has answered it, what it
// did not say follows whole.

// followWhole queues messages that an away template has told of in part alone, now that their shopper has answered it.
func (s *Service) followWhole(ctx context.Context, c Conversation, ds []Delivery) error {
	for _, d := range ds {
		if !d.awayOut() || d.State.step() < 0 || d.State == DeliveryFailed {
			continue
		}
		next := d.whole()
		if slices.ContainsFunc(ds, func(o Delivery) bool { return o.ID == next.ID }) {
			continue
		}
		a, err := s.store.Address(ctx, d.Shop, d.Address)
		if isNotFound(err) || err == nil && a.LastInboundAt <= d.SendingAt {
			continue // they have not answered
		}
		if err != nil {
			return err
		}
		e, gone, err := s.asItStands(ctx, c, d.Entry)
		if err != nil {
			return err
		}
		if gone != "" || d.Template.toldWhole(*e.Message) {
			continue
		}
		natural := Natural{d.Account, "whole:" + string(d.ID)} // once, however many of their words come at a time
		_, err = s.change(ctx, Write{
			Shop: c.Shop, Conversation: c.ID, Natural: &natural,
			Decide: func(c Conversation) (Change, error) {
				ch := c.begin(s.now())
				ch.Inbound = &natural
				ch.queue(next, ch.now)
				return ch, nil
			},
		})
		if err != nil && !isNotFound(err) {
			return err
		}
		s.wake()
	}
	return nil
}

// whole gives the delivery that takes to the same address what the away template has only told of. Its id follows from the first's.
func (d Delivery) whole() Delivery {
	return Delivery{
		ID: DeliveryID(PrefixDelivery + shortHash(string(d.ID)+"/whole")), Merchant: d.Merchant, Shop: d.Shop, Conversation: d.Conversation,
		Entry: d.Entry, Account: d.Account, Address: d.Address, Channel: d.Channel,
	}
}

// toldWhole tells whether a template's places have said all that there is of a message.
func (u TemplateUse) toldWhole(m Message) bool {
	if len(m.Attachments) > 0 || len(m.Choices) > 0 || len(m.Cards) > 0 || m.Coupon != nil || m.Order != "" || m.ReturnLink {
		return false
	}
	text := strings.Join(strings.Fields(m.Text), " ")
	for _, places := range []map[string]string{u.Header, u.Body} {
		for _, said := range places {
			if strings.Contains(said, text) {
				return true
			}
		}
	}
	return false
}
