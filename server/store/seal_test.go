package store_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

const plain = "a-secret-that-nobody-may-read"

func TestWhatIsSealedIsOpenedWithItsKeyForItsRowAlone(t *testing.T) {
	one, two := sealer(t, 1), sealer(t, 2)
	sealed, err := one.Seal("row:1", []byte(plain))
	if err != nil || bytes.Contains(sealed, []byte(plain)) || sealed[0] != 1 {
		t.Fatalf("sealed %q, %v", sealed, err)
	}
	if again, err := one.Seal("row:1", []byte(plain)); err != nil || bytes.Equal(again, sealed) {
		t.Fatalf("the same again: %v", err)
	}
	if opened, err := one.Open("row:1", sealed); err != nil || string(opened) != plain {
		t.Fatalf("opened %q, %v", opened, err)
	}
	both, err := store.NewSealer(map[byte][32]byte{1: {1}, 2: {2}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := both.Open("row:1", sealed); err != nil || string(opened) != plain {
		t.Fatalf("after a rotation: %q, %v", opened, err)
	}
	if again, err := both.Seal("row:1", []byte(plain)); err != nil || again[0] != 2 {
		t.Fatalf("sealed with %d after a rotation, %v", again[0], err)
	}
	for i := range sealed {
		bent := slices.Clone(sealed)
		bent[i] ^= 1
		if _, err := both.Open("row:1", bent); !errors.Is(err, store.ErrUnsealable) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for name, open := range map[string]func() ([]byte, error){
		"another row":  func() ([]byte, error) { return one.Open("row:2", sealed) },
		"no key":       func() ([]byte, error) { return two.Open("row:1", sealed) },
		"nothing":      func() ([]byte, error) { return one.Open("row:1", nil) },
		"a key's id":   func() ([]byte, error) { return one.Open("row:1", sealed[:1]) },
		"cut in half":  func() ([]byte, error) { return one.Open("row:1", sealed[:len(sealed)/2]) },
		"other key, 1": func() ([]byte, error) { return otherKey(t).Open("row:1", sealed) },
	} {
		if _, err := open(); !errors.Is(err, store.ErrUnsealable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := store.NewSealer(map[byte][32]byte{1: {1}}, 2); err == nil {
		t.Error("a sealer without its current key")
	}
}

func otherKey(t *testing.T) *store.Sealer {
	s, err := store.NewSealer(map[byte][32]byte{1: {9}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) hook() chat.Webhook {
	return chat.Webhook{
		ID: "whk_1", Merchant: w.shop.Merchant, Shop: w.shop.ID, URL: "https://marl.example/", Enabled: true, Secrets: []chat.HookSecret{{Secret: plain}},
	}
}

func (w *world) request() chat.PrivacyRequest {
	return chat.PrivacyRequest{
		ID: "prv_1", Merchant: w.shop.Merchant, Shop: w.shop.ID, Kind: chat.PrivacyRedact, State: chat.PrivacyPending,
		Customer: chat.CustomerRef{Email: plain}, Orders: []string{plain},
	}
}

// secrets writes a secret wherever the store keeps one.
func (w *world) secrets(t *testing.T) (app chat.ProviderApp, account chat.Account, raw chat.Raw) {
	t.Helper()
	app = chat.ProviderApp{ID: "app_1", Merchant: w.shop.Merchant, Provider: chat.ProviderMeta, Secrets: []string{plain}}
	account = chat.Account{
		ID: "acc_1", Merchant: w.shop.Merchant, App: app.ID, Channel: chat.ChannelWhatsApp, ExternalID: "1", State: chat.AccountActive, Token: plain,
		Shops: []chat.ShopID{w.shop.ID},
	}
	body := []byte(`{"text":"` + plain + `"}`)
	raw = chat.Raw{ID: "raw_1", App: app.ID, Provider: chat.ProviderMeta, Hash: sha256.Sum256(body), Body: body}
	err := errors.Join(w.CreateProviderApp(t.Context(), app), w.CreateAccount(t.Context(), account), w.CreateIdentitySecret(t.Context(),
		chat.IdentitySecret{KID: "k1", Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte(plain)}), w.CreateWebhook(t.Context(), w.hook()))
	if _, e := w.CreatePrivacyRequest(t.Context(), w.request(), chat.Task{Kind: chat.TaskSweep}); e != nil {
		t.Fatal(e)
	}
	if _, e := w.KeepRaw(t.Context(), raw); err != nil || e != nil {
		t.Fatal(err, e)
	}
	return app, account, raw
}

func TestNoSecretStandsInTheFiles(t *testing.T) {
	w := open(t, store.Options{})
	app, account, raw := w.secrets(t)
	if err := w.Empty(); err != nil {
		t.Fatal(err)
	}
	if found := grep(t, w.path, plain); !slices.Equal(found, []string{""}) {
		t.Fatalf("a secret stands in %v", found)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := w.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if found := grep(t, path, plain); !slices.Equal(found, []string{""}) {
		t.Fatalf("a secret stands in the backup %v", found)
	}
	a, errA := w.ProviderApp(t.Context(), app.Merchant, app.ID)
	b, errB := w.Account(t.Context(), account.Merchant, account.ID)
	r, errR := w.Raw(t.Context(), raw.ID)
	s, errS := w.IdentitySecrets(t.Context(), w.shop.ID)
	h, errH := w.Webhook(t.Context(), w.shop.ID, "whk_1")
	p, errP := w.PrivacyRequest(t.Context(), w.shop.ID, "prv_1")
	if err := errors.Join(errA, errB, errR, errS, errH, errP); err != nil {
		t.Fatal(err)
	}
	if h.Secrets[0].Secret != plain || p.Customer.Email != plain || p.Orders[0] != plain {
		t.Fatalf("read back %v %v", h.Secrets, p)
	}
	if a.Secrets[0] != plain || b.Token != plain || !bytes.Equal(r.Body, raw.Body) || string(s[0].Secret) != plain {
		t.Fatalf("read back %v %v %s %s", a.Secrets, b.Token, r.Body, s[0].Secret)
	}
}

func TestWithoutAKeyNoSecretIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{DB: db, path: path}
	w.fill(t)
	app := chat.ProviderApp{ID: "app_1", Merchant: w.shop.Merchant}
	if err := w.CreateProviderApp(t.Context(), app); err != nil { // it has no secret
		t.Fatal(err)
	}
	app.Secrets = []string{plain}
	_, rawErr := w.KeepRaw(t.Context(), chat.Raw{ID: "raw_1", App: app.ID, Body: []byte(plain)})
	_, privacyErr := w.CreatePrivacyRequest(t.Context(), w.request(), chat.Task{Kind: chat.TaskSweep})
	for name, err := range map[string]error{
		"an app's secret":    w.UpdateProviderApp(t.Context(), app),
		"an account's token": w.CreateAccount(t.Context(), chat.Account{ID: "acc_1", Merchant: w.shop.Merchant, Token: plain}),
		"a webhook":          rawErr,
		"an outgoing one":    w.CreateWebhook(t.Context(), w.hook()),
		"a person's names":   privacyErr,
		"an identity secret": w.CreateIdentitySecret(t.Context(), chat.IdentitySecret{KID: "k", Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte(plain)}),
	} {
		if err == nil || !strings.Contains(err.Error(), "Options.Seal") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSecretsOfALostKeyAreAsGoodAsNone: the rest goes on, and says what is to be entered anew.
func TestSecretsOfALostKeyAreAsGoodAsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path, Seal: sealer(t, 1)})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{DB: db, path: path}
	w.fill(t)
	app, account, raw := w.secrets(t)
	if err := w.SettleRaw(t.Context(), raw.ID, chat.RawDead, 5, "x"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	w.DB = bare(t, store.Options{Path: path, Seal: sealer(t, 2)})
	a, errA := w.ProviderApp(t.Context(), app.Merchant, app.ID)
	b, errB := w.AccountsOf(t.Context(), w.shop.ID)
	s, errS := w.IdentitySecrets(t.Context(), w.shop.ID)
	dead, errD := w.DeadRaws(t.Context(), app.Merchant, 10)
	h, errH := w.Webhooks(t.Context(), w.shop.ID)
	p, errP := w.PrivacyRequests(t.Context(), w.shop.ID, 10)
	if err := errors.Join(errA, errB, errS, errD, errH, errP); err != nil {
		t.Fatal(err)
	}
	if len(h) != 1 || len(h[0].Secrets) != 0 || h[0].Enabled || h[0].Problem != chat.HookUnreadable || len(p) != 1 || p[0].Orders != nil {
		t.Fatalf("read %+v %+v", h, p)
	}
	if _, err := w.PrivacyRequest(t.Context(), w.shop.ID, "prv_1"); !errors.Is(err, store.ErrUnsealable) {
		t.Fatalf("a privacy request: %v", err) // to do it for nobody would be to say that it is done
	}
	if len(a.Secrets) != 0 || b[0].Token != "" || b[0].State != chat.AccountAttention || b[0].Problem != "token_unreadable" ||
		len(s) != 1 || len(s[0].Secret) != 0 || len(dead) != 1 || dead[0].Body != nil {
		t.Fatalf("read %+v %+v %+v %+v", a, b, s, dead)
	}
	if _, err := w.Raw(t.Context(), raw.ID); !errors.Is(err, store.ErrUnsealable) {
		t.Fatalf("a webhook: %v", err)
	}
	account.Token = plain
	if err := w.UpdateAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	if have, err := w.Account(t.Context(), account.Merchant, account.ID); err != nil || have.Token != plain || have.State != chat.AccountActive {
		t.Fatalf("entered anew: %+v, %v", have, err)
	}
}

func TestOldSecretsAreSealedWhenTheDatabaseIsOpened(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "00001.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tagalong.db")
	if err := store.MigrateTo(t.Context(), path, 1, string(script)); err != nil {
		t.Fatal(err)
	}
	if found := grep(t, path, "plain old secret"); len(found) == 1 {
		t.Fatal("the old secret can't be found in the first place")
	}
	for i := range 2 { // the second time there is nothing to do
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			db := bare(t, store.Options{Path: path})
			s, err := db.IdentitySecrets(t.Context(), "shop_old")
			if err != nil || len(s) != 1 || string(s[0].Secret) != "plain old secret" {
				t.Fatalf("%+v, %v", s, err)
			}
			if err := db.Empty(); err != nil {
				t.Fatal(err)
			}
			if found := grep(t, path, "plain old secret"); !slices.Equal(found, []string{""}) {
				t.Fatalf("it still stands in %v", found)
			}
		})
	}
}
