package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

// TestAnOldCopyIsMigrated opens a copy of each older version of the schema, with rows in it as that version wrote them.
func TestAnOldCopyIsMigrated(t *testing.T) {
	versions, err := store.Versions(t.Context(), filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			script, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("%05d.sql", v)))
			if err != nil {
				t.Fatalf("each version needs rows of its time: %v", err)
			}
			path := filepath.Join(t.TempDir(), "tagalong.db")
			if err := store.MigrateTo(t.Context(), path, v, string(script)); err != nil {
				t.Fatal(err)
			}
			w := &world{DB: bare(t, store.Options{Path: path}), path: path}
			if w.Epoch() != "oldepoch" {
				t.Errorf("epoch %q", w.Epoch())
			}
			w.shop, err = w.ShopByKey(t.Context(), "pk_old")
			if err != nil {
				t.Fatal(err)
			}
			w.shopper, err = w.Shopper(t.Context(), w.shop.ID, "shp_old")
			if err != nil || w.shopper.Name != "Mira" {
				t.Fatalf("%+v, %v", w.shopper, err)
			}
			es := w.log(t, "cnv_old")
			if len(es) != 2 || es[0].Message.Text != "Hello" || es[1].Event.Name != chat.EventClosed {
				t.Fatalf("entries %+v", es)
			}
			again, err := w.Change(t.Context(), w.repeat("cnv_old", "m1", "Hello"))
			if err != nil || !again.Repeat {
				t.Fatalf("%+v, %v", again, err)
			}
			done, err := w.post(t.Context(), "cnv_old", "m2")
			if err != nil || done.Conversation.Head != 4 || done.Conversation.Position != 8 {
				t.Fatalf("%+v, %v", done, err)
			}
			r, err := w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001")
			if err != nil || r.Version != 7 {
				t.Fatalf("%+v, %v", r, err)
			}
			for _, want := range [][]chat.TaskID{{"tsk_1", "tsk_3"}, {"tsk_2"}} { // the second of a lane waits for the first
				tasks, err := w.ClaimTasks(t.Context(), 1, time.Hour, 10)
				var have []chat.TaskID
				for _, task := range tasks {
					have = append(have, task.ID)
					err = errors.Join(err, w.FinishTask(t.Context(), task))
				}
				if err != nil || !slices.Equal(have, want) {
					t.Fatalf("tasks %v, %v", have, err)
				}
			}
			found, err := w.RecordsByKey(t.Context(), w.shop.ID, chat.RecordOrder, "number:1001", false, 10)
			if err != nil || len(found) != 1 || !slices.Equal(found[0].Keys, []string{"number:1001"}) {
				t.Fatalf("%+v, %v", found, err)
			}
			known, err := w.ShoppersByEmail(t.Context(), w.shop.ID, "mira@marl.example")
			if err != nil || len(known) != 1 || known[0].ID != "shp_old" {
				t.Fatalf("%+v, %v", known, err)
			}
			if v >= 2 {
				w.oldChannels(t)
			}
			if v >= 3 {
				w.oldPlugins(t)
			}
		})
	}
}

// oldChannels checks the rows of channels in an old copy.
func (w *world) oldChannels(t *testing.T) {
	t.Helper()
	found, err := w.AddressesByKeys(t.Context(), "acc_old", []string{"wa:16505551234"})
	if err != nil || len(found) != 1 || found[0].ID != "adr_old" || found[0].LastInboundAt != 5 {
		t.Fatalf("%+v, %v", found, err)
	}
	if a, err := w.AccountsOf(t.Context(), w.shop.ID); err != nil || len(a) != 1 || a[0].Name != "Marl" {
		t.Fatalf("%+v, %v", a, err)
	}
	d, err := w.SentUpto(t.Context(), "adr_old", 9, chat.DeliveryRead, 10)
	if err != nil || len(d) != 1 || d[0].Parts[0].ProviderID != "wamid.old" || d[0].Cost.Amount != 7 {
		t.Fatalf("%+v, %v", d, err)
	}
}

// oldPlugins checks the rows of what plugins use in an old copy.
func (w *world) oldPlugins(t *testing.T) {
	t.Helper()
	d, err := w.HookDelivery(t.Context(), w.shop.ID, "evd_old")
	if err != nil || d.Webhook != "whk_old" || d.Attempts[0].Status != 204 || string(d.Body) != `{"id":"evt_old"}` {
		t.Fatalf("%+v, %v", d, err)
	}
	hooks, err := w.Webhooks(t.Context(), w.shop.ID)
	if err != nil || len(hooks) != 1 || hooks[0].URL != "https://marl.example/hook" || !hooks[0].Enabled {
		t.Fatalf("%+v, %v", hooks, err)
	}
	r, err := w.PrivacyRequest(t.Context(), w.shop.ID, "prv_old")
	if err != nil || r.Counts.Orders != 1 || r.Reference != "ref-1" {
		t.Fatalf("%+v, %v", r, err)
	}
}

// repeat is the write of a draft that an old copy knows under a hash of zeros.
func (w *world) repeat(id chat.ConversationID, clientID, text string) chat.Write {
	wr := w.write(w.draft(clientID, text))
	wr.Conversation = id
	wr.Key.Hash = [32]byte{}
	return wr
}

func TestADatabaseOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	if err := store.MigrateTo(t.Context(), path, 1, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
		t.Fatal(err)
	}
	if db, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Errorf("opened: %v", db.Close())
	}
}

func TestManyOldRecordsGetTheirKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	script, err := os.ReadFile(filepath.Join("testdata", "00002.sql"))
	if err != nil {
		t.Fatal(err)
	}
	err = store.MigrateTo(t.Context(), path, 2, string(script)+`
		INSERT INTO records (shop, kind, external_id, version, occurred_at, hash, deleted, redacted, shopper, customer, parent, position, body)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
		SELECT 'shop_old', 'product', 'p' || i, 1, 1, zeroblob(32), i % 3 = 0, 0, '', '', '', 100 + i,
		CASE WHEN i % 3 = 0 THEN '' ELSE '{"external_id":"p' || i || '","title":"Blue cup"}' END FROM n;
		UPDATE feeds SET position = 2000`)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is left to do
		db := bare(t, store.Options{Path: path})
		found, err := db.RecordsByKey(t.Context(), "shop_old", chat.RecordProduct, chat.WordKey("blu"), true, 10_000)
		if err != nil || len(found) != 801 {
			t.Fatalf("found %d, %v", len(found), err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
