package admin

import (
	"context"
	"strings"
	"time"
)

// Profile is what a shop says of itself.
type Profile struct {
	Name, Currency, TimeZone, StoreURL string
	OwnerID                            string // of the installation
	Scopes                             []string
}

// Profile asks the shop for itself.
func (c *Client) Profile(ctx context.Context) (Profile, error) {
	answer, err := ShopOfToken(ctx, c)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{
		Name: answer.Shop.Name, Currency: answer.Shop.CurrencyCode, TimeZone: answer.Shop.IanaTimezone,
		StoreURL: strings.TrimRight(answer.Shop.PrimaryDomain.Url, "/"), OwnerID: answer.CurrentAppInstallation.Id,
	}
	for _, s := range answer.CurrentAppInstallation.AccessScopes {
		p.Scopes = append(p.Scopes, s.Handle)
	}
	return p, nil
}

// ShowTheme writes where the chat is found, and for which shop, to where the theme's block reads it.
func (c *Client) ShowTheme(ctx context.Context, owner, shopKey, loader string) error {
	answer, err := SetAppData(ctx, c, owner, shopKey, loader)
	if err != nil {
		return err
	}
	for _, e := range answer.MetafieldsSet.UserErrors {
		return &UserError{Field: strings.Join(e.Field, "."), Message: e.Message}
	}
	return nil
}

// Change is an order that changed, and when.
type Change struct {
	ID      string
	Updated time.Time
}

// Changes yields orders that changed since then, the earliest first, page by page; until take says no.
func (c *Client) Changes(ctx context.Context, since time.Time, take func(Change) error) error {
	query := "updated_at:>='" + since.UTC().Format(time.RFC3339) + "'"
	for after := ""; ; {
		answer, err := ChangedOrders(ctx, c, query, after)
		if err != nil {
			return err
		}
		for _, o := range answer.Orders.Nodes {
			if err := take(Change{ID: string(o.LegacyResourceId), Updated: o.UpdatedAt}); err != nil {
				return err
			}
		}
		page := answer.Orders.PageInfo
		if !page.HasNextPage || page.EndCursor == "" {
			return nil
		}
		after = page.EndCursor
	}
}

// ProductNode is a product as the Admin API answers.
type ProductNode = ProductsProductsProductConnectionNodesProduct

// EachProduct yields the shop's active products, page by page.
func (c *Client) EachProduct(ctx context.Context, take func([]ProductNode) error) error {
	for after := ""; ; {
		answer, err := Products(ctx, c, "status:active", after)
		if err != nil {
			return err
		}
		if err := take(answer.Products.Nodes); err != nil {
			return err
		}
		page := answer.Products.PageInfo
		if !page.HasNextPage || page.EndCursor == "" {
			return nil
		}
		after = page.EndCursor
	}
}
