package rest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/url"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// carrier stands in for the channels: it has rules, makes links and answers questions, and sends nothing.
type carrier struct{ chat.Carrier }

func (carrier) Channels() []chat.ChannelRules {
	return []chat.ChannelRules{
		{
			Channel: chat.ChannelWhatsApp, Provider: chat.ProviderMeta, Window: 24 * time.Hour, Templates: true, Unasked: true, Links: true,
			Typing: true,
		},
		{Channel: chat.ChannelMessenger, Provider: chat.ProviderMeta, Window: 24 * time.Hour, Human: 7 * 24 * time.Hour, Links: true, Refs: true},
		{Channel: chat.ChannelEmail, Provider: chat.ProviderSMTP, Unasked: true},
	}
}

func (carrier) Parts(chat.Envelope) (int, error) { return 1, nil }

func (carrier) Link(a chat.Account, text, _ string) string {
	return "https://wa.me/" + a.Handle + "?text=" + url.QueryEscape(text)
}

func (carrier) Check(context.Context, chat.Account, chat.ProviderApp) []chat.Check {
	return []chat.Check{{Name: "token", State: "ok"}, {Name: "subscription", State: "failed", Code: "not_subscribed"}}
}

func (carrier) Subscribe(context.Context, chat.Account, chat.ProviderApp) error {
	return &chat.SendError{Class: chat.SendReconnect, Code: "token", Provider: "190", Detail: "Session has expired."}
}

func (carrier) Templates(_ context.Context, a chat.Account, _ chat.ProviderApp) ([]chat.Template, error) {
	return []chat.Template{template(a.Merchant, a.ID)}, nil
}

func template(merchant chat.MerchantID, account chat.AccountID) chat.Template {
	return chat.Template{
		ID: chat.NewID[chat.TemplateID](chat.PrefixTemplate, rand.Reader), Merchant: merchant, Account: account, ExternalID: "1", Name: "answer_waiting",
		Language: "en_US", Category: chat.CategoryUtility, Status: chat.TemplateApproved,
		Body: chat.TemplatePart{Format: "text", Text: "Hello {{1}}", Params: []string{"1"}},
	}
}

const (
	appSecret    = "app-secret-of-9c1e"
	accountToken = "account-token-of-Zx7Q"
)

// connect gives a tenant all that channels bring along.
func (w *world) connect(ten *tenant, shopper chat.Caller) {
	w.t.Helper()
	ctx, now := w.t.Context(), chat.At(w.clock.now())
	check := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	app := chat.ProviderApp{
		ID: chat.NewID[chat.ProviderAppID](chat.PrefixProviderApp, rand.Reader), Merchant: ten.merchant, Provider: chat.ProviderMeta,
		Name: "App", AppID: "1093847561", VerifyToken: "verify", Secrets: []string{appSecret}, CreatedAt: now,
	}
	check(w.store.CreateProviderApp(ctx, app))
	account := chat.Account{
		ID: chat.NewID[chat.AccountID](chat.PrefixAccount, rand.Reader), Merchant: ten.merchant, App: app.ID, Channel: chat.ChannelWhatsApp,
		Name: "Number", ExternalID: "106540352242922", Handle: "15550783881", BusinessID: "102290129340398", Shops: []chat.ShopID{ten.shop.ID},
		Default: ten.shop.ID, State: chat.AccountActive, Token: accountToken, CreatedAt: now,
	}
	check(w.store.CreateAccount(ctx, account))
	made := template(ten.merchant, account.ID)
	check(w.store.PutTemplates(ctx, account.ID, []chat.Template{made}))
	ten.app, ten.account, ten.template = app.ID, account.ID, made.ID
	ten.shop.Settings.Handoff = chat.HandoffSettings{
		Channels: []chat.HandoffChannel{{Channel: chat.ChannelWhatsApp, Account: account.ID, Link: true, Ask: true}}, Version: "1",
	}
	check(w.store.UpdateShop(ctx, ten.shop))

	ten.address = w.newAddress(ten, ten.shopper, "wa:16505551234").ID
	offered := must[chat.Offered](w.t)(w.chat.Offer(ctx, shopper, chat.OfferRequest{Channel: chat.ChannelWhatsApp}))
	ten.handoff = offered.Handoff.ID
	ten.delivery = chat.NewID[chat.DeliveryID](chat.PrefixDelivery, rand.Reader)
	_, err := w.store.Change(ctx, chat.Write{Shop: ten.shop.ID, Conversation: ten.conversation, Decide: func(c chat.Conversation) (chat.Change, error) {
		c.Version++
		return chat.Change{Conversation: c, Deliveries: []chat.Delivery{{
			ID: ten.delivery, Merchant: ten.merchant, Shop: ten.shop.ID, Conversation: c.ID, Entry: chat.Ref{Seq: 1, ShopperSeq: 1},
			Account: account.ID, Address: ten.address, Channel: chat.ChannelWhatsApp, Form: chat.FormFree, State: chat.DeliveryFailed,
			Reason: "secret of " + ten.shop.Name, Parts: []chat.Part{{State: chat.DeliveryQueued}}, QueuedAt: now, UpdatedAt: now,
		}}}, nil
	}})
	check(err)
	raw := chat.Raw{
		ID: chat.NewID[chat.RawID](chat.PrefixRaw, rand.Reader), App: app.ID, Merchant: ten.merchant, Provider: chat.ProviderMeta,
		Hash: sha256.Sum256([]byte(ten.merchant)), Body: []byte("secret of " + ten.shop.Name), At: now,
	}
	must[bool](w.t)(w.store.KeepRaw(ctx, raw))
	check(w.store.SettleRaw(ctx, raw.ID, chat.RawDead, 5, "it was not understood"))
	ten.raw = raw.ID
}

// newAddress gives a shopper an address on the tenant's account. Their window is open.
func (w *world) newAddress(ten *tenant, shopper chat.ShopperID, key string) chat.Address {
	w.t.Helper()
	now := chat.At(w.clock.now())
	a, created, err := w.store.EnsureAddress(w.t.Context(), chat.Address{
		ID: chat.NewID[chat.AddressID](chat.PrefixAddress, rand.Reader), Merchant: ten.merchant, Shop: ten.shop.ID, Shopper: shopper,
		Account: ten.account, Channel: chat.ChannelWhatsApp, Keys: []string{key}, Phone: "+16505551234", LastInboundAt: now, ConfirmedAt: now,
		CreatedAt: now,
	}, chat.Shopper{})
	if err != nil || !created {
		w.t.Fatal(created, err)
	}
	return a
}
