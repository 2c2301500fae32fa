package chattest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// channelMemory is what the store in memory knows of accounts and templates.
type channelMemory struct {
	apps      map[chat.ProviderAppID]chat.ProviderApp
	accounts  map[chat.AccountID]accountRow
	templates map[chat.TemplateID]chat.Template
}

type accountRow struct {
	chat.Account
	removed bool
}

func newChannelMemory() channelMemory {
	return channelMemory{
		apps: map[chat.ProviderAppID]chat.ProviderApp{}, accounts: map[chat.AccountID]accountRow{}, templates: map[chat.TemplateID]chat.Template{},
	}
}

func (m *memory) CreateProviderApp(_ context.Context, a chat.ProviderApp) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.merchants[a.Merchant]; !ok {
		return chat.ErrNotFound
	}
	if _, ok := m.apps[a.ID]; ok {
		return chat.ErrConflict
	}
	m.apps[a.ID] = a
	return nil
}

func (m *memory) UpdateProviderApp(_ context.Context, a chat.ProviderApp) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.apps[a.ID]
	if !ok || was.Merchant != a.Merchant {
		return chat.ErrNotFound
	}
	a.CreatedAt = was.CreatedAt
	m.apps[a.ID] = a
	return nil
}

func (m *memory) DeleteProviderApp(_ context.Context, merchant chat.MerchantID, id chat.ProviderAppID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, ok := m.apps[id]; !ok || a.Merchant != merchant {
		return chat.ErrNotFound
	}
	for _, a := range m.accounts {
		if a.App == id && !a.removed {
			return chat.ErrConflict
		}
	}
	delete(m.apps, id)
	return nil
}

func (m *memory) ProviderApp(ctx context.Context, merchant chat.MerchantID, id chat.ProviderAppID) (chat.ProviderApp, error) {
	a, err := m.ProviderAppByID(ctx, id)
	if err != nil || a.Merchant != merchant {
		return chat.ProviderApp{}, chat.ErrNotFound
	}
	return a, nil
}

func (m *memory) ProviderAppByID(_ context.Context, id chat.ProviderAppID) (chat.ProviderApp, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a, ok := m.apps[id]
	if !ok {
		return a, chat.ErrNotFound
	}
	return a, nil
}

