// Package schema has the part of Shopify's Admin schema that the operations use, for who checks queries against it.
package schema

import _ "embed" // the schema

// SDL is the schema, in GraphQL's own language.
//
//go:embed schema.graphql
var SDL string
