package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	privacyColumns = `id, merchant, shop, kind, reference, state, person, data`
	aadPrivacy     = "privacy_request:"
)

// person is whom a privacy request names. It is sealed, and gone when the request is done.
type person struct {
	Customer chat.CustomerRef `json:"customer"`
	Orders   []string         `json:"orders,omitempty"`
}

// privacyData is what a privacy request's row carries beside its columns.
type privacyData struct {
	Everything  bool               `json:"everything,omitempty"`
	Transcripts bool               `json:"transcripts,omitempty"`
	Counts      chat.PrivacyCounts `json:"counts"`
	File        chat.AttachmentID  `json:"file,omitempty"`
	FileUntil   chat.Millis        `json:"file_until,omitempty"`
	CreatedAt   chat.Millis        `json:"created_at"`
	DueAt       chat.Millis        `json:"due_at"`
	DoneAt      chat.Millis        `json:"done_at,omitempty"`
}

// privacyRow gives what a request's row holds beside its names.
func (d *DB) privacyRow(r chat.PrivacyRequest) (data string, sealed []byte, err error) {
	b, err := json.Marshal(privacyData{r.Everything, r.Transcripts, r.Counts, r.File, r.FileUntil, r.CreatedAt, r.DueAt, r.DoneAt})
	if err != nil || r.State == chat.PrivacyDone || r.Customer == (chat.CustomerRef{}) && len(r.Orders) == 0 {
		return string(b), nil, err
	}
	plain, err := json.Marshal(person{r.Customer, r.Orders})
	if err != nil {
		return "", nil, err
	}
	sealed, err = d.shut(aadPrivacy+string(r.ID), plain)
	return string(b), sealed, err
}

func (d *DB) scanPrivacyRequest(row scanner) (r chat.PrivacyRequest, err error) {
	var sealed, data []byte
	if err := row.Scan(&r.ID, &r.Merchant, &r.Shop, &r.Kind, &r.Reference, &r.State, &sealed, &data); err != nil {
		return r, err
	}
	var v privacyData
	if err := json.Unmarshal(data, &v); err != nil {
		return r, fmt.Errorf("decode privacy request: %w", err)
	}
	r.Everything, r.Transcripts, r.Counts, r.File, r.FileUntil = v.Everything, v.Transcripts, v.Counts, v.File, v.FileUntil
	r.CreatedAt, r.DueAt, r.DoneAt = v.CreatedAt, v.DueAt, v.DoneAt
	plain, err := d.unshut(aadPrivacy+string(r.ID), sealed)
	if err != nil {
		return r, fmt.Errorf("open privacy request %s: %w", r.ID, err) // to do it for nobody would be to say that it is done
	}
	if plain != nil {
		var p person
		if err := json.Unmarshal(plain, &p); err != nil {
			return r, fmt.Errorf("decode privacy request: %w", err)
		}
		r.Customer, r.Orders = p.Customer, p.Orders
	}
	return r, nil
}

// CreatePrivacyRequest implements chat.Privacy.
func (d *DB) CreatePrivacyRequest(ctx context.Context, r chat.PrivacyRequest, t chat.Task) (made chat.PrivacyRequest, err error) {
	data, sealed, err := d.privacyRow(r)
	if err != nil {
		return made, fmt.Errorf("create privacy request: %w", err)
	}
	err = d.do(ctx, func(g *group) error {
		if r.Reference != "" {
			made, err = one(g, d.scanPrivacyRequest, chat.ErrNotFound, `SELECT `+privacyColumns+` FROM privacy_requests
				WHERE shop = $1 AND kind = $2 AND reference = $3 AND reference <> ''`, r.Shop, r.Kind, r.Reference)
			if err != chat.ErrNotFound { //nolint:errorlint // one gives the very value
				return err
			}
		}
		err := g.must(`INSERT INTO privacy_requests (id, merchant, shop, kind, reference, state, person, data)
			SELECT $1, merchant, id, $2, $3, $4, $5, $6 FROM shops WHERE id = $7 AND merchant = $8`,
			r.ID, r.Kind, r.Reference, r.State, sealed, data, r.Shop, r.Merchant)
		if err != nil {
			return conflict(err)
		}
		made = r
		return g.addTasks([]chat.Task{t})
	})
	if err != nil {
		return chat.PrivacyRequest{}, doing("create privacy request", err)
	}
	return made, nil
}

// UpdatePrivacyRequest implements chat.Privacy. A request that is done names nobody any more.
func (d *DB) UpdatePrivacyRequest(ctx context.Context, r chat.PrivacyRequest) error {
	data, sealed, err := d.privacyRow(r)
	if err != nil {
		return fmt.Errorf("update privacy request: %w", err)
	}
	return doing("update privacy request", d.do(ctx, func(g *group) error {
		return g.must(`UPDATE privacy_requests SET state = $1, person = $2, data = $3 WHERE id = $4 AND shop = $5`,
			r.State, sealed, data, r.ID, r.Shop)
	}))
}

// PrivacyRequest implements chat.Privacy.
func (d *DB) PrivacyRequest(ctx context.Context, shop chat.ShopID, id chat.PrivacyID) (chat.PrivacyRequest, error) {
	r, err := one(d.reader(ctx), d.scanPrivacyRequest, chat.ErrNotFound,
		`SELECT `+privacyColumns+` FROM privacy_requests WHERE id = $1 AND shop = $2`, id, shop)
	return r, doing("read privacy request", err)
}

// PrivacyRequests implements chat.Privacy. One that can't be opened is listed without its names.
func (d *DB) PrivacyRequests(ctx context.Context, shop chat.ShopID, limit int) ([]chat.PrivacyRequest, error) {
	all, err := many(d.reader(ctx), d.scanListed, `SELECT `+privacyColumns+` FROM privacy_requests WHERE shop = $1 ORDER BY num DESC LIMIT $2`, shop, limit)
	return all, doing("list privacy requests", err)
}

// scanListed reads a privacy request without its names when they can't be opened.
func (d *DB) scanListed(row scanner) (chat.PrivacyRequest, error) {
	r, err := d.scanPrivacyRequest(row)
	if r.ID != "" && err != nil {
		d.log.Error("a privacy request can't be opened", "request", r.ID, "error", err)
		err = nil
	}
	return r, err
}

// erasePrivacyRequests takes a shopper's names from requests that nobody works on any more. One that is pending still needs them: it
// may be why the shopper is erased.
func (g *group) erasePrivacyRequests(s chat.Shopper) error {
	failed, err := many(g, g.c.db.scanListed, `SELECT `+privacyColumns+` FROM privacy_requests
		WHERE shop = $1 AND state = 'failed' AND person IS NOT NULL`, s.Shop)
	if err != nil {
		return err
	}
	for _, r := range failed {
		if !names(r.Customer, s) {
			continue
		}
		if _, err := g.exec(`UPDATE privacy_requests SET person = NULL WHERE id = $1`, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func names(c chat.CustomerRef, s chat.Shopper) bool {
	return c.ExternalID != "" && c.ExternalID == s.CustomerID || c.Email != "" && strings.EqualFold(c.Email, s.Email)
}
