package chattest

import (
	"fmt"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var grantCases = []storeCase{
	{"a grant is exchanged for a key and a secret of its shop", grantUsed},
	{"a grant that is over, or that nobody made, is not found", grantOver},
	{"what the check refuses leaves all as it was", grantRefused},
	{"a code that comes again gets nothing, and ends the key that it gave with its secret", grantAgain},
	{"of two who exchange a code at once one gets a key, which is ended", grantAtOnce},
	{"a shop that has two secrets gets a key without one", grantThird},
	{"a grant of another merchant's shop is not made", grantScoped},
	{"a key that is revoked takes along the secret that it came with, and no other", keyTakesSecret},
}

func (w *place) grant(t *testing.T) chat.Grant {
	t.Helper()
	g := chat.Grant{
		Hash: newHash(), Merchant: w.shop.Merchant, Shop: w.shop.ID, By: w.owner.ID, Name: "Marl's shop system", Platform: "woocommerce",
		ReturnURL: "https://marl.example/back?a=b", Challenge: "abc", Scopes: []chat.Scope{chat.ScopeContextWrite}, Identity: true,
		CreatedAt: chat.At(w.now), ExpiresAt: chat.At(w.now) + chat.GrantFor,
	}
	must(t, w.CreateGrant(t.Context(), g))
	return g
}

// giving is a check that gives a new key, and a secret of that name.
func (w *place) giving(kid string) func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
	return func(g chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
		key := chat.PluginKey{
			ID: newID[chat.PluginKeyID](chat.PrefixPluginKey), Merchant: g.Merchant, Shop: g.Shop, Name: g.Name, Platform: g.Platform,
			ReturnOrigin: "https://marl.example", Scopes: g.Scopes, Last4: "abcd", Hash: newHash(), CreatedAt: chat.At(w.now),
		}
		if kid == "" {
			return key, nil, nil
		}
		return key, &chat.IdentitySecret{KID: kid, Merchant: g.Merchant, Shop: g.Shop, Secret: []byte("secret of " + kid), CreatedAt: chat.At(w.now)}, nil
	}
}

func grantUsed(t *testing.T, w *place) {
	g := w.grant(t)
	var key chat.PluginKey
	secret, err := w.UseGrant(t.Context(), g.Hash, chat.At(w.now), func(have chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
		same(t, "grant", have, g)
		k, s, err := w.giving("k1")(have)
		key = k
		k.Shop, s.Shop = w.foreign.ID, w.foreign.ID // the grant's shop is what counts
		k.Merchant, s.Merchant = w.foreign.Merchant, w.foreign.Merchant
		return k, s, err
	})
	must(t, err)
	same(t, "with a secret", secret, true)
	same(t, "key", got(w.PluginKeyByHash(t.Context(), key.Hash))(t), key)
	same(t, "keys", got(w.PluginKeys(t.Context(), w.shop.ID))(t), []chat.PluginKey{key})
	same(t, "secrets", got(w.IdentitySecrets(t.Context(), w.shop.ID))(t), []chat.IdentitySecret{{
		KID: "k1", Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte("secret of k1"), PluginKey: key.ID, CreatedAt: chat.At(w.now),
	}})
	same(t, "keys of the other", len(got(w.PluginKeys(t.Context(), w.foreign.ID))(t)), 0)
}

func grantOver(t *testing.T, w *place) {
	g := w.grant(t)
	asked := func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
		t.Error("asked")
		return chat.PluginKey{}, nil, errNo
	}
	_, err := w.UseGrant(t.Context(), newHash(), chat.At(w.now), asked)
	want(t, err, chat.ErrNotFound)
	_, err = w.UseGrant(t.Context(), g.Hash, g.ExpiresAt, asked)
	want(t, err, chat.ErrNotFound)
	must(t, second(w.UseGrant(t.Context(), g.Hash, g.ExpiresAt-1, w.giving(""))))
}

func grantRefused(t *testing.T, w *place) {
	g := w.grant(t)
	for _, no := range []error{chat.ErrForbidden, errNo} {
		_, err := w.UseGrant(t.Context(), g.Hash, chat.At(w.now), func(g chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
			k, s, _ := w.giving("k1")(g)
			return k, s, no
		})
		want(t, err, no)
	}
	_, err := w.UseGrant(t.Context(), g.Hash, chat.At(w.now), func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) { panic("a bug") })
	if err == nil {
		t.Fatal("a panic is no success")
	}
	same(t, "keys", len(got(w.PluginKeys(t.Context(), w.shop.ID))(t)), 0)
	same(t, "secrets", len(got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)), 0)
	same(t, "later", got(w.UseGrant(t.Context(), g.Hash, chat.At(w.now), w.giving("k1")))(t), true)
}

