package rest

import (
	"context"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// poster stands for the sender of webhooks, which has tests of its own: it refuses what is not https, and delivers to nobody.
type poster struct{}

func (poster) CheckURL(url string) error {
	if !strings.HasPrefix(url, "https://") || strings.Contains(url, "169.254.") {
		return chat.ErrURL
	}
	return nil
}

func (poster) Post(context.Context, chat.HookRequest) chat.HookResult {
	return chat.HookResult{Status: 204}
}

// subscribe gives a tenant a webhook with a delivery, and a request about people's data.
func (w *world) subscribe(ten *tenant) {
	w.t.Helper()
	ctx := w.t.Context()
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: ten.merchant, Agent: ten.owner, Role: chat.RoleOwner}
	hook := must[chat.Webhook](w.t)(w.chat.SaveWebhook(ctx, by, chat.Webhook{
		Shop: ten.shop.ID, URL: "https://erp." + ten.shop.Name + ".example/hook", Description: "secret of " + ten.shop.Name,
		Events: []chat.NoticeType{chat.NoticeOrderChanged}, Enabled: true,
	}, true))
	ten.webhook = hook.ID
	ten.told = must[chat.HookDelivery](w.t)(w.chat.PingWebhook(ctx, by, ten.shop.ID, hook.ID)).ID
	ten.privacy = must[chat.PrivacyRequest](w.t)(w.chat.AskPrivacy(ctx, by, chat.PrivacyRequest{
		Shop: ten.shop.ID, Kind: chat.PrivacyRedact, Reference: "secret of " + ten.shop.Name, Orders: []string{"none"},
	})).ID
}
