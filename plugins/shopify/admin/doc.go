// Package admin asks a shop's Admin GraphQL API. The operations stand in the .graphql files; admin.gen.go is made of them and of
// schema/schema.graphql, which is the part of Shopify's schema that they use. See README.md for how to make both anew.
//
// [Client] is what the generated functions ask through: it waits when the shop's budget is used up, refreshes a token that is
// refused, and tells when Shopify answers as another version than was asked for. The other files have what the app does with
// the answers. Start at client.go.
package admin

//go:generate go tool genqlient genqlient.yaml
