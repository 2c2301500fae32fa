package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

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
		if _, err := g.exec(`UPDATE addresses SET data = $1, email = $2 WHERE id = $3`, data, emailOf(o), o.ID); err != nil {
			return err
		}
	}
	return nil
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
