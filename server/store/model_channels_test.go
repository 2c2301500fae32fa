package store_test

import (
	"errors"
	"fmt"

	"pgregory.net/rapid"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// person draws how a provider names somebody: of few numbers and few user ids, so that numbers change hands.
func (m *twins) person(t *rapid.T) chat.Person {
	var p chat.Person
	if n := rapid.IntRange(0, 3).Draw(t, "number"); n > 0 {
		p.Phone = fmt.Sprintf("+%d", n)
		p.Keys = append(p.Keys, "wa:"+p.Phone)
	}
	if n := rapid.IntRange(0, 3).Draw(t, "user"); n > 0 {
		p.UserID = fmt.Sprintf("US.%d", n)
		p.Keys = append(p.Keys, "uid:"+p.UserID)
	}
	return p
}

type ensured struct {
	chat.Address
	Created bool
}

func (m *twins) contact(t *rapid.T) {
	p := m.person(t)
	want := chat.Address{
		ID: chat.NewID[chat.AddressID](chat.PrefixAddress, m.random), Merchant: m.shop.Merchant, Shop: m.shop.ID, Account: m.account.ID,
		Channel: m.account.Channel, Keys: p.Keys, Phone: p.Phone, UserID: p.UserID, CreatedAt: chat.At(m.now),
	}
	stranger := chat.Shopper{ID: chat.NewID[chat.ShopperID](chat.PrefixShopper, m.random), Merchant: m.shop.Merchant, Shop: m.shop.ID}
	e, err := both(t, m, "ensure address", func(s chat.Store) (ensured, error) {
		a, created, err := s.EnsureAddress(t.Context(), want, stranger)
		return ensured{a, created}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.Created {
		m.addresses, m.shoppers = append(m.addresses, e.Address), append(m.shoppers, stranger)
	}
}

func (m *twins) rekey(t *rapid.T) {
	old, now := m.person(t), m.person(t)
	if _, err := both(t, m, "rekey", func(s chat.Store) ([]chat.Address, error) {
		return s.Rekey(t.Context(), m.account.ID, old.Keys, now)
	}); err != nil {
		t.Fatal(err)
	}
}

// arrive lets something come in, sometimes again, sometimes into another conversation.
func (m *twins) arrive(t *rapid.T) {
	id, a := one(t, "conversation", m.conversations), one(t, "address", m.addresses)
	n := chat.Natural{Account: m.account.ID, ID: fmt.Sprint("mid.", rapid.IntRange(0, 9).Draw(t, "mid"))}
	now, silent := m.now, rapid.Bool().Draw(t, "without an entry")
	w := chat.Write{Shop: m.shop.ID, Conversation: id, Natural: &n, Beside: chat.Beside{Address: a.ID}}
	if rapid.IntRange(0, 9).Draw(t, "unasked") == 0 {
		w.Natural = nil
	}
	w.DecideWith = func(c chat.Conversation, seen chat.Seen) (ch chat.Change, err error) {
		if silent {
			c.Version++
			ch.Conversation = c
		} else {
			by := chat.Author{Kind: chat.AuthorShopper, ID: string(seen.Address.Shopper)}
			ch, err = c.Post(chat.Draft{
				Kind: chat.EntryMessage, Author: by, Channel: a.Channel, ClientID: fmt.Sprint("in-", n.ID, now.UnixMilli()), Message: chat.Message{Text: n.ID},
			}, now)
		}
		seen.Address.LastInboundAt, seen.Address.Conversation = chat.At(now), c.ID
		ch.Addresses, ch.Inbound = []chat.Address{seen.Address}, &n
		return ch, err
	}
	m.change(t, "arrive", w)
}

// deliver writes a delivery, new or once more, with ids that others may have had.
func (m *twins) deliver(t *rapid.T) {
	id, a := one(t, "conversation", m.conversations), one(t, "address", m.addresses)
	d := chat.Delivery{
		ID: chat.NewID[chat.DeliveryID](chat.PrefixDelivery, m.random), Merchant: m.shop.Merchant, Shop: m.shop.ID, Conversation: id,
		Entry: chat.Ref{Seq: 1, ShopperSeq: 1}, Account: m.account.ID, Address: a.ID, Channel: a.Channel, UpdatedAt: chat.At(m.now),
	}
	if len(m.deliveries) > 0 && rapid.Bool().Draw(t, "again") {
		d = one(t, "delivery", m.deliveries)
	}
	d.State = rapid.SampledFrom([]chat.DeliveryState{chat.DeliveryHeld, chat.DeliveryAccepted, chat.DeliveryRead}).Draw(t, "state")
	d.Parts = []chat.Part{{ProviderID: fmt.Sprint("mid.", rapid.IntRange(0, 9).Draw(t, "mid")), State: d.State, At: chat.At(m.now)}}
	d.Cost, d.CostAt = &chat.Money{Amount: 3, Currency: "EUR"}, chat.At(m.now)
	m.change(t, "deliver", chat.Write{Shop: m.shop.ID, Conversation: d.Conversation, Decide: func(c chat.Conversation) (chat.Change, error) {
		c.Version++
		return chat.Change{Conversation: c, Deliveries: []chat.Delivery{d}}, nil
	}})
	m.deliveries = append(m.deliveries, d)
}

func (m *twins) merge(t *rapid.T) {
	from, into := one(t, "from", m.shoppers).ID, one(t, "into", m.shoppers).ID
	_, err := both(t, m, "merge", func(s chat.Store) (int, error) {
		return 0, s.MergeShoppers(t.Context(), m.shop.ID, from, into, chat.Author{}, chat.At(m.now))
	})
	if err != nil && !errors.Is(err, chat.ErrConflict) && !errors.Is(err, chat.ErrNotFound) {
		t.Fatal(err)
	}
}

func (m *twins) unmerge(t *rapid.T) {
	from := one(t, "from", m.shoppers).ID
	_, err := both(t, m, "unmerge", func(s chat.Store) (chat.ShopperID, error) {
		return s.UnmergeShopper(t.Context(), m.shop.ID, from, chat.At(m.now))
	})
	if err != nil && !errors.Is(err, chat.ErrConflict) {
		t.Fatal(err)
	}
}

// compareChannels looks at all that is known of a shopper on channels.
func (m *twins) compareChannels(t *rapid.T, p chat.Shopper) {
	ctx := t.Context()
	_, errA := both(t, m, "addresses", func(s chat.Store) ([]chat.Address, error) { return s.AddressesOf(ctx, m.shop.ID, p.ID) })
	_, errB := both(t, m, "spent", func(s chat.Store) (int64, error) { return s.Spent(ctx, m.shop.ID, "EUR", 1) })
	_, errC := both(t, m, "held", func(s chat.Store) ([]chat.Delivery, error) { return s.Held(ctx, m.account.ID, 100) })
	if err := errors.Join(errA, errB, errC); err != nil {
		t.Fatal(err)
	}
	for _, id := range m.conversations {
		_, err := both(t, m, "deliveries", func(s chat.Store) ([]chat.Delivery, error) { return s.DeliveriesOf(ctx, m.shop.ID, id, 0, 100) })
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		_, err := both(t, m, "sent", func(s chat.Store) (chat.SentRef, error) { return s.Sent(ctx, m.account.ID, fmt.Sprint("mid.", i)) })
		if err != nil && !errors.Is(err, chat.ErrNotFound) {
			t.Fatal(err)
		}
	}
}
