package chattest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) CreateShopper(_ context.Context, s chat.Shopper, session chat.ShopperSession) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if shop, ok := m.shops[s.Shop]; !ok || shop.Merchant != s.Merchant {
		return chat.ErrNotFound
	}
	if _, ok := m.shoppers[s.ID]; ok {
		return chat.ErrConflict
	}
	m.shoppers[s.ID] = s
	session.Merchant, session.Shop, session.Shopper = s.Merchant, s.Shop, s.ID
	m.browsers[session.Hash] = session
	return nil
}

func (m *memory) shopper(shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	if known, ok := m.aliases[id]; ok {
		id = known
	}
	s, ok := m.shoppers[id]
	if !ok || s.Shop != shop {
		return chat.Shopper{}, chat.ErrNotFound
	}
	return s, nil
}

func (m *memory) Shopper(_ context.Context, shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shopper(shop, id)
}

func (m *memory) ShopperByCustomer(_ context.Context, shop chat.ShopID, customerID string) (chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shopperByCustomer(shop, customerID)
}

func (m *memory) shopperByCustomer(shop chat.ShopID, customerID string) (chat.Shopper, error) {
	for _, s := range m.shoppers {
		if s.Shop == shop && s.CustomerID == customerID && customerID != "" {
			return s, nil
		}
	}
	return chat.Shopper{}, chat.ErrNotFound
}

func (m *memory) browser(hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	s, ok := m.browsers[hash]
	if !ok || s.ExpiresAt <= now {
		return chat.ShopperSession{}, chat.ErrInvalidToken
	}
	return s, nil
}

func (m *memory) ShopperSession(_ context.Context, hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.browser(hash, now)
}

func (m *memory) TouchShopperSession(_ context.Context, hash [32]byte, seen, expires chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.browsers[hash]
	if !ok {
		return chat.ErrInvalidToken
	}
	s.SeenAt, s.ExpiresAt = max(s.SeenAt, seen), max(s.ExpiresAt, expires)
	m.browsers[hash] = s
	p := m.shoppers[s.Shopper]
	p.SeenAt = max(p.SeenAt, seen)
	m.shoppers[p.ID] = p
	return nil
}

func (m *memory) RevokeShopperSession(_ context.Context, hash [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.browsers, hash)
	return nil
}

func (m *memory) SetShopperPage(_ context.Context, shop chat.ShopID, id chat.ShopperID, p chat.Page) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.shopper(shop, id)
	if err != nil || s.ErasedAt != 0 {
		return chat.ErrNotFound
	}
	s.Page = &p
	m.shoppers[s.ID] = s
	return nil
}

func (m *memory) Identify(_ context.Context, hash [32]byte, identity chat.Identity, now chat.Millis) (r chat.IdentifyResult, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	session, err := m.browser(hash, now)
	if err != nil {
		return r, err
	}
	was, err := m.shopper(session.Shop, session.Shopper)
	if err != nil {
		return r, err
	}
	for _, subject := range []string{session.CustomerID, was.CustomerID} {
		if subject != "" && subject != identity.Subject {
			return r, chat.ErrIdentity
		}
	}
	known, err := m.shopperByCustomer(session.Shop, identity.Subject)
	if errors.Is(err, chat.ErrNotFound) {
		known = was
	}
	before := known.Brief()
	known.CustomerID, known.SeenAt = identity.Subject, max(known.SeenAt, now)
	known.Name, known.Email = cmp.Or(identity.Name, known.Name), cmp.Or(identity.Email, known.Email)
	if was.ID != known.ID {
		if was.Page != nil && (known.Page == nil || was.Page.At > known.Page.At) {
			known.Page = was.Page
		}
		was.Page = nil
		m.shoppers[was.ID] = was
		m.alias(was.ID, known.ID)
		for i := range m.addresses {
			if m.addresses[i].Shopper == was.ID {
				m.addresses[i].Shopper = known.ID
			}
		}
	}
	m.shoppers[known.ID] = known
	session.Shopper, session.CustomerID = known.ID, identity.Subject
	m.browsers[hash] = session
	if was.ID != known.ID || before != known.Brief() {
		m.addMeet(known.Shop, was.ID, known.ID, now)
	}
	return chat.IdentifyResult{Shopper: known, Was: was.ID}, nil
}

func (m *memory) addMeet(shop chat.ShopID, was, known chat.ShopperID, now chat.Millis) {
	if len(m.filter(func(c chat.Conversation) bool { return c.Shopper.ID == was })) == 0 {
		return
	}
	payload, err := json.Marshal(chat.ShopperTask{Shopper: was, Into: known})
	if err != nil {
		panic(err)
	}
	m.addTasks([]chat.Task{{Kind: chat.TaskMeet, Shop: shop, DueAt: now, Lane: "shopper:" + string(known), Payload: payload}})
}
