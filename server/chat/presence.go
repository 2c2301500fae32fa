package chat

import "context"

// What is only live: it goes straight to the fan-out and is never stored, but for the page where a shopper was last seen.

// Type tells the others that the caller is writing. A note's typing is for agents alone.
func (s *Service) Type(by Caller, c Conversation, note bool) error {
	if err := by.may(c); err != nil {
		return err
	}
	s.fanout.Publish(Live{
		Kind: LiveTyping, Merchant: c.Merchant, Shop: c.Shop, Conversation: c.ID, Shopper: c.Shopper.ID, Who: by.Author(),
		Note: note && by.Kind == AuthorAgent,
	})
	return nil
}

// See takes the page that a shopper looks at.
func (s *Service) See(ctx context.Context, by Caller, p Page) error {
	p, err := p.Clean()
	if err != nil {
		return err
	}
	p.At = At(s.now())
	if err := s.store.SetShopperPage(ctx, by.Shop, by.Shopper, p); err != nil {
		return err
	}
	s.fanout.Publish(Live{Kind: LivePage, Merchant: by.Merchant, Shop: by.Shop, Shopper: by.Shopper, Who: by.Author(), Page: &p})
	return nil
}

// View tells other agents what the caller looks at; an empty id: nothing any more.
func (s *Service) View(by Caller, shop ShopID, id ConversationID) {
	s.fanout.Publish(Live{Kind: LiveViewing, Merchant: by.Merchant, Shop: shop, Conversation: id, Who: by.Author()})
}
