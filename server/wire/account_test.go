package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestSecretsGoInAndOnlyTheirEndComesOut(t *testing.T) {
	app := wire.NewProviderApp(golden[openapi.NewProviderApp](t, "createProviderApp.request"))
	raw := mustJSON(t, wire.ProviderApp(app, "https://chat.example/hooks/meta/x"))
	if strings.Contains(raw, "example-app-secret") || !strings.Contains(raw, `"last4":"9c1e"`) {
		t.Error(raw)
	}
	account := wire.NewAccount(golden[openapi.NewAccount](t, "createAccount.request"))
	if account.Token != "example-access-token-Zx7Q" {
		t.Errorf("the token is lost: %+v", account)
	}
	raw = mustJSON(t, wire.Account(account))
	if strings.Contains(raw, "example-access-token") || !strings.Contains(raw, `"token_last4":"Zx7Q"`) {
		t.Error(raw)
	}
	for _, short := range []string{"", "a", "abcd", "abcdefg"} {
		app.Secrets = []string{short}
		if raw := mustJSON(t, wire.ProviderApp(app, "")); short != "" && strings.Contains(raw, `"last4":"`+short) {
			t.Errorf("a short secret is told whole: %s", raw)
		}
	}
}

func TestAPatchWithoutSecretsLeavesThemToTheStore(t *testing.T) {
	app := chat.ProviderApp{Name: "Marl", AppID: "1", Secrets: []string{"the old secret"}}
	got := wire.PatchProviderApp(app, openapi.ProviderAppPatch{})
	if got.Name != "Marl" || got.Secrets != nil {
		t.Errorf("%+v", got)
	}
	got = wire.PatchProviderApp(app, golden[openapi.ProviderAppPatch](t, "updateProviderApp.request"))
	if len(got.Secrets) != 2 || app.Secrets[0] != "the old secret" {
		t.Errorf("%+v", got)
	}
	account := chat.Account{Name: "Marl", Token: "the old token", Shops: []chat.ShopID{"shop_a"}, Prices: chat.Prices{chat.CategoryUtility: {Amount: 5, Currency: "EUR"}}}
	after := wire.PatchAccount(account, openapi.AccountPatch{})
	if after.Token != "" || after.Name != "Marl" || len(after.Shops) != 1 || len(after.Prices) != 1 {
		t.Errorf("%+v", after)
	}
}

func TestSwitchingOnMendsNothing(t *testing.T) {
	for _, c := range []struct {
		was  chat.AccountState
		asks openapi.AccountSwitch
		want chat.AccountState
	}{
		{chat.AccountActive, "", chat.AccountActive},
		{chat.AccountActive, openapi.AccountSwitchOff, chat.AccountOff},
		{chat.AccountOff, openapi.AccountSwitchActive, chat.AccountActive},
		{chat.AccountAttention, openapi.AccountSwitchActive, chat.AccountAttention},
		{chat.AccountAttention, openapi.AccountSwitchOff, chat.AccountOff},
	} {
		if got := wire.PatchAccount(chat.Account{State: c.was, Problem: "p"}, openapi.AccountPatch{State: c.asks}); got.State != c.want {
			t.Errorf("%s asked to be %q is %s, want %s", c.was, c.asks, got.State, c.want)
		}
	}
}

func TestADeadWebhookIsShownInPartAndAsText(t *testing.T) {
	r := chat.Raw{ID: "raw_x", App: "app_x", Error: "e", Attempt: 5, Body: []byte("a\xff\x00b")}
	if o := wire.DeadWebhook(r); o.Body != "a\ufffd\x00b" || o.Cut {
		t.Errorf("%+v", o)
	}
	r.Body = []byte(strings.Repeat("a", wire.MaxShownWebhook-1) + "äb")
	if o := wire.DeadWebhook(r); !o.Cut || o.Body != strings.Repeat("a", wire.MaxShownWebhook-1) {
		t.Errorf("cut to %d bytes, ends in %q", len(o.Body), o.Body[len(o.Body)-3:])
	}
}

