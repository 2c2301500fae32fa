package tagalong

import (
	"context"
	"net/http"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// What a plugin passes on of its platform's privacy requests. Both are accepted, then done in the background; with a Reference of
// the platform's, a repeat answers with the same request.
type (
	// Redaction names whose data is to be erased.
	Redaction = api.Redaction
	// DataExport names whose data is to be collected.
	DataExport = api.DataExport
	// PrivacyRequest is such a request and how far it has come.
	PrivacyRequest = api.PrivacyRequest
)

// Redact erases what the order context says about a person, some orders, or all of the shop.
func (c *Client) Redact(ctx context.Context, r Redaction) (PrivacyRequest, error) {
	return call[PrivacyRequest](onceBy(ctx, r.Reference), c, func(ctx context.Context) (*http.Response, error) {
		return c.api.RedactPersonalData(ctx, c.shop, r)
	})
}

// ExportData collects what is known about a person; the request's URL leads to it once it is done.
func (c *Client) ExportData(ctx context.Context, e DataExport) (PrivacyRequest, error) {
	return call[PrivacyRequest](onceBy(ctx, e.Reference), c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ExportPersonalData(ctx, c.shop, e)
	})
}

// onceBy marks a call as repeatable when the server knows its repeats by a reference.
func onceBy(ctx context.Context, reference string) context.Context {
	if reference == "" {
		return ctx
	}
	return repeatable(ctx)
}

// PrivacyRequest reads how far a request has come.
func (c *Client) PrivacyRequest(ctx context.Context, id string) (PrivacyRequest, error) {
	return call[PrivacyRequest](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetPrivacyRequest(ctx, c.shop, id)
	})
}

// PrivacyRequests lists the shop's requests, newest first.
func (c *Client) PrivacyRequests(ctx context.Context) ([]PrivacyRequest, error) {
	list, err := call[api.PrivacyRequestList](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ListPrivacyRequests(ctx, c.shop)
	})
	return list.Items, err
}
