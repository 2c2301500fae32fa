package chattest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) CreateMerchant(_ context.Context, merchant chat.Merchant, s chat.Shop, owner chat.Agent, passwordHash string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.merchants[merchant.ID]; ok || m.emailTaken(owner.Email) || m.keyTaken(s) {
		return chat.ErrConflict
	}
	s.Merchant, owner.Merchant = merchant.ID, merchant.ID
	m.merchants[merchant.ID], m.shops[s.ID], m.agents[owner.ID] = merchant, s, agentRow{owner, passwordHash}
	return nil
}

func (m *memory) emailTaken(email string) bool {
	for _, a := range m.agents {
		if a.Email == email {
			return true
		}
	}
	return false
}

func (m *memory) keyTaken(s chat.Shop) bool {
	for _, other := range m.shops {
		if other.Key == s.Key && other.ID != s.ID {
			return true
		}
	}
	return false
}

func (m *memory) Merchant(_ context.Context, id chat.MerchantID) (chat.Merchant, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.merchants[id]
	if !ok {
		return v, chat.ErrNotFound
	}
	return v, nil
}

func (m *memory) HasMerchant(context.Context) (bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.merchants) > 0, nil
}

func (m *memory) CreateShop(_ context.Context, s chat.Shop) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.merchants[s.Merchant]; !ok {
		return chat.ErrNotFound
	}
	if _, ok := m.shops[s.ID]; ok || m.keyTaken(s) {
		return chat.ErrConflict
	}
	m.shops[s.ID] = s
	return nil
}

func (m *memory) UpdateShop(_ context.Context, s chat.Shop) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.shops[s.ID]
	if !ok || was.Merchant != s.Merchant {
		return chat.ErrNotFound
	}
	if m.keyTaken(s) {
		return chat.ErrConflict
	}
	s.CreatedAt, s.Test = was.CreatedAt, was.Test
	m.shops[s.ID] = s
	return nil
}

func (m *memory) Shop(_ context.Context, merchant chat.MerchantID, id chat.ShopID) (chat.Shop, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, ok := m.shops[id]
	if !ok || s.Merchant != merchant {
		return chat.Shop{}, chat.ErrNotFound
	}
	return s, nil
}

func (m *memory) ShopByKey(_ context.Context, key string) (chat.Shop, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, s := range m.shops {
		if s.Key == key {
			return s, nil
		}
	}
	return chat.Shop{}, chat.ErrNotFound
}

func (m *memory) Shops(_ context.Context, merchant chat.MerchantID) ([]chat.Shop, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := slices.DeleteFunc(slices.Collect(maps.Values(m.shops)), func(s chat.Shop) bool { return s.Merchant != merchant })
	slices.SortFunc(all, func(a, b chat.Shop) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) AgentByEmail(_ context.Context, email string) (chat.Agent, string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.agents {
		if a.Email == email {
			return a.Agent, a.password, nil
		}
	}
	return chat.Agent{}, "", chat.ErrNotFound
}

func (m *memory) agent(merchant chat.MerchantID, id chat.AgentID) (agentRow, error) {
	a, ok := m.agents[id]
	if !ok || a.Merchant != merchant {
		return agentRow{}, chat.ErrNotFound
	}
	return a, nil
}

func (m *memory) Agent(_ context.Context, merchant chat.MerchantID, id chat.AgentID) (chat.Agent, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a, err := m.agent(merchant, id)
	return a.Agent, err
}

func (m *memory) AgentPassword(_ context.Context, merchant chat.MerchantID, id chat.AgentID) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a, err := m.agent(merchant, id)
	return a.password, err
}

