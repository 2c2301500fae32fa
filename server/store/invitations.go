package store

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const invitationColumns = `i.id, i.merchant, i.hash, i.email, i.role, i.invited_by, i.created_at, i.expires_at, i.used_at`

func scanInvitation(row scanner, more ...any) (i chat.Invitation, err error) {
	var hash []byte
	err = row.Scan(append([]any{&i.ID, &i.Merchant, &hash, &i.Email, &i.Role, &i.InvitedBy, &i.CreatedAt, &i.ExpiresAt, &i.UsedAt}, more...)...)
	copy(i.Hash[:], hash)
	return i, err
}

// CreateInvitation implements chat.Directory.
func (d *DB) CreateInvitation(ctx context.Context, i chat.Invitation) error {
	return doing("create invitation", d.do(ctx, func(g *group) error {
		_, err := g.exec(`INSERT INTO invitations (id, merchant, hash, email, role, invited_by, created_at, expires_at, used_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			i.ID, i.Merchant, i.Hash[:], i.Email, i.Role, i.InvitedBy, i.CreatedAt, i.ExpiresAt, i.UsedAt)
		return conflict(err)
	}))
}

// Invitations implements chat.Directory.
func (d *DB) Invitations(ctx context.Context, merchant chat.MerchantID, now chat.Millis) ([]chat.Invitation, error) {
	all, err := many(d.reader(ctx), func(s scanner) (chat.Invitation, error) { return scanInvitation(s) }, `SELECT `+invitationColumns+`
		FROM invitations i WHERE merchant = $1 AND used_at = 0 AND expires_at > $2 ORDER BY created_at, id`, merchant, now)
	return all, doing("list invitations", err)
}

// InvitationByHash implements chat.Directory.
func (d *DB) InvitationByHash(ctx context.Context, hash [32]byte, now chat.Millis) (chat.Invitation, chat.Merchant, error) {
	i, m, err := invitation(d.reader(ctx), hash, now)
	return i, m, doing("read invitation", err)
}

func invitation(q querier, hash [32]byte, now chat.Millis) (i chat.Invitation, m chat.Merchant, err error) {
	i, err = scanInvitation(q.row(`SELECT `+invitationColumns+`, m.id, m.name, m.created_at FROM invitations i
		JOIN merchants m ON m.id = i.merchant WHERE i.hash = $1 AND i.used_at = 0 AND i.expires_at > $2`, hash[:], now),
		&m.ID, &m.Name, &m.CreatedAt)
	if missing(err) == chat.ErrNotFound { //nolint:errorlint // missing gives the very value
		err = chat.ErrGone
	}
	return i, m, err
}

// AcceptInvitation implements chat.Directory.
func (d *DB) AcceptInvitation(ctx context.Context, hash [32]byte, a chat.Agent, passwordHash string, now chat.Millis) error {
	return doing("accept invitation", d.do(ctx, func(g *group) error {
		i, _, err := invitation(g, hash, now)
		if err != nil {
			return err
		}
		if a.Merchant != i.Merchant {
			return chat.ErrGone
		}
		if _, err := g.exec(`UPDATE invitations SET used_at = $1 WHERE id = $2`, now, i.ID); err != nil {
			return err
		}
		return g.createAgent(a, passwordHash)
	}))
}

// DeleteInvitation implements chat.Directory.
func (d *DB) DeleteInvitation(ctx context.Context, merchant chat.MerchantID, id chat.InvitationID) error {
	return doing("delete invitation", d.do(ctx, func(g *group) error {
		return g.must(`DELETE FROM invitations WHERE id = $1 AND merchant = $2 AND used_at = 0`, id, merchant)
	}))
}

// CreatePasswordReset implements chat.Directory.
func (d *DB) CreatePasswordReset(ctx context.Context, r chat.PasswordReset) error {
	return doing("create password reset", d.do(ctx, func(g *group) error {
		return g.must(`INSERT INTO password_resets (hash, agent, merchant, expires_at)
			SELECT $1, id, merchant, $2 FROM agents WHERE id = $3 AND merchant = $4`, r.Hash[:], r.ExpiresAt, r.Agent, r.Merchant)
	}))
}

// UsePasswordReset implements chat.Directory.
func (d *DB) UsePasswordReset(ctx context.Context, hash [32]byte, passwordHash string, now chat.Millis) (a chat.Agent, err error) {
	err = d.do(ctx, func(g *group) error {
		a, err = one(g, onlyAgent, chat.ErrGone, `SELECT `+agentColumns+` FROM password_resets r
			JOIN agents a ON a.id = r.agent AND a.active = 1 WHERE r.hash = $1 AND r.expires_at > $2`, hash[:], now)
		if err != nil {
			return err
		}
		if _, err := g.exec(`DELETE FROM password_resets WHERE agent = $1`, a.ID); err != nil {
			return err
		}
		if _, err := g.exec(`UPDATE agents SET password = $1 WHERE id = $2`, passwordHash, a.ID); err != nil {
			return err
		}
		return g.endSessions(a.ID, [32]byte{})
	})
	if err != nil {
		return chat.Agent{}, doing("use password reset", err)
	}
	return a, nil
}
