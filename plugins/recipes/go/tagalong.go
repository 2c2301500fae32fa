package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// order is yours: whatever your shop has.
type order struct {
	Number, Email, Shopper string
	CustomerID             string // empty: a guest
	Total, Currency        string // "24.90", "EUR": a decimal in a string, never a float
	Paid                   bool
	Placed, Updated        time.Time
}

// isShopper checks what came with the form: buyers can write there.
var isShopper = regexp.MustCompile(`^shp_[a-z2-7]{26}$`).MatchString

// pushOrder tells Tagalong how an order stands. Call it after each change of the order; calling it twice does no harm. On an error
// keep the order's number, and call it again later.
func pushOrder(ctx context.Context, client *tagalong.Client, o order) error {
	total, err := tagalong.ParseMoney(o.Total, o.Currency)
	if err != nil {
		return err
	}
	status := api.FinancialStatusPending
	if o.Paid {
		status = api.FinancialStatusPaid
	}
	event := tagalong.Event{
		ID:         fmt.Sprintf("marl:order:%s:%d", o.Number, o.Updated.UnixMilli()),
		Type:       api.ContextEventTypeOrderUpserted,
		OccurredAt: tagalong.OccurredAt(o.Updated),
		Version:    tagalong.VersionFromTime(o.Updated),
		Source:     &api.EventSource{Platform: "marl", Plugin: "1.0"},
		Order: &tagalong.Order{
			ExternalID: o.Number, Number: o.Number, PlacedAt: o.Placed.UnixMilli(), UpdatedAt: o.Updated.UnixMilli(),
			Currency: o.Currency, Totals: &api.Totals{Total: &total}, FinancialStatus: status,
			Customer: &api.CustomerRef{ExternalID: o.CustomerID, Email: o.Email}, Guest: o.CustomerID == "",
		},
	}
	if isShopper(o.Shopper) {
		event.Order.Shopper = o.Shopper
	}
	results, err := client.PushEvents(ctx, []tagalong.Event{event})
	if err != nil {
		return err
	}
	if results[0].Outcome == api.EventOutcomeInvalid {
		return fmt.Errorf("order %s: %v", o.Number, results[0].Error)
	}
	return nil
}

// identity answers the page's question who is signed in. who comes from your own session, never from the request's content.
func identity(tokens *tagalong.IdentityTokens, who func(*http.Request) *tagalong.Identity) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-store")
		customer := who(r)
		if customer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		jwt, err := tokens.Mint(*customer)
		if err != nil {
			http.Error(w, "no identity", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte(jwt))
	}
}
