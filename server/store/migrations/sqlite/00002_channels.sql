-- +goose Up

-- Secrets are sealed: see seal.go. What stands beside a conversation's log finds it by its number or id; nothing here is written or
-- read for a message that stays on the web.

CREATE TABLE provider_apps (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL REFERENCES merchants,
    created_at INTEGER NOT NULL,
    secrets    BLOB,              -- sealed; NULL: none
    data       TEXT NOT NULL
);
CREATE INDEX provider_apps_merchant ON provider_apps (merchant, created_at);

CREATE TABLE accounts (
    id          TEXT PRIMARY KEY,
    merchant    TEXT NOT NULL REFERENCES merchants,
    app         TEXT NOT NULL,    -- empty for e-mail
    channel     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    business_id TEXT NOT NULL,
    state       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    removed     INTEGER NOT NULL, -- kept for the log's sake alone
    token       BLOB,             -- sealed; NULL: none
    data        TEXT NOT NULL
);
CREATE UNIQUE INDEX accounts_once ON accounts (merchant, channel, external_id) WHERE removed = 0;
CREATE INDEX accounts_external ON accounts (app, channel, external_id) WHERE removed = 0;
CREATE INDEX accounts_business ON accounts (app, business_id) WHERE removed = 0 AND business_id <> '';

CREATE TABLE account_shops (
    shop    TEXT NOT NULL REFERENCES shops,
    account TEXT NOT NULL REFERENCES accounts,
    PRIMARY KEY (shop, account)
) WITHOUT ROWID;
CREATE INDEX account_shops_account ON account_shops (account);

CREATE TABLE templates (
    id       TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    account  TEXT NOT NULL REFERENCES accounts,
    name     TEXT NOT NULL,
    language TEXT NOT NULL,
    data     TEXT NOT NULL
);
CREATE UNIQUE INDEX templates_name ON templates (account, name, language);

