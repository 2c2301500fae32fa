package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	accountColumns = `a.id, a.merchant, a.app, a.channel, a.external_id, a.business_id, a.state, a.created_at, a.token, a.data`
	aadAccount     = "account:"

	// tokenUnreadable is the problem of an account whose token was sealed with a key that is not there: it is to be entered anew.
	tokenUnreadable = "token_unreadable"
)

// accountData is what an account's row carries beside its columns. Shops stand in account_shops too, where they are looked for.
type accountData struct {
	Name       string        `json:"name,omitempty"`
	Handle     string        `json:"handle,omitempty"`
	Shops      []chat.ShopID `json:"shops,omitempty"`
	Default    chat.ShopID   `json:"default,omitempty"`
	Problem    string        `json:"problem,omitempty"`
	Detail     string        `json:"detail,omitempty"`
	HumanAgent bool          `json:"human_agent,omitempty"`
	PerSecond  int           `json:"per_second,omitempty"`
	Prices     chat.Prices   `json:"prices,omitempty"`
}

func encodeAccount(a chat.Account) (string, error) {
	b, err := json.Marshal(accountData{a.Name, a.Handle, a.Shops, a.Default, a.Problem, a.Detail, a.HumanAgent, a.PerSecond, a.Prices})
	return string(b), err
}

func (d *DB) scanAccount(row scanner) (a chat.Account, err error) {
	var token, data []byte
	err = row.Scan(&a.ID, &a.Merchant, &a.App, &a.Channel, &a.ExternalID, &a.BusinessID, &a.State, &a.CreatedAt, &token, &data)
	if err != nil {
		return a, err
	}
	var v accountData
	if err := json.Unmarshal(data, &v); err != nil {
		return a, fmt.Errorf("decode account: %w", err)
	}
	a.Name, a.Handle, a.Shops, a.Default, a.Problem, a.Detail = v.Name, v.Handle, v.Shops, v.Default, v.Problem, v.Detail
	a.HumanAgent, a.PerSecond, a.Prices = v.HumanAgent, v.PerSecond, v.Prices
	plain, err := d.unshut(aadAccount+string(a.ID), token)
	if err != nil {
		d.log.Error("an account's token can't be opened", "account", a.ID, "error", err)
		a.State, a.Problem, a.Detail = chat.AccountAttention, tokenUnreadable, ""
	}
	a.Token = string(plain)
	return a, nil
}

// CreateAccount implements chat.Accounts.
func (d *DB) CreateAccount(ctx context.Context, a chat.Account) error {
	return d.putAccount(ctx, a, func(g *group, token []byte, data string) error {
		return g.must(`INSERT INTO accounts (id, merchant, app, channel, external_id, business_id, state, created_at, removed, token, data)
			SELECT $1, id, $2, $3, $4, $5, $6, $7, 0, $8, $9 FROM merchants WHERE id = $10`,
			a.ID, a.App, a.Channel, a.ExternalID, a.BusinessID, a.State, a.CreatedAt, token, data, a.Merchant)
	})
}

// UpdateAccount implements chat.Accounts.
func (d *DB) UpdateAccount(ctx context.Context, a chat.Account) error {
	return d.putAccount(ctx, a, func(g *group, token []byte, data string) error {
		return g.must(`UPDATE accounts SET app = $1, channel = $2, external_id = $3, business_id = $4, state = $5, token = $6, data = $7
			WHERE id = $8 AND merchant = $9 AND removed = 0`,
			a.App, a.Channel, a.ExternalID, a.BusinessID, a.State, token, data, a.ID, a.Merchant)
	})
}

func (d *DB) putAccount(ctx context.Context, a chat.Account, write func(g *group, token []byte, data string) error) error {
	data, err := encodeAccount(a)
	if err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	token, err := d.shut(aadAccount+string(a.ID), []byte(a.Token))
	if err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	return doing("write account", d.do(ctx, func(g *group) error {
		if err := write(g, token, data); err != nil {
			return conflict(err)
		}
		return g.serve(a)
	}))
}

