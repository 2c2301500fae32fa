package chat

import "context"

// renamed takes in that a provider calls a person by other keys from now on. Nothing was said, so no window opens.
func (s *Service) renamed(ctx context.Context, acct Account, in Inbound) error {
	if in.Identity == nil {
		return &noEffect{"it renames nobody"}
	}
	var all []Address
	var err error
	if in.Identity.Key {
		all, err = s.store.AddressesByKeys(ctx, acct.ID, in.Identity.Old)
	} else {
		all, err = s.store.Rekey(ctx, acct.ID, in.Identity.Old, in.Identity.New)
	}
	if err != nil {
		return err
	}
	if len(all) == 0 { // renamed before, by this item; or somebody unknown
		if all, err = s.store.AddressesByKeys(ctx, acct.ID, in.Identity.New.Keys); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return &noEffect{"nobody of that name is known"}
	}
	code := "identity_changed"
	if in.Identity.Key {
		code = "device_changed"
	}
	for _, a := range all {
		if a.Conversation == "" {
			continue
		}
		if err := s.hint(ctx, a.Shop, a.Conversation, &Natural{acct.ID, in.ID + "/" + string(a.Shop)}, Hint{Code: code, Detail: a.Phone}); err != nil {
			return err
		}
	}
	return nil
}

// hint tells a conversation's agents something, once per natural key.
func (s *Service) hint(ctx context.Context, shop ShopID, id ConversationID, natural *Natural, h Hint) error {
	_, err := s.change(ctx, Write{
		Shop: shop, Conversation: id, Natural: natural,
		Decide: func(c Conversation) (Change, error) {
			ch := c.begin(s.now())
			ch.Inbound = natural
			ch.event(Event{Name: EventHint, Hint: &h}, Author{Kind: AuthorSystem})
			return ch, nil
		},
	})
	if isNotFound(err) {
		return nil // the conversation is gone
	}
	return err
}

// preferred takes in a person's own switch at the provider. Doing it again changes nothing.
func (s *Service) preferred(ctx context.Context, acct Account, in Inbound) error {
	if in.Preference == nil || in.From == nil {
		return &noEffect{"it says nothing of anybody"}
	}
	all, err := s.store.AddressesByKeys(ctx, acct.ID, in.From.Keys)
	if err != nil {
		return err
	}
	if len(all) == 0 { // they may have stopped what another system of the merchant sends; it holds for ours too
		a, err := s.person(ctx, acct, ProviderApp{}, acct.Default, in)
		if err != nil {
			return err
		}
		all = []Address{a}
	}
	for _, a := range all {
		if err := s.prefer(ctx, a, in); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) prefer(ctx context.Context, a Address, in Inbound) error {
	p := in.Preference
	lines, err := s.store.ConsentsOf(ctx, a.Shop, a.Shopper)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Source == ConsentByProvider && l.Channel == a.Channel && l.Value == a.value() && l.Purpose == p.Purpose && l.At >= in.At {
			return nil // this one, or a newer one, is in the ledger
		}
	}
	_, err = s.store.UpdateAddress(ctx, a.Shop, a.ID, func(a *Address) error {
		if p.Purpose == ForMarketing {
			a.NoMarketingAt = 0
			if !p.Granted {
				a.NoMarketingAt = in.At
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.store.AddConsents(ctx, Consent{
		ID: NewID[ConsentID](PrefixConsent, s.random), Merchant: a.Merchant, Shop: a.Shop, Shopper: a.Shopper, Channel: a.Channel, Value: a.value(),
		Purpose: p.Purpose, Granted: p.Granted, Wording: clip(p.Detail, 300), Source: ConsentByProvider, At: in.At,
	})
}
