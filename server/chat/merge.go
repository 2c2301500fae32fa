package chat

import "context"

// MergeShoppers makes two shoppers of a shop one, at an agent's word. It can be undone.
func (s *Service) MergeShoppers(ctx context.Context, by Caller, shop ShopID, from, into ShopperID) error {
	if by.Kind != AuthorAgent {
		return ErrForbidden
	}
	for _, id := range []ShopperID{from, into} {
		if _, err := s.Shopper(ctx, by, shop, id); err != nil {
			return err
		}
	}
	if from == into {
		return ErrInvalid.With(Field{"from", "is the same shopper"})
	}
	return s.merge(ctx, shop, from, into, by.Author())
}

func (s *Service) merge(ctx context.Context, shop ShopID, from, into ShopperID, by Author) error {
	if err := s.store.MergeShoppers(ctx, shop, from, into, by, At(s.now())); err != nil {
		return err
	}
	known, err := s.store.Shopper(ctx, shop, into)
	if err != nil {
		return err
	}
	if err := s.meet(ctx, shop, from, known); err != nil { // the store has left a task, should we not come so far
		return err
	}
	s.toldOf(known, from, into)
	s.wake()
	return s.noteMerge(ctx, shop, into, Hint{Code: "merged", Detail: string(from)})
}

// noteMerge tells the agents, in the latest conversation, that two shoppers were made one, or parted again: they can undo it.
func (s *Service) noteMerge(ctx context.Context, shop ShopID, id ShopperID, h Hint) error {
	cs, err := s.store.ConversationsOf(ctx, shop, id, 1)
	if err != nil || len(cs) == 0 {
		return err
	}
	return s.hint(ctx, shop, cs[0].ID, nil, h)
}

// toldOf tells who follows the shoppers that they are others now.
func (s *Service) toldOf(p Shopper, ids ...ShopperID) {
	for _, id := range ids {
		s.fanout.Publish(Live{
			Kind: LiveShopper, Merchant: p.Merchant, Shop: p.Shop, Shopper: id,
			Who: Author{Kind: AuthorShopper, ID: string(p.ID), Name: p.Name},
		})
	}
}

// UnmergeShopper undoes the merge of a shopper: what went over with them comes back.
func (s *Service) UnmergeShopper(ctx context.Context, by Caller, shop ShopID, from ShopperID) error {
	if by.Kind != AuthorAgent {
		return ErrForbidden
	}
	if _, err := s.Shopper(ctx, by, shop, from); err != nil {
		return err
	}
	into, err := s.store.UnmergeShopper(ctx, shop, from, At(s.now()))
	if err != nil {
		return err
	}
	p, err := s.store.Shopper(ctx, shop, from)
	if err != nil {
		return err
	}
	s.toldOf(p, from, into)
	s.wake() // the store has left a task that takes the conversations back
	return s.noteMerge(ctx, shop, into, Hint{Code: "unmerged", Detail: string(from)})
}

// AddressesOf lists where a shopper can be reached, for agents.
func (s *Service) AddressesOf(ctx context.Context, by Caller, shop ShopID, id ShopperID) ([]Address, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	p, err := s.Shopper(ctx, by, shop, id)
	if err != nil {
		return nil, err
	}
	return s.store.AddressesOf(ctx, shop, p.ID)
}

// AcceptHint joins, at an agent's word, who wrote without a code to the conversation that a link was made for: what they write from
// now on goes there. It confirms nothing: what was said there before is not shown on the channel until they have come back.
func (s *Service) AcceptHint(ctx context.Context, by Caller, shop ShopID, id ConversationID, handoff HandoffID) (Conversation, error) {
	if by.Kind != AuthorAgent {
		return Conversation{}, ErrForbidden
	}
	from, err := s.Conversation(ctx, by, shop, id)
	if err != nil {
		return Conversation{}, err
	}
	h, err := s.store.Handoff(ctx, shop, handoff)
	if err != nil {
		return Conversation{}, err
	}
	if from.Address == "" || h.Conversation == "" || h.Conversation == id || h.Address != "" && h.Address != from.Address {
		return Conversation{}, ErrConflict
	}
	h, err = s.store.UpdateHandoff(ctx, shop, handoff, func(h *Handoff) error {
		if h.Address != "" && h.Address != from.Address {
			return ErrConflict
		}
		h.State, h.Address, h.UpdatedAt = HandoffLinked, from.Address, At(s.now())
		return nil
	})
	if err != nil {
		return Conversation{}, err
	}
	done, err := s.change(ctx, Write{
		Shop: shop, Conversation: h.Conversation, Beside: Beside{Address: from.Address},
		DecideWith: func(c Conversation, b Seen) (Change, error) {
			ch := c.begin(s.now())
			a := b.Address
			a.Conversation = c.ID
			ch.arrive(a, h)
			ch.Conversation.Away = true
			ch.address(a)
			return ch, nil
		},
	})
	if err != nil {
		return Conversation{}, err
	}
	_, err = s.change(ctx, Write{
		Shop: shop, Conversation: id,
		Decide: func(c Conversation) (Change, error) {
			ch, err := c.Close(by.Author(), s.now())
			if err != nil || ch.Empty() {
				return Change{}, err
			}
			ch.event(Event{Name: EventHint, Hint: &Hint{Code: "continued_in", Conversation: h.Conversation}}, by.Author())
			return ch, nil
		},
	})
	return done.Conversation, err
}
