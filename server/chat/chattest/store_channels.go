package chattest

import (
	"slices"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var accountCases = []storeCase{
	{"a provider app is read back with its secrets, changed and removed", appReads},
	{"a provider app of another merchant is not found", appScoped},
	{"a provider app that accounts use stays", appUsed},
	{"an account is read back with its token, and changed", accountReads},
	{"an account is found by how webhooks name it", accountByExternal},
	{"a merchant connects an account once, another merchant may too", accountOnce},
	{"an account serves shops of its merchant alone", accountShops},
	{"a removed account is off, without its token, in no list, and can be connected again", accountRemoved},
	{"templates are replaced, and keep their ids", templatesReplaced},
	{"a template's status is changed, nothing else", templateUpdated},
}

// connect makes a provider app and a WhatsApp account of the shop's merchant that serves the given shops.
func (w *place) connect(t *testing.T, shops ...chat.Shop) chat.Account {
	t.Helper()
	app := chat.ProviderApp{
		ID: newID[chat.ProviderAppID](chat.PrefixProviderApp), Merchant: shops[0].Merchant, Provider: chat.ProviderMeta, Name: "Marl", AppID: "77",
		VerifyToken: "verify", Secrets: []string{"app secret 1", "app secret 2"}, CreatedAt: chat.At(w.now),
	}
	must(t, w.CreateProviderApp(t.Context(), app))
	a := chat.Account{
		ID: newID[chat.AccountID](chat.PrefixAccount), Merchant: shops[0].Merchant, App: app.ID, Channel: chat.ChannelWhatsApp, Name: "Marl",
		ExternalID: "phone-" + string(app.ID), Handle: "16505550000", BusinessID: "business", Default: shops[0].ID, State: chat.AccountActive,
		Token: "token", PerSecond: 5, Prices: chat.Prices{chat.CategoryUtility: {Amount: 7, Currency: "EUR"}}, CreatedAt: chat.At(w.now),
	}
	for _, s := range shops {
		a.Shops = append(a.Shops, s.ID)
	}
	must(t, w.CreateAccount(t.Context(), a))
	return a
}

func appReads(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	app := got(w.ProviderApp(t.Context(), w.shop.Merchant, a.App))(t)
	same(t, "secrets", app.Secrets, []string{"app secret 1", "app secret 2"})
	app.Name, app.Secrets = "Renamed", []string{"app secret 3"}
	must(t, w.UpdateProviderApp(t.Context(), app))
	same(t, "by id", got(w.ProviderAppByID(t.Context(), app.ID))(t), app)
	same(t, "list", got(w.ProviderApps(t.Context(), w.shop.Merchant))(t), []chat.ProviderApp{app})
	must(t, w.DeleteAccount(t.Context(), a.Merchant, a.ID))
	must(t, w.DeleteProviderApp(t.Context(), app.Merchant, app.ID))
	_, err := w.ProviderAppByID(t.Context(), app.ID)
	want(t, err, chat.ErrNotFound)
	want(t, w.DeleteProviderApp(t.Context(), app.Merchant, app.ID), chat.ErrNotFound)
}

func appScoped(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	_, err := w.ProviderApp(t.Context(), w.foreign.Merchant, a.App)
	want(t, err, chat.ErrNotFound)
	app := got(w.ProviderApp(t.Context(), w.shop.Merchant, a.App))(t)
	app.Merchant = w.foreign.Merchant
	want(t, w.UpdateProviderApp(t.Context(), app), chat.ErrNotFound)
	want(t, w.DeleteProviderApp(t.Context(), app.Merchant, app.ID), chat.ErrNotFound)
	same(t, "others' list", len(got(w.ProviderApps(t.Context(), w.foreign.Merchant))(t)), 0)
}

func appUsed(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	want(t, w.DeleteProviderApp(t.Context(), a.Merchant, a.App), chat.ErrConflict)
	got(w.ProviderApp(t.Context(), a.Merchant, a.App))(t)
}

func accountReads(t *testing.T, w *place) {
	a := w.connect(t, w.shop, w.sister)
	same(t, "account", got(w.Account(t.Context(), a.Merchant, a.ID))(t), a)
	a.State, a.Problem, a.Detail, a.Token, a.Shops = chat.AccountAttention, "token", "expired", "token 2", []chat.ShopID{w.sister.ID}
	must(t, w.UpdateAccount(t.Context(), a))
	same(t, "changed", got(w.Account(t.Context(), a.Merchant, a.ID))(t), a)
	same(t, "list", got(w.Accounts(t.Context(), a.Merchant))(t), []chat.Account{a})
	same(t, "of the shop that it serves no more", len(got(w.AccountsOf(t.Context(), w.shop.ID))(t)), 0)
	same(t, "of the shop", got(w.AccountsOf(t.Context(), w.sister.ID))(t), []chat.Account{a})
	_, err := w.Account(t.Context(), w.foreign.Merchant, a.ID)
	want(t, err, chat.ErrNotFound)
	a.Merchant = w.foreign.Merchant
	want(t, w.UpdateAccount(t.Context(), a), chat.ErrNotFound)
	want(t, w.DeleteAccount(t.Context(), a.Merchant, a.ID), chat.ErrNotFound)
}

func accountByExternal(t *testing.T, w *place) {
	a, other := w.connect(t, w.shop), w.connect(t, w.shop)
	same(t, "account", got(w.AccountByExternal(t.Context(), a.App, a.Channel, a.ExternalID))(t), a)
	for _, wrong := range []chat.Account{
		{App: other.App, Channel: a.Channel, ExternalID: a.ExternalID},
		{App: a.App, Channel: chat.ChannelMessenger, ExternalID: a.ExternalID},
		{App: a.App, Channel: a.Channel, ExternalID: other.ExternalID},
	} {
		_, err := w.AccountByExternal(t.Context(), wrong.App, wrong.Channel, wrong.ExternalID)
		want(t, err, chat.ErrNotFound)
	}
	same(t, "by business", got(w.AccountsByBusiness(t.Context(), a.App, "business"))(t), []chat.Account{a})
	same(t, "by no business", len(got(w.AccountsByBusiness(t.Context(), a.App, ""))(t)), 0)
}

func accountOnce(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	again := a
	again.ID = newID[chat.AccountID](chat.PrefixAccount)
	want(t, w.CreateAccount(t.Context(), again), chat.ErrConflict)
	same(t, "shops of the refused one", len(got(w.AccountsOf(t.Context(), w.shop.ID))(t)), 1)
	b := w.connect(t, w.foreign)
	b.ExternalID = a.ExternalID
	must(t, w.UpdateAccount(t.Context(), b))
	c := w.connect(t, w.shop)
	c.ExternalID = a.ExternalID
	want(t, w.UpdateAccount(t.Context(), c), chat.ErrConflict)
}

func accountShops(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	for name, change := range map[string]func(*chat.Account){
		"a foreign shop": func(a *chat.Account) { a.Shops = []chat.ShopID{w.shop.ID, w.foreign.ID} },
		"a foreign app":  func(a *chat.Account) { a.App = w.connect(t, w.foreign).App },
		"no such shop":   func(a *chat.Account) { a.Shops = []chat.ShopID{"shop_x"} },
	} {
		wrong := a
		change(&wrong)
		if err := w.UpdateAccount(t.Context(), wrong); err == nil {
			t.Errorf("%s was accepted", name)
		}
		same(t, name, got(w.Account(t.Context(), a.Merchant, a.ID))(t), a)
	}
}

func accountRemoved(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	must(t, w.DeleteAccount(t.Context(), a.Merchant, a.ID))
	have := got(w.Account(t.Context(), a.Merchant, a.ID))(t)
	if have.State != chat.AccountOff || have.Token != "" || len(have.Shops) != 0 || have.Name != a.Name {
		t.Fatalf("removed account %s", show(have))
	}
	_, err := w.AccountByExternal(t.Context(), a.App, a.Channel, a.ExternalID)
	want(t, err, chat.ErrNotFound)
	same(t, "list", len(got(w.Accounts(t.Context(), a.Merchant))(t)), 0)
	same(t, "of the shop", len(got(w.AccountsOf(t.Context(), w.shop.ID))(t)), 0)
	same(t, "by business", len(got(w.AccountsByBusiness(t.Context(), a.App, a.BusinessID))(t)), 0)
	want(t, w.UpdateAccount(t.Context(), a), chat.ErrNotFound)
	want(t, w.DeleteAccount(t.Context(), a.Merchant, a.ID), chat.ErrNotFound)
	a.ID = newID[chat.AccountID](chat.PrefixAccount)
	must(t, w.CreateAccount(t.Context(), a))
}

func (w *place) template(name, language string) chat.Template {
	return chat.Template{
		ExternalID: "ext-" + name, Name: name, Language: language, Category: chat.CategoryUtility, Status: chat.TemplateApproved,
		Header:   &chat.TemplatePart{Format: "text", Text: "{{1}}", Params: []string{"1"}},
		Body:     chat.TemplatePart{Format: "text", Text: "Hello {{name}}", Params: []string{"name"}, Named: true},
		Buttons:  []chat.TemplateButton{{Kind: "url", Text: "Back", URL: "https://marl.example/{{1}}", Params: []string{"1"}}},
		SyncedAt: chat.At(w.now),
	}
}

func templatesReplaced(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	must(t, w.PutTemplates(t.Context(), a.ID, []chat.Template{w.template("answer", "en_US"), w.template("answer", "de")}))
	first := got(w.Templates(t.Context(), a.ID))(t)
	if len(first) != 2 || first[0].Language != "de" || !chat.ValidID(chat.PrefixTemplate, string(first[0].ID)) || first[0].Merchant != a.Merchant {
		t.Fatalf("templates %s", show(first))
	}
	same(t, "one", got(w.Template(t.Context(), a.Merchant, first[1].ID))(t), first[1])
	_, err := w.Template(t.Context(), w.foreign.Merchant, first[1].ID)
	want(t, err, chat.ErrNotFound)

	again := w.template("answer", "de")
	again.Status = chat.TemplatePaused
	must(t, w.PutTemplates(t.Context(), a.ID, []chat.Template{w.template("other", "de"), again}))
	second := got(w.Templates(t.Context(), a.ID))(t)
	if len(second) != 2 || second[0].ID != first[0].ID || second[0].Status != chat.TemplatePaused || second[1].Name != "other" {
		t.Fatalf("templates %s were %s", show(second), show(first))
	}
	_, err = w.Template(t.Context(), a.Merchant, first[1].ID)
	want(t, err, chat.ErrNotFound)
	want(t, w.PutTemplates(t.Context(), "acc_x", nil), chat.ErrNotFound)
}

func templateUpdated(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	must(t, w.PutTemplates(t.Context(), a.ID, []chat.Template{w.template("answer", "de")}))
	was := got(w.Templates(t.Context(), a.ID))(t)[0]
	news := was
	news.Status, news.Reason, news.Category, news.Was = chat.TemplateRejected, "bad words", chat.CategoryMarketing, chat.CategoryUtility
	must(t, w.UpdateTemplate(t.Context(), chat.Template{
		ID: was.ID, Account: a.ID, Status: news.Status, Reason: news.Reason, Category: news.Category, Was: news.Was,
	}))
	same(t, "template", got(w.Templates(t.Context(), a.ID))(t), []chat.Template{news})
	news.Account = w.connect(t, w.shop).ID
	want(t, w.UpdateTemplate(t.Context(), news), chat.ErrNotFound)
}

var rawCases = []storeCase{
	{"a webhook is kept with the task that takes it in, once", rawKept},
	{"the same body of two apps is two webhooks", rawPerApp},
	{"a dead webhook is listed with its body, tried again, and dropped", rawDead},
	{"bodies go when their time is over, and repeats stay known", rawSwept},
	{"the same webhook at once is kept once", rawAtOnce},
}

func (w *place) webhook(a chat.Account, body string) chat.Raw {
	return chat.Raw{
		ID: newID[chat.RawID](chat.PrefixRaw), App: a.App, Merchant: a.Merchant, Provider: chat.ProviderMeta, Hash: hashed(body), Body: []byte(body),
		At: chat.At(w.now), State: chat.RawPending,
	}
}

func rawKept(t *testing.T, w *place) {
	r := w.webhook(w.connect(t, w.shop), `{"entry":[]}`)
	same(t, "fresh", got(w.KeepRaw(t.Context(), r))(t), true)
	again := r
	again.ID = newID[chat.RawID](chat.PrefixRaw)
	same(t, "again", got(w.KeepRaw(t.Context(), again))(t), false)
	same(t, "raw", got(w.Raw(t.Context(), r.ID))(t), r)
	_, err := w.Raw(t.Context(), again.ID)
	want(t, err, chat.ErrNotFound)
	tasks := w.claim(t)
	if len(tasks) != 1 || tasks[0].Kind != chat.TaskInbound || string(tasks[0].Payload) != `{"raw":"`+string(r.ID)+`"}` {
		t.Fatalf("tasks %s", show(tasks))
	}
	must(t, w.SettleRaw(t.Context(), r.ID, chat.RawDone, 1, ""))
	same(t, "after it is done", got(w.KeepRaw(t.Context(), again))(t), false)
	same(t, "state", got(w.Raw(t.Context(), r.ID))(t).State, chat.RawDone)
	want(t, w.SettleRaw(t.Context(), again.ID, chat.RawDone, 1, ""), chat.ErrNotFound)
	r.App = "app_x"
	_, err = w.KeepRaw(t.Context(), r)
	want(t, err, chat.ErrNotFound)
}

func rawPerApp(t *testing.T, w *place) {
	for _, a := range []chat.Account{w.connect(t, w.shop), w.connect(t, w.shop)} {
		same(t, "fresh", got(w.KeepRaw(t.Context(), w.webhook(a, "the same")))(t), true)
	}
	same(t, "tasks", len(w.claim(t)), 2)
}

func rawDead(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	first, second := w.webhook(a, "one"), w.webhook(a, "two")
	second.At++
	for _, r := range []chat.Raw{first, second} {
		got(w.KeepRaw(t.Context(), r))(t)
		must(t, w.FinishTask(t.Context(), got(w.ClaimTasks(t.Context(), r.At, 1, 1))(t)[0]))
		must(t, w.SettleRaw(t.Context(), r.ID, chat.RawDead, 5, "not JSON"))
	}
	dead := got(w.DeadRaws(t.Context(), a.Merchant, 10))(t)
	if len(dead) != 2 || dead[0].ID != second.ID || string(dead[1].Body) != "one" || dead[1].Error != "not JSON" || dead[1].Attempt != 5 {
		t.Fatalf("dead %s", show(dead))
	}
	same(t, "another merchant's", len(got(w.DeadRaws(t.Context(), w.foreign.Merchant, 10))(t)), 0)
	want(t, w.RetryRaw(t.Context(), w.foreign.Merchant, first.ID, chat.At(w.now)), chat.ErrNotFound)
	want(t, w.DropRaw(t.Context(), w.foreign.Merchant, first.ID), chat.ErrNotFound)
	same(t, "no task yet", len(w.claim(t)), 0)

	must(t, w.RetryRaw(t.Context(), a.Merchant, first.ID, chat.At(w.now)))
	same(t, "tasks", len(w.claim(t)), 1)
	have := got(w.Raw(t.Context(), first.ID))(t)
	if have.State != chat.RawPending || have.Attempt != 0 || string(have.Body) != "one" {
		t.Fatalf("raw %s", show(have))
	}
	want(t, w.RetryRaw(t.Context(), a.Merchant, first.ID, chat.At(w.now)), chat.ErrNotFound)
	must(t, w.DropRaw(t.Context(), a.Merchant, second.ID))
	same(t, "after dropping", len(got(w.DeadRaws(t.Context(), a.Merchant, 10))(t)), 0)
	same(t, "the dropped one comes again", got(w.KeepRaw(t.Context(), w.webhook(a, "two")))(t), false)
}

func rawSwept(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	states := []chat.RawState{chat.RawDone, chat.RawDead, chat.RawPending}
	var all []chat.Raw
	for _, s := range states {
		r := w.webhook(a, string(s))
		got(w.KeepRaw(t.Context(), r))(t)
		if s != chat.RawPending {
			must(t, w.SettleRaw(t.Context(), r.ID, s, 1, ""))
		}
		all = append(all, r)
	}
	bodies := func() (have []chat.RawState) {
		for i, r := range all {
			if r, err := w.Raw(t.Context(), r.ID); err == nil && len(r.Body) > 0 {
				have = append(have, states[i])
			}
		}
		return have
	}
	w.now = noon.Add(chat.RawFor)
	must(t, w.SweepRaws(t.Context(), chat.At(w.now)))
	same(t, "after a week", bodies(), states)
	must(t, w.SweepRaws(t.Context(), chat.At(w.now)+1))
	same(t, "a moment later", bodies(), []chat.RawState{chat.RawDead, chat.RawPending})
	same(t, "a repeat", got(w.KeepRaw(t.Context(), w.webhook(a, string(chat.RawDone))))(t), false)
	must(t, w.SweepRaws(t.Context(), chat.At(noon.Add(chat.DeadFor))+1))
	same(t, "after a month", bodies(), []chat.RawState{chat.RawPending})
}

func rawAtOnce(t *testing.T, w *place) {
	a := w.connect(t, w.shop)
	fresh := atOnce(t, 16, func(int) (bool, error) { return w.KeepRaw(background(t), w.webhook(a, "the same")) })
	same(t, "kept", len(slices.DeleteFunc(fresh, func(b bool) bool { return !b })), 1)
	same(t, "tasks", len(w.claim(t)), 1)
}
