package tagalong

import (
	"context"
	"net/http"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Products finds products by the beginnings of words; the newest ones when words is empty.
func (c *Client) Products(ctx context.Context, words string) ([]api.Product, error) {
	list, err := call[api.ProductList](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ListProducts(ctx, c.shop, &api.ListProductsParams{Q: words, Limit: pageSize})
	})
	return list.Items, err
}

// Product reads one product by the platform's id.
func (c *Client) Product(ctx context.Context, externalID string) (api.Product, error) {
	return call[api.Product](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetProduct(ctx, c.shop, externalID)
	})
}

// Coupons lists the coupons that anybody can use now.
func (c *Client) Coupons(ctx context.Context) ([]api.Coupon, error) {
	list, err := call[api.CouponList](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ListCoupons(ctx, c.shop, &api.ListCouponsParams{Limit: pageSize})
	})
	return list.Items, err
}

// ShopperContext reads what the shop knows about a shopper, of which all is proved to be theirs.
func (c *Client) ShopperContext(ctx context.Context, shopper string) (api.ShopperContext, error) {
	return call[api.ShopperContext](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetShopperContext(ctx, c.shop, shopper)
	})
}
