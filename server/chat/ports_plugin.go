package chat

import "context"

// Hooks is the durable memory of outgoing webhooks.
type Hooks interface {
	// CreateWebhook writes a webhook; ErrConflict when the shop has MaxWebhooks. Neither it nor UpdateWebhook writes one of a key that
	// was revoked, but as paused for that: ErrNotFound.
	CreateWebhook(ctx context.Context, w Webhook) error
	// UpdateWebhook writes all but the two marks LastSuccessAt and LastFailureAt.
	UpdateWebhook(ctx context.Context, w Webhook) error
	// DeleteWebhook removes a webhook with its deliveries.
	DeleteWebhook(ctx context.Context, shop ShopID, id WebhookID) error
	Webhook(ctx context.Context, shop ShopID, id WebhookID) (Webhook, error)
	// Webhooks gives a shop's webhooks, oldest first.
	Webhooks(ctx context.Context, shop ShopID) ([]Webhook, error)

	// AddHookEvent writes an event, its deliveries and their tasks in one transaction; a delivery whose id is known, and its task,
	// are left alone.
	AddHookEvent(ctx context.Context, e HookEvent, ds []HookDelivery, tasks []Task) error
	// HookDelivery gives a delivery with its body.
	HookDelivery(ctx context.Context, shop ShopID, id HookDeliveryID) (HookDelivery, error)
	// HookDeliveries gives deliveries without their bodies.
	HookDeliveries(ctx context.Context, q HookQuery) ([]HookDelivery, error)
	// UpdateHookDelivery writes a delivery's state, attempts and times with the tasks that follow, and raises its webhook's
	// LastSuccessAt or LastFailureAt to the last attempt's time.
	UpdateHookDelivery(ctx context.Context, d HookDelivery, tasks ...Task) error
	// SweepHooks removes deliveries that ended before the given time, and events that no delivery names.
	SweepHooks(ctx context.Context, before Millis) error
}

// Grants is the durable memory of what managers have allowed plugins.
type Grants interface {
	CreateGrant(ctx context.Context, g Grant) error
	// UseGrant exchanges a grant for a plugin key, in one transaction. check is called with the grant: its error leaves all as it
	// was. The secret, if there is one, is written too, unless the shop has two (then the answer says false). ErrNotFound: no such
	// code, or it is over. ErrGone: used before; the key that it gave then is revoked now.
	UseGrant(ctx context.Context, hash [32]byte, now Millis, check func(Grant) (PluginKey, *IdentitySecret, error)) (secret bool, err error)
}

// Privacy is the durable memory of requests about people's data.
type Privacy interface {
	// CreatePrivacyRequest writes a request and its task; one with the same shop, kind and reference (if there is one) comes back instead.
	CreatePrivacyRequest(ctx context.Context, r PrivacyRequest, t Task) (PrivacyRequest, error)
	UpdatePrivacyRequest(ctx context.Context, r PrivacyRequest) error
	PrivacyRequest(ctx context.Context, shop ShopID, id PrivacyID) (PrivacyRequest, error)
	// PrivacyRequests gives a shop's requests, newest first.
	PrivacyRequests(ctx context.Context, shop ShopID, limit int) ([]PrivacyRequest, error)
	// ShoppersByEmail gives the shoppers, not erased and no aliases, who are known by an e-mail or have typed it, whatever its case.
	ShoppersByEmail(ctx context.Context, shop ShopID, email string) ([]Shopper, error)
	// ListShoppers gives a shop's shoppers that are not erased and no aliases, by id, after the given one.
	ListShoppers(ctx context.Context, shop ShopID, after ShopperID, limit int) ([]Shopper, error)
}
