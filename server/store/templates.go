package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const templateColumns = `id, merchant, account, name, language, data`

// templateData is what a template's row carries beside its columns.
type templateData struct {
	ExternalID string                `json:"external_id,omitempty"`
	Category   chat.TemplateCategory `json:"category,omitempty"`
	Was        chat.TemplateCategory `json:"was,omitempty"`
	Status     chat.TemplateStatus   `json:"status"`
	Reason     string                `json:"reason,omitempty"`
	Header     *chat.TemplatePart    `json:"header,omitempty"`
	Body       chat.TemplatePart     `json:"body"`
	Footer     string                `json:"footer,omitempty"`
	Buttons    []chat.TemplateButton `json:"buttons,omitempty"`
	SyncedAt   chat.Millis           `json:"synced_at,omitempty"`
}

func encodeTemplate(t chat.Template) (string, error) {
	b, err := json.Marshal(templateData{
		t.ExternalID, t.Category, t.Was, t.Status, t.Reason, t.Header, t.Body, t.Footer, t.Buttons, t.SyncedAt,
	})
	return string(b), err
}

func scanTemplate(row scanner) (t chat.Template, err error) {
	var data []byte
	if err := row.Scan(&t.ID, &t.Merchant, &t.Account, &t.Name, &t.Language, &data); err != nil {
		return t, err
	}
	var v templateData
	if err := json.Unmarshal(data, &v); err != nil {
		return t, fmt.Errorf("decode template: %w", err)
	}
	t.ExternalID, t.Category, t.Was, t.Status, t.Reason = v.ExternalID, v.Category, v.Was, v.Status, v.Reason
	t.Header, t.Body, t.Footer, t.Buttons, t.SyncedAt = v.Header, v.Body, v.Footer, v.Buttons, v.SyncedAt
	return t, nil
}

// PutTemplates implements chat.Accounts.
func (d *DB) PutTemplates(ctx context.Context, account chat.AccountID, all []chat.Template) error {
	return doing("write templates", d.do(ctx, func(g *group) error {
		merchant, err := one(g, scanValue[chat.MerchantID], chat.ErrNotFound, `SELECT merchant FROM accounts WHERE id = $1 AND removed = 0`, account)
		if err != nil {
			return err
		}
		known, err := many(g, scanTemplate, `SELECT `+templateColumns+` FROM templates WHERE account = $1`, account)
		if err != nil {
			return err
		}
		type name struct{ name, language string }
		ids := map[name]chat.TemplateID{}
		for _, t := range known {
			ids[name{t.Name, t.Language}] = t.ID
		}
		if _, err := g.exec(`DELETE FROM templates WHERE account = $1`, account); err != nil {
			return err
		}
		for _, t := range all {
			t.Merchant, t.Account = merchant, account
			if id, ok := ids[name{t.Name, t.Language}]; ok {
				t.ID = id
			} else if t.ID == "" {
				t.ID = chat.NewID[chat.TemplateID](chat.PrefixTemplate, d.random)
			}
			data, err := encodeTemplate(t)
			if err != nil {
				return err
			}
			_, err = g.exec(`INSERT INTO templates (`+templateColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
				t.ID, t.Merchant, t.Account, t.Name, t.Language, data)
			if err != nil {
				return conflict(err)
			}
		}
		return nil
	}))
}

// UpdateTemplate implements chat.Accounts.
func (d *DB) UpdateTemplate(ctx context.Context, t chat.Template) error {
	return doing("update template", d.do(ctx, func(g *group) error {
		was, err := one(g, scanTemplate, chat.ErrNotFound,
			`SELECT `+templateColumns+` FROM templates WHERE id = $1 AND account = $2`, t.ID, t.Account)
		if err != nil {
			return err
		}
		was.Status, was.Category, was.Was, was.Reason = t.Status, t.Category, t.Was, t.Reason
		data, err := encodeTemplate(was)
		if err != nil {
			return err
		}
		return g.must(`UPDATE templates SET data = $1 WHERE id = $2`, data, t.ID)
	}))
}

// Template implements chat.Accounts.
func (d *DB) Template(ctx context.Context, merchant chat.MerchantID, id chat.TemplateID) (chat.Template, error) {
	t, err := one(d.reader(ctx), scanTemplate, chat.ErrNotFound,
		`SELECT `+templateColumns+` FROM templates WHERE id = $1 AND merchant = $2`, id, merchant)
	return t, doing("read template", err)
}

// Templates implements chat.Accounts.
func (d *DB) Templates(ctx context.Context, account chat.AccountID) ([]chat.Template, error) {
	all, err := many(d.reader(ctx), scanTemplate,
		`SELECT `+templateColumns+` FROM templates WHERE account = $1 ORDER BY name, language`, account)
	return all, doing("list templates", err)
}
