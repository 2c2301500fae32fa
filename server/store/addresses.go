package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const addressColumns = `a.id, a.merchant, a.shop, a.shopper, a.account, a.channel, a.created_at, a.data`

// addressData is what an address's row carries beside its columns. Keys stand in address_keys too, where they are looked for.
type addressData struct {
	Keys           []string            `json:"keys,omitempty"`
	Phone          string              `json:"phone,omitempty"`
	UserID         string              `json:"user_id,omitempty"`
	Name           string              `json:"name,omitempty"`
	Username       string              `json:"username,omitempty"`
	Conversation   chat.ConversationID `json:"conversation,omitempty"`
	ConfirmedAt    chat.Millis         `json:"confirmed_at,omitempty"`
	LastInboundAt  chat.Millis         `json:"last_inbound_at,omitempty"`
	FreeUntil      chat.Millis         `json:"free_until,omitempty"`
	StoppedAt      chat.Millis         `json:"stopped_at,omitempty"`
	NoMarketingAt  chat.Millis         `json:"no_marketing_at,omitempty"`
	UnreachableAt  chat.Millis         `json:"unreachable_at,omitempty"`
	UnreachableWhy string              `json:"unreachable_why,omitempty"`
}

func encodeAddress(a chat.Address) (string, error) {
	b, err := json.Marshal(addressData{
		a.Keys, a.Phone, a.UserID, a.Name, a.Username, a.Conversation, a.ConfirmedAt, a.LastInboundAt, a.FreeUntil, a.StoppedAt,
		a.NoMarketingAt, a.UnreachableAt, a.UnreachableWhy,
	})
	return string(b), err
}

func scanAddress(row scanner) (a chat.Address, err error) {
	var data []byte
	if err := row.Scan(&a.ID, &a.Merchant, &a.Shop, &a.Shopper, &a.Account, &a.Channel, &a.CreatedAt, &data); err != nil {
		return a, err
	}
	var v addressData
	if err := json.Unmarshal(data, &v); err != nil {
		return a, fmt.Errorf("decode address: %w", err)
	}
	a.Keys, a.Phone, a.UserID, a.Name, a.Username = v.Keys, v.Phone, v.UserID, v.Name, v.Username
	a.Conversation, a.ConfirmedAt, a.LastInboundAt, a.FreeUntil = v.Conversation, v.ConfirmedAt, v.LastInboundAt, v.FreeUntil
	a.StoppedAt, a.NoMarketingAt, a.UnreachableAt, a.UnreachableWhy = v.StoppedAt, v.NoMarketingAt, v.UnreachableAt, v.UnreachableWhy
	return a, nil
}

func address(q querier, shop chat.ShopID, id chat.AddressID) (chat.Address, error) {
	return one(q, scanAddress, chat.ErrNotFound, `SELECT `+addressColumns+` FROM addresses a WHERE id = $1 AND shop = $2`, id, shop)
}

// addressesByKeys gives the addresses that have any of the keys, the oldest first; of all the account's shops when shop is empty.
// The keys come as JSON, which SQLite reads as rows.
func addressesByKeys(q querier, account chat.AccountID, shop chat.ShopID, keys []string) ([]chat.Address, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	return many(q, scanAddress, `SELECT `+addressColumns+` FROM addresses a WHERE id IN (SELECT k.address FROM json_each($1) w
		CROSS JOIN address_keys k ON k.account = $2 AND k.key = w.value WHERE $3 = '' OR k.shop = $3) ORDER BY a.created_at, a.id`,
		string(list), account, shop)
}

// EnsureAddress implements chat.Addresses.
func (d *DB) EnsureAddress(ctx context.Context, want chat.Address, stranger chat.Shopper) (a chat.Address, created bool, err error) {
	err = d.do(ctx, func(g *group) error {
		found, err := addressesByKeys(g, want.Account, want.Shop, want.Keys)
		if err != nil {
			return err
		}
		if i := same(found, want.UserID); i >= 0 {
			a, created = found[i], false
			take(&a, chat.Person{Keys: want.Keys, Phone: want.Phone, UserID: want.UserID, Name: want.Name, Username: want.Username})
			return g.updateAddress(a)
		}
		a, created = want, true
		if stranger.ID == "" { // somebody known has left it
			return g.insertAddress(a)
		}
		if stranger.Shop != want.Shop || stranger.Merchant != want.Merchant {
			return chat.ErrNotFound
		}
		a.Shopper = stranger.ID
		if err := g.insertShopper(stranger); err != nil {
			return err
		}
		return g.insertAddress(a)
	})
	if err != nil {
		return chat.Address{}, false, doing("ensure address", err)
	}
	return a, created, nil
}

