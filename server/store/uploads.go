package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const uploadColumns = `id, merchant, shop, conversation, author_kind, author_id, created_at, data`

// uploadData is what an upload's row carries beside its columns.
type uploadData struct {
	Name        string `json:"name,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	Author      string `json:"author,omitempty"` // their name
}

func scanUpload(row scanner) (u chat.Upload, err error) {
	var data []byte
	err = row.Scan(&u.ID, &u.Merchant, &u.Shop, &u.Conversation, &u.By.Kind, &u.By.ID, &u.CreatedAt, &data)
	if err != nil {
		return u, err
	}
	var d uploadData
	if err := json.Unmarshal(data, &d); err != nil {
		return u, fmt.Errorf("decode upload: %w", err)
	}
	u.Name, u.ContentType, u.Size, u.Width, u.Height, u.By.Name = d.Name, d.ContentType, d.Size, d.Width, d.Height, d.Author
	return u, nil
}

// CreateUpload implements chat.Uploads.
func (d *DB) CreateUpload(ctx context.Context, u chat.Upload) error {
	data, err := json.Marshal(uploadData{u.Name, u.ContentType, u.Size, u.Width, u.Height, u.By.Name})
	if err != nil {
		return fmt.Errorf("create upload: %w", err)
	}
	return doing("create upload", d.do(ctx, func(g *group) error {
		_, err := g.exec(`INSERT INTO uploads (`+uploadColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			u.ID, u.Merchant, u.Shop, u.Conversation, u.By.Kind, u.By.ID, u.CreatedAt, string(data))
		return err
	}))
}

// Upload implements chat.Uploads.
func (d *DB) Upload(ctx context.Context, shop chat.ShopID, id chat.AttachmentID) (chat.Upload, error) {
	u, err := one(d.reader(ctx), scanUpload, chat.ErrNotFound,
		`SELECT `+uploadColumns+` FROM uploads WHERE id = $1 AND shop = $2 AND created_at > 0`, id, shop)
	return u, doing("read upload", err)
}

// UploadByID implements chat.Uploads.
func (d *DB) UploadByID(ctx context.Context, id chat.AttachmentID) (chat.Upload, error) {
	u, err := one(d.reader(ctx), scanUpload, chat.ErrNotFound, `SELECT `+uploadColumns+` FROM uploads WHERE id = $1 AND created_at > 0`, id)
	return u, doing("read upload", err)
}

// UnboundUploads implements chat.Uploads. Those of erased shoppers come first: their files may have outlived a crash.
func (d *DB) UnboundUploads(ctx context.Context, before chat.Millis, limit int) ([]chat.AttachmentID, error) {
	ids, err := many(d.reader(ctx), scanValue[chat.AttachmentID],
		`SELECT id FROM uploads WHERE conversation = '' AND created_at < $1 ORDER BY created_at LIMIT $2`, before, limit)
	return ids, doing("list uploads", err)
}

func scanValue[T any](row scanner) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}

// DeleteUpload implements chat.Uploads.
func (d *DB) DeleteUpload(ctx context.Context, id chat.AttachmentID) error {
	return doing("delete upload", d.do(ctx, func(g *group) error {
		_, err := g.exec(`DELETE FROM uploads WHERE id = $1`, id)
		return err
	}))
}
