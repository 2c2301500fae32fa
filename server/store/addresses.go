package store

import (
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
	DeliveredUpto  chat.Millis         `json:"delivered_upto,omitempty"`
	ReadUpto       chat.Millis         `json:"read_upto,omitempty"`
}

func encodeAddress(a chat.Address) (string, error) {
	b, err := json.Marshal(addressData{
		a.Keys, a.Phone, a.UserID, a.Name, a.Username, a.Conversation, a.ConfirmedAt, a.LastInboundAt, a.FreeUntil, a.StoppedAt,
		a.NoMarketingAt, a.UnreachableAt, a.UnreachableWhy, a.DeliveredUpto, a.ReadUpto,
	})
	return string(b), err
}

// emailOf gives the e-mail that an address is, whether it was only typed or has written.
func emailOf(a chat.Address) string {
	if a.Channel != chat.ChannelEmail {
		return ""
	}
	return strings.ToLower(a.UserID)
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
	a.DeliveredUpto, a.ReadUpto = v.DeliveredUpto, v.ReadUpto
	return a, nil
}

func address(q querier, shop chat.ShopID, id chat.AddressID) (chat.Address, error) {
	return one(q, scanAddress, chat.ErrNotFound, `SELECT `+addressColumns+` FROM addresses a WHERE id = $1 AND shop = $2`, id, shop)
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

// insertAddress writes a new address. Its account and its shop must be of one merchant.
func (g *group) insertAddress(a chat.Address) error {
	data, err := encodeAddress(a)
	if err != nil {
		return err
	}
	err = g.must(`INSERT INTO addresses (id, merchant, shop, shopper, account, channel, created_at, email, data)
		SELECT $1, c.merchant, s.id, CASE WHEN p.alias_of = '' THEN p.id ELSE p.alias_of END, c.id, $2, $3, $4, $5
		FROM accounts c CROSS JOIN shops s ON s.id = $6 AND s.merchant = c.merchant CROSS JOIN shoppers p ON p.id = $7 AND p.shop = s.id
		WHERE c.id = $8 AND c.merchant = $9`, a.ID, a.Channel, a.CreatedAt, emailOf(a), data, a.Shop, a.Shopper, a.Account, a.Merchant)
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
	err = g.must(`UPDATE addresses SET shopper = (SELECT CASE WHEN alias_of = '' THEN id ELSE alias_of END FROM shoppers WHERE id = $1), data = $2,
		email = $3 WHERE id = $4 AND shop = $5 AND EXISTS (SELECT 1 FROM shoppers WHERE id = $1 AND shop = $5)`,
		a.Shopper, data, emailOf(a), a.ID, a.Shop)
	if err != nil {
		return err
	}
	return g.giveKeys(a)
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
