package chattest

import (
	"cmp"
	"context"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// handoffMemory is what the store in memory knows of moves between channels.
type handoffMemory struct {
	handoffs map[chat.HandoffID]handoffRow
	links    map[[32]byte]chat.ResumeLink
}

type handoffRow struct {
	chat.Handoff
	code *[32]byte
}

func (m *memory) CreateHandoff(_ context.Context, h chat.Handoff, code *[32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.mayHandoff(h, code); err != nil {
		return err
	}
	m.handoffs[h.ID] = handoffRow{h, code}
	return nil
}

func (m *memory) mayHandoff(h chat.Handoff, code *[32]byte) error {
	if p, ok := m.shoppers[h.Shopper]; !ok || p.Shop != h.Shop || p.Merchant != h.Merchant {
		return chat.ErrNotFound
	}
	for _, o := range m.handoffs {
		if o.ID == h.ID || code != nil && o.code != nil && o.Account == h.Account && *o.code == *code {
			return chat.ErrConflict
		}
	}
	return nil
}

func (m *memory) HandoffByCode(_ context.Context, account chat.AccountID, code [32]byte) (chat.Handoff, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, h := range m.handoffs {
		if h.Account == account && h.code != nil && *h.code == code {
			return h.Handoff, nil
		}
	}
	return chat.Handoff{}, chat.ErrNotFound
}

func (m *memory) handoff(shop chat.ShopID, id chat.HandoffID) (handoffRow, error) {
	h, ok := m.handoffs[id]
	if !ok || h.Shop != shop {
		return handoffRow{}, chat.ErrNotFound
	}
	return h, nil
}

func (m *memory) Handoff(_ context.Context, shop chat.ShopID, id chat.HandoffID) (chat.Handoff, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	h, err := m.handoff(shop, id)
	return h.Handoff, err
}

func (m *memory) UpdateHandoff(
	_ context.Context, shop chat.ShopID, id chat.HandoffID, change func(*chat.Handoff) error,
) (chat.Handoff, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.handoff(shop, id)
	if err != nil {
		return chat.Handoff{}, err
	}
	h := r.Handoff
	if err := guard(func() error { return change(&h) }); err != nil {
		return chat.Handoff{}, err
	}
	h.ID, h.Merchant, h.Shop, h.Account = r.ID, r.Merchant, r.Shop, r.Account
	m.handoffs[id] = handoffRow{h, r.code}
	return h, nil
}

func (m *memory) handoffsWhere(keep func(chat.Handoff) bool, order func(a, b chat.Handoff) int, limit int) (all []chat.Handoff) {
	for _, h := range m.handoffs {
		if keep(h.Handoff) {
			all = append(all, h.Handoff)
		}
	}
	slices.SortFunc(all, order)
	return all[:min(limit, len(all))]
}

func (m *memory) HandoffsOf(
	_ context.Context, shop chat.ShopID, shopper chat.ShopperID, conversation chat.ConversationID, limit int,
) ([]chat.Handoff, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.handoffsWhere(func(h chat.Handoff) bool {
		if conversation != "" {
			return h.Shop == shop && h.Conversation == conversation
		}
		return h.Shop == shop && m.root(h.Shopper) == m.root(shopper)
	}, func(a, b chat.Handoff) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.ID, a.ID))
	}, limit), nil
}

func unclaimed(h chat.Handoff) bool {
	return h.State == chat.HandoffOffered || h.State == chat.HandoffClicked
}

func (m *memory) OpenOffers(_ context.Context, account chat.AccountID, since chat.Millis, limit int) ([]chat.Handoff, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.handoffsWhere(func(h chat.Handoff) bool {
		return h.Account == account && h.UpdatedAt >= since && unclaimed(h) && h.Source == chat.HandoffByLink
	}, func(a, b chat.Handoff) int {
		return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	}, limit), nil
}

func (m *memory) LapsedOffers(_ context.Context, now chat.Millis, limit int) ([]chat.Handoff, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.handoffsWhere(func(h chat.Handoff) bool { return unclaimed(h) && h.ExpiresAt > 0 && h.ExpiresAt <= now },
		func(a, b chat.Handoff) int {
			return cmp.Or(cmp.Compare(a.ExpiresAt, b.ExpiresAt), cmp.Compare(a.ID, b.ID))
		}, limit)
	for i := range all {
		all[i].State, all[i].UpdatedAt = chat.HandoffExpired, now
		m.handoffs[all[i].ID] = handoffRow{all[i], m.handoffs[all[i].ID].code}
	}
	return all, nil
}

func (m *memory) CreateResumeLink(_ context.Context, l chat.ResumeLink) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.shoppers[l.Shopper]; !ok || p.Shop != l.Shop || p.Merchant != l.Merchant {
		return chat.ErrNotFound
	}
	if _, ok := m.links[l.Hash]; ok {
		return chat.ErrConflict
	}
	l.UsedAt, l.UsedBy = 0, [32]byte{}
	m.links[l.Hash] = l
	return nil
}

func (m *memory) link(hash [32]byte, now chat.Millis) (chat.ResumeLink, error) {
	l, ok := m.links[hash]
	if !ok || l.ExpiresAt <= now {
		return chat.ResumeLink{}, chat.ErrGone
	}
	return l, nil
}

func (m *memory) ResumeLink(_ context.Context, hash [32]byte, now chat.Millis) (chat.ResumeLink, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.link(hash, now)
}

func (m *memory) UseResumeLink(_ context.Context, hash, session [32]byte, now chat.Millis) (chat.ResumeLink, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, err := m.link(hash, now)
	switch {
	case err != nil:
		return l, err
	case l.UsedAt != 0 && l.UsedBy != session:
		return chat.ResumeLink{}, chat.ErrGone
	case l.UsedAt == 0:
		l.UsedAt, l.UsedBy = now, session
		m.links[hash] = l
	}
	return l, nil
}

func (m *memory) AddShopperSession(_ context.Context, s chat.ShopperSession) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.shopper(s.Shop, s.Shopper)
	if err != nil || p.ErasedAt != 0 || p.Merchant != s.Merchant {
		return chat.ErrNotFound
	}
	if _, ok := m.browsers[s.Hash]; ok {
		return chat.ErrConflict
	}
	s.Shopper = p.ID
	m.browsers[s.Hash] = s
	return nil
}
