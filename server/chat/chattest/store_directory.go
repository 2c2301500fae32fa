package chattest

import (
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var directoryCases = []storeCase{
	{"a merchant comes with a shop and an owner, or not at all", directoryMerchant},
	{"shops are read back as they were written, and updated", directoryShops},
	{"agents are read back as they were written, and updated", directoryAgents},
	{"a merchant is never left without an active owner", directoryLastOwner},
	{"agents' sessions end with their time, with deactivation and with a new password", directorySessions},
	{"an invitation makes one agent, once", directoryInvitation},
	{"a password reset works once", directoryReset},
	{"plugin keys are found by their hash until they are revoked", directoryPluginKeys},
	{"a shop has two identity secrets at most", directorySecrets},
	{"nothing of another merchant is found or changed", directoryScoped},
}

func directoryMerchant(t *testing.T, w *place) {
	if !got(w.HasMerchant(t.Context()))(t) {
		t.Fatal("no merchant")
	}
	m := chat.Merchant{ID: newID[chat.MerchantID](chat.PrefixMerchant), Name: "Late", CreatedAt: chat.At(w.now)}
	shop, owner := w.newShop(m.ID, "Late"), w.newAgent(m.ID, chat.RoleOwner)
	owner.Email = w.owner.Email
	want(t, w.CreateMerchant(t.Context(), m, shop, owner, "x"), chat.ErrConflict)
	_, err := w.Merchant(t.Context(), m.ID)
	want(t, err, chat.ErrNotFound)
	_, err = w.ShopByKey(t.Context(), shop.Key)
	want(t, err, chat.ErrNotFound)
	owner.Email = "late@example.org"
	must(t, w.CreateMerchant(t.Context(), m, shop, owner, "x"))
	same(t, "merchant", got(w.Merchant(t.Context(), m.ID))(t), m)
	same(t, "owner", got(w.Agent(t.Context(), m.ID, owner.ID))(t), owner)
}

func directoryShops(t *testing.T, w *place) {
	same(t, "shop", got(w.Shop(t.Context(), w.shop.Merchant, w.shop.ID))(t), w.shop)
	same(t, "by key", got(w.ShopByKey(t.Context(), w.shop.Key))(t), w.shop)
	next := w.shop
	next.Name, next.Origins, next.EditorOrigins = "Marl & Co", []string{"https://marl.shop"}, []string{"https://editor.example"}
	next.TimeZone, next.Currency, next.IdentityRequired = "Europe/Berlin", "EUR", true
	next.Settings = chat.ShopSettings{Color: "#a8482a", Greeting: map[string]string{"de": "Hallo"}, Languages: []string{"de", "ar"}}
	must(t, w.UpdateShop(t.Context(), next))
	same(t, "updated", got(w.Shop(t.Context(), w.shop.Merchant, w.shop.ID))(t), next)
	all := got(w.Shops(t.Context(), w.shop.Merchant))(t)
	if len(all) != 2 {
		t.Fatalf("%d shops", len(all))
	}
	next.Key = w.foreign.Key
	want(t, w.UpdateShop(t.Context(), next), chat.ErrConflict)
	twin := w.newShop(w.shop.Merchant, "Twin")
	twin.Key = w.shop.Key
	want(t, w.CreateShop(t.Context(), twin), chat.ErrConflict)
	_, err := w.ShopByKey(t.Context(), "pk_x")
	want(t, err, chat.ErrNotFound)
}

func directoryAgents(t *testing.T, w *place) {
	a, password, err := w.AgentByEmail(t.Context(), w.owner.Email)
	must(t, err)
	same(t, "agent", a, w.owner)
	same(t, "password", password, "password of Marl")
	same(t, "password by id", got(w.AgentPassword(t.Context(), a.Merchant, a.ID))(t), password)
	a.Name, a.Language, a.Email = "Ada L.", "de", "ignored@example.org"
	must(t, w.UpdateAgent(t.Context(), a))
	have := got(w.Agent(t.Context(), a.Merchant, a.ID))(t)
	a.Email = w.owner.Email
	same(t, "updated", have, a)
	same(t, "agents", got(w.Agents(t.Context(), a.Merchant))(t), []chat.Agent{a})
	_, _, err = w.AgentByEmail(t.Context(), "nobody@example.org")
	want(t, err, chat.ErrNotFound)
}

// hire brings a second agent in, by invitation.
func (w *place) hire(t *testing.T, r chat.Role) chat.Agent {
	t.Helper()
	a := w.newAgent(w.shop.Merchant, r)
	i := w.invite(t, a.Email, r)
	must(t, w.AcceptInvitation(t.Context(), i.Hash, a, "password", chat.At(w.now)))
	return a
}

func (w *place) invite(t *testing.T, email string, r chat.Role) chat.Invitation {
	t.Helper()
	i := chat.Invitation{
		ID: newID[chat.InvitationID](chat.PrefixInvitation), Merchant: w.shop.Merchant, Email: email, Role: r, InvitedBy: w.owner.ID,
		Hash: newHash(), CreatedAt: chat.At(w.now), ExpiresAt: chat.At(w.now.Add(time.Hour)),
	}
	must(t, w.CreateInvitation(t.Context(), i))
	return i
}

func directoryLastOwner(t *testing.T, w *place) {
	second := w.hire(t, chat.RoleAgent)
	for _, change := range []func(*chat.Agent){
		func(a *chat.Agent) { a.Active = false },
		func(a *chat.Agent) { a.Role = chat.RoleAdmin },
	} {
		a := w.owner
		change(&a)
		want(t, w.UpdateAgent(t.Context(), a), chat.ErrConflict)
		same(t, "owner", got(w.Agent(t.Context(), a.Merchant, a.ID))(t), w.owner)
	}
	second.Role = chat.RoleOwner
	must(t, w.UpdateAgent(t.Context(), second))
	w.owner.Active = false
	must(t, w.UpdateAgent(t.Context(), w.owner))
}

func (w *place) signIn(t *testing.T, a chat.Agent) chat.AgentSession {
	t.Helper()
	s := chat.AgentSession{
		Hash: newHash(), Agent: a.ID, Merchant: a.Merchant, CreatedAt: chat.At(w.now), SeenAt: chat.At(w.now), ExpiresAt: chat.At(w.now.Add(time.Hour)),
	}
	must(t, w.CreateAgentSession(t.Context(), s))
	return s
}

func directorySessions(t *testing.T, w *place) {
	now := chat.At(w.now)
	over := func(s chat.AgentSession) {
		t.Helper()
		_, _, err := w.AgentSession(t.Context(), s.Hash, now)
		want(t, err, chat.ErrUnauthenticated)
	}
	a := w.hire(t, chat.RoleAgent)
	s := w.signIn(t, a)
	have, who, err := w.AgentSession(t.Context(), s.Hash, now)
	must(t, err)
	same(t, "session", have, s)
	same(t, "agent", who, a)
	_, _, err = w.AgentSession(t.Context(), s.Hash, s.ExpiresAt)
	want(t, err, chat.ErrUnauthenticated)
	must(t, w.TouchAgentSession(t.Context(), s.Hash, now+5, s.ExpiresAt+5))
	have, _, err = w.AgentSession(t.Context(), s.Hash, s.ExpiresAt)
	must(t, err)
	same(t, "seen", have.SeenAt, now+5)

	other, owners := w.signIn(t, a), w.signIn(t, w.owner)
	must(t, w.SetPassword(t.Context(), a.Merchant, a.ID, "new", s.Hash))
	over(other)
	if _, _, err := w.AgentSession(t.Context(), s.Hash, now); err != nil {
		t.Fatal("the session that was to be kept is over")
	}
	same(t, "password", got(w.AgentPassword(t.Context(), a.Merchant, a.ID))(t), "new")
	must(t, w.DeleteAgentSession(t.Context(), s.Hash))
	must(t, w.DeleteAgentSession(t.Context(), s.Hash))
	over(s)
	want(t, w.TouchAgentSession(t.Context(), s.Hash, now, now), chat.ErrUnauthenticated)

	s = w.signIn(t, a)
	a.Active = false
	must(t, w.UpdateAgent(t.Context(), a))
	over(s)
	want(t, w.CreateAgentSession(t.Context(), s), chat.ErrNotFound)
	a.Active = true
	must(t, w.UpdateAgent(t.Context(), a))
	over(s) // it was ended, not only shut
	if _, _, err := w.AgentSession(t.Context(), owners.Hash, now); err != nil {
		t.Fatal(err)
	}
}

func directoryInvitation(t *testing.T, w *place) {
	now := chat.At(w.now)
	a := w.newAgent(w.shop.Merchant, chat.RoleAdmin)
	i := w.invite(t, a.Email, chat.RoleAdmin)
	same(t, "invitations", got(w.Invitations(t.Context(), w.shop.Merchant, now))(t), []chat.Invitation{i})
	have, m, err := w.InvitationByHash(t.Context(), i.Hash, now)
	must(t, err)
	same(t, "invitation", have, i)
	same(t, "merchant", m.Name, "Marl")
	_, _, err = w.InvitationByHash(t.Context(), i.Hash, i.ExpiresAt)
	want(t, err, chat.ErrGone)

	taken := a
	taken.Email = w.owner.Email
	want(t, w.AcceptInvitation(t.Context(), i.Hash, taken, "x", now), chat.ErrConflict)
	foreign := a
	foreign.Merchant = w.foreign.Merchant
	want(t, w.AcceptInvitation(t.Context(), i.Hash, foreign, "x", now), chat.ErrGone)
	want(t, w.AcceptInvitation(t.Context(), i.Hash, a, "x", i.ExpiresAt), chat.ErrGone)
	must(t, w.AcceptInvitation(t.Context(), i.Hash, a, "x", now))
	b := w.newAgent(w.shop.Merchant, chat.RoleAdmin)
	want(t, w.AcceptInvitation(t.Context(), i.Hash, b, "x", now), chat.ErrGone)
	_, _, err = w.InvitationByHash(t.Context(), i.Hash, now)
	want(t, err, chat.ErrGone)
	same(t, "agent", got(w.Agent(t.Context(), a.Merchant, a.ID))(t), a)
	same(t, "invitations left", len(got(w.Invitations(t.Context(), w.shop.Merchant, now))(t)), 0)

	i = w.invite(t, b.Email, chat.RoleAgent)
	want(t, w.DeleteInvitation(t.Context(), w.foreign.Merchant, i.ID), chat.ErrNotFound)
	must(t, w.DeleteInvitation(t.Context(), w.shop.Merchant, i.ID))
	want(t, w.DeleteInvitation(t.Context(), w.shop.Merchant, i.ID), chat.ErrNotFound)
	want(t, w.AcceptInvitation(t.Context(), i.Hash, b, "x", now), chat.ErrGone)
}

func directoryReset(t *testing.T, w *place) {
	now := chat.At(w.now)
	s := w.signIn(t, w.owner)
	r := chat.PasswordReset{Hash: newHash(), Agent: w.owner.ID, Merchant: w.owner.Merchant, ExpiresAt: now + 10}
	must(t, w.CreatePasswordReset(t.Context(), r))
	_, err := w.UsePasswordReset(t.Context(), r.Hash, "new", r.ExpiresAt)
	want(t, err, chat.ErrGone)
	same(t, "agent", got(w.UsePasswordReset(t.Context(), r.Hash, "new", now))(t), w.owner)
	same(t, "password", got(w.AgentPassword(t.Context(), w.owner.Merchant, w.owner.ID))(t), "new")
	_, _, err = w.AgentSession(t.Context(), s.Hash, now)
	want(t, err, chat.ErrUnauthenticated)
	_, err = w.UsePasswordReset(t.Context(), r.Hash, "newer", now)
	want(t, err, chat.ErrGone)

	r.Hash = newHash()
	must(t, w.CreatePasswordReset(t.Context(), r))
	must(t, w.SetPassword(t.Context(), w.owner.Merchant, w.owner.ID, "own", [32]byte{}))
	_, err = w.UsePasswordReset(t.Context(), r.Hash, "stolen", now)
	want(t, err, chat.ErrGone) // a reset asked for before is over
	r.Agent = w.foreignOwner.ID
	want(t, w.CreatePasswordReset(t.Context(), r), chat.ErrNotFound)
}

func directoryPluginKeys(t *testing.T, w *place) {
	k := chat.PluginKey{
		ID: newID[chat.PluginKeyID](chat.PrefixPluginKey), Merchant: w.shop.Merchant, Shop: w.shop.ID, Name: "Shop plugin",
		Scopes: []chat.Scope{chat.ScopeContextWrite, chat.ScopeConversationsRead}, Last4: "x7k2", Hash: newHash(), CreatedAt: chat.At(w.now),
	}
	must(t, w.CreatePluginKey(t.Context(), k))
	must(t, w.TouchPluginKey(t.Context(), k.ID, 7))
	k.LastUsedAt = 7
	same(t, "by hash", got(w.PluginKeyByHash(t.Context(), k.Hash))(t), k)
	same(t, "list", got(w.PluginKeys(t.Context(), w.shop.ID))(t), []chat.PluginKey{k})
	same(t, "another shop's list", len(got(w.PluginKeys(t.Context(), w.sister.ID))(t)), 0)
	want(t, w.RevokePluginKey(t.Context(), w.sister.ID, k.ID, 8), chat.ErrNotFound)
	its, own := w.newHook(w.shop), w.newHook(w.shop)
	its.PluginKey = k.ID
	must(t, w.CreateWebhook(t.Context(), its))
	must(t, w.CreateWebhook(t.Context(), own))
	must(t, w.RevokePluginKey(t.Context(), w.shop.ID, k.ID, 8))
	want(t, w.RevokePluginKey(t.Context(), w.shop.ID, k.ID, 9), chat.ErrNotFound)
	want(t, w.UpdateWebhook(t.Context(), its), chat.ErrNotFound) // a request that was let in before
	late := w.newHook(w.shop)
	late.PluginKey = k.ID
	want(t, w.CreateWebhook(t.Context(), late), chat.ErrNotFound)
	its.Enabled, its.Problem = false, chat.HookKeyRevoked
	same(t, "a webhook that it made", got(w.Webhook(t.Context(), w.shop.ID, its.ID))(t), its)
	same(t, "a person's", got(w.Webhook(t.Context(), w.shop.ID, own.ID))(t), own)
	_, err := w.PluginKeyByHash(t.Context(), k.Hash)
	want(t, err, chat.ErrUnauthenticated)
	same(t, "list after", len(got(w.PluginKeys(t.Context(), w.shop.ID))(t)), 0)
	k.ID, k.Hash, k.Merchant = newID[chat.PluginKeyID](chat.PrefixPluginKey), newHash(), w.foreign.Merchant
	want(t, w.CreatePluginKey(t.Context(), k), chat.ErrNotFound)
}

func directorySecrets(t *testing.T, w *place) {
	make := func(kid string) chat.IdentitySecret {
		return chat.IdentitySecret{KID: kid, Merchant: w.shop.Merchant, Shop: w.shop.ID, Secret: []byte("secret " + kid), CreatedAt: chat.At(w.now)}
	}
	a, b := make("a"), make("b")
	must(t, w.CreateIdentitySecret(t.Context(), a))
	want(t, w.CreateIdentitySecret(t.Context(), a), chat.ErrConflict)
	must(t, w.CreateIdentitySecret(t.Context(), b))
	want(t, w.CreateIdentitySecret(t.Context(), make("c")), chat.ErrConflict)
	same(t, "secrets", got(w.IdentitySecrets(t.Context(), w.shop.ID))(t), []chat.IdentitySecret{a, b})
	same(t, "another shop's", len(got(w.IdentitySecrets(t.Context(), w.sister.ID))(t)), 0)
	want(t, w.DeleteIdentitySecret(t.Context(), w.sister.ID, "a"), chat.ErrNotFound)
	must(t, w.DeleteIdentitySecret(t.Context(), w.shop.ID, "a"))
	must(t, w.CreateIdentitySecret(t.Context(), make("c")))
}

func directoryScoped(t *testing.T, w *place) {
	theirs := w.foreign.Merchant
	_, err := w.Shop(t.Context(), theirs, w.shop.ID)
	want(t, err, chat.ErrNotFound)
	_, err = w.Agent(t.Context(), theirs, w.owner.ID)
	want(t, err, chat.ErrNotFound)
	_, err = w.AgentPassword(t.Context(), theirs, w.owner.ID)
	want(t, err, chat.ErrNotFound)
	_, err = w.Merchant(t.Context(), "mer_x")
	want(t, err, chat.ErrNotFound)
	a, s := w.owner, w.shop
	a.Merchant, s.Merchant, s.Name = theirs, theirs, "Taken over"
	want(t, w.UpdateAgent(t.Context(), a), chat.ErrNotFound)
	want(t, w.UpdateShop(t.Context(), s), chat.ErrNotFound)
	want(t, w.SetPassword(t.Context(), theirs, w.owner.ID, "x", [32]byte{}), chat.ErrNotFound)
	want(t, w.CreateAgentSession(t.Context(), chat.AgentSession{Hash: newHash(), Agent: w.owner.ID, Merchant: theirs}), chat.ErrNotFound)
	same(t, "shop", got(w.Shop(t.Context(), w.shop.Merchant, w.shop.ID))(t), w.shop)
	s = w.newShop("mer_x", "Of nobody")
	want(t, w.CreateShop(t.Context(), s), chat.ErrNotFound)
}
