-- +goose Up

ALTER TABLE shops ADD COLUMN test INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity_secrets ADD COLUMN plugin_key TEXT NOT NULL DEFAULT ''; -- that it came with, or empty

ALTER TABLE plugin_keys ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE plugin_keys ADD COLUMN return_origin TEXT NOT NULL DEFAULT '';

ALTER TABLE records ADD COLUMN abandoned_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN keys TEXT NOT NULL DEFAULT 'old'; -- a JSON list, as record_keys has it; 'old': as it was before there were keys
ALTER TABLE records ADD COLUMN history TEXT NOT NULL DEFAULT ''; -- JSON

-- What records are found by, whole or by how it begins: the key stands last but one, so that a prefix is a range.
CREATE TABLE record_keys (
    shop        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (shop, kind, key, external_id)
) WITHOUT ROWID;
CREATE INDEX records_unkeyed ON records (shop) WHERE keys = 'old';

-- A person is found by an e-mail that they are known by or have typed: in small letters, empty for none.
ALTER TABLE shoppers ADD COLUMN email TEXT NOT NULL DEFAULT '';
UPDATE shoppers SET email = LOWER(COALESCE(json_extract(data, '$.email'), ''));
CREATE INDEX shoppers_email ON shoppers (shop, email) WHERE email <> '';
CREATE INDEX shoppers_shop ON shoppers (shop, id) WHERE alias_of = '' AND erased_at = 0;
ALTER TABLE addresses ADD COLUMN email TEXT NOT NULL DEFAULT '';
UPDATE addresses SET email = LOWER(COALESCE(json_extract(data, '$.user_id'), '')) WHERE channel = 'email';
CREATE INDEX addresses_email ON addresses (shop, email) WHERE email <> '';

CREATE TABLE webhooks (
    id              TEXT PRIMARY KEY,
    merchant        TEXT NOT NULL REFERENCES merchants,
    shop            TEXT NOT NULL REFERENCES shops,
    created_at      INTEGER NOT NULL,
    last_success_at INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL,
    secrets         BLOB,            -- sealed; NULL: none
    data            TEXT NOT NULL
);
CREATE INDEX webhooks_shop ON webhooks (shop, created_at);

CREATE TABLE hook_events (
    id   TEXT PRIMARY KEY,
    shop TEXT NOT NULL REFERENCES shops,
    type TEXT NOT NULL,
    at   INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX hook_events_at ON hook_events (at);

-- Whom and what an event's body tells of, so that it goes with them: see hooksubjects.go.
CREATE TABLE hook_subjects (
    shop    TEXT NOT NULL,
    subject BLOB NOT NULL,           -- a hash
    event   TEXT NOT NULL REFERENCES hook_events ON DELETE CASCADE,
    PRIMARY KEY (shop, subject, event)
) WITHOUT ROWID;
CREATE INDEX hook_subjects_event ON hook_subjects (event);

CREATE TABLE hook_deliveries (
    num        INTEGER PRIMARY KEY,  -- in the order in which they were made
    id         TEXT NOT NULL UNIQUE,
    shop       TEXT NOT NULL,
    webhook    TEXT NOT NULL REFERENCES webhooks,
    event      TEXT NOT NULL REFERENCES hook_events ON DELETE CASCADE,
    state      TEXT NOT NULL,
    next_at    INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,     -- 0: it has not
    created_at INTEGER NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX hook_deliveries_webhook ON hook_deliveries (webhook, num);
CREATE INDEX hook_deliveries_state ON hook_deliveries (webhook, state, num) WHERE state <> 'delivered'; -- most are
CREATE INDEX hook_deliveries_event ON hook_deliveries (event);
CREATE INDEX hook_deliveries_ended ON hook_deliveries (ended_at) WHERE ended_at > 0;

CREATE TABLE grants (
    hash       BLOB PRIMARY KEY,     -- of the code
    merchant   TEXT NOT NULL,
    shop       TEXT NOT NULL REFERENCES shops,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    plugin_key TEXT NOT NULL,        -- that it was exchanged for, or empty
    data       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX grants_expires ON grants (expires_at);

CREATE TABLE privacy_requests (
    num       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    merchant  TEXT NOT NULL,
    shop      TEXT NOT NULL REFERENCES shops,
    kind      TEXT NOT NULL,
    reference TEXT NOT NULL,
    state     TEXT NOT NULL,
    person    BLOB,                  -- whom it names, sealed; NULL: nobody, or not any more
    data      TEXT NOT NULL
);
CREATE UNIQUE INDEX privacy_requests_reference ON privacy_requests (shop, kind, reference) WHERE reference <> '';
CREATE INDEX privacy_requests_shop ON privacy_requests (shop, num);
CREATE INDEX privacy_requests_failed ON privacy_requests (shop) WHERE state = 'failed' AND person IS NOT NULL;
