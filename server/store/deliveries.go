package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const deliveryColumns = `d.id, d.shop, d.conversation, d.seq, d.account, d.address, d.state, d.currency, d.cost, d.cost_at, d.data`

// deliveryData is what a delivery's row carries beside its columns.
type deliveryData struct {
	Merchant   chat.MerchantID       `json:"merchant"`
	ShopperSeq int64                 `json:"shopper_seq,omitempty"`
	Channel    chat.Channel          `json:"channel"`
	Form       chat.Form             `json:"form,omitempty"`
	Reason     string                `json:"reason,omitempty"`
	Detail     string                `json:"detail,omitempty"`
	Parts      []chat.Part           `json:"parts,omitempty"`
	Attempt    int                   `json:"attempt,omitempty"`
	Cost       *chat.Money           `json:"cost,omitempty"`
	Category   chat.TemplateCategory `json:"category,omitempty"`
	Template   *chat.TemplateUse     `json:"template,omitempty"`
	QueuedAt   chat.Millis           `json:"queued_at,omitempty"`
	SendingAt  chat.Millis           `json:"sending_at,omitempty"`
	UpdatedAt  chat.Millis           `json:"updated_at,omitempty"`
}

func encodeDelivery(d chat.Delivery) (string, error) {
	b, err := json.Marshal(deliveryData{
		d.Merchant, d.Entry.ShopperSeq, d.Channel, d.Form, d.Reason, d.Detail, d.Parts, d.Attempt, d.Cost, d.Category, d.Template,
		d.QueuedAt, d.SendingAt, d.UpdatedAt,
	})
	return string(b), err
}

func scanDelivery(row scanner) (d chat.Delivery, err error) {
	var data []byte
	err = row.Scan(&d.ID, &d.Shop, &d.Conversation, &d.Entry.Seq, &d.Account, &d.Address, &d.State, new(string), new(int64), &d.CostAt, &data)
	if err != nil {
		return d, err
	}
	var v deliveryData
	if err := json.Unmarshal(data, &v); err != nil {
		return d, fmt.Errorf("decode delivery: %w", err)
	}
	d.Merchant, d.Entry.ShopperSeq, d.Channel, d.Form, d.Reason, d.Detail = v.Merchant, v.ShopperSeq, v.Channel, v.Form, v.Reason, v.Detail
	d.Parts, d.Attempt, d.Cost, d.Category, d.Template = v.Parts, v.Attempt, v.Cost, v.Category, v.Template
	d.QueuedAt, d.SendingAt, d.UpdatedAt = v.QueuedAt, v.SendingAt, v.UpdatedAt
	return d, nil
}

func delivery(q querier, shop chat.ShopID, id chat.DeliveryID) (chat.Delivery, error) {
	return one(q, scanDelivery, chat.ErrNotFound, `SELECT `+deliveryColumns+` FROM deliveries d WHERE id = $1 AND shop = $2`, id, shop)
}

// risingAt gives when the last state came, by the provider's clock, while a later one may follow.
func risingAt(d chat.Delivery) (at chat.Millis) {
	switch d.State {
	case chat.DeliveryAccepted, chat.DeliverySent, chat.DeliveryDelivered:
		for _, p := range d.Parts {
			at = max(at, p.At)
		}
		if at == 0 {
			at = d.UpdatedAt
		}
	}
	return at
}

// putDelivery writes a delivery, new or changed, and makes the provider's ids of its parts lead to it.
func (g *group) putDelivery(conversation int64, d chat.Delivery) error {
	data, err := encodeDelivery(d)
	if err != nil {
		return err
	}
	currency, cost := "", int64(0)
	if d.Cost != nil {
		currency, cost = d.Cost.Currency, d.Cost.Amount
	}
	err = g.must(`INSERT INTO deliveries (id, shop, conversation, seq, account, address, state, rising_at, currency, cost, cost_at, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET address = excluded.address, account = excluded.account, state = excluded.state,
		rising_at = excluded.rising_at, currency = excluded.currency, cost = excluded.cost, cost_at = excluded.cost_at, data = excluded.data
		WHERE shop = excluded.shop AND conversation = excluded.conversation`,
		d.ID, d.Shop, d.Conversation, d.Entry.Seq, d.Account, d.Address, d.State, risingAt(d), currency, cost, d.CostAt, data)
	if err != nil {
		return err
	}
	for i, p := range d.Parts {
		if p.ProviderID == "" {
			continue
		}
		if err := g.sentAs(news{conversation: conversation, seq: d.Entry.Seq, delivery: d.ID, part: i}, d.Account, p.ProviderID); err != nil {
			return err
		}
	}
	return nil
}

