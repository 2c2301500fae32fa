package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
)

const (
	lia   = "lia.myshopify.com"
	other = "else.myshopify.com"
)

var now = time.Date(2026, 11, 21, 19, 34, 16, 0, time.UTC)

func key(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, KeySize)) }

func open(t *testing.T, path string, keys ...string) *DB {
	t.Helper()
	seal, err := NewSealer(keys...)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), path, seal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func fresh(t *testing.T) *DB { return open(t, filepath.Join(t.TempDir(), "app.db"), key(1)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func token(n string) oauth.Token {
	return oauth.Token{
		Access: "shpat_" + n, Scopes: "read_orders", Expires: now.Add(time.Hour), Refresh: "shprt_" + n, RefreshExpires: now.Add(90 * 24 * time.Hour),
	}
}

var chat = Connection{
	Shop: "shop_1", ShopKey: "pk_1", Name: "Lia", API: "https://chat.example", Loader: "https://chat.example/w.js",
	Inbox: "https://inbox.example", Key: "tgk_secret", KID: "kid_1", Secret: "identity-secret",
}

func TestInstallationIsReadAsItWasWritten(t *testing.T) {
	d := fresh(t)
	first, err := d.Install(t.Context(), lia, token("1"), now)
	must(t, err)
	must(t, d.SetProfile(t.Context(), lia, Profile{"Lia", "EUR", "Europe/Berlin", "https://lia.example", "gid://shopify/AppInstallation/1"}))
	must(t, d.Connect(t.Context(), lia, chat, now))
	got, err := d.Installation(t.Context(), lia)
	must(t, err)
	if !first || got.Token != token("1") || got.Chat != chat || got.Profile.Currency != "EUR" || !got.Installed.Equal(now) || !got.Active() || !got.Chat.Ready() {
		t.Errorf("%+v", got)
	}
	if _, err := d.Installation(t.Context(), other); !errors.Is(err, ErrNone) {
		t.Error("another shop's: ", err)
	}
	again, err := d.Install(t.Context(), lia, token("2"), now.Add(time.Hour))
	must(t, err)
	got, err = d.Installation(t.Context(), lia)
	must(t, err)
	if again || got.Token.Access != "shpat_2" || !got.Installed.Equal(now) || got.Generation != 2 {
		t.Errorf("opened again: %+v", got)
	}
	all, err := d.Installations(t.Context())
	if err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func TestSecretsAndBodiesAreNotInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	d := open(t, path, key(1))
	_, err := d.Install(t.Context(), lia, token("plain"), now)
	must(t, err)
	must(t, d.Connect(t.Context(), lia, chat, now))
	_, err = d.Receive(t.Context(), Delivery{Shop: lia, ID: "w1", Topic: "orders/create", Triggered: now, Received: now, Body: []byte("jon@example.com")})
	must(t, err)
	must(t, d.Depart(t.Context(), "the-state", Trip{Shop: lia, Kind: TripConnect, Verifier: "the-verifier", At: now}))
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + suffix)
		must(t, err)
		for _, secret := range []string{"shpat_plain", "shprt_plain", "tgk_secret", "identity-secret", "jon@example.com", "the-verifier", "the-state"} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s stands in app.db%s", secret, suffix)
			}
		}
		if suffix == "-wal" && !bytes.Contains(raw, []byte(lia)) {
			t.Error("the file has nothing in it: the test looks at the wrong one")
		}
	}
}

func TestKeysAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	d := open(t, path, key(1))
	_, err := d.Install(t.Context(), lia, token("1"), now)
	must(t, err)
	must(t, d.Close())
	if _, err := open(t, path, key(2)).Installation(t.Context(), lia); !errors.Is(err, errSealed) {
		t.Error("opened with another key: ", err)
	}
	got, err := open(t, path, key(2), key(1)).Installation(t.Context(), lia)
	if err != nil || got.Token.Access != "shpat_1" {
		t.Error("the key before: ", err)
	}
	for _, bad := range []string{"", "short", base64.StdEncoding.EncodeToString([]byte("short"))} {
		if _, err := NewSealer(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
	if _, err := NewSealer(); err == nil {
		t.Error("no key is taken for one")
	}
}

func TestSealedValuesAreBoundToTheirPlace(t *testing.T) {
	d := fresh(t)
	for _, shop := range []string{lia, other} {
		_, err := d.Install(t.Context(), shop, token(shop), now)
		must(t, err)
	}
	_, err := d.db.ExecContext(t.Context(), "UPDATE installations SET access = (SELECT access FROM installations WHERE shop = ?1) WHERE shop = ?2", lia, other)
	must(t, err)
	if _, err := d.Installation(t.Context(), other); !errors.Is(err, errSealed) {
		t.Error("another shop's token is read: ", err)
	}
}

func TestOnlyOneRefreshes(t *testing.T) {
	d := fresh(t)
	_, err := d.Install(t.Context(), lia, token("1"), now)
	must(t, err)
	var mu sync.Mutex
	var wg sync.WaitGroup
	taken := 0
	for range 10 {
		wg.Go(func() {
			ok, err := d.LeaseToken(t.Context(), lia, now, now.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if ok {
				taken++
			}
		})
	}
	wg.Wait()
	if taken != 1 {
		t.Fatalf("%d refresh at once", taken)
	}
	must(t, d.SaveToken(t.Context(), lia, 1, token("2"), now))
	if err := d.SaveToken(t.Context(), lia, 1, token("3"), now); !errors.Is(err, ErrNone) {
		t.Error("a pair that was replaced is replaced again: ", err)
	}
	got, err := d.Installation(t.Context(), lia)
	if err != nil || got.Token.Access != "shpat_2" || got.Token.Refresh != "shprt_2" {
		t.Error(got.Token, err)
	}
	if ok, err := d.LeaseToken(t.Context(), lia, now, now.Add(time.Minute)); !ok || err != nil {
		t.Error("the right is not given back: ", err)
	}
	if ok, _ := d.LeaseToken(t.Context(), lia, now.Add(2*time.Minute), now.Add(3*time.Minute)); !ok {
		t.Error("the right of one that died stays for ever")
	}
}

func TestRemovedAndInstalledAgainInWhateverOrder(t *testing.T) {
	d := fresh(t)
	_, err := d.Install(t.Context(), lia, token("1"), now)
	must(t, err)
	must(t, d.Connect(t.Context(), lia, chat, now))
	must(t, d.Uninstall(t.Context(), lia, now.Add(time.Hour)))
	got, err := d.Installation(t.Context(), lia)
	must(t, err)
	if got.Active() || got.Token.Access != "" || got.Token.Refresh != "" || !got.Chat.Ready() {
		t.Errorf("removed: %+v", got)
	}
	if err := d.SaveToken(t.Context(), lia, got.Generation, token("x"), now); !errors.Is(err, ErrNone) {
		t.Error("a removed app gets a token: ", err)
	}
	again, err := d.Install(t.Context(), lia, token("2"), now.Add(2*time.Hour))
	must(t, err)
	if err := d.Uninstall(t.Context(), lia, now.Add(time.Hour)); !errors.Is(err, ErrNone) {
		t.Error("a late word of the removal undoes the installation: ", err)
	}
	got, err = d.Installation(t.Context(), lia)
	if err != nil || !again || !got.Active() || !got.Installed.Equal(now.Add(2*time.Hour)) {
		t.Errorf("installed again: %+v, %v", got, err)
	}
}

// The merchant opens the new installation before the app hears that the old one was removed.
func TestAWordOfARemovalThatCameAfterTheNextInstallation(t *testing.T) {
	d := fresh(t)
	_, err := d.Install(t.Context(), lia, token("1"), now)
	must(t, err)
	_, err = d.Install(t.Context(), lia, token("2"), now.Add(2*time.Hour))
	must(t, err)
	if err := d.Uninstall(t.Context(), lia, now.Add(time.Hour)); !errors.Is(err, ErrNone) {
		t.Error("it undoes the new installation: ", err)
	}
	must(t, d.Uninstall(t.Context(), lia, now.Add(3*time.Hour)))
}

func TestDeliveriesAreStoredOnceAndWorkedOff(t *testing.T) {
	d := fresh(t)
	w := Delivery{Shop: lia, ID: "w1", Topic: "orders/create", Triggered: now.Add(123456 * time.Microsecond), Received: now, Body: []byte("{}")}
	for i, want := range []bool{true, false, false} {
		if got, err := d.Receive(t.Context(), w); got != want || err != nil {
			t.Errorf("time %d: %t, %v", i, got, err)
		}
	}
	w2 := w
	w2.Shop = other
	if got, _ := d.Receive(t.Context(), w2); !got {
		t.Error("another shop's delivery is taken for the same")
	}
	got, err := d.Claim(t.Context(), now, time.Minute, 1)
	must(t, err)
	if len(got) != 1 || string(got[0].Body) != "{}" || !got[0].Triggered.Equal(w.Triggered) || got[0].Attempts != 1 {
		t.Fatalf("%+v", got)
	}
	rest, err := d.Claim(t.Context(), now, time.Minute, 10)
	if err != nil || len(rest) != 1 || rest[0].Shop == got[0].Shop {
		t.Errorf("claimed twice: %+v, %v", rest, err)
	}
	if after, _ := d.Claim(t.Context(), now.Add(time.Minute), time.Minute, 10); len(after) != 2 || after[0].Attempts != 2 {
		t.Errorf("what a dead claimer had: %+v", after)
	}
	must(t, d.Finish(t.Context(), lia, "w1"))
	must(t, d.Bury(t.Context(), other, "w1", "no use"))
	if n, _ := d.Waiting(t.Context()); n != 0 {
		t.Errorf("%d are waiting", n)
	}
	if dead, err := d.Dead(t.Context(), other, 10); len(dead) != 1 || dead[0].Error != "no use" || err != nil {
		t.Errorf("%+v, %v", dead, err)
	}
	if dead, _ := d.Dead(t.Context(), lia, 10); len(dead) != 0 {
		t.Error("a shop sees another's dead deliveries")
	}
	if n, err := d.Revive(t.Context(), other, now); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got, _ := d.Receive(t.Context(), w); got {
		t.Error("what is done is taken again")
	}
}

func TestPurgeKeepsNothingLongerThanSaid(t *testing.T) {
	d := fresh(t)
	_, err := d.Receive(t.Context(), Delivery{Shop: lia, ID: "old", Received: now.Add(-keepDeliveries - time.Second), Triggered: now, Body: []byte("x")})
	must(t, err)
	_, err = d.Receive(t.Context(), Delivery{Shop: lia, ID: "new", Received: now, Triggered: now, Body: []byte("x")})
	must(t, err)
	must(t, d.Purge(t.Context(), now))
	if n, _ := d.Waiting(t.Context()); n != 1 {
		t.Errorf("%d are left", n)
	}
	if keepDeliveries > 7*24*time.Hour {
		t.Error("bodies are kept longer than seven days")
	}
}

func TestTripsEndOnce(t *testing.T) {
	d := fresh(t)
	must(t, d.Depart(t.Context(), "s", Trip{Shop: lia, Kind: TripConnect, Verifier: "v", At: now}))
	if _, err := d.Return(t.Context(), "s", TripGrant, now); !errors.Is(err, ErrNone) {
		t.Error("a trip of another kind: ", err)
	}
	got, err := d.Return(t.Context(), "s", TripConnect, now)
	if err != nil || got.Shop != lia || got.Verifier != "v" {
		t.Error(got, err)
	}
	if _, err := d.Return(t.Context(), "s", TripConnect, now); !errors.Is(err, ErrNone) {
		t.Error("a second time: ", err)
	}
	must(t, d.Depart(t.Context(), "late", Trip{Shop: lia, Kind: TripConnect, At: now.Add(-time.Hour)}))
	if _, err := d.Return(t.Context(), "late", TripConnect, now.Add(-10*time.Minute)); !errors.Is(err, ErrNone) {
		t.Error("one that took too long: ", err)
	}
}

func TestForgetLeavesNothingOfTheShopAndAllOfTheOther(t *testing.T) {
	d := fresh(t)
	for _, shop := range []string{lia, other} {
		_, err := d.Install(t.Context(), shop, token("1"), now)
		must(t, err)
		_, err = d.Receive(t.Context(), Delivery{Shop: shop, ID: "w1", Triggered: now, Received: now, Body: []byte("x")})
		must(t, err)
		_, err = d.Receive(t.Context(), Delivery{Shop: shop, ID: "redact", Triggered: now, Received: now, Body: []byte("x")})
		must(t, err)
		must(t, d.SetCheckout(t.Context(), shop, "1", "t", now))
		must(t, d.SetPushed(t.Context(), shop, "1", now))
	}
	must(t, d.Forget(t.Context(), lia, "redact"))
	if _, err := d.Installation(t.Context(), lia); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if n, _ := d.Waiting(t.Context()); n != 3 {
		t.Errorf("%d deliveries are left, want the other shop's two and the one that asked", n)
	}
	if token, _ := d.CheckoutToken(t.Context(), lia, "1"); token != "" {
		t.Error("a checkout is left")
	}
	if token, _ := d.CheckoutToken(t.Context(), other, "1"); token != "t" {
		t.Error("the other shop's checkout is gone")
	}
	if known, _ := d.Pushed(t.Context(), other, "1", now); !known {
		t.Error("the other shop's order is gone")
	}
	if known, _ := d.Pushed(t.Context(), lia, "1", now); known {
		t.Error("an order is left")
	}
}

func TestPushedKeepsTheNewest(t *testing.T) {
	d := fresh(t)
	must(t, d.SetPushed(t.Context(), lia, "1", now))
	must(t, d.SetPushed(t.Context(), lia, "1", now.Add(-time.Hour)))
	if known, _ := d.Pushed(t.Context(), lia, "1", now); !known {
		t.Error("an older state has replaced a newer one")
	}
	if known, _ := d.Pushed(t.Context(), lia, "1", now.Add(time.Second)); known {
		t.Error("a newer state is taken for known")
	}
}

func TestAFileOfANewerVersionIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	d := open(t, path, key(1))
	_, err := d.db.ExecContext(t.Context(), "PRAGMA user_version = 99")
	must(t, err)
	must(t, d.Close())
	seal, _ := NewSealer(key(1))
	if _, err := Open(t.Context(), path, seal); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Error(err)
	}
}
