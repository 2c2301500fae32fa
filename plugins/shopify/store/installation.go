package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
)

// Installation is one shop that has, or had, the app.
type Installation struct {
	Shop        string
	Token       oauth.Token
	Generation  int64
	Installed   time.Time
	Uninstalled time.Time
	Profile     Profile
	Chat        Connection
	Connected   time.Time
	// Reconciled is the time up to which all changes of orders are known; LookedAt is when that was found.
	Reconciled time.Time
	LookedAt   time.Time
	Backfilled bool
}

// Active tells whether the app may ask the shop.
func (i Installation) Active() bool { return i.Uninstalled.IsZero() && i.Token.Access != "" }

// Profile is what the shop says of itself.
type Profile struct {
	Name     string
	Currency string
	TimeZone string
	StoreURL string
	OwnerID  string // of the installation, where the theme's settings are written
}

// Connection is the shop's Tagalong shop, and what opens it.
type Connection struct {
	Shop    string
	ShopKey string
	Name    string
	API     string
	Loader  string
	Inbox   string
	Key     string
	KID     string
	Secret  string
}

// Ready tells whether events can be pushed.
func (c Connection) Ready() bool { return c.Shop != "" && c.Key != "" }

const installationColumns = `shop, scopes, access, access_expires, refresh, refresh_expires, generation, installed_at, uninstalled_at,
	name, currency, time_zone, store_url, owner_id,
	chat_shop, chat_shop_key, chat_name, chat_api, chat_loader, chat_inbox, chat_key, chat_kid, chat_secret, connected_at,
	reconciled_to, reconciled_at, backfilled`

// Installation reads one shop's. ErrNone: it never had the app, or is forgotten.
func (d *DB) Installation(ctx context.Context, shop string) (Installation, error) {
	row := d.db.QueryRowContext(ctx, "SELECT "+installationColumns+" FROM installations WHERE shop = ?1", shop)
	i, err := d.scan(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return i, ErrNone
	}
	return i, err
}

