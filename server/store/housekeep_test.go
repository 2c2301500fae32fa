package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

func TestHousekeepingKeepsUpWithManyWebhooks(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	if err := w.CreateProviderApp(t.Context(), chat.ProviderApp{ID: "app_1", Merchant: w.shop.Merchant}); err != nil {
		t.Fatal(err)
	}
	err := w.Exec(t.Context(), `INSERT INTO raws (id, app, merchant, provider, hash, at, state, attempt, error, body)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
		SELECT 'raw_' || i, 'app_1', '', 'meta', randomblob(32), $1, 'done', 1, '', x'00' FROM n`, chat.At(now))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(chat.RawFor + time.Millisecond)
	if err := w.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := w.RawBodies(t.Context()); err != nil || left != 0 {
		t.Fatalf("%d bodies are left, %v", left, err)
	}
}

func TestHousekeepingRemovesResumeLinksAMonthAfterTheirEnd(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	end := chat.At(now)
	l := chat.ResumeLink{Hash: [32]byte{1}, Merchant: w.shop.Merchant, Shop: w.shop.ID, Shopper: w.shopper.ID, ExpiresAt: end}
	if err := w.CreateResumeLink(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		after time.Duration
		there bool
	}{{30 * 24 * time.Hour, true}, {time.Millisecond, false}} {
		now = now.Add(x.after)
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ResumeLink(t.Context(), l.Hash, end-1); (err == nil) != x.there {
			t.Errorf("after %v: %v", x.after, err)
		}
	}
}

func TestHousekeepingRemovesWhatIsOverAndNothingElse(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	push := func(id, key string) chat.FoldResult {
		t.Helper()
		r, err := w.Fold(t.Context(), chat.Batch{
			Shop: w.shop.ID, Once: &chat.Once{Credential: "c", Route: "r", Key: key}, Events: []chat.ContextEvent{{ID: id}},
			Fold: func(*chat.Record, chat.ContextEvent) (chat.Folded, error) {
				return chat.Folded{Outcome: chat.OutcomeStale}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	push("e1", "k1")
	for _, x := range []struct {
		after             time.Duration
		replay, duplicate bool
	}{
		{23 * time.Hour, true, true},
		{2 * time.Hour, false, true},        // the answer is over, the event's id is not
		{31 * 24 * time.Hour, false, false}, // both are
	} {
		now = now.Add(x.after)
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := push("e1", "k1")
		if r.Replay != x.replay || !x.replay && (r.Results[0].Outcome == chat.OutcomeDuplicate) != x.duplicate {
			t.Errorf("after %v: %+v", x.after, r)
		}
	}
}

func TestACodeIsKnownAsUsedForADayAfterItsEnd(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	g := chat.Grant{Hash: [32]byte{1}, Merchant: w.shop.Merchant, Shop: w.shop.ID, ExpiresAt: chat.At(now) + chat.GrantFor}
	if err := w.CreateGrant(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	use := func() error {
		_, err := w.UseGrant(t.Context(), g.Hash, chat.At(now), func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
			return chat.PluginKey{ID: "plk_1", Hash: [32]byte{2}}, nil, nil
		})
		return err
	}
	if err := use(); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		after time.Duration
		want  error
	}{{time.Minute, chat.ErrGone}, {24 * time.Hour, chat.ErrGone}, {9*time.Minute + time.Millisecond, chat.ErrNotFound}} {
		now = now.Add(x.after)
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := use(); !errors.Is(err, x.want) {
			t.Errorf("after %v: %v", x.after, err)
		}
	}
}

func TestSweepingKeepsUpWithManyDeliveriesToWebhooks(t *testing.T) {
	w := open(t, store.Options{})
	if err := w.CreateWebhook(t.Context(), w.hook()); err != nil {
		t.Fatal(err)
	}
	const many = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) `
	for _, s := range []string{
		`INSERT INTO hook_events (id, shop, type, at, body) ` + many + `SELECT 'evt_' || i, $1, 'order.changed', i, '{}' FROM n`,
		`INSERT INTO hook_deliveries (id, shop, webhook, event, state, next_at, ended_at, created_at, data) ` + many +
			`SELECT 'evd_' || i, $1, 'whk_1', 'evt_' || i, 'delivered', 0, i, i, '{}' FROM n`,
	} {
		if err := w.Exec(t.Context(), s, w.shop.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SweepHooks(t.Context(), 1201); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"hook_deliveries", "hook_events"} {
		if n, err := w.Count(t.Context(), table); err != nil || n != 1 {
			t.Errorf("%s has %d rows, %v", table, n, err)
		}
	}
}
