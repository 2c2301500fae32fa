package tagalong

import (
	"context"
	"iter"
	"net/http"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

const pageSize = 100

// Order reads one order by the platform's id.
func (c *Client) Order(ctx context.Context, externalID string) (Order, error) {
	return call[Order](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetOrder(ctx, c.shop, externalID)
	})
}

// Orders yields all orders, the latest change first, reading page by page. An error ends it.
func (c *Client) Orders(ctx context.Context) iter.Seq2[Order, error] {
	return pages(func(cursor string) ([]Order, string, error) {
		params := &api.ListOrdersParams{Cursor: cursor, Limit: pageSize}
		page, err := call[api.OrderList](ctx, c, func(ctx context.Context) (*http.Response, error) {
			return c.api.ListOrders(ctx, c.shop, params)
		})
		return page.Items, page.Next, err
	})
}

// pages yields the items of one page after another, until there is no next one.
func pages[T any](read func(cursor string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for cursor := ""; ; {
			items, next, err := read(cursor)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			cursor = next
		}
	}
}
