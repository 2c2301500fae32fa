package chattest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) MergeShoppers(_ context.Context, shop chat.ShopID, from, into chat.ShopperID, _ chat.Author, now chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, err := m.shopper(shop, from)
	if err != nil {
		return err
	}
	known, err := m.shopper(shop, into)
	switch {
	case err != nil:
		return err
	case was.ErasedAt != 0 || known.ErasedAt != 0:
		return chat.ErrNotFound
	case was.ID == known.ID:
		return nil
	case was.CustomerID != "" && known.CustomerID != "":
		return chat.ErrConflict
	}
	r := mergeRow{into: known.ID, customer: was.CustomerID}
	r.conversations = sorted(ids(m.filter(func(c chat.Conversation) bool { return m.root(c.Shopper.ID) == was.ID })))
	for i := range m.addresses {
		if a := &m.addresses[i]; a.Shopper == was.ID {
			a.Shopper = known.ID
			r.addresses = append(r.addresses, a.ID)
		}
	}
	for hash, s := range m.browsers {
		if m.root(s.Shopper) == was.ID {
			s.Shopper = known.ID
			m.browsers[hash] = s
			r.sessions = append(r.sessions, hash)
		}
	}
	if known.Name == "" {
		r.name, known.Name = was.Name, was.Name
	}
	if known.Email == "" {
		r.email, known.Email = was.Email, was.Email
	}
	known.CustomerID, was.CustomerID = cmp.Or(known.CustomerID, was.CustomerID), ""
	m.shoppers[was.ID], m.shoppers[known.ID] = was, known
	r.aliases = m.alias(was.ID, known.ID)
	m.merges[was.ID] = r
	for _, id := range append(slices.Clone(r.aliases), was.ID) {
		m.addMeet(shop, id, known.ID, now)
	}
	return nil
}

// alias makes was stand for known, and all who stood for was; it tells these.
func (m *memory) alias(was, known chat.ShopperID) (others []chat.ShopperID) {
	for id, of := range m.aliases {
		if of == was {
			m.aliases[id] = known
			others = append(others, id)
		}
	}
	m.aliases[was] = known
	slices.Sort(others)
	return others
}

func (m *memory) UnmergeShopper(_ context.Context, shop chat.ShopID, from chat.ShopperID, now chat.Millis) (chat.ShopperID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, err := m.shopper(shop, from)
	if err != nil {
		return "", err
	}
	r, ok := m.merges[from]
	if !ok {
		return "", chat.ErrConflict
	}
	delete(m.merges, from)
	delete(m.aliases, from)
	for _, id := range r.aliases {
		other, merged := m.merges[id]
		if m.aliases[id] == known.ID && (!merged || other.into == from) {
			m.aliases[id] = from
		}
	}
	for i := range m.addresses {
		if a := &m.addresses[i]; a.Shopper == known.ID && slices.Contains(r.addresses, a.ID) {
			a.Shopper = from
		}
	}
	for _, hash := range r.sessions {
		if s, ok := m.browsers[hash]; ok && s.Shopper == known.ID {
			s.Shopper = from
			m.browsers[hash] = s
		}
	}
	was := m.shoppers[from]
	if r.customer != "" && known.CustomerID == r.customer {
		was.CustomerID, known.CustomerID = r.customer, ""
	}
	if r.name != "" && known.Name == r.name {
		known.Name = ""
	}
	if r.email != "" && known.Email == r.email {
		known.Email = ""
	}
	m.shoppers[from], m.shoppers[known.ID] = was, known
	if len(r.conversations) > 0 {
		payload, err := json.Marshal(chat.ShopperTask{Shopper: known.ID, Into: from, Conversations: r.conversations})
		if err != nil {
			panic(err)
		}
		m.addTasks([]chat.Task{{Kind: chat.TaskMeet, Shop: shop, DueAt: now, Lane: "shopper:" + string(known.ID), Payload: payload}})
	}
	return r.into, nil
}
