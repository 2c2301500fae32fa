package chat

import (
	"context"
	"slices"
)

// tellOrder writes an order's transition into the log of its shopper's latest conversation, where the agents see it, and tells the
// webhooks.
func (s *Service) tellOrder(ctx context.Context, t Task) error {
	var n OrderNews
	if err := payload(t, &n); err != nil {
		return err
	}
	r, err := s.store.Record(ctx, t.Shop, RecordOrder, n.Order)
	if isNotFound(err) || err == nil && (r.Deleted || r.Redacted) {
		return nil // a shipment before its order, or one that is gone: nobody to tell
	}
	if err != nil {
		return err
	}
	told, err := s.toldByParcel(ctx, t.Shop, n)
	if err != nil || told {
		return err
	}
	if n.Change == OrderLinked {
		return s.announce(ctx, orderNotice(NoticeOrderLinked, t.Shop, n))
	}
	if err := s.logOrder(ctx, r, n); err != nil {
		return err
	}
	return s.announce(ctx, orderNotice(NoticeOrderChanged, t.Shop, n))
}

func orderNotice(what NoticeType, shop ShopID, n OrderNews) noticeTask {
	return noticeTask{
		Key: string(what) + ":" + n.Order + ":" + n.what(), Type: what, Shop: shop, At: n.At,
		Order: n.Order, Change: n.Change, Shipment: n.Shipment,
	}
}

// toldByParcel tells whether a parcel has said already what the order's own status says.
func (s *Service) toldByParcel(ctx context.Context, shop ShopID, n OrderNews) (bool, error) {
	if n.Change != OrderShipped || n.Shipment != "" {
		return false, nil
	}
	parcels, err := s.store.ShipmentsOf(ctx, shop, n.Order, contextLimit)
	return slices.ContainsFunc(parcels, func(r Record) bool {
		p, err := r.Shipment()
		return err == nil && p.underWay()
	}), err
}

func (s *Service) logOrder(ctx context.Context, r Record, n OrderNews) error {
	o, err := r.Order()
	if err != nil {
		return err
	}
	c, ok, err := s.conversationAbout(ctx, r)
	if err != nil || !ok {
		return err
	}
	brief := o.Brief(n.Change, At(s.now()))
	brief.Shipment = n.Shipment
	id := clip("order-"+n.what()+"-"+shortHash(n.Order), MaxClientID)
	_, err = s.change(ctx, Write{
		Shop: r.Shop, Conversation: c, Key: &SendKey{Author: Author{Kind: AuthorSystem}, ClientID: id},
		Decide: func(c Conversation) (Change, error) { return c.NoteOrder(brief, id, s.now()) },
	})
	return err
}

// conversationAbout finds the conversation that a record belongs to: its shopper's latest. The shopper is the one whom the record
// names, or the one whom the shop has vouched for as this customer; never one who merely typed the same e-mail.
func (s *Service) conversationAbout(ctx context.Context, r Record) (ConversationID, bool, error) {
	shopper := r.Shopper
	if shopper == "" && r.CustomerID != "" {
		p, err := s.store.ShopperByCustomer(ctx, r.Shop, r.CustomerID)
		if isNotFound(err) {
			return "", false, nil
		}
		if err != nil {
			return "", false, err
		}
		shopper = p.ID
	}
	if shopper == "" {
		return "", false, nil
	}
	p, err := s.store.Shopper(ctx, r.Shop, shopper)
	if isNotFound(err) || err == nil && p.ErasedAt != 0 {
		return "", false, nil // their browser may still name them to the shop
	}
	if err != nil {
		return "", false, err
	}
	cs, err := s.store.ConversationsOf(ctx, r.Shop, shopper, 1)
	if err != nil || len(cs) == 0 {
		return "", false, err
	}
	return cs[0].ID, true, nil
}