// same gives which of the addresses is the person whom the provider calls userID: who is known by it, else one of whom no such name
// is known. A phone number alone may be somebody else's by now. -1: nobody.
func same(found []chat.Address, userID string) int {
	if i := slices.IndexFunc(found, func(a chat.Address) bool { return a.UserID == userID && userID != "" }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(found, func(a chat.Address) bool { return a.UserID == "" }); i >= 0 || userID != "" {
		return i
	}
	return min(len(found), 1) - 1
}

// take takes over how the provider names a person now.
func take(a *chat.Address, p chat.Person) {
	a.Keys = slices.Clone(a.Keys)
	for _, k := range p.Keys {
		if !slices.Contains(a.Keys, k) {
			a.Keys = append(a.Keys, k)
		}
	}
	a.Phone, a.UserID = cmp.Or(p.Phone, a.Phone), cmp.Or(p.UserID, a.UserID)
	a.Name, a.Username = cmp.Or(p.Name, a.Name), cmp.Or(p.Username, a.Username)
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

// insertAddress writes a new address. Its account and its shop must be of one merchant.
func (g *group) insertAddress(a chat.Address) error {
	data, err := encodeAddress(a)
	if err != nil {
		return err
	}
	err = g.must(`INSERT INTO addresses (id, merchant, shop, shopper, account, channel, created_at, data)
		SELECT $1, c.merchant, s.id, CASE WHEN p.alias_of = '' THEN p.id ELSE p.alias_of END, c.id, $2, $3, $4
		FROM accounts c CROSS JOIN shops s ON s.id = $5 AND s.merchant = c.merchant CROSS JOIN shoppers p ON p.id = $6 AND p.shop = s.id
		WHERE c.id = $7 AND c.merchant = $8`, a.ID, a.Channel, a.CreatedAt, data, a.Shop, a.Shopper, a.Account, a.Merchant)
	if err != nil {
		return conflict(err)
	}
	return g.giveKeys(a)
}

// updateAddress writes an address that is there. It stays in its shop, with its account.
func (g *group) updateAddress(a chat.Address) error {
	data, err := encodeAddress(a)
	if err != nil {
		return err
	}
	err = g.must(`UPDATE addresses SET shopper = (SELECT CASE WHEN alias_of = '' THEN id ELSE alias_of END FROM shoppers WHERE id = $1), data = $2
		WHERE id = $3 AND shop = $4 AND EXISTS (SELECT 1 FROM shoppers WHERE id = $1 AND shop = $4)`, a.Shopper, data, a.ID, a.Shop)
	if err != nil {
		return err
	}
	return g.giveKeys(a)
}

// giveKeys makes an address's keys lead to it, and to no other of its shop.
func (g *group) giveKeys(a chat.Address) error {
	had, err := many(g, scanValue[string], `SELECT key FROM address_keys WHERE address = $1`, a.ID)
	if err != nil {
		return err
	}
	for _, k := range had {
		if !slices.Contains(a.Keys, k) {
			if _, err := g.exec(`DELETE FROM address_keys WHERE account = $1 AND key = $2 AND shop = $3`, a.Account, k, a.Shop); err != nil {
				return err
			}
		}
	}
	for _, k := range a.Keys {
		if slices.Contains(had, k) {
			continue
		}
		if err := g.loseKey(a, k); err != nil {
			return err
		}
		_, err := g.exec(`INSERT INTO address_keys (account, key, shop, address) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, key, shop) DO UPDATE SET address = excluded.address`, a.Account, k, a.Shop, a.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// loseKey takes a key from whoever else has it.
func (g *group) loseKey(to chat.Address, key string) error {
	others, err := many(g, scanAddress, `SELECT `+addressColumns+` FROM address_keys k CROSS JOIN addresses a ON a.id = k.address
		WHERE k.account = $1 AND k.key = $2 AND k.shop = $3`, to.Account, key, to.Shop)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID == to.ID {
			continue
		}
		lose(&o, key)
		data, err := encodeAddress(o)
		if err != nil {
			return err
		}
		if _, err := g.exec(`UPDATE addresses SET data = $1 WHERE id = $2`, data, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// putAddress writes an address as a change has it: new, or over the one that is there.
func (g *group) putAddress(a chat.Address) error {
	was, err := one(g, scanAddress, chat.ErrNotFound, `SELECT `+addressColumns+` FROM addresses a WHERE id = $1`, a.ID)
	switch {
	case err == chat.ErrNotFound: //nolint:errorlint // one gives the very value
		return g.insertAddress(a)
	case err != nil:
		return err
	case was.Shop != a.Shop || was.Account != a.Account:
		return chat.ErrNotFound
	}
	a.LastInboundAt = max(a.LastInboundAt, was.LastInboundAt)
	return g.updateAddress(a)
}

// Address implements chat.Addresses.
func (d *DB) Address(ctx context.Context, shop chat.ShopID, id chat.AddressID) (chat.Address, error) {
	a, err := address(d.reader(ctx), shop, id)
	return a, doing("read address", err)
}

// AddressesOf implements chat.Addresses.
func (d *DB) AddressesOf(ctx context.Context, shop chat.ShopID, shopper chat.ShopperID) ([]chat.Address, error) {
	all, err := many(d.reader(ctx), scanAddress, `SELECT `+addressColumns+` FROM addresses a
		WHERE +shop = $2 AND shopper IN (`+everyID+`) ORDER BY created_at, id`, shopper, shop)
	return all, doing("list addresses", err)
}

// AddressesByKeys implements chat.Addresses.
func (d *DB) AddressesByKeys(ctx context.Context, account chat.AccountID, keys []string) (all []chat.Address, err error) {
	found, err := addressesByKeys(d.reader(ctx), account, "", keys)
	if err != nil {
		return nil, doing("find addresses", err)
	}
	return onePerShop(found, ""), nil
}

// onePerShop leaves of each shop's addresses the one who is known by userID, or the first.
func onePerShop(found []chat.Address, userID string) (all []chat.Address) {
	for _, a := range found {
		i := slices.IndexFunc(all, func(o chat.Address) bool { return o.Shop == a.Shop })
		switch {
		case i < 0:
			all = append(all, a)
		case a.UserID == userID && userID != "" && all[i].UserID != userID:
			all[i] = a
		}
	}
	return all
}

// Rekey implements chat.Addresses.
func (d *DB) Rekey(ctx context.Context, account chat.AccountID, old []string, now chat.Person) (changed []chat.Address, err error) {
	err = d.do(ctx, func(g *group) error {
		found, err := addressesByKeys(g, account, "", old)
		if err != nil {
			return err
		}
		changed = onePerShop(found, now.UserID)
		for i := range changed {
			a := &changed[i]
			for _, k := range old {
				if slices.Contains(a.Keys, k) {
					lose(a, k)
				}
			}
			take(a, now)
			if err := g.updateAddress(*a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, doing("rekey addresses", err)
	}
	return changed, nil
}

// UpdateAddress implements chat.Addresses.
func (d *DB) UpdateAddress(
	ctx context.Context, shop chat.ShopID, id chat.AddressID, change func(*chat.Address) error,
) (a chat.Address, err error) {
	err = d.do(ctx, func(g *group) error {
		was, err := address(g, shop, id)
		if err != nil {
			return err
		}
		a = was
		a.Keys = slices.Clone(was.Keys)
		if err := change(&a); err != nil {
			return err
		}
		a.ID, a.Merchant, a.Shop, a.Account, a.Channel = was.ID, was.Merchant, was.Shop, was.Account, was.Channel
		a.LastInboundAt = max(a.LastInboundAt, was.LastInboundAt)
		others, err := addressesByKeys(g, a.Account, a.Shop, a.Keys)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(others, func(o chat.Address) bool { return o.ID != a.ID }) {
			return chat.ErrConflict // only the provider's own news takes a key from somebody: EnsureAddress, Rekey
		}
		if err := g.updateAddress(a); err != nil {
			return err
		}
		a, err = address(g, shop, id)
		return err
	})
	if err != nil {
		return chat.Address{}, doing("update address", err)
	}
	return a, nil
}
