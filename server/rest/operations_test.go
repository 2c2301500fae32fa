package rest

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// handMade are the tags whose operations other rooms serve by hand.
var handMade = []string{"realtime", "files", "webhooks", "pages"}

func TestTheTableOfOperationsIsTheContract(t *testing.T) {
	doc := must[*openapi3.T](t)(document())
	seen := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			pattern := method + " " + path
			if slices.ContainsFunc(op.Tags, func(tag string) bool { return slices.Contains(handMade, tag) }) {
				if _, there := operations[pattern]; there {
					t.Errorf("%s is served elsewhere and in the table", pattern)
				}
				continue
			}
			seen[pattern] = true
			got, there := operations[pattern]
			if !there {
				t.Errorf("%s is not in the table", pattern)
				continue
			}
			compareAccess(t, pattern, got, op)
			compareInput(t, pattern, got, op, item.Parameters)
		}
	}
	for pattern := range operations {
		if !seen[pattern] {
			t.Errorf("%s is in the table and not in the contract", pattern)
		}
	}
}

func compareAccess(t *testing.T, pattern string, got operation, op *openapi3.Operation) {
	t.Helper()
	if op.Security == nil {
		t.Errorf("%s has no security in the contract", pattern)
		return
	}
	var want operation
	for _, way := range *op.Security {
		want.guest = want.guest || len(way) == 0
		for scheme, scopes := range way {
			switch scheme {
			case "agentSession":
				want.agent = true
			case "pluginKey":
				if want.plugin = len(scopes) == 0; !want.plugin {
					want.scope = chat.Scope(scopes[0])
				}
			case "shopperToken":
				want.shopper = true
			default:
				t.Errorf("%s has the unknown security %q", pattern, scheme)
			}
		}
	}
	if got.agent || got.manager {
		got.agent = true
	}
	if want.guest { // the token of a shopper, or none
		want.shopper = false
	}
	if got.plugin != want.plugin {
		t.Errorf("%s lets in any plugin: %v; the contract: %v", pattern, got.plugin, want.plugin)
	}
	if got.agent != want.agent || got.scope != want.scope || got.shopper != want.shopper || got.guest != want.guest {
		t.Errorf("%s lets in agent %v, scope %q, shopper %v, guest %v; the contract agent %v, scope %q, shopper %v, guest %v",
			pattern, got.agent, got.scope, got.shopper, got.guest, want.agent, want.scope, want.shopper, want.guest)
	}
	codes, _ := op.Extensions["x-codes"].([]any)
	if has := slices.Contains(codes, any("forbidden")); has != got.manager {
		t.Errorf("%s asks for a manager: %v, the contract names forbidden: %v", pattern, got.manager, has)
	}
	if strings.Contains(op.Description, "Owners and admins") != got.manager {
		t.Errorf("%s: what the contract's words and the table say about owners and admins differs", pattern)
	}
}

func compareInput(t *testing.T, pattern string, got operation, op *openapi3.Operation, shared openapi3.Parameters) {
	t.Helper()
	var query []string
	for _, p := range append(slices.Clone(shared), op.Parameters...) {
		if p.Value.In == "query" {
			query = append(query, p.Value.Name)
		}
	}
	slices.Sort(query)
	if have := slices.Sorted(slices.Values(got.query)); !slices.Equal(have, query) {
		t.Errorf("%s takes the query %v, the contract %v", pattern, have, query)
	}
	jsonBody, file := false, false
	if op.RequestBody != nil {
		jsonBody = op.RequestBody.Value.Content["application/json"] != nil
		file = op.RequestBody.Value.Content["application/octet-stream"] != nil
	}
	if (got.body != nil) != jsonBody || got.upload != file {
		t.Errorf("%s takes JSON: %v, a file: %v; the contract %v, %v", pattern, got.body != nil, got.upload, jsonBody, file)
	}
}
