package chattest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) CreatePrivacyRequest(_ context.Context, r chat.PrivacyRequest, t chat.Task) (chat.PrivacyRequest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.shopOf(r.Merchant, r.Shop) {
		return chat.PrivacyRequest{}, chat.ErrNotFound
	}
	for _, o := range m.privacy {
		switch {
		case r.Reference != "" && o.Shop == r.Shop && o.Kind == r.Kind && o.Reference == r.Reference:
			return o, nil
		case o.ID == r.ID:
			return chat.PrivacyRequest{}, chat.ErrConflict
		}
	}
	m.privacy = append(m.privacy, r)
	m.addTasks([]chat.Task{t})
	return r, nil
}

func (m *memory) UpdatePrivacyRequest(_ context.Context, r chat.PrivacyRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.privacyRequest(r.Shop, r.ID)
	if err != nil {
		return err
	}
	was := m.privacy[i]
	r.Merchant, r.Kind, r.Reference = was.Merchant, was.Kind, was.Reference
	if r.State == chat.PrivacyDone {
		r.Customer, r.Orders = chat.CustomerRef{}, nil
	}
	m.privacy[i] = r
	return nil
}

func (m *memory) privacyRequest(shop chat.ShopID, id chat.PrivacyID) (int, error) {
	i := slices.IndexFunc(m.privacy, func(r chat.PrivacyRequest) bool { return r.ID == id && r.Shop == shop })
	if i < 0 {
		return i, chat.ErrNotFound
	}
	return i, nil
}

func (m *memory) PrivacyRequest(_ context.Context, shop chat.ShopID, id chat.PrivacyID) (chat.PrivacyRequest, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, err := m.privacyRequest(shop, id)
	if err != nil {
		return chat.PrivacyRequest{}, err
	}
	return m.privacy[i], nil
}

func (m *memory) PrivacyRequests(_ context.Context, shop chat.ShopID, limit int) (all []chat.PrivacyRequest, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, r := range slices.Backward(m.privacy) {
		if r.Shop == shop && len(all) < limit {
			all = append(all, r)
		}
	}
	return all, nil
}

// erasePrivacyRequests takes a shopper's names from requests that nobody works on any more.
func (m *memory) erasePrivacyRequests(s chat.Shopper) {
	for i := range m.privacy {
		r := &m.privacy[i]
		c := r.Customer
		theirs := c.ExternalID != "" && c.ExternalID == s.CustomerID || c.Email != "" && strings.EqualFold(c.Email, s.Email)
		if r.Shop == s.Shop && r.State == chat.PrivacyFailed && theirs {
			r.Customer, r.Orders = chat.CustomerRef{}, nil
		}
	}
}

func (m *memory) ShoppersByEmail(_ context.Context, shop chat.ShopID, email string) ([]chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if email == "" {
		return nil, nil
	}
	found := map[chat.ShopperID]bool{}
	for _, s := range m.shoppers {
		if s.Shop == shop && strings.EqualFold(s.Email, email) {
			found[m.root(s.ID)] = true
		}
	}
	for _, a := range m.addresses {
		if a.Shop == shop && a.Channel == chat.ChannelEmail && strings.EqualFold(a.UserID, email) {
			found[m.root(a.Shopper)] = true
		}
	}
	return m.people(func(s chat.Shopper) bool { return found[s.ID] }, func(a, b chat.Shopper) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	}), nil
}

func (m *memory) ListShoppers(_ context.Context, shop chat.ShopID, after chat.ShopperID, limit int) ([]chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.people(func(s chat.Shopper) bool { return s.Shop == shop && s.ID > after && m.root(s.ID) == s.ID },
		func(a, b chat.Shopper) int { return cmp.Compare(a.ID, b.ID) })
	return all[:min(limit, len(all))], nil
}

// people gives the shoppers, not erased, that are to be kept.
func (m *memory) people(keep func(chat.Shopper) bool, order func(a, b chat.Shopper) int) (all []chat.Shopper) {
	for _, s := range m.shoppers {
		if s.ErasedAt == 0 && keep(s) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, order)
	return all
}
