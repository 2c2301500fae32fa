CREATE TABLE installations (
	shop            TEXT PRIMARY KEY,
	scopes          TEXT    NOT NULL DEFAULT '',
	access          BLOB,
	access_expires  INTEGER NOT NULL DEFAULT 0,
	refresh         BLOB,
	refresh_expires INTEGER NOT NULL DEFAULT 0,
	generation      INTEGER NOT NULL DEFAULT 0, -- of the pair: a refresh replaces the one that it began from, or nothing
	lease_until     INTEGER NOT NULL DEFAULT 0, -- somebody refreshes until then
	installed_at    INTEGER NOT NULL,
	uninstalled_at  INTEGER NOT NULL DEFAULT 0,
	proven_at       INTEGER NOT NULL DEFAULT 0, -- Shopify last gave a token: the app was there then
	-- what the shop says of itself
	name            TEXT    NOT NULL DEFAULT '',
	currency        TEXT    NOT NULL DEFAULT '',
	time_zone       TEXT    NOT NULL DEFAULT '',
	store_url       TEXT    NOT NULL DEFAULT '',
	owner_id        TEXT    NOT NULL DEFAULT '',
	-- the Tagalong shop
	chat_shop       TEXT    NOT NULL DEFAULT '',
	chat_shop_key   TEXT    NOT NULL DEFAULT '',
	chat_name       TEXT    NOT NULL DEFAULT '',
	chat_api        TEXT    NOT NULL DEFAULT '',
	chat_loader     TEXT    NOT NULL DEFAULT '',
	chat_inbox      TEXT    NOT NULL DEFAULT '',
	chat_key        BLOB,
	chat_kid        TEXT    NOT NULL DEFAULT '',
	chat_secret     BLOB,
	connected_at    INTEGER NOT NULL DEFAULT 0,
	-- how far it has been caught up
	reconciled_to   INTEGER NOT NULL DEFAULT 0, -- changes up to then are known
	reconciled_at   INTEGER NOT NULL DEFAULT 0, -- when that was last looked after
	backfilled      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE deliveries (
	shop         TEXT    NOT NULL,
	id           TEXT    NOT NULL, -- a repeated delivery has the same
	topic        TEXT    NOT NULL,
	triggered_at INTEGER NOT NULL, -- microseconds
	received_at  INTEGER NOT NULL,
	body         BLOB,             -- sealed; gone when it is done
	state        INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 done, 2 dead
	attempts     INTEGER NOT NULL DEFAULT 0,
	due_at       INTEGER NOT NULL,
	error        TEXT    NOT NULL DEFAULT '',
	PRIMARY KEY (shop, id)
) WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (state, due_at);
CREATE INDEX deliveries_age ON deliveries (received_at);

-- checkouts/delete names a checkout by its id, everything else by its token
CREATE TABLE checkouts (
	shop  TEXT    NOT NULL,
	id    TEXT    NOT NULL,
	token TEXT    NOT NULL,
	at    INTEGER NOT NULL,
	PRIMARY KEY (shop, id)
) WITHOUT ROWID;

-- the states of orders that Tagalong has: a reconciliation reads only the others
CREATE TABLE pushed (
	shop       TEXT    NOT NULL,
	order_id   TEXT    NOT NULL,
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (shop, order_id)
) WITHOUT ROWID;

-- a person is on the way to Tagalong, or to Shopify, and back
CREATE TABLE trips (
	state    TEXT PRIMARY KEY, -- hashed
	shop     TEXT    NOT NULL,
	kind     TEXT    NOT NULL,
	verifier BLOB,
	at       INTEGER NOT NULL
) WITHOUT ROWID;
