package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/simulator"
	"github.com/tagalong-chat/tagalong/server/simulator/graph"
	"github.com/tagalong-chat/tagalong/server/simulator/loopback"
	"github.com/tagalong-chat/tagalong/server/simulator/phones"
)

// demoWorld is what stands in for Meta and for people with phones in the demo: each part on a host of its own.
type demoWorld struct {
	*graph.World
	page     *phones.Page
	business simulator.Business
	at       func(host string) string
}

// newDemoWorld makes the world, and has the configuration point to it instead of Meta.
func newDemoWorld(ctx context.Context, c *Config, at func(string) string, log *slog.Logger) (*demoWorld, error) {
	w := &demoWorld{business: simulator.Marl(), at: at, World: graph.New(graph.Options{
		BaseURL: at("graph.localhost"), MediaURL: at("media.localhost"), Profile: graph.Calm(),
	})}
	if err := w.business.Settle(ctx, w.World); err != nil {
		return nil, fmt.Errorf("the demo's channels: %w", err)
	}
	w.page = phones.New(phones.Options{Network: w.Phones(), BaseURL: at("phone.localhost"), Log: log})
	c.GraphURL, c.instagramURL = at("graph.localhost"), at("graph.localhost")
	c.WhatsAppLink, c.MessengerLink, c.InstagramLink = at("phone.localhost")+"/wa.me", at("phone.localhost")+"/m.me", at("phone.localhost")+"/ig.me/m"
	c.mediaHosts = []string{hostOf(at("media.localhost"))}
	c.transport = loopback.Client().Transport // finds *.localhost
	return w, nil
}

// hosts adds the world's parts to those of the demo.
func (w *demoWorld) hosts(p *parts, hosts map[string]http.Handler) {
	hosts[hostOf(w.at("graph.localhost"))] = w.Handler()
	hosts[hostOf(w.at("media.localhost"))] = w.MediaHandler()
	hosts[hostOf(w.at("phone.localhost"))] = w.page
}

// connect does what a merchant does in the inbox: it connects the demo's number, page and Instagram account, and offers them.
func (w *demoWorld) connect(ctx context.Context, p *parts, state demoState) error {
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: state.Merchant, Role: chat.RoleOwner}
	apps, err := p.store.ProviderApps(ctx, state.Merchant)
	if err != nil {
		return err
	}
	if len(apps) == 0 {
		app, err := p.service.SaveProviderApp(ctx, by, chat.ProviderApp{
			Provider: chat.ProviderMeta, Name: "Marl chat", AppID: w.business.AppID, Secrets: []string{w.business.AppSecret},
		}, true)
		if err != nil {
			return err
		}
		apps = append(apps, app)
		if err := w.connectAccounts(ctx, p, by, app, state.Shop); err != nil {
			return err
		}
	}
	app := apps[0]
	if err := w.SetCallback(ctx, w.business.AppID, "", graph.Callback{URL: p.webhookURL(app.ID), VerifyToken: app.VerifyToken}); err != nil {
		return err
	}
	accounts, err := p.store.Accounts(ctx, state.Merchant)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := p.service.SubscribeAccount(ctx, by, a.ID); err != nil {
			return fmt.Errorf("%s: %w", a.Channel, err)
		}
		if _, err := p.service.SyncTemplates(ctx, by, a.ID); err != nil {
			return fmt.Errorf("%s: %w", a.Channel, err)
		}
	}
	return nil
}

func (w *demoWorld) connectAccounts(ctx context.Context, p *parts, by chat.Caller, app chat.ProviderApp, shop chat.ShopID) error {
	b := w.business
	var offered []chat.HandoffChannel
	for _, a := range []chat.Account{
		{
			Channel: chat.ChannelWhatsApp, ExternalID: b.Number, Handle: b.Phone, BusinessID: b.Account, Token: b.Token,
			Prices: chat.Prices{
				chat.CategoryService: {Amount: 3, Currency: "EUR"}, chat.CategoryUtility: {Amount: 5, Currency: "EUR"},
				chat.CategoryMarketing: {Amount: 11, Currency: "EUR"},
			},
		},
		{Channel: chat.ChannelMessenger, ExternalID: b.Page, Handle: b.PageName, Token: b.Token + "-page", HumanAgent: true},
		{Channel: chat.ChannelInstagram, ExternalID: b.Instagram, Handle: b.InstagramName, Token: b.Token + "-instagram", HumanAgent: true},
	} {
		a.Name, a.App, a.Shops, a.Default = "Marl Stoneware", app.ID, []chat.ShopID{shop}, shop
		saved, err := p.service.SaveAccount(ctx, by, a, true)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Channel, err)
		}
		offered = append(offered, chat.HandoffChannel{Channel: a.Channel, Account: saved.ID, Link: true, Ask: a.Channel == chat.ChannelWhatsApp})
	}
	s, err := p.store.Shop(ctx, by.Merchant, shop)
	if err != nil {
		return err
	}
	s.Settings.Handoff = chat.HandoffSettings{
		Channels: offered, OfferOnLeave: true, LeaveAfter: demoLeaveAfter, Cap: &chat.Money{Amount: 5000, Currency: "EUR"},
		Templates: map[chat.Channel]chat.AwayTemplate{chat.ChannelWhatsApp: {
			Name: "answer_waiting", Params: map[string]string{"shopper": "{shopper}", "shop": "{shop}", "message": "{message}"},
		}},
	}
	return p.store.UpdateShop(ctx, s)
}

// demoLeaveAfter is shorter than what a shop would set: who plays both sides does not want to wait.
const demoLeaveAfter = 5
