package chattest

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) CreateGrant(_ context.Context, g chat.Grant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.shopOf(g.Merchant, g.Shop) {
		return chat.ErrNotFound
	}
	if _, ok := m.grants[g.Hash]; ok {
		return chat.ErrConflict
	}
	m.grants[g.Hash] = g
	return nil
}

func (m *memory) UseGrant(
	_ context.Context, hash [32]byte, now chat.Millis, check func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error),
) (secret bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[hash]
	switch {
	case !ok:
		return false, chat.ErrNotFound
	case g.UsedAt != 0:
		m.revoke(g.PluginKey, now)
		return false, chat.ErrGone
	case g.ExpiresAt <= now:
		return false, chat.ErrNotFound
	}
	var key chat.PluginKey
	var s *chat.IdentitySecret
	err = guard(func() (err error) { key, s, err = check(g); return err })
	if err != nil {
		return false, err
	}
	if _, ok := m.keys[key.ID]; ok {
		return false, chat.ErrConflict
	}
	key.Merchant, key.Shop = g.Merchant, g.Shop
	m.keys[key.ID] = key
	g.UsedAt, g.PluginKey = now, key.ID
	m.grants[hash] = g
	if s == nil {
		return false, nil
	}
	own := *s
	own.Merchant, own.Shop, own.PluginKey = g.Merchant, g.Shop, key.ID
	return m.addSecret(own) == nil, nil
}