// serve writes down which shops an account serves. They and its app must be its merchant's.
func (g *group) serve(a chat.Account) error {
	if a.App != "" {
		its, err := scanValue[bool](g.row(`SELECT EXISTS (SELECT 1 FROM provider_apps WHERE id = $1 AND merchant = $2)`, a.App, a.Merchant))
		if err != nil {
			return err
		}
		if !its {
			return chat.ErrNotFound
		}
	}
	if _, err := g.exec(`DELETE FROM account_shops WHERE account = $1`, a.ID); err != nil {
		return err
	}
	for _, shop := range a.Shops {
		err := g.must(`INSERT INTO account_shops (shop, account) SELECT id, $1 FROM shops WHERE id = $2 AND merchant = $3`, a.ID, shop, a.Merchant)
		if err != nil {
			return conflict(err)
		}
	}
	return nil
}

// DeleteAccount implements chat.Accounts. The row stays, so that the log can say what an address was one of.
func (d *DB) DeleteAccount(ctx context.Context, merchant chat.MerchantID, id chat.AccountID) error {
	return doing("delete account", d.do(ctx, func(g *group) error {
		a, err := one(g, d.scanAccount, chat.ErrNotFound,
			`SELECT `+accountColumns+` FROM accounts a WHERE id = $1 AND merchant = $2 AND removed = 0`, id, merchant)
		if err != nil {
			return err
		}
		a.Shops, a.Default, a.Problem, a.Detail = nil, "", "", ""
		data, err := encodeAccount(a)
		if err != nil {
			return err
		}
		if _, err := g.exec(`DELETE FROM account_shops WHERE account = $1`, id); err != nil {
			return err
		}
		return g.must(`UPDATE accounts SET state = $1, token = NULL, removed = 1, data = $2 WHERE id = $3`, chat.AccountOff, data, id)
	}))
}

// Account implements chat.Accounts.
func (d *DB) Account(ctx context.Context, merchant chat.MerchantID, id chat.AccountID) (chat.Account, error) {
	a, err := one(d.reader(ctx), d.scanAccount, chat.ErrNotFound,
		`SELECT `+accountColumns+` FROM accounts a WHERE id = $1 AND merchant = $2`, id, merchant)
	return a, doing("read account", err)
}

// Accounts implements chat.Accounts.
func (d *DB) Accounts(ctx context.Context, merchant chat.MerchantID) ([]chat.Account, error) {
	all, err := many(d.reader(ctx), d.scanAccount,
		`SELECT `+accountColumns+` FROM accounts a WHERE merchant = $1 AND removed = 0 ORDER BY created_at, id`, merchant)
	return all, doing("list accounts", err)
}

// AccountsOf implements chat.Accounts.
func (d *DB) AccountsOf(ctx context.Context, shop chat.ShopID) ([]chat.Account, error) {
	all, err := many(d.reader(ctx), d.scanAccount, `SELECT `+accountColumns+` FROM account_shops s CROSS JOIN accounts a ON a.id = s.account
		WHERE s.shop = $1 AND a.removed = 0 ORDER BY a.created_at, a.id`, shop)
	return all, doing("list accounts", err)
}

// AccountByExternal implements chat.Accounts.
func (d *DB) AccountByExternal(ctx context.Context, app chat.ProviderAppID, ch chat.Channel, externalID string) (chat.Account, error) {
	a, err := one(d.reader(ctx), d.scanAccount, chat.ErrNotFound,
		`SELECT `+accountColumns+` FROM accounts a WHERE app = $1 AND channel = $2 AND external_id = $3 AND removed = 0`, app, ch, externalID)
	return a, doing("read account", err)
}

// AccountsByBusiness implements chat.Accounts.
func (d *DB) AccountsByBusiness(ctx context.Context, app chat.ProviderAppID, businessID string) ([]chat.Account, error) {
	all, err := many(d.reader(ctx), d.scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE app = $1 AND business_id = $2 AND business_id <> '' AND removed = 0 ORDER BY created_at, id`, app, businessID)
	return all, doing("list accounts", err)
}
