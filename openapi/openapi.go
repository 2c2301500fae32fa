// Package openapi is the contract: openapi.yaml, and the server's types made from it.
//
// To change the contract, edit openapi.yaml and the golden payloads in examples/, then run go generate: api.gen.go
// here, the Go SDK's api.gen.go and the TypeScript types all follow, and the compiler names what is missing. Nothing
// in this package is written by hand but this file and the tests; what maps the domain to these types is server/wire.
package openapi

import _ "embed"

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config server.cfg.yaml openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config sdk.cfg.yaml openapi.yaml

// YAML is the document itself.
//
//go:embed openapi.yaml
var YAML []byte
