package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const consentColumns = `c.id, c.shop, c.shopper, c.at, c.data`

// consentData is what a consent's row carries beside its columns.
type consentData struct {
	Merchant chat.MerchantID     `json:"merchant"`
	Channel  chat.Channel        `json:"channel"`
	Value    string              `json:"value,omitempty"`
	Purpose  chat.ConsentPurpose `json:"purpose"`
	Granted  bool                `json:"granted,omitempty"`
	Wording  string              `json:"wording,omitempty"`
	Version  string              `json:"version,omitempty"`
	Language string              `json:"language,omitempty"`
	Page     string              `json:"page,omitempty"`
	Source   chat.ConsentSource  `json:"source"`
}

func encodeConsent(c chat.Consent) (string, error) {
	b, err := json.Marshal(consentData{
		c.Merchant, c.Channel, c.Value, c.Purpose, c.Granted, c.Wording, c.Version, c.Language, c.Page, c.Source,
	})
	return string(b), err
}

func scanConsent(row scanner) (c chat.Consent, err error) {
	var data []byte
	if err := row.Scan(&c.ID, &c.Shop, &c.Shopper, &c.At, &data); err != nil {
		return c, err
	}
	var v consentData
	if err := json.Unmarshal(data, &v); err != nil {
		return c, fmt.Errorf("decode consent: %w", err)
	}
	c.Merchant, c.Channel, c.Value, c.Purpose, c.Granted = v.Merchant, v.Channel, v.Value, v.Purpose, v.Granted
	c.Wording, c.Version, c.Language, c.Page, c.Source = v.Wording, v.Version, v.Language, v.Page, v.Source
	return c, nil
}

// AddConsents implements chat.Addresses.
func (d *DB) AddConsents(ctx context.Context, lines ...chat.Consent) error {
	return doing("add consents", d.do(ctx, func(g *group) error { return g.addConsents(lines) }))
}

func (g *group) addConsents(lines []chat.Consent) error {
	for _, c := range lines {
		if c.ID == "" {
			c.ID = chat.NewID[chat.ConsentID](chat.PrefixConsent, g.c.db.random)
		}
		data, err := encodeConsent(c)
		if err != nil {
			return err
		}
		err = g.must(`INSERT INTO consents (id, shop, shopper, at, data)
			SELECT $1, shop, id, $2, $3 FROM shoppers WHERE id = $4 AND shop = $5 AND merchant = $6`, c.ID, c.At, data, c.Shopper, c.Shop, c.Merchant)
		if err != nil {
			return conflict(err)
		}
	}
	return nil
}

// ConsentsOf implements chat.Addresses.
func (d *DB) ConsentsOf(ctx context.Context, shop chat.ShopID, shopper chat.ShopperID) ([]chat.Consent, error) {
	all, err := many(d.reader(ctx), scanConsent, `SELECT `+consentColumns+` FROM consents c
		WHERE +shop = $2 AND shopper IN (`+everyID+`) ORDER BY at, num`, shopper, shop)
	return all, doing("list consents", err)
}

// everyID is every id of the shopper $1: who they stand for now, and all who stand for that one.
const everyID = `SELECT CASE WHEN alias_of = '' THEN id ELSE alias_of END FROM shoppers WHERE id = $1
	UNION ALL SELECT a.id FROM shoppers s CROSS JOIN shoppers a ON a.alias_of = CASE WHEN s.alias_of = '' THEN s.id ELSE s.alias_of END
	AND a.alias_of <> '' WHERE s.id = $1`
