package rest

import (
	"context"
	"errors"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Outgoing webhooks; those that come in are in connections.go.

func (a *api) ListWebhooks(ctx context.Context, _ openapi.ListWebhooksRequestObject) (openapi.ListWebhooksResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.Webhooks(ctx, s.caller, s.shop.ID)
	if err != nil {
		return nil, err
	}
	shown := func(w chat.Webhook) openapi.Webhook { return wire.Webhook(w, "") }
	return openapi.ListWebhooks200JSONResponse{Items: each(all, shown)}, nil
}

func (a *api) CreateWebhook(ctx context.Context, q openapi.CreateWebhookRequestObject) (openapi.CreateWebhookResponseObject, error) {
	s := sessionOf(ctx)
	w, err := a.chat.SaveWebhook(ctx, s.caller, wire.NewWebhook(s.shop.ID, *q.Body), true)
	if errors.Is(err, chat.ErrConflict) {
		err = auth.ErrLimitReached
	}
	if err != nil {
		return nil, err
	}
	return openapi.CreateWebhook201JSONResponse(wire.Webhook(w, newestSecret(w))), nil
}

// newestSecret of a webhook, for the one answer that shows it.
func newestSecret(w chat.Webhook) string {
	if len(w.Secrets) == 0 {
		return ""
	}
	return w.Secrets[0].Secret
}

func (a *api) GetWebhook(ctx context.Context, q openapi.GetWebhookRequestObject) (openapi.GetWebhookResponseObject, error) {
	s := sessionOf(ctx)
	w, err := a.chat.WebhookOf(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook))
	if err != nil {
		return nil, err
	}
	return openapi.GetWebhook200JSONResponse(wire.Webhook(w, "")), nil
}

func (a *api) UpdateWebhook(ctx context.Context, q openapi.UpdateWebhookRequestObject) (openapi.UpdateWebhookResponseObject, error) {
	s := sessionOf(ctx)
	w, err := a.chat.WebhookOf(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook))
	if err != nil {
		return nil, err
	}
	if w, err = a.chat.SaveWebhook(ctx, s.caller, wire.PatchWebhook(w, *q.Body), false); err != nil {
		return nil, err
	}
	return openapi.UpdateWebhook200JSONResponse(wire.Webhook(w, "")), nil
}

func (a *api) DeleteWebhook(ctx context.Context, q openapi.DeleteWebhookRequestObject) (openapi.DeleteWebhookResponseObject, error) {
	s := sessionOf(ctx)
	if err := a.chat.DeleteWebhook(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook)); err != nil {
		return nil, err
	}
	return openapi.DeleteWebhook204Response{}, nil
}

func (a *api) RotateWebhook(ctx context.Context, q openapi.RotateWebhookRequestObject) (openapi.RotateWebhookResponseObject, error) {
	s := sessionOf(ctx)
	w, err := a.chat.RotateWebhook(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook))
	if err != nil {
		return nil, err
	}
	return openapi.RotateWebhook200JSONResponse(wire.Webhook(w, newestSecret(w))), nil
}

func (a *api) PingWebhook(ctx context.Context, q openapi.PingWebhookRequestObject) (openapi.PingWebhookResponseObject, error) {
	s := sessionOf(ctx)
	d, err := a.chat.PingWebhook(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook))
	if err != nil {
		return nil, err
	}
	return openapi.PingWebhook202JSONResponse(wire.HookDelivery(d)), nil
}

func (a *api) ListWebhookDeliveries(ctx context.Context, q openapi.ListWebhookDeliveriesRequestObject) (openapi.ListWebhookDeliveriesResponseObject, error) {
	s := sessionOf(ctx)
	limit, err := pageLimit(q.Params.Limit, 100)
	if err != nil {
		return nil, err
	}
	if q.Params.State != "" && !q.Params.State.Valid() {
		return nil, chat.ErrBadQuery
	}
	scope, before := "webhook-deliveries "+q.Webhook+" "+string(q.Params.State), ""
	if q.Params.Cursor != "" {
		if before, err = a.auth.OpenCursor(scope, q.Params.Cursor); err != nil {
			return nil, err
		}
	}
	ds, err := a.chat.HookDeliveries(ctx, s.caller, chat.HookQuery{
		Shop: s.shop.ID, Webhook: chat.WebhookID(q.Webhook), State: chat.HookState(q.Params.State), Before: chat.HookDeliveryID(before), Limit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	out := openapi.ListWebhookDeliveries200JSONResponse{}
	if len(ds) > limit {
		ds = ds[:limit]
		out.Next = a.auth.SealCursor(scope, string(ds[limit-1].ID))
	}
	out.Items = each(ds, wire.HookDelivery)
	return out, nil
}

func (a *api) GetWebhookDelivery(ctx context.Context, q openapi.GetWebhookDeliveryRequestObject) (openapi.GetWebhookDeliveryResponseObject, error) {
	s := sessionOf(ctx)
	d, err := a.chat.HookDeliveryOf(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook), chat.HookDeliveryID(q.WebhookDelivery))
	if err != nil {
		return nil, err
	}
	return openapi.GetWebhookDelivery200JSONResponse(wire.HookDelivery(d)), nil
}

func (a *api) ReplayWebhookDelivery(ctx context.Context, q openapi.ReplayWebhookDeliveryRequestObject) (openapi.ReplayWebhookDeliveryResponseObject, error) {
	s := sessionOf(ctx)
	d, err := a.chat.ReplayHook(ctx, s.caller, s.shop.ID, chat.WebhookID(q.Webhook), chat.HookDeliveryID(q.WebhookDelivery))
	if err != nil {
		return nil, err
	}
	d.Body = nil // as in a list: whoever wants it reads the delivery
	return openapi.ReplayWebhookDelivery202JSONResponse(wire.HookDelivery(d)), nil
}
