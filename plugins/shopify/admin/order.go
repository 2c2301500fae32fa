package admin

import (
	"context"
	"errors"
	"strings"
)

// ErrNotFound says that the shop has nothing that fits, or nothing that the app may see.
var ErrNotFound = errors.New("the shop has no such thing")

// Order reads an order by its number, as webhooks give it.
func (c *Client) Order(ctx context.Context, id string) (WholeOrder, error) {
	if strings.Trim(id, "0123456789") != "" || id == "" {
		return WholeOrder{}, ErrNotFound
	}
	answer, err := OrderByID(ctx, c, "gid://shopify/Order/"+id)
	if err != nil {
		return WholeOrder{}, err
	}
	if answer.Order.LegacyResourceId == "" {
		return WholeOrder{}, ErrNotFound
	}
	return answer.Order, nil
}

// LookUp finds an order by its number, with or without a # before it, and its e-mail address.
//
// Shopify's search takes words apart and finds likenesses, so what it answers is compared here: the order is given only when both
// are the same. A wrong number, a wrong address and nothing at all are one answer, [ErrNotFound].
func (c *Client) LookUp(ctx context.Context, number, email string) (WholeOrder, error) {
	number, email = strings.TrimPrefix(strings.TrimSpace(number), "#"), strings.TrimSpace(email)
	if number == "" || email == "" || len(number) > 50 || len(email) > 254 {
		return WholeOrder{}, ErrNotFound
	}
	answer, err := FindOrders(ctx, c, "name:"+quoted(number)+" AND email:"+quoted(email))
	if err != nil {
		return WholeOrder{}, err
	}
	for _, o := range answer.Orders.Nodes {
		if strings.EqualFold(strings.TrimPrefix(o.Name, "#"), number) && o.Email != "" && strings.EqualFold(o.Email, email) {
			return c.Order(ctx, string(o.LegacyResourceId))
		}
	}
	return WholeOrder{}, ErrNotFound
}

// quoted keeps a text from being read as search syntax (https://shopify.dev/docs/api/usage/search-syntax).
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `:`, `\:`).Replace(s) + `"`
}

// Buyer is who a customer of the shop is.
type Buyer struct {
	Name  string
	Email string // empty where the app may not see it
	// Verified says that the buyer has shown that the address is theirs.
	Verified bool
}

// Customer reads a customer by number.
func (c *Client) Customer(ctx context.Context, id string) (Buyer, error) {
	if strings.Trim(id, "0123456789") != "" || id == "" {
		return Buyer{}, ErrNotFound
	}
	answer, err := CustomerByID(ctx, c, "gid://shopify/Customer/"+id)
	if err != nil {
		return Buyer{}, err
	}
	if answer.Customer.LegacyResourceId == "" {
		return Buyer{}, ErrNotFound
	}
	return Buyer{
		Name: answer.Customer.DisplayName, Email: answer.Customer.DefaultEmailAddress.EmailAddress, Verified: answer.Customer.VerifiedEmail,
	}, nil
}