// TestWhatAgentsGetFitsTheContract asks the document of each object, empty and full.
func TestWhatAgentsGetFitsTheContract(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	eur := &chat.Money{Amount: 5, Currency: "EUR"}
	account := wire.NewAccount(golden[openapi.NewAccount](t, "createAccount.request"))
	account.ID, account.State = "acc_wawawawawawawawawawawawawa", chat.AccountActive
	template := chat.Template{
		ID: "tpl_answeransweransweransweran", Account: account.ID, Name: "a", Language: "en_US", Category: chat.CategoryUtility,
		Was: chat.CategoryMarketing, Status: chat.TemplateApproved, Header: &chat.TemplatePart{Format: "image", Params: []string{"1"}},
		Body: chat.TemplatePart{Text: "{{a}}", Params: []string{"a"}, Named: true}, Buttons: []chat.TemplateButton{{Kind: "url", Text: "t"}},
	}
	for name, o := range map[string]any{
		"ProviderApp":  wire.ProviderApp(chat.ProviderApp{ID: "app_metametametametametametame", Provider: chat.ProviderMeta}, "https://x.example"),
		"Account":      wire.Account(account),
		"CheckList":    wire.Checks(nil),
		"DeadWebhook":  wire.DeadWebhook(chat.Raw{ID: "raw_deaddeaddeaddeaddeaddeadde", App: "app_metametametametametametame"}),
		"Template":     wire.Template(template),
		"ChannelRules": wire.ChannelRules(chat.ChannelRules{Channel: chat.ChannelWhatsApp, Provider: chat.ProviderMeta}),
		"Address":      wire.Address(chat.Address{ID: adr, Account: account.ID, Shopper: lia, Channel: chat.ChannelWhatsApp}),
		"Consent": wire.Consent(chat.Consent{
			ID: "cns_lialialialialialialialiali", Shopper: lia, Channel: chat.ChannelEmail, Purpose: chat.ForMarketing, Source: chat.ConsentByWord,
		}),
		"Handoff": wire.Handoff(chat.Handoff{
			ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, Account: account.ID, Source: chat.HandoffByLink, State: chat.HandoffOffered,
		}),
		"ShopperHandoff": wire.ShopperHandoff(chat.Handoff{ID: hnd, To: chat.ChannelWhatsApp, State: chat.HandoffOffered, ExpiresAt: 9}),
		"Plan":           wire.Plan(chat.Plan{Channel: chat.ChannelWeb, Form: chat.FormWeb, Reason: chat.WhyHere, Cost: eur, Charged: chat.CategoryUtility}),
		"Delivery": wire.Delivery(chat.Delivery{
			ID: "dlv_mugmugmugmugmugmugmugmugmu", Entry: chat.Ref{Seq: 7, ShopperSeq: 3}, Channel: chat.ChannelWhatsApp, Address: adr,
			State: chat.DeliveryFailed, Reason: "blocked", Form: chat.FormTemplate, Cost: eur, Category: chat.CategoryUtility,
		}),
		"HandoffSettings": wire.HandoffSettings(chat.HandoffSettings{}),
		"Reach": wire.Reach(chat.Reach{
			Channel: chat.ChannelWeb, Presence: chat.Unknown, Next: chat.Plan{Form: chat.FormHold, Reason: chat.WhyNoAddress}, Spent: 7, Cap: eur,
			Ways: []chat.ReachWay{{
				Address: chat.Address{ID: adr, Account: account.ID, Shopper: lia, Channel: chat.ChannelWhatsApp}, Account: account,
				Plan: chat.Plan{Address: adr, Channel: chat.ChannelWhatsApp, Form: chat.FormTemplate, Reason: chat.WhyTemplate, Away: true}, WindowUntil: 9,
			}},
		}),
		"an empty Reach": wire.Reach(chat.Reach{Channel: chat.ChannelWeb, Presence: chat.Gone, Next: chat.Plan{Form: chat.FormWeb, Reason: chat.WhyOnWeb}}),
	} {
		var value any
		if err := json.Unmarshal([]byte(mustJSON(t, o)), &value); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas[strings.TrimPrefix(name, "an empty ")].Value.VisitJSON(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, mustJSON(t, o))
		}
	}
}

