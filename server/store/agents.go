package store

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const agentColumns = `a.id, a.merchant, a.email, a.name, a.role, a.language, a.active, a.created_at`

func scanAgent(row scanner, more ...any) (a chat.Agent, err error) {
	err = row.Scan(append([]any{&a.ID, &a.Merchant, &a.Email, &a.Name, &a.Role, &a.Language, &a.Active, &a.CreatedAt}, more...)...)
	return a, err
}

func onlyAgent(row scanner) (chat.Agent, error) { return scanAgent(row) }

func (g *group) createAgent(a chat.Agent, passwordHash string) error {
	_, err := g.exec(`INSERT INTO agents (id, merchant, email, name, role, language, active, password, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.ID, a.Merchant, a.Email, a.Name, a.Role, a.Language, a.Active, passwordHash, a.CreatedAt)
	return conflict(err)
}

// AgentByEmail implements chat.Directory.
func (d *DB) AgentByEmail(ctx context.Context, email string) (chat.Agent, string, error) {
	var password string
	a, err := scanAgent(d.reader(ctx).row(`SELECT `+agentColumns+`, a.password FROM agents a WHERE email = $1`, email), &password)
	return a, password, doing("read agent", missing(err))
}

// Agent implements chat.Directory.
func (d *DB) Agent(ctx context.Context, merchant chat.MerchantID, id chat.AgentID) (chat.Agent, error) {
	a, err := one(d.reader(ctx), onlyAgent, chat.ErrNotFound, `SELECT `+agentColumns+` FROM agents a WHERE id = $1 AND merchant = $2`, id, merchant)
	return a, doing("read agent", err)
}

// AgentPassword implements chat.Directory.
func (d *DB) AgentPassword(ctx context.Context, merchant chat.MerchantID, id chat.AgentID) (string, error) {
	hash, err := one(d.reader(ctx), scanValue[string], chat.ErrNotFound, `SELECT password FROM agents WHERE id = $1 AND merchant = $2`, id, merchant)
	return hash, doing("read agent", err)
}

// Agents implements chat.Directory.
func (d *DB) Agents(ctx context.Context, merchant chat.MerchantID) ([]chat.Agent, error) {
	all, err := many(d.reader(ctx), onlyAgent, `SELECT `+agentColumns+` FROM agents a WHERE merchant = $1 ORDER BY created_at, id`, merchant)
	return all, doing("list agents", err)
}

// UpdateAgent implements chat.Directory.
func (d *DB) UpdateAgent(ctx context.Context, a chat.Agent) error {
	return doing("update agent", d.do(ctx, func(g *group) error {
		err := g.must(`UPDATE agents SET name = $1, language = $2, role = $3, active = $4 WHERE id = $5 AND merchant = $6`,
			a.Name, a.Language, a.Role, a.Active, a.ID, a.Merchant)
		if err != nil {
			return err
		}
		var owned bool
		err = g.row(`SELECT EXISTS (SELECT 1 FROM agents WHERE merchant = $1 AND role = 'owner' AND active = 1)`, a.Merchant).Scan(&owned)
		if err != nil {
			return err
		}
		if !owned {
			return chat.ErrConflict
		}
		if a.Active {
			return nil
		}
		return g.endSessions(a.ID, [32]byte{})
	}))
}

func (g *group) endSessions(id chat.AgentID, keep [32]byte) error {
	_, err := g.exec(`DELETE FROM agent_sessions WHERE agent = $1 AND hash <> $2`, id, keep[:])
	return err
}

// SetPassword implements chat.Directory. Resets that were asked for before are over too.
func (d *DB) SetPassword(ctx context.Context, merchant chat.MerchantID, id chat.AgentID, passwordHash string, keep [32]byte) error {
	return doing("set password", d.do(ctx, func(g *group) error {
		if err := g.must(`UPDATE agents SET password = $1 WHERE id = $2 AND merchant = $3`, passwordHash, id, merchant); err != nil {
			return err
		}
		if _, err := g.exec(`DELETE FROM password_resets WHERE agent = $1`, id); err != nil {
			return err
		}
		return g.endSessions(id, keep)
	}))
}

// CreateAgentSession implements chat.Directory.
func (d *DB) CreateAgentSession(ctx context.Context, s chat.AgentSession) error {
	return doing("create session", d.do(ctx, func(g *group) error {
		return g.must(`INSERT INTO agent_sessions (hash, agent, merchant, created_at, seen_at, expires_at)
			SELECT $1, id, merchant, $2, $3, $4 FROM agents WHERE id = $5 AND merchant = $6 AND active = 1`,
			s.Hash[:], s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Agent, s.Merchant)
	}))
}

// AgentSession implements chat.Directory.
func (d *DB) AgentSession(ctx context.Context, hash [32]byte, now chat.Millis) (s chat.AgentSession, a chat.Agent, err error) {
	a, err = scanAgent(d.reader(ctx).row(`SELECT `+agentColumns+`, s.agent, s.merchant, s.created_at, s.seen_at, s.expires_at
		FROM agent_sessions s JOIN agents a ON a.id = s.agent AND a.active = 1 WHERE s.hash = $1 AND s.expires_at > $2`, hash[:], now),
		&s.Agent, &s.Merchant, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt)
	if missing(err) == chat.ErrNotFound { //nolint:errorlint // missing gives the very value
		return chat.AgentSession{}, chat.Agent{}, chat.ErrUnauthenticated
	}
	s.Hash = hash
	return s, a, doing("read session", err)
}

// TouchAgentSession implements chat.Directory.
func (d *DB) TouchAgentSession(ctx context.Context, hash [32]byte, seen, expires chat.Millis) error {
	return doing("touch session", d.do(ctx, func(g *group) error {
		n, err := g.changed(`UPDATE agent_sessions SET seen_at = MAX(seen_at, $1), expires_at = MAX(expires_at, $2) WHERE hash = $3`,
			seen, expires, hash[:])
		if err == nil && n == 0 {
			return chat.ErrUnauthenticated
		}
		return err
	}))
}

// DeleteAgentSession implements chat.Directory.
func (d *DB) DeleteAgentSession(ctx context.Context, hash [32]byte) error {
	return doing("delete session", d.do(ctx, func(g *group) error {
		_, err := g.exec(`DELETE FROM agent_sessions WHERE hash = $1`, hash[:])
		return err
	}))
}