func (m *memory) Agents(_ context.Context, merchant chat.MerchantID) (all []chat.Agent, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.agents {
		if a.Merchant == merchant {
			all = append(all, a.Agent)
		}
	}
	slices.SortFunc(all, func(a, b chat.Agent) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) UpdateAgent(_ context.Context, a chat.Agent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.agent(a.Merchant, a.ID)
	if err != nil {
		return err
	}
	was := r
	r.Name, r.Language, r.Role, r.Active = a.Name, a.Language, a.Role, a.Active
	m.agents[a.ID] = r
	for _, o := range m.agents {
		if o.Merchant == a.Merchant && o.Role == chat.RoleOwner && o.Active {
			if !a.Active {
				m.endSessions(a.ID, [32]byte{})
			}
			return nil
		}
	}
	m.agents[a.ID] = was
	return chat.ErrConflict
}

func (m *memory) endSessions(id chat.AgentID, keep [32]byte) {
	maps.DeleteFunc(m.sessions, func(hash [32]byte, s chat.AgentSession) bool { return s.Agent == id && hash != keep })
}

func (m *memory) SetPassword(_ context.Context, merchant chat.MerchantID, id chat.AgentID, passwordHash string, keep [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.agent(merchant, id)
	if err == nil {
		m.setPassword(r, passwordHash, keep)
	}
	return err
}

func (m *memory) setPassword(r agentRow, passwordHash string, keep [32]byte) {
	r.password = passwordHash
	m.agents[r.ID] = r
	maps.DeleteFunc(m.resets, func(_ [32]byte, reset chat.PasswordReset) bool { return reset.Agent == r.ID })
	m.endSessions(r.ID, keep)
}

func (m *memory) CreateAgentSession(_ context.Context, s chat.AgentSession) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, err := m.agent(s.Merchant, s.Agent); err != nil || !a.Active {
		return chat.ErrNotFound
	}
	m.sessions[s.Hash] = s
	return nil
}

func (m *memory) AgentSession(_ context.Context, hash [32]byte, now chat.Millis) (chat.AgentSession, chat.Agent, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, ok := m.sessions[hash]
	a := m.agents[s.Agent]
	if !ok || s.ExpiresAt <= now || !a.Active {
		return chat.AgentSession{}, chat.Agent{}, chat.ErrUnauthenticated
	}
	return s, a.Agent, nil
}

func (m *memory) TouchAgentSession(_ context.Context, hash [32]byte, seen, expires chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[hash]
	if !ok {
		return chat.ErrUnauthenticated
	}
	s.SeenAt, s.ExpiresAt = max(s.SeenAt, seen), max(s.ExpiresAt, expires)
	m.sessions[hash] = s
	return nil
}

func (m *memory) DeleteAgentSession(_ context.Context, hash [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, hash)
	return nil
}

func (m *memory) CreateInvitation(_ context.Context, i chat.Invitation) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.invitations[i.ID] = i
	return nil
}

func (m *memory) Invitations(_ context.Context, merchant chat.MerchantID, now chat.Millis) (all []chat.Invitation, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, i := range m.invitations {
		if i.Merchant == merchant && i.UsedAt == 0 && i.ExpiresAt > now {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b chat.Invitation) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) invitation(hash [32]byte, now chat.Millis) (chat.Invitation, error) {
	for _, i := range m.invitations {
		if i.Hash == hash && i.UsedAt == 0 && i.ExpiresAt > now {
			return i, nil
		}
	}
	return chat.Invitation{}, chat.ErrGone
}

func (m *memory) InvitationByHash(_ context.Context, hash [32]byte, now chat.Millis) (chat.Invitation, chat.Merchant, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, err := m.invitation(hash, now)
	return i, m.merchants[i.Merchant], err
}

func (m *memory) AcceptInvitation(_ context.Context, hash [32]byte, a chat.Agent, passwordHash string, now chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.invitation(hash, now)
	if err != nil || a.Merchant != i.Merchant {
		return chat.ErrGone
	}
	if m.emailTaken(a.Email) {
		return chat.ErrConflict
	}
	i.UsedAt = now
	m.invitations[i.ID], m.agents[a.ID] = i, agentRow{a, passwordHash}
	return nil
}

func (m *memory) DeleteInvitation(_ context.Context, merchant chat.MerchantID, id chat.InvitationID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i, ok := m.invitations[id]; !ok || i.Merchant != merchant || i.UsedAt != 0 {
		return chat.ErrNotFound
	}
	delete(m.invitations, id)
	return nil
}

func (m *memory) CreatePasswordReset(_ context.Context, r chat.PasswordReset) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.agent(r.Merchant, r.Agent); err != nil {
		return err
	}
	m.resets[r.Hash] = r
	return nil
}

