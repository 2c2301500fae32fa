-- +goose Up

-- Times are UTC milliseconds, ids are text, hashes are blobs. An empty text means none, so that keys can be compared.
-- Columns hold what is queried; what is only carried is JSON in data.

CREATE TABLE meta (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    epoch  TEXT NOT NULL,              -- empty in a backup: whoever opens it begins a new one
    salt   BLOB NOT NULL,              -- of the hashed identifiers of those who were erased
    ready  INTEGER NOT NULL DEFAULT 0  -- written to see whether writing works
);

CREATE TABLE merchants (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE shops (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL REFERENCES merchants,
    key        TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX shops_merchant ON shops (merchant, created_at);

-- The last position given in each shop's feed.
CREATE TABLE feeds (
    shop     TEXT PRIMARY KEY REFERENCES shops,
    position INTEGER NOT NULL
);

CREATE TABLE agents (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL REFERENCES merchants,
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    language   TEXT NOT NULL,
    active     INTEGER NOT NULL,
    password   TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX agents_merchant ON agents (merchant, created_at);

CREATE TABLE agent_sessions (
    hash       BLOB PRIMARY KEY,
    agent      TEXT NOT NULL REFERENCES agents,
    merchant   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX agent_sessions_agent ON agent_sessions (agent);
CREATE INDEX agent_sessions_expires ON agent_sessions (expires_at);

CREATE TABLE invitations (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL REFERENCES merchants,
    hash       BLOB NOT NULL UNIQUE,
    email      TEXT NOT NULL,
    role       TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
);
CREATE INDEX invitations_merchant ON invitations (merchant, created_at);
CREATE INDEX invitations_expires ON invitations (expires_at);

CREATE TABLE password_resets (
    hash       BLOB PRIMARY KEY,
    agent      TEXT NOT NULL REFERENCES agents,
    merchant   TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX password_resets_agent ON password_resets (agent);
CREATE INDEX password_resets_expires ON password_resets (expires_at);

CREATE TABLE plugin_keys (
    id           TEXT PRIMARY KEY,
    merchant     TEXT NOT NULL,
    shop         TEXT NOT NULL REFERENCES shops,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    last4        TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    revoked_at   INTEGER NOT NULL
);
CREATE INDEX plugin_keys_shop ON plugin_keys (shop, created_at);

CREATE TABLE identity_secrets (
    shop       TEXT NOT NULL REFERENCES shops,
    kid        TEXT NOT NULL,
    merchant   TEXT NOT NULL,
    secret     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (shop, kid)
);

CREATE TABLE shoppers (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL,
    shop       TEXT NOT NULL REFERENCES shops,
    customer   TEXT NOT NULL, -- the verified subject, or empty
    alias_of   TEXT NOT NULL, -- who they turned out to be, or empty
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    erased_at  INTEGER NOT NULL,
    data       TEXT NOT NULL
);
CREATE UNIQUE INDEX shoppers_customer ON shoppers (shop, customer) WHERE customer <> '';
CREATE INDEX shoppers_alias ON shoppers (alias_of) WHERE alias_of <> '';

CREATE TABLE shopper_sessions (
    hash       BLOB PRIMARY KEY,
    merchant   TEXT NOT NULL,
    shop       TEXT NOT NULL,
    shopper    TEXT NOT NULL REFERENCES shoppers,
    customer   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX shopper_sessions_shopper ON shopper_sessions (shopper);
CREATE INDEX shopper_sessions_expires ON shopper_sessions (expires_at);

-- Hashes of what was known of those who were erased, so that late news of them can be told from a new contact.
CREATE TABLE erased (
    hash BLOB PRIMARY KEY,
    shop TEXT NOT NULL,
    at   INTEGER NOT NULL
) WITHOUT ROWID;

-- What a message costs is the pages that its commit writes. So a column that changes often stands in few indexes, and entries lie in
-- the order in which they came: those of one commit share a page, and the indexes that find them are small.

-- num stands for the id within this database, where an entry and its indexes would repeat the id three times.
CREATE TABLE conversations (
    num           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    merchant      TEXT NOT NULL,
    shop          TEXT NOT NULL REFERENCES shops,
    shopper       TEXT NOT NULL REFERENCES shoppers,
    start_shopper TEXT NOT NULL,    -- who started it, and with which client id: never changed
    start_id      TEXT NOT NULL,
    state         TEXT NOT NULL,
    assignee      TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    first_seq     INTEGER NOT NULL,
    head          INTEGER NOT NULL,
    shopper_head  INTEGER NOT NULL,
    last_message  INTEGER NOT NULL, -- seq
    version       INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    data          TEXT NOT NULL
);
CREATE UNIQUE INDEX conversations_start ON conversations (start_id, start_shopper) WHERE start_id <> '';
CREATE UNIQUE INDEX conversations_position ON conversations (shop, position);
CREATE INDEX conversations_list ON conversations (shop, state, updated_at, id);
CREATE INDEX conversations_shopper ON conversations (shopper);

CREATE TABLE entries (
    conversation INTEGER NOT NULL REFERENCES conversations DEFERRABLE INITIALLY DEFERRED,
    seq          INTEGER NOT NULL,
    shopper_seq  INTEGER NOT NULL, -- 0: not for the shopper; else dense, and found without an index: see entries.go
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    author_key   TEXT NOT NULL,    -- the author within the conversation
    author_kind  TEXT NOT NULL,
    author_id    TEXT NOT NULL,
    author_name  TEXT NOT NULL,
    channel      TEXT NOT NULL,
    client_id    TEXT NOT NULL,
    hash         BLOB,             -- of what was sent, to tell a repeat from a conflict; NULL once it is erased
    body         TEXT NOT NULL,
    blanked      INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX entries_seq ON entries (conversation, seq);
CREATE UNIQUE INDEX entries_client ON entries (conversation, client_id, author_key) WHERE client_id <> '';

CREATE TABLE records (
    shop        TEXT NOT NULL REFERENCES shops,
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    version     INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    deleted     INTEGER NOT NULL,
    redacted    INTEGER NOT NULL,
    shopper     TEXT NOT NULL,
    customer    TEXT NOT NULL,
    parent      TEXT NOT NULL,
    position    INTEGER NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (shop, kind, external_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX records_position ON records (shop, position);
CREATE INDEX records_kind ON records (shop, kind, position);
CREATE INDEX records_shopper ON records (shop, shopper) WHERE shopper <> '';
CREATE INDEX records_customer ON records (shop, customer) WHERE customer <> '';
CREATE INDEX records_parent ON records (shop, parent) WHERE parent <> '';

-- Ids of pushed events, kept for 30 days; versions guard after that.
CREATE TABLE context_events (
    shop TEXT NOT NULL,
    id   TEXT NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (shop, id)
) WITHOUT ROWID;
CREATE INDEX context_events_at ON context_events (at);

-- Answers to requests with an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotency (
    credential TEXT NOT NULL,
    route      TEXT NOT NULL,
    key        TEXT NOT NULL,
    hash       BLOB NOT NULL,
    answer     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (credential, route, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE uploads (
    id           TEXT PRIMARY KEY,
    merchant     TEXT NOT NULL,
    shop         TEXT NOT NULL REFERENCES shops,
    conversation TEXT NOT NULL, -- empty until a message names it
    author_kind  TEXT NOT NULL,
    author_id    TEXT NOT NULL,
    created_at   INTEGER NOT NULL, -- 0: erased, the file is to be removed
    data         TEXT NOT NULL
);
CREATE INDEX uploads_unbound ON uploads (created_at) WHERE conversation = '';
CREATE INDEX uploads_conversation ON uploads (conversation) WHERE conversation <> '';
CREATE INDEX uploads_author ON uploads (author_id);

-- lane_seq orders all tasks; only the first of a lane can be claimed. ready_at is due_at, or the end of the present claim.
CREATE TABLE tasks (
    lane_seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL,
    shop      TEXT NOT NULL,
    due_at    INTEGER NOT NULL,
    ready_at  INTEGER NOT NULL,
    lane      TEXT NOT NULL,
    dedupe    TEXT NOT NULL,
    attempt   INTEGER NOT NULL,
    claim     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    buried_at INTEGER NOT NULL,
    payload   TEXT NOT NULL
);
CREATE INDEX tasks_ready ON tasks (ready_at, lane_seq) WHERE buried_at = 0;
CREATE INDEX tasks_lane ON tasks (lane, lane_seq) WHERE buried_at = 0 AND lane <> '';

-- Hashes of the dedupe keys of all tasks that ever were.
CREATE TABLE task_keys (
    hash BLOB PRIMARY KEY
) WITHOUT ROWID;