CREATE TABLE addresses (
    id         TEXT PRIMARY KEY,
    merchant   TEXT NOT NULL,
    shop       TEXT NOT NULL REFERENCES shops,
    shopper    TEXT NOT NULL REFERENCES shoppers, -- never an alias
    account    TEXT NOT NULL REFERENCES accounts,
    channel    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX addresses_shopper ON addresses (shopper);
CREATE INDEX addresses_account ON addresses (account);

CREATE TABLE address_keys (
    account TEXT NOT NULL,
    key     TEXT NOT NULL,
    shop    TEXT NOT NULL,
    address TEXT NOT NULL REFERENCES addresses,
    PRIMARY KEY (account, key, shop)
) WITHOUT ROWID;
CREATE INDEX address_keys_address ON address_keys (address);

-- Lines are added and, but for the value of who was erased, never changed.
CREATE TABLE consents (
    num     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    shop    TEXT NOT NULL REFERENCES shops,
    shopper TEXT NOT NULL REFERENCES shoppers,
    at      INTEGER NOT NULL,
    data    TEXT NOT NULL
);
CREATE INDEX consents_shopper ON consents (shopper);

CREATE TABLE handoffs (
    id           TEXT PRIMARY KEY,
    shop         TEXT NOT NULL REFERENCES shops,
    shopper      TEXT NOT NULL REFERENCES shoppers,
    conversation TEXT NOT NULL,    -- empty until there is one
    account      TEXT NOT NULL,
    source       TEXT NOT NULL,
    state        TEXT NOT NULL,
    code         BLOB,             -- hash; NULL: none
    expires_at   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    data         TEXT NOT NULL
);
CREATE UNIQUE INDEX handoffs_code ON handoffs (account, code) WHERE code IS NOT NULL;
CREATE INDEX handoffs_conversation ON handoffs (conversation) WHERE conversation <> '';
CREATE INDEX handoffs_shopper ON handoffs (shopper);
CREATE INDEX handoffs_open ON handoffs (account, updated_at) WHERE state IN ('offered', 'clicked') AND source = 'link';
CREATE INDEX handoffs_lapse ON handoffs (expires_at) WHERE state IN ('offered', 'clicked') AND expires_at > 0;

CREATE TABLE resume_links (
    hash         BLOB PRIMARY KEY,
    merchant     TEXT NOT NULL,
    shop         TEXT NOT NULL,
    shopper      TEXT NOT NULL REFERENCES shoppers,
    conversation TEXT NOT NULL,
    address      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER NOT NULL,
    used_by      BLOB              -- the session's hash
) WITHOUT ROWID;
CREATE INDEX resume_links_shopper ON resume_links (shopper);
CREATE INDEX resume_links_expires ON resume_links (expires_at);

CREATE TABLE deliveries (
    id           TEXT PRIMARY KEY,
    shop         TEXT NOT NULL REFERENCES shops,
    conversation TEXT NOT NULL,
    seq          INTEGER NOT NULL, -- of the entry
    account      TEXT NOT NULL,
    address      TEXT NOT NULL,
    state        TEXT NOT NULL,
    rising_at    INTEGER NOT NULL, -- the provider's time of the last state, while news may raise it; else 0
    currency     TEXT NOT NULL,
    cost         INTEGER NOT NULL,
    cost_at      INTEGER NOT NULL,
    data         TEXT NOT NULL
);
CREATE INDEX deliveries_entry ON deliveries (conversation, seq);
CREATE INDEX deliveries_address ON deliveries (address, rising_at) WHERE rising_at > 0;
CREATE INDEX deliveries_held ON deliveries (account) WHERE state = 'held';
CREATE INDEX deliveries_cost ON deliveries (shop, currency, cost_at, cost) WHERE cost_at > 0;

-- What a provider has told or been told, by its own name for it: kept for ever, so that nothing is taken in twice. conversation is a
-- number, 0 for what concerns none; seq is 0 where nothing was written into the log.
CREATE TABLE provider_news (
    hash         BLOB PRIMARY KEY, -- of account and id
    conversation INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    delivery     TEXT NOT NULL,    -- of what was sent by us
    part         INTEGER NOT NULL,
    address      TEXT NOT NULL,    -- where what came in came from
    id           TEXT NOT NULL     -- the provider's, of what came in and can be answered
) WITHOUT ROWID;
CREATE INDEX provider_news_entry ON provider_news (conversation, seq) WHERE id <> '';

-- News of messages that nobody knows yet.
CREATE TABLE parked (
    message BLOB NOT NULL,        -- hash of account and id
    id      TEXT NOT NULL,        -- of the news
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    data    TEXT NOT NULL,
    PRIMARY KEY (message, at, id)
) WITHOUT ROWID;
CREATE INDEX parked_at ON parked (at);
CREATE INDEX parked_account ON parked (account);

CREATE TABLE raws (
    id         TEXT PRIMARY KEY,
    app        TEXT NOT NULL,
    merchant   TEXT NOT NULL,
    provider   TEXT NOT NULL,
    hash       BLOB NOT NULL,     -- of the body
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    error      TEXT NOT NULL,
    body       BLOB               -- sealed; NULL once it is gone
);
CREATE UNIQUE INDEX raws_once ON raws (app, hash);
CREATE INDEX raws_dead ON raws (merchant, at) WHERE state = 'dead';
CREATE INDEX raws_bodies ON raws (state, at) WHERE body IS NOT NULL;
CREATE INDEX raws_at ON raws (at);

-- Which shopper was made an alias of which by hand or by a handoff, and what moved: so that it can be undone.
CREATE TABLE merges (
    shopper TEXT PRIMARY KEY REFERENCES shoppers,
    into_id TEXT NOT NULL REFERENCES shoppers,
    at      INTEGER NOT NULL,
    data    TEXT NOT NULL
);
CREATE INDEX merges_into ON merges (into_id);

ALTER TABLE identity_secrets ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0; -- 0: as it was before secrets were sealed
CREATE INDEX identity_secrets_plain ON identity_secrets (shop) WHERE sealed = 0;

-- A task that is not the first of its lane waits. So a long lane, or many lanes whose heads are put off, cost a claim nothing.
ALTER TABLE tasks ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET waits = 1 WHERE lane <> '' AND buried_at = 0 AND EXISTS (
    SELECT 1 FROM tasks o WHERE o.lane = tasks.lane AND o.lane <> '' AND o.buried_at = 0 AND o.lane_seq < tasks.lane_seq);
DROP INDEX tasks_ready;
CREATE INDEX tasks_ready ON tasks (ready_at, lane_seq) WHERE buried_at = 0 AND waits = 0;