// Delivery implements chat.Deliveries.
func (d *DB) Delivery(ctx context.Context, shop chat.ShopID, id chat.DeliveryID) (chat.Delivery, error) {
	v, err := delivery(d.reader(ctx), shop, id)
	return v, doing("read delivery", err)
}

// DeliveriesOf implements chat.Deliveries.
func (d *DB) DeliveriesOf(
	ctx context.Context, shop chat.ShopID, conversation chat.ConversationID, from int64, limit int,
) ([]chat.Delivery, error) {
	all, err := many(d.reader(ctx), scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries d
		WHERE conversation = $1 AND seq >= $2 AND +shop = $3 ORDER BY seq, d.rowid LIMIT $4`, conversation, from, shop, limit)
	return all, doing("list deliveries", err)
}

// Held implements chat.Deliveries.
func (d *DB) Held(ctx context.Context, account chat.AccountID, limit int) ([]chat.Delivery, error) {
	all, err := many(d.reader(ctx), scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries d
		WHERE account = $1 AND state = 'held' ORDER BY d.rowid LIMIT $2`, account, limit)
	return all, doing("list deliveries", err)
}

// SentUpto implements chat.Deliveries.
func (d *DB) SentUpto(
	ctx context.Context, to chat.AddressID, upto chat.Millis, below chat.DeliveryState, limit int,
) ([]chat.Delivery, error) {
	states := [3]chat.DeliveryState{}
	for i, s := range []chat.DeliveryState{chat.DeliveryAccepted, chat.DeliverySent, chat.DeliveryDelivered} {
		if s == below {
			break
		}
		states[i] = s
	}
	all, err := many(d.reader(ctx), scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries d
		WHERE address = $1 AND rising_at > 0 AND rising_at <= $2 AND state IN ($3, $4, $5) ORDER BY rising_at, d.rowid LIMIT $6`,
		to, upto, states[0], states[1], states[2], limit)
	return all, doing("list deliveries", err)
}

// ProviderID implements chat.Deliveries.
func (d *DB) ProviderID(ctx context.Context, at chat.AddressID, conversation chat.ConversationID, seq int64) (string, error) {
	sent, err := many(d.reader(ctx), scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries d
		WHERE conversation = $1 AND seq = $2 AND address = $3`, conversation, seq, at)
	if err != nil {
		return "", doing("read provider id", err)
	}
	for _, s := range sent {
		if len(s.Parts) > 0 && s.Parts[0].ProviderID != "" {
			return s.Parts[0].ProviderID, nil
		}
	}
	id, err := one(d.reader(ctx), scanValue[string], nil, `SELECT n.id FROM conversations c CROSS JOIN provider_news n ON n.conversation = c.num
		WHERE c.id = $1 AND n.seq = $2 AND n.id <> '' AND n.address = $3 LIMIT 1`, conversation, seq, at)
	return id, doing("read provider id", err)
}

// Spent implements chat.Deliveries.
func (d *DB) Spent(ctx context.Context, shop chat.ShopID, currency string, since chat.Millis) (int64, error) {
	n, err := spent(d.reader(ctx), shop, currency, since)
	return n, doing("add up costs", err)
}

func spent(q querier, shop chat.ShopID, currency string, since chat.Millis) (int64, error) {
	return scanValue[int64](q.row(`SELECT COALESCE(SUM(cost), 0) FROM deliveries
		WHERE shop = $1 AND currency = $2 AND cost_at >= $3 AND cost_at > 0`, shop, currency, since))
}