// Installations reads all shops that have the app and are connected.
func (d *DB) Installations(ctx context.Context) ([]Installation, error) {
	rows, err := d.db.QueryContext(ctx, "SELECT "+installationColumns+` FROM installations
		WHERE uninstalled_at = 0 AND access IS NOT NULL AND chat_shop <> '' ORDER BY shop`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []Installation
	for rows.Next() {
		i, err := d.scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

func (d *DB) scan(scan func(...any) error) (Installation, error) {
	var i Installation
	var access, refresh, key, secret []byte
	var accessExpires, refreshExpires, installed, uninstalled, connected, reconciled, looked int64
	err := scan(&i.Shop, &i.Token.Scopes, &access, &accessExpires, &refresh, &refreshExpires, &i.Generation, &installed, &uninstalled,
		&i.Profile.Name, &i.Profile.Currency, &i.Profile.TimeZone, &i.Profile.StoreURL, &i.Profile.OwnerID,
		&i.Chat.Shop, &i.Chat.ShopKey, &i.Chat.Name, &i.Chat.API, &i.Chat.Loader, &i.Chat.Inbox, &key, &i.Chat.KID, &secret, &connected,
		&reconciled, &looked, &i.Backfilled)
	if err != nil {
		return i, err
	}
	for _, sealed := range []struct {
		to   *string
		from []byte
		name string
	}{
		{&i.Token.Access, access, "access"},
		{&i.Token.Refresh, refresh, "refresh"},
		{&i.Chat.Key, key, "chat_key"},
		{&i.Chat.Secret, secret, "chat_secret"},
	} {
		plain, err := d.seal.open(sealed.from, place(i.Shop, sealed.name))
		if err != nil {
			return i, fmt.Errorf("%s of %s: %w", sealed.name, i.Shop, err)
		}
		*sealed.to = string(plain)
	}
	i.Token.Expires, i.Token.RefreshExpires = fromMillis(accessExpires), fromMillis(refreshExpires)
	i.Installed, i.Uninstalled, i.Connected = fromMillis(installed), fromMillis(uninstalled), fromMillis(connected)
	i.Reconciled, i.LookedAt = fromMillis(reconciled), fromMillis(looked)
	return i, nil
}

func place(shop, column string) string { return "installations/" + shop + "/" + column }

// Install notes that the shop has the app, with a first token. fresh: it did not have it just before.
func (d *DB) Install(ctx context.Context, shop string, t oauth.Token, at time.Time) (fresh bool, err error) {
	err = d.tx(ctx, func(tx *sql.Tx) error {
		var active int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM installations WHERE shop = ?1 AND uninstalled_at = 0", shop).Scan(&active)
		if err != nil {
			return err
		}
		fresh = active == 0
		_, err = tx.ExecContext(ctx, `
			INSERT INTO installations (shop, scopes, access, access_expires, refresh, refresh_expires, generation, installed_at, proven_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)
			ON CONFLICT (shop) DO UPDATE SET scopes = ?2, access = ?3, access_expires = ?4, refresh = ?5, refresh_expires = ?6,
				generation = generation + 1, lease_until = 0, proven_at = ?7,
				installed_at = CASE WHEN uninstalled_at = 0 THEN installed_at ELSE ?7 END,
				backfilled = CASE WHEN uninstalled_at = 0 THEN backfilled ELSE 0 END,
				uninstalled_at = 0`,
			append(d.tokenArgs(shop, t), millis(at))...)
		return err
	})
	return fresh, err
}

func (d *DB) tokenArgs(shop string, t oauth.Token) []any {
	return []any{
		shop, t.Scopes, d.seal.seal([]byte(t.Access), place(shop, "access")), millis(t.Expires),
		d.seal.seal([]byte(t.Refresh), place(shop, "refresh")), millis(t.RefreshExpires),
	}
}

// LeaseToken takes the right to refresh the shop's token until then; false: another has it.
func (d *DB) LeaseToken(ctx context.Context, shop string, now, until time.Time) (bool, error) {
	err := d.change(ctx, "UPDATE installations SET lease_until = ?3 WHERE shop = ?1 AND lease_until <= ?2 AND uninstalled_at = 0",
		shop, millis(now), millis(until))
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// ReleaseToken gives the right back without a new token.
func (d *DB) ReleaseToken(ctx context.Context, shop string) error {
	_, err := d.db.ExecContext(ctx, "UPDATE installations SET lease_until = 0 WHERE shop = ?1", shop)
	return err
}

// SaveToken replaces the pair of that generation, both at once, and gives the right to refresh back. ErrNone: the pair was
// replaced meanwhile, or the app removed.
func (d *DB) SaveToken(ctx context.Context, shop string, generation int64, t oauth.Token, at time.Time) error {
	return d.change(ctx, `
		UPDATE installations SET scopes = CASE WHEN ?2 = '' THEN scopes ELSE ?2 END, access = ?3, access_expires = ?4, refresh = ?5,
			refresh_expires = ?6, generation = generation + 1, lease_until = 0, proven_at = ?8
		WHERE shop = ?1 AND generation = ?7 AND uninstalled_at = 0`,
		append(d.tokenArgs(shop, t), generation, millis(at))...)
}

// DropToken forgets a pair that Shopify does not take any more. The merchant's next visit brings a new one.
func (d *DB) DropToken(ctx context.Context, shop string, generation int64) error {
	_, err := d.db.ExecContext(ctx, `
		UPDATE installations SET access = NULL, refresh = NULL, access_expires = 0, refresh_expires = 0, lease_until = 0
		WHERE shop = ?1 AND generation = ?2`, shop, generation)
	return err
}

// SetScopes notes what the merchant has granted.
func (d *DB) SetScopes(ctx context.Context, shop, scopes string) error {
	return d.change(ctx, "UPDATE installations SET scopes = ?2 WHERE shop = ?1", shop, scopes)
}

// SetProfile notes what the shop says of itself.
func (d *DB) SetProfile(ctx context.Context, shop string, p Profile) error {
	return d.change(ctx, "UPDATE installations SET name = ?2, currency = ?3, time_zone = ?4, store_url = ?5, owner_id = ?6 WHERE shop = ?1",
		shop, p.Name, p.Currency, p.TimeZone, p.StoreURL, p.OwnerID)
}

// Connect notes the shop's Tagalong shop; what was pushed elsewhere is to be pushed again.
func (d *DB) Connect(ctx context.Context, shop string, c Connection, at time.Time) error {
	return d.tx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE installations SET chat_shop = ?2, chat_shop_key = ?3, chat_name = ?4, chat_api = ?5, chat_loader = ?6, chat_inbox = ?7,
				chat_key = ?8, chat_kid = ?9, chat_secret = ?10, connected_at = ?11, reconciled_to = 0, reconciled_at = 0, backfilled = 0
			WHERE shop = ?1 AND uninstalled_at = 0`,
			shop, c.Shop, c.ShopKey, c.Name, c.API, c.Loader, c.Inbox, d.seal.seal([]byte(c.Key), place(shop, "chat_key")), c.KID,
			d.seal.seal([]byte(c.Secret), place(shop, "chat_secret")), millis(at))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNone, err)
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM pushed WHERE shop = ?1", shop)
		return err
	})
}

// Disconnect forgets the shop's Tagalong shop.
func (d *DB) Disconnect(ctx context.Context, shop string) error {
	return d.change(ctx, `
		UPDATE installations SET chat_shop = '', chat_shop_key = '', chat_name = '', chat_api = '', chat_loader = '', chat_inbox = '',
			chat_key = NULL, chat_kid = '', chat_secret = NULL, connected_at = 0, reconciled_to = 0, reconciled_at = 0, backfilled = 0
		WHERE shop = ?1`, shop)
}

// Uninstall notes that the shop removed the app at that time: its tokens are dead. The connection stays until the shop's data is
// to be erased, because that has to be told to Tagalong. ErrNone: it was installed again since, or is not known.
func (d *DB) Uninstall(ctx context.Context, shop string, at time.Time) error {
	return d.change(ctx, `
		UPDATE installations SET uninstalled_at = ?2, access = NULL, refresh = NULL, access_expires = 0, refresh_expires = 0, lease_until = 0
		WHERE shop = ?1 AND uninstalled_at = 0 AND proven_at <= ?2`, shop, millis(at))
}

// Forget erases all that is known of a shop, but for the id of the delivery that asked for it, which may be repeated.
func (d *DB) Forget(ctx context.Context, shop, delivery string) error {
	return d.tx(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"installations", "checkouts", "pushed", "trips"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE shop = ?1", shop); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE shop = ?1 AND id <> ?2", shop, delivery)
		return err
	})
}

// Reconciled notes up to when all changes are known, and that the shop's past is there, once it is.
func (d *DB) Reconciled(ctx context.Context, shop string, to, at time.Time, backfilled bool) error {
	return d.change(ctx, `UPDATE installations SET reconciled_to = max(reconciled_to, ?2), reconciled_at = ?3, backfilled = max(backfilled, ?4)
		WHERE shop = ?1`, shop, millis(to), millis(at), backfilled)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