func (m *memory) UsePasswordReset(_ context.Context, hash [32]byte, passwordHash string, now chat.Millis) (chat.Agent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.resets[hash]
	a := m.agents[r.Agent]
	if !ok || r.ExpiresAt <= now || !a.Active {
		return chat.Agent{}, chat.ErrGone
	}
	m.setPassword(a, passwordHash, [32]byte{})
	return a.Agent, nil
}

func (m *memory) shopOf(merchant chat.MerchantID, id chat.ShopID) bool {
	s, ok := m.shops[id]
	return ok && s.Merchant == merchant
}

func (m *memory) CreatePluginKey(_ context.Context, k chat.PluginKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.shopOf(k.Merchant, k.Shop) {
		return chat.ErrNotFound
	}
	m.keys[k.ID] = k
	return nil
}

func (m *memory) PluginKeys(_ context.Context, shop chat.ShopID) (all []chat.PluginKey, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, k := range m.keys {
		if k.Shop == shop && k.RevokedAt == 0 {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b chat.PluginKey) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) PluginKeyByHash(_ context.Context, hash [32]byte) (chat.PluginKey, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, k := range m.keys {
		if k.Hash == hash && k.RevokedAt == 0 {
			return k, nil
		}
	}
	return chat.PluginKey{}, chat.ErrUnauthenticated
}

func (m *memory) TouchPluginKey(_ context.Context, id chat.PluginKeyID, at chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if !ok {
		return chat.ErrNotFound
	}
	k.LastUsedAt = max(k.LastUsedAt, at)
	m.keys[id] = k
	return nil
}

func (m *memory) RevokePluginKey(_ context.Context, shop chat.ShopID, id chat.PluginKeyID, at chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if !ok || k.Shop != shop || k.RevokedAt != 0 {
		return chat.ErrNotFound
	}
	m.revoke(id, at)
	return nil
}

// revoke ends a key, the identity secret that came with it, and the webhooks that it has made.
func (m *memory) revoke(id chat.PluginKeyID, at chat.Millis) {
	k, ok := m.keys[id]
	if !ok || k.RevokedAt != 0 {
		return
	}
	k.RevokedAt = at
	m.keys[id] = k
	m.secrets[k.Shop] = slices.DeleteFunc(slices.Clone(m.secrets[k.Shop]), func(s chat.IdentitySecret) bool { return s.PluginKey == id })
	for _, w := range m.hooksOf(k.Shop) {
		if w.PluginKey == id {
			w.Enabled, w.Problem = false, chat.HookKeyRevoked
			m.hooks[w.ID] = w
		}
	}
}

func (m *memory) CreateIdentitySecret(_ context.Context, s chat.IdentitySecret) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.shopOf(s.Merchant, s.Shop) {
		return chat.ErrNotFound
	}
	return m.addSecret(s)
}

func (m *memory) addSecret(s chat.IdentitySecret) error {
	if len(m.secrets[s.Shop]) >= 2 || slices.ContainsFunc(m.secrets[s.Shop], func(o chat.IdentitySecret) bool { return o.KID == s.KID }) {
		return chat.ErrConflict
	}
	m.secrets[s.Shop] = append(slices.Clip(m.secrets[s.Shop]), s)
	return nil
}

func (m *memory) IdentitySecrets(_ context.Context, shop chat.ShopID) ([]chat.IdentitySecret, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.secrets[shop]), nil
}

func (m *memory) DeleteIdentitySecret(_ context.Context, shop chat.ShopID, kid string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(m.secrets[shop]), func(s chat.IdentitySecret) bool { return s.KID == kid })
	if len(left) == len(m.secrets[shop]) {
		return chat.ErrNotFound
	}
	m.secrets[shop] = left
	return nil
}
