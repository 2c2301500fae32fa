package chattest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// addressMemory is what the store in memory knows of where shoppers can be reached.
type addressMemory struct {
	addresses []chat.Address // in the order of their making
	consents  []chat.Consent
	merges    map[chat.ShopperID]mergeRow
}

type mergeRow struct {
	into          chat.ShopperID
	aliases       []chat.ShopperID
	addresses     []chat.AddressID
	sessions      [][32]byte
	conversations []chat.ConversationID
	customer      string
	name, email   string
}

// root gives who an id stands for.
func (m *memory) root(id chat.ShopperID) chat.ShopperID {
	if known, ok := m.aliases[id]; ok {
		return known
	}
	return id
}

func (m *memory) byKeys(account chat.AccountID, shop chat.ShopID, keys []string) (found []int) {
	for i, a := range m.addresses {
		if a.Account == account && (shop == "" || a.Shop == shop) && slices.ContainsFunc(a.Keys, func(k string) bool { return slices.Contains(keys, k) }) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(i, j int) int { return byMaking(m.addresses[i], m.addresses[j]) })
	return found
}

func byMaking(a, b chat.Address) int {
	return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

func (m *memory) EnsureAddress(_ context.Context, want chat.Address, stranger chat.Shopper) (chat.Address, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	best := m.samePerson(m.byKeys(want.Account, want.Shop, want.Keys), want.UserID)
	if best >= 0 {
		a := m.addresses[best]
		named(&a, chat.Person{Keys: want.Keys, Phone: want.Phone, UserID: want.UserID, Name: want.Name, Username: want.Username})
		m.setAddress(best, a)
		return a, false, nil
	}
	a := want
	if stranger.ID != "" {
		if stranger.Shop != want.Shop || stranger.Merchant != want.Merchant || !m.shopOf(stranger.Merchant, stranger.Shop) {
			return chat.Address{}, false, chat.ErrNotFound
		}
		if _, ok := m.shoppers[stranger.ID]; ok {
			return chat.Address{}, false, chat.ErrConflict
		}
		a.Shopper = stranger.ID
	}
	was := m.shoppers[stranger.ID]
	if stranger.ID != "" {
		m.shoppers[stranger.ID] = stranger
	}
	if err := m.addAddress(a); err != nil {
		if delete(m.shoppers, stranger.ID); was.ID != "" {
			m.shoppers[was.ID] = was
		}
		return chat.Address{}, false, err
	}
	return a, true, nil
}

// samePerson gives which of the addresses is who is called userID: who is known by it, else one of whom no such name is known.
func (m *memory) samePerson(found []int, userID string) int {
	for _, called := range []string{userID, ""} {
		for _, i := range found {
			if m.addresses[i].UserID == called {
				return i
			}
		}
	}
	if userID == "" && len(found) > 0 {
		return found[0]
	}
	return -1
}

// mayAddress refuses an address whose account, shop and shopper are not of one merchant.
func (m *memory) mayAddress(a chat.Address) error {
	account, ok := m.accounts[a.Account]
	if !ok || account.Merchant != a.Merchant || !m.shopOf(a.Merchant, a.Shop) {
		return chat.ErrNotFound
	}
	if p, ok := m.shoppers[a.Shopper]; !ok || p.Shop != a.Shop {
		return chat.ErrNotFound
	}
	return nil
}

func (m *memory) addAddress(a chat.Address) error {
	if err := m.mayAddress(a); err != nil {
		return err
	}
	if m.addressAt(a.ID) >= 0 {
		return chat.ErrConflict
	}
	m.addresses = append(m.addresses, chat.Address{ID: a.ID})
	m.setAddress(len(m.addresses)-1, a)
	return nil
}

// setAddress writes an address and takes its keys from whoever else has them.
func (m *memory) setAddress(i int, a chat.Address) {
	a.Keys, a.Shopper = slices.Clone(a.Keys), m.root(a.Shopper)
	had := m.addresses[i].Keys
	m.addresses[i] = a
	for j, o := range m.addresses {
		if j == i || o.Account != a.Account || o.Shop != a.Shop {
			continue
		}
		for _, k := range a.Keys {
			if slices.Contains(o.Keys, k) && !slices.Contains(had, k) {
				lose(&o, k)
			}
		}
		m.addresses[j] = o
	}
}

// lose takes a key from an address, and the number or name that it stands for.
func lose(a *chat.Address, key string) {
	a.Keys = slices.DeleteFunc(slices.Clone(a.Keys), func(k string) bool { return k == key })
	if len(a.Keys) == 0 {
		a.Keys = nil
	}
	switch _, value, _ := strings.Cut(key, ":"); value {
	case "":
	case strings.TrimPrefix(a.Phone, "+"):
		a.Phone = ""
	case a.UserID:
		a.UserID = ""
	}
}

func named(a *chat.Address, p chat.Person) {
	a.Keys = slices.Clone(a.Keys)
	for _, k := range p.Keys {
		if !slices.Contains(a.Keys, k) {
			a.Keys = append(a.Keys, k)
		}
	}
	a.Phone, a.UserID = cmp.Or(p.Phone, a.Phone), cmp.Or(p.UserID, a.UserID)
	a.Name, a.Username = cmp.Or(p.Name, a.Name), cmp.Or(p.Username, a.Username)
}

func (m *memory) addressAt(id chat.AddressID) int {
	return slices.IndexFunc(m.addresses, func(a chat.Address) bool { return a.ID == id })
}

func (m *memory) address(shop chat.ShopID, id chat.AddressID) (chat.Address, error) {
	i := m.addressAt(id)
	if i < 0 || m.addresses[i].Shop != shop {
		return chat.Address{}, chat.ErrNotFound
	}
	return m.addresses[i], nil
}

func (m *memory) Address(_ context.Context, shop chat.ShopID, id chat.AddressID) (chat.Address, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.address(shop, id)
}

func (m *memory) AddressesOf(_ context.Context, shop chat.ShopID, shopper chat.ShopperID) (all []chat.Address, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.addresses {
		if a.Shop == shop && m.root(a.Shopper) == m.root(shopper) {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, byMaking)
	return all, nil
}

func (m *memory) AddressesByKeys(_ context.Context, account chat.AccountID, keys []string) ([]chat.Address, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.pickPerShop(m.byKeys(account, "", keys), ""), nil
}

// pickPerShop leaves one address a shop: who is known by the user id, or the first.
func (m *memory) pickPerShop(found []int, userID string) (all []chat.Address) {
	at := map[chat.ShopID]int{}
	for _, i := range found {
		a := m.addresses[i]
		k, ok := at[a.Shop]
		switch {
		case !ok:
			at[a.Shop] = len(all)
			all = append(all, a)
		case a.UserID == userID && userID != "" && all[k].UserID != userID:
			all[k] = a
		}
	}
	return all
}

func (m *memory) Rekey(_ context.Context, account chat.AccountID, old []string, now chat.Person) ([]chat.Address, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.pickPerShop(m.byKeys(account, "", old), now.UserID)
	for i := range all {
		a := &all[i]
		for _, k := range old {
			if slices.Contains(a.Keys, k) {
				lose(a, k)
			}
		}
		named(a, now)
		m.setAddress(m.addressAt(a.ID), *a)
	}
	return all, nil
}

func (m *memory) UpdateAddress(
	_ context.Context, shop chat.ShopID, id chat.AddressID, change func(*chat.Address) error,
) (chat.Address, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, err := m.address(shop, id)
	if err != nil {
		return was, err
	}
	a := was
	a.Keys = slices.Clone(was.Keys)
	if err := guard(func() error { return change(&a) }); err != nil {
		return chat.Address{}, err
	}
	a.ID, a.Merchant, a.Shop, a.Account, a.Channel = was.ID, was.Merchant, was.Shop, was.Account, was.Channel
	a.CreatedAt, a.LastInboundAt = was.CreatedAt, max(a.LastInboundAt, was.LastInboundAt)
	for _, i := range m.byKeys(a.Account, a.Shop, a.Keys) {
		if m.addresses[i].ID != id {
			return chat.Address{}, chat.ErrConflict
		}
	}
	if err := m.mayAddress(a); err != nil {
		return chat.Address{}, err
	}
	m.setAddress(m.addressAt(id), a)
	return m.address(shop, id)
}

func (m *memory) AddConsents(_ context.Context, lines ...chat.Consent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.mayConsent(lines); err != nil {
		return err
	}
	m.addConsents(lines)
	return nil
}

func (m *memory) mayConsent(lines []chat.Consent) error {
	for i, c := range lines {
		if p, ok := m.shoppers[c.Shopper]; !ok || p.Shop != c.Shop || p.Merchant != c.Merchant {
			return chat.ErrNotFound
		}
		known := func(o chat.Consent) bool { return o.ID == c.ID && c.ID != "" }
		if slices.ContainsFunc(m.consents, known) || slices.ContainsFunc(lines[:i], known) {
			return chat.ErrConflict
		}
	}
	return nil
}

func (m *memory) addConsents(lines []chat.Consent) {
	for _, c := range lines {
		if c.ID == "" {
			c.ID = newID[chat.ConsentID](chat.PrefixConsent)
		}
		m.consents = append(m.consents, c)
	}
}

func (m *memory) ConsentsOf(_ context.Context, shop chat.ShopID, shopper chat.ShopperID) (all []chat.Consent, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, c := range m.consents {
		if c.Shop == shop && m.root(c.Shopper) == m.root(shopper) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b chat.Consent) int { return cmp.Compare(a.At, b.At) })
	return all, nil
}
