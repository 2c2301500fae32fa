package shopify

import (
	"context"
	"fmt"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
)

// CreateCode makes a discount code in the shop and tells Tagalong of it, so that agents can give it. When Tagalong does not hear of it
// the code is there all the same, and is given with the error.
func (a *App) CreateCode(ctx context.Context, shop string, code admin.Code) (api.Coupon, error) {
	i, err := a.store.Installation(ctx, shop)
	if err != nil {
		return api.Coupon{}, err
	}
	coupon, err := a.admin(shop).CreateCode(ctx, code)
	if err != nil || !i.Chat.Ready() {
		return coupon, err
	}
	client, err := a.chat(i, tagalong.WithRetries(lookRetries))
	if err != nil {
		return coupon, err
	}
	now := a.now()
	coupon.UpdatedAt = now.UnixMilli()
	results, err := client.PushEvents(ctx, []tagalong.Event{{
		ID: "shopify:code:" + coupon.ExternalID, Type: api.ContextEventTypeCouponUpserted, Version: tagalong.VersionFromTime(now),
		OccurredAt: tagalong.OccurredAt(now), Mode: api.EventModeSnapshot, Coupon: &coupon,
		Source: &api.EventSource{Platform: "shopify", Plugin: mapping.Version},
	}})
	if err == nil && results[0].Outcome == api.EventOutcomeInvalid {
		err = fmt.Errorf("tagalong does not take the code%s", problems(results[0]))
	}
	return coupon, err
}
