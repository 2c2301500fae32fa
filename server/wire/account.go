package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// What connects a merchant to channels. Secrets and tokens go in and never come out: the types of the answers have no place for them.

// ProviderApp gives a provider app; webhookURL is where its provider must send webhooks to.
func ProviderApp(a chat.ProviderApp, webhookURL string) openapi.ProviderApp {
	o := openapi.ProviderApp{
		ID: string(a.ID), Provider: openapi.Provider(a.Provider), Name: a.Name, AppID: a.AppID, WebhookURL: webhookURL,
		VerifyToken: a.VerifyToken, Secrets: make([]openapi.SecretHint, len(a.Secrets)), CreatedAt: int64(a.CreatedAt),
	}
	for i, secret := range a.Secrets {
		o.Secrets[i] = openapi.SecretHint{Last4: last4(secret)}
	}
	return o
}

// last4 gives the end of a secret, by which people tell it from another. A short one is not told at all.
func last4(secret string) string {
	if len(secret) < 8 {
		return strings.Repeat("•", min(len(secret), 4))
	}
	return strings.ToValidUTF8(secret[len(secret)-4:], "•")
}

// NewProviderApp takes a provider app that an agent wants to add.
func NewProviderApp(n openapi.NewProviderApp) chat.ProviderApp {
	return chat.ProviderApp{Provider: chat.Provider(n.Provider), Name: n.Name, AppID: n.AppID, Secrets: n.Secrets}
}

// PatchProviderApp gives a with what the patch names. Without new secrets it has none: the old ones stay.
func PatchProviderApp(a chat.ProviderApp, p openapi.ProviderAppPatch) chat.ProviderApp {
	set(&a.Name, p.Name)
	set(&a.AppID, p.AppID)
	a.Secrets = nil
	set(&a.Secrets, p.Secrets)
	return a
}

// Account gives an account as managers see it.
func Account(a chat.Account) openapi.Account {
	o := openapi.Account{
		ID: string(a.ID), ProviderApp: string(a.App), Channel: openapi.Channel(a.Channel), Name: a.Name, ExternalID: a.ExternalID,
		Handle: a.Handle, BusinessID: a.BusinessID, Shops: texts[string](a.Shops), DefaultShop: string(a.Default),
		State: openapi.AccountState(a.State), Problem: a.Problem, Detail: a.Detail, HumanAgent: a.HumanAgent,
		PerSecond: int32(a.PerSecond), Prices: prices(a.Prices), CreatedAt: int64(a.CreatedAt),
	}
	if a.Token != "" {
		o.TokenLast4 = last4(a.Token)
	}
	return o
}

func accountBrief(a chat.Account) openapi.AccountBrief {
	price := prices(a.Prices)
	return openapi.AccountBrief{
		ID: string(a.ID), Channel: openapi.Channel(a.Channel), Name: a.Name, Handle: a.Handle, State: openapi.AccountState(a.State),
		Problem: a.Problem, Prices: &price,
	}
}

// NewAccount takes an account that an agent wants to connect.
func NewAccount(n openapi.NewAccount) chat.Account {
	a := chat.Account{
		App: chat.ProviderAppID(n.ProviderApp), Channel: chat.Channel(n.Channel), Name: n.Name, ExternalID: n.ExternalID, Handle: n.Handle,
		BusinessID: n.BusinessID, Shops: texts[chat.ShopID](n.Shops), Default: chat.ShopID(n.DefaultShop), Token: n.Token,
		HumanAgent: n.HumanAgent, PerSecond: int(n.PerSecond), Prices: pricesIn(n.Prices),
	}
	if a.Default == "" && len(a.Shops) > 0 {
		a.Default = a.Shops[0]
	}
	return a
}

// PatchAccount gives a with what the patch names. Without a new token it has none: the old one stays.
func PatchAccount(a chat.Account, p openapi.AccountPatch) chat.Account {
	set(&a.Name, p.Name)
	set(&a.Handle, p.Handle)
	set(&a.BusinessID, p.BusinessID)
	set(&a.HumanAgent, p.HumanAgent)
	a.Token = p.Token
	if p.Shops != nil {
		a.Shops = texts[chat.ShopID](*p.Shops)
	}
	if p.DefaultShop != nil {
		a.Default = chat.ShopID(*p.DefaultShop)
	}
	if p.PerSecond != nil {
		a.PerSecond = int(*p.PerSecond)
	}
	if p.Prices != nil {
		a.Prices = pricesIn(p.Prices)
	}
	switch { // an account that the provider refuses is not made well by switching it on
	case p.State == openapi.AccountSwitchOff:
		a.State, a.Problem, a.Detail = chat.AccountOff, "", ""
	case p.State == openapi.AccountSwitchActive && a.State == chat.AccountOff:
		a.State = chat.AccountActive
	}
	return a
}

func prices(p chat.Prices) openapi.Prices {
	of := func(c chat.TemplateCategory) *openapi.Money {
		m, ok := p[c]
		if !ok {
			return nil
		}
		return money(&m)
	}
	return openapi.Prices{
		Service: of(chat.CategoryService), Utility: of(chat.CategoryUtility), Marketing: of(chat.CategoryMarketing),
		Authentication: of(chat.CategoryAuthentication),
	}
}

func pricesIn(p *openapi.Prices) chat.Prices {
	if p == nil {
		return nil
	}
	out := chat.Prices{}
	for category, m := range map[chat.TemplateCategory]*openapi.Money{
		chat.CategoryService: p.Service, chat.CategoryUtility: p.Utility, chat.CategoryMarketing: p.Marketing,
		chat.CategoryAuthentication: p.Authentication,
	} {
		if m != nil {
			out[category] = *moneyIn(m)
		}
	}
	return out
}

// ChannelRules gives what a channel allows.
func ChannelRules(r chat.ChannelRules) openapi.ChannelRules {
	return openapi.ChannelRules{
		Channel: openapi.Channel(r.Channel), Provider: openapi.Provider(r.Provider), WindowMs: r.Window.Milliseconds(),
		HumanMs: r.Human.Milliseconds(), Templates: r.Templates, Unasked: r.Unasked, Links: r.Links,
	}
}

// Checks gives what was looked at when a connection was checked.
func Checks(cs []chat.Check) openapi.CheckList {
	return openapi.CheckList{Checks: append([]openapi.Check{}, convert(cs, func(c chat.Check) openapi.Check {
		return openapi.Check{Name: c.Name, State: openapi.CheckState(c.State), Code: c.Code, Detail: c.Detail}
	})...)}
}

// MaxShownWebhook is how many bytes of a dead webhook's body are shown.
const MaxShownWebhook = 64 << 10

// DeadWebhook gives a webhook that could not be taken in.
func DeadWebhook(r chat.Raw) openapi.DeadWebhook {
	body, cut := r.Body, len(r.Body) > MaxShownWebhook
	if cut {
		body = body[:MaxShownWebhook]
		for len(body) > 0 && !utf8.RuneStart(r.Body[len(body)]) { // not through the middle of a character
			body = body[:len(body)-1]
		}
	}
	return openapi.DeadWebhook{
		ID: string(r.ID), ProviderApp: string(r.App), At: int64(r.At), Error: r.Error, Attempts: int32(r.Attempt),
		Body: strings.ToValidUTF8(string(body), "\ufffd"), Cut: cut,
	}
}