func grantAgain(t *testing.T, w *place) {
	must(t, w.CreateIdentitySecret(t.Context(), chat.IdentitySecret{KID: "own", Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte("s")}))
	g, other := w.grant(t), w.grant(t)
	got(w.UseGrant(t.Context(), g.Hash, chat.At(w.now), w.giving("k1")))(t)
	got(w.UseGrant(t.Context(), other.Hash, chat.At(w.now), w.giving("")))(t)
	for _, at := range []chat.Millis{chat.At(w.now), g.ExpiresAt} { // also when it is over
		_, err := w.UseGrant(t.Context(), g.Hash, at, w.giving("k2"))
		want(t, err, chat.ErrGone)
	}
	same(t, "keys left", len(got(w.PluginKeys(t.Context(), w.shop.ID))(t)), 1)
	left := got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)
	if len(left) != 1 || left[0].KID != "own" {
		t.Fatalf("secrets %s", show(left))
	}
}

func grantAtOnce(t *testing.T, w *place) {
	const n = 8
	g := w.grant(t)
	errs, keys := make([]error, n), make([][32]byte, n)
	together(n, func(i int) {
		_, errs[i] = w.UseGrant(background(t), g.Hash, chat.At(w.now), func(g chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
			k, s, err := w.giving(fmt.Sprint("k", i))(g)
			keys[i] = k.Hash
			return k, s, err
		})
	})
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			_, err := w.PluginKeyByHash(t.Context(), keys[i])
			want(t, err, chat.ErrUnauthenticated) // whoever came second has ended it
			continue
		}
		want(t, err, chat.ErrGone)
	}
	same(t, "exchanged", won, 1)
	same(t, "keys", len(got(w.PluginKeys(t.Context(), w.shop.ID))(t)), 0)
	same(t, "secrets", len(got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)), 0)
}

func grantThird(t *testing.T, w *place) {
	for _, kid := range []string{"k1", "k2"} {
		same(t, kid, got(w.UseGrant(t.Context(), w.grant(t).Hash, chat.At(w.now), w.giving(kid)))(t), true)
	}
	same(t, "a third", got(w.UseGrant(t.Context(), w.grant(t).Hash, chat.At(w.now), w.giving("k3")))(t), false)
	same(t, "keys", len(got(w.PluginKeys(t.Context(), w.shop.ID))(t)), 3)
	same(t, "secrets", len(got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)), 2)
}

func grantScoped(t *testing.T, w *place) {
	g := w.grant(t)
	want(t, w.CreateGrant(t.Context(), g), chat.ErrConflict)
	g.Hash, g.Shop = newHash(), w.foreign.ID
	want(t, w.CreateGrant(t.Context(), g), chat.ErrNotFound)
	_, err := w.UseGrant(t.Context(), g.Hash, chat.At(w.now), w.giving("k1"))
	want(t, err, chat.ErrNotFound)
}

func keyTakesSecret(t *testing.T, w *place) {
	must(t, w.CreateIdentitySecret(t.Context(), chat.IdentitySecret{KID: "own", Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte("s")}))
	got(w.UseGrant(t.Context(), w.grant(t).Hash, chat.At(w.now), w.giving("k1")))(t)
	plain := chat.PluginKey{ID: newID[chat.PluginKeyID](chat.PrefixPluginKey), Merchant: w.shop.Merchant, Shop: w.shop.ID, Hash: newHash(), CreatedAt: 1}
	must(t, w.CreatePluginKey(t.Context(), plain))
	must(t, w.RevokePluginKey(t.Context(), w.shop.ID, plain.ID, 2)) // it came with none
	same(t, "secrets", len(got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)), 2)
	id := got(w.PluginKeys(t.Context(), w.shop.ID))(t)[0].ID
	want(t, w.RevokePluginKey(t.Context(), w.sister.ID, id, 2), chat.ErrNotFound)
	same(t, "secrets after another shop's try", len(got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)), 2)
	must(t, w.RevokePluginKey(t.Context(), w.shop.ID, id, 2))
	left := got(w.IdentitySecrets(t.Context(), w.shop.ID))(t)
	if len(left) != 1 || left[0].KID != "own" {
		t.Fatalf("secrets %s", show(left))
	}
}
