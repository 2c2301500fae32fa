package wire

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Webhook gives a webhook; secret is the new one, for the answer that made it, and empty else. Those of w are never given.
func Webhook(w chat.Webhook, secret string) openapi.Webhook {
	o := openapi.Webhook{
		ID: string(w.ID), Shop: string(w.Shop), URL: w.URL, Description: w.Description, Events: texts[openapi.WebhookType](w.Events),
		Enabled: w.Enabled, State: webhookState(w), Problem: w.Problem, Secret: secret, CreatedAt: int64(w.CreatedAt),
		LastSuccessAt: int64(w.LastSuccessAt), LastFailureAt: int64(w.LastFailureAt),
	}
	if len(w.Secrets) > 0 {
		newest := w.Secrets[0].Secret
		o.SecretLast4 = newest[max(0, len(newest)-4):]
	}
	return o
}

func webhookState(w chat.Webhook) openapi.WebhookState {
	switch {
	case !w.Enabled:
		return openapi.WebhookStatePaused
	case w.LastFailureAt > w.LastSuccessAt:
		return openapi.WebhookStateFailing
	}
	return openapi.WebhookStateActive
}

// NewWebhook takes a webhook that somebody wants to make. Id, secret and time are the server's to give.
func NewWebhook(shop chat.ShopID, n openapi.NewWebhook) chat.Webhook {
	w := chat.Webhook{Shop: shop, URL: n.URL, Description: n.Description, Events: texts[chat.NoticeType](n.Events), Enabled: true}
	set(&w.Enabled, n.Enabled)
	return w
}

// PatchWebhook gives w with what the patch names.
func PatchWebhook(w chat.Webhook, p openapi.WebhookPatch) chat.Webhook {
	set(&w.URL, p.URL)
	set(&w.Description, p.Description)
	set(&w.Enabled, p.Enabled)
	if p.Events != nil {
		w.Events = texts[chat.NoticeType](*p.Events)
	}
	return w
}

// HookDelivery gives an event's way to one webhook, with its body where it is there.
func HookDelivery(d chat.HookDelivery) openapi.WebhookDelivery {
	o := openapi.WebhookDelivery{
		ID: string(d.ID), Event: string(d.Event), Webhook: string(d.Webhook), Type: openapi.WebhookType(d.Type), CreatedAt: int64(d.CreatedAt),
		State: openapi.WebhookDeliveryState(d.State), Attempts: []openapi.WebhookAttempt{}, Body: string(d.Body),
	}
	if d.State == chat.HookPending {
		o.NextAt = int64(d.NextAt)
	}
	for _, a := range d.Attempts {
		o.Attempts = append(o.Attempts, openapi.WebhookAttempt{
			At: int64(a.At), Status: int32(a.Status), Error: a.Error, DurationMs: a.Duration, Answer: readable(a.Answer),
		})
	}
	return o
}

// readable makes text of what a receiver has answered, which may be anything.
func readable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// NoticeBody gives a notice the form in which every webhook gets it: the contract's WebhookEvent, as agents and plugins see things.
func (v View) NoticeBody(n chat.Notice) (json.RawMessage, error) {
	o := openapi.WebhookEvent{ID: string(n.ID), Type: openapi.WebhookType(n.Type), At: int64(n.At), Shop: string(n.Shop)}
	if n.Type == chat.NoticeOrderChanged {
		o.Change = openapi.OrderTransition(n.Change)
	}
	if n.Conversation != nil {
		c := Conversation(*n.Conversation, 0)
		o.Conversation = &c
	}
	if n.Entry != nil && n.Entry.Kind != chat.EntryNote { // whoever asked: notes stay in the house
		if e, ok := v.Entry(*n.Entry); ok {
			o.Entry = &e
		}
	}
	if n.Shopper != nil {
		s := Shopper(*n.Shopper)
		o.Shopper = &s
	}
	o.Handoff = handoffBrief(n.Handoff)
	if err := noticeRecords(&o, n); err != nil {
		return nil, err
	}
	return json.Marshal(o)
}

func noticeRecords(o *openapi.WebhookEvent, n chat.Notice) error {
	if n.Cart != nil {
		cart, err := Cart(*n.Cart)
		if err != nil {
			return err
		}
		o.Cart = &cart
	}
	if n.Order == nil {
		return nil
	}
	order, err := Order(*n.Order)
	if err != nil {
		return err
	}
	for _, r := range n.Shipments {
		s, err := Shipment(r)
		if err != nil {
			return err
		}
		order.Shipments = append(order.Shipments, s)
		if r.ExternalID == n.Shipment {
			o.Shipment = &s
		}
	}
	o.Order = &order
	return nil
}
