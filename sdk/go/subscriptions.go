package tagalong

import (
	"context"
	"iter"
	"net/http"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Subscriptions to webhooks; a [Webhook] verifies what comes then. They need the scope webhooks:write.
type (
	// Subscription is a URL and the events that it is told.
	Subscription = api.Webhook
	// Delivery is an event's way to one subscription.
	Delivery = api.WebhookDelivery
)

// Subscribe makes a subscription. Its Secret is in this answer alone.
func (c *Client) Subscribe(ctx context.Context, url string, events ...api.WebhookType) (Subscription, error) {
	return call[Subscription](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.CreateWebhook(ctx, c.shop, api.NewWebhook{URL: url, Events: events})
	})
}

// Subscriptions lists the shop's subscriptions.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, error) {
	list, err := call[api.WebhookList](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ListWebhooks(ctx, c.shop)
	})
	return list.Items, err
}

// Subscription reads one subscription.
func (c *Client) Subscription(ctx context.Context, id string) (Subscription, error) {
	return call[Subscription](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetWebhook(ctx, c.shop, id)
	})
}

// ChangeSubscription changes what the patch has.
func (c *Client) ChangeSubscription(ctx context.Context, id string, patch api.WebhookPatch) (Subscription, error) {
	return call[Subscription](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.UpdateWebhook(ctx, c.shop, id, patch)
	})
}

// Unsubscribe deletes a subscription with its log.
func (c *Client) Unsubscribe(ctx context.Context, id string) error {
	_, err := call[struct{}](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.DeleteWebhook(ctx, c.shop, id)
	})
	return err
}

// RotateSecret gives a new Secret, in this answer alone; the old one signs too for 24 hours.
func (c *Client) RotateSecret(ctx context.Context, id string) (Subscription, error) {
	return call[Subscription](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.RotateWebhook(ctx, c.shop, id)
	})
}

// Ping has a test event sent.
func (c *Client) Ping(ctx context.Context, id string) (Delivery, error) {
	return call[Delivery](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.PingWebhook(ctx, c.shop, id)
	})
}

// Deliveries yields what was sent to a subscription, newest first; an empty state gives all. An error ends it.
func (c *Client) Deliveries(ctx context.Context, id string, state api.WebhookDeliveryState) iter.Seq2[Delivery, error] {
	return pages(func(cursor string) ([]Delivery, string, error) {
		params := &api.ListWebhookDeliveriesParams{State: state, Cursor: cursor, Limit: pageSize}
		page, err := call[api.WebhookDeliveryList](ctx, c, func(ctx context.Context) (*http.Response, error) {
			return c.api.ListWebhookDeliveries(ctx, c.shop, id, params)
		})
		return page.Items, page.Next, err
	})
}

// Delivery reads one delivery with its body.
func (c *Client) Delivery(ctx context.Context, subscription, id string) (Delivery, error) {
	return call[Delivery](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetWebhookDelivery(ctx, c.shop, subscription, id)
	})
}

// Replay has an event sent again, with the same id and body.
func (c *Client) Replay(ctx context.Context, subscription, id string) (Delivery, error) {
	return call[Delivery](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ReplayWebhookDelivery(ctx, c.shop, subscription, id)
	})
}