func (m *memory) ProviderApps(_ context.Context, merchant chat.MerchantID) (all []chat.ProviderApp, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.apps {
		if a.Merchant == merchant {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b chat.ProviderApp) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) CreateAccount(_ context.Context, a chat.Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.accounts[a.ID]; ok {
		return chat.ErrConflict
	}
	return m.putAccount(a)
}

func (m *memory) UpdateAccount(_ context.Context, a chat.Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.accounts[a.ID]
	if !ok || was.removed || was.Merchant != a.Merchant {
		return chat.ErrNotFound
	}
	a.CreatedAt = was.CreatedAt
	return m.putAccount(a)
}

func (m *memory) putAccount(a chat.Account) error {
	if _, ok := m.merchants[a.Merchant]; !ok {
		return chat.ErrNotFound
	}
	for _, o := range m.accounts {
		if o.ID != a.ID && !o.removed && o.Merchant == a.Merchant && o.Channel == a.Channel && o.ExternalID == a.ExternalID {
			return chat.ErrConflict
		}
	}
	if app, ok := m.apps[a.App]; a.App != "" && (!ok || app.Merchant != a.Merchant) {
		return chat.ErrNotFound
	}
	for i, s := range a.Shops {
		if !m.shopOf(a.Merchant, s) {
			return chat.ErrNotFound
		}
		if slices.Contains(a.Shops[:i], s) {
			return chat.ErrConflict
		}
	}
	m.accounts[a.ID] = accountRow{Account: a}
	return nil
}

func (m *memory) DeleteAccount(_ context.Context, merchant chat.MerchantID, id chat.AccountID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[id]
	if !ok || a.removed || a.Merchant != merchant {
		return chat.ErrNotFound
	}
	a.removed, a.State, a.Token, a.Shops, a.Default, a.Problem, a.Detail = true, chat.AccountOff, "", nil, "", "", ""
	m.accounts[id] = a
	return nil
}

func (m *memory) Account(_ context.Context, merchant chat.MerchantID, id chat.AccountID) (chat.Account, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a, ok := m.accounts[id]
	if !ok || a.Merchant != merchant {
		return chat.Account{}, chat.ErrNotFound
	}
	return a.Account, nil
}

func (m *memory) accountsWhere(keep func(chat.Account) bool) (all []chat.Account) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.accounts {
		if !a.removed && keep(a.Account) {
			all = append(all, a.Account)
		}
	}
	slices.SortFunc(all, func(a, b chat.Account) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (m *memory) Accounts(_ context.Context, merchant chat.MerchantID) ([]chat.Account, error) {
	return m.accountsWhere(func(a chat.Account) bool { return a.Merchant == merchant }), nil
}

func (m *memory) AccountsOf(_ context.Context, shop chat.ShopID) ([]chat.Account, error) {
	return m.accountsWhere(func(a chat.Account) bool { return a.Serves(shop) }), nil
}

func (m *memory) AccountByExternal(_ context.Context, app chat.ProviderAppID, ch chat.Channel, externalID string) (chat.Account, error) {
	all := m.accountsWhere(func(a chat.Account) bool { return a.App == app && a.Channel == ch && a.ExternalID == externalID })
	if len(all) == 0 {
		return chat.Account{}, chat.ErrNotFound
	}
	return all[0], nil
}

func (m *memory) AccountsByBusiness(_ context.Context, app chat.ProviderAppID, businessID string) ([]chat.Account, error) {
	return m.accountsWhere(func(a chat.Account) bool { return a.App == app && a.BusinessID == businessID && businessID != "" }), nil
}

func (m *memory) PutTemplates(_ context.Context, account chat.AccountID, all []chat.Template) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[account]
	if !ok || a.removed {
		return chat.ErrNotFound
	}
	known := m.templatesOf(account)
	for i, t := range all {
		if slices.ContainsFunc(all[:i], func(o chat.Template) bool { return o.Name == t.Name && o.Language == t.Language }) {
			return chat.ErrConflict
		}
	}
	maps.DeleteFunc(m.templates, func(_ chat.TemplateID, t chat.Template) bool { return t.Account == account })
	for _, t := range all {
		t.Merchant, t.Account = a.Merchant, account
		i := slices.IndexFunc(known, func(o chat.Template) bool { return o.Name == t.Name && o.Language == t.Language })
		if i >= 0 {
			t.ID = known[i].ID
		} else if t.ID == "" {
			t.ID = newID[chat.TemplateID](chat.PrefixTemplate)
		}
		m.templates[t.ID] = t
	}
	return nil
}

func (m *memory) UpdateTemplate(_ context.Context, t chat.Template) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.templates[t.ID]
	if !ok || was.Account != t.Account {
		return chat.ErrNotFound
	}
	was.Status, was.Category, was.Was, was.Reason = t.Status, t.Category, t.Was, t.Reason
	m.templates[t.ID] = was
	return nil
}

func (m *memory) Template(_ context.Context, merchant chat.MerchantID, id chat.TemplateID) (chat.Template, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	t, ok := m.templates[id]
	if !ok || t.Merchant != merchant {
		return chat.Template{}, chat.ErrNotFound
	}
	return t, nil
}

func (m *memory) Templates(_ context.Context, account chat.AccountID) ([]chat.Template, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.templatesOf(account), nil
}

func (m *memory) templatesOf(account chat.AccountID) (all []chat.Template) {
	for _, t := range m.templates {
		if t.Account == account {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b chat.Template) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language))
	})
	return all
}
