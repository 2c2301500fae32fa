package chattest

import (
	"cmp"
	"context"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) CreateUpload(_ context.Context, u chat.Upload) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.uploads[u.ID]; ok {
		return chat.ErrConflict
	}
	m.uploads[u.ID] = u
	return nil
}

func (m *memory) Upload(ctx context.Context, shop chat.ShopID, id chat.AttachmentID) (chat.Upload, error) {
	u, err := m.UploadByID(ctx, id)
	if err != nil || u.Shop != shop {
		return chat.Upload{}, chat.ErrNotFound
	}
	return u, nil
}

func (m *memory) UploadByID(_ context.Context, id chat.AttachmentID) (chat.Upload, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	u, ok := m.uploads[id]
	if !ok || u.CreatedAt == 0 {
		return chat.Upload{}, chat.ErrNotFound
	}
	return u, nil
}

func (m *memory) UnboundUploads(_ context.Context, before chat.Millis, limit int) (ids []chat.AttachmentID, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for id, u := range m.uploads {
		if u.Conversation == "" && u.CreatedAt < before {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b chat.AttachmentID) int { return cmp.Compare(m.uploads[a].CreatedAt, m.uploads[b].CreatedAt) })
	return ids[:min(limit, len(ids))], nil
}

func (m *memory) DeleteUpload(_ context.Context, id chat.AttachmentID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.uploads, id)
	return nil
}