func TestHandoffSettingsComeBackAsTheyWent(t *testing.T) {
	patch := golden[openapi.ShopPatch](t, "updateShop.request")
	was := chat.Shop{Settings: chat.ShopSettings{Handoff: chat.HandoffSettings{Version: "old", Cap: &chat.Money{Amount: 1, Currency: "EUR"}}}}
	got := wire.PatchShop(was, patch)
	if have, want := mustJSON(t, wire.HandoffSettings(got.Settings.Handoff)), mustJSON(t, patch.Settings.Handoff); have != want {
		t.Errorf("got  %s\nwant %s", have, want)
	}
	patch.Settings.Handoff.Wording["en"] = "changed afterwards"
	if got.Settings.Handoff.Wording["en"] == "changed afterwards" {
		t.Error("the shop shares its wording with the request")
	}
	empty := wire.PatchShop(got, openapi.ShopPatch{Settings: &openapi.ShopSettingsPatch{Handoff: &openapi.HandoffSettings{}}})
	if empty.Settings.Handoff.Cap != nil || len(empty.Settings.Handoff.Channels) != 0 {
		t.Errorf("the old settings are not replaced whole: %+v", empty.Settings.Handoff)
	}
	if kept := wire.PatchShop(got, openapi.ShopPatch{}); kept.Settings.Handoff.Version != "2026-11" {
		t.Error("a patch that does not speak of it changes it")
	}
}

func TestATemplateIsTakenOnlyFromThoseWhoSpeakForTheShop(t *testing.T) {
	d := *golden[openapi.ClientFrame](t, "client.send.agent").Message
	for _, by := range []chat.AuthorKind{chat.AuthorAgent, chat.AuthorPlugin} {
		got, err := wire.NewDraft(d, by)
		if err != nil || got.Template == nil || got.Template.Body["shopper"] != "Lia" || got.Template.Buttons[0] != "example-token" || !got.ReturnLink {
			t.Errorf("%s: %+v %v", by, got, err)
		}
	}
	if _, err := wire.NewDraft(d, chat.AuthorShopper); wire.Problem(err, "").Code != openapi.ErrorCodeInvalid {
		t.Error(err)
	}
	if _, err := wire.NewDraft(openapi.Draft{Text: "x", ReturnLink: true}, chat.AuthorShopper); wire.Problem(err, "").Code != openapi.ErrorCodeInvalid {
		t.Error(err)
	}
	for _, key := range []string{"", "-1", "01", "10", "one", "0 "} {
		d.Template.Buttons = map[string]string{key: "x"}
		if _, err := wire.NewDraft(d, chat.AuthorAgent); wire.Problem(err, "").Code != openapi.ErrorCodeInvalid {
			t.Errorf("button %q: %v", key, err)
		}
	}
	d.Template = &openapi.TemplateUse{ID: "hello_world"}
	if _, err := wire.NewDraft(d, chat.AuthorAgent); wire.Problem(err, "").Code != openapi.ErrorCodeInvalid {
		t.Error(err)
	}
}

func TestAnAgentNamesAnAddressOnlyInItsForm(t *testing.T) {
	frame := func(to string) []byte {
		return []byte(`{"type":"send","client_id":"a","conversation":"` + string(cnv) + `","to":` + to + `,"message":{"text":"x"}}`)
	}
	if f, err := wire.ParseFrame(frame(`"`+string(adr)+`"`), chat.AuthorAgent); err != nil || f.To != string(adr) {
		t.Errorf("%+v %v", f, err)
	}
	for _, to := range []string{`""`, `"adr_x"`, `"` + string(cnv) + `"`, `null`, `7`} {
		if _, err := wire.ParseFrame(frame(to), chat.AuthorAgent); wire.Problem(err, "").Code != openapi.ErrorCodeBadFrame {
			t.Errorf("%s: %v", to, err)
		}
	}
}
