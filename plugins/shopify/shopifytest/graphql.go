package shopifytest

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

type query struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

func (s *Shopify) graphql(w http.ResponseWriter, r *http.Request) {
	var q query
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("X-Shopify-API-Version", s.Version)
	w.Header().Set("X-Request-Id", "req-1")
	switch {
	case s.Down:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case !s.good(r.Header.Get("X-Shopify-Access-Token")):
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.Calls = append(s.Calls, q.Operation)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.answer(q))
}

func (s *Shopify) answer(q query) map[string]any {
	if problem := s.problem(q); problem != "" {
		s.tb.Errorf("%s does not fit Shopify's schema: %s", q.Operation, problem)
		return map[string]any{"errors": []any{map[string]any{"message": problem}}}
	}
	if s.Throttled > 0 {
		s.Throttled--
		return map[string]any{
			"errors": []any{map[string]any{"message": "Throttled", "extensions": map[string]any{"code": "THROTTLED"}}},
			"extensions": map[string]any{"cost": map[string]any{
				"requestedQueryCost": 600, "throttleStatus": map[string]any{"maximumAvailable": 2000, "currentlyAvailable": 100, "restoreRate": 100},
			}},
		}
	}
	return s.resolve(q)
}

// problem checks the query and its variables against the schema.
func (s *Shopify) problem(q query) string {
	doc, list := gqlparser.LoadQueryWithRules(s.schema, q.Query, rules.NewDefaultRules())
	if list != nil {
		return list.Error()
	}
	if op := doc.Operations.ForName(q.Operation); op == nil {
		return "no such operation"
	} else if _, err := validator.VariableValues(s.schema, op, q.Variables); err != nil {
		return err.Error()
	}
	return ""
}

func (s *Shopify) resolve(q query) map[string]any {
	data := map[string]any{}
	out := map[string]any{"data": data}
	id, _ := q.Variables["id"].(string)
	id = id[strings.LastIndexByte(id, '/')+1:]
	search, _ := q.Variables["query"].(string)
	switch q.Operation {
	case "ShopOfToken":
		data["shop"] = map[string]any{
			"name": "Lia", "myshopifyDomain": Shop, "currencyCode": "USD", "ianaTimezone": "Europe/Berlin",
			"primaryDomain": map[string]any{"url": "https://lia.example"},
		}
		data["currentAppInstallation"] = map[string]any{
			"id": "gid://shopify/AppInstallation/1", "accessScopes": []any{map[string]any{"handle": "read_orders"}},
		}
	case "OrderByID":
		data["order"] = nil
		if o, ok := s.Orders[id]; ok {
			data["order"] = s.withheld(o, out)
		}
	case "ChangedOrders":
		data["orders"] = page(s.changed(search))
	case "FindOrders":
		data["orders"] = page(s.found(search))
	case "CustomerByID":
		data["customer"] = nil
		if c, ok := s.Customers[id]; ok {
			data["customer"] = s.withheld(c, out)
		}
	case "Products":
		data["products"] = page(s.Products)
	case "SetAppData":
		s.AppData = q.Variables
		data["metafieldsSet"] = map[string]any{"userErrors": []any{}}
	case "CreatePercentCode", "CreateAmountCode":
		data["discountCodeBasicCreate"] = s.created(q.Variables)
	}
	return out
}

// withheld is what an app without approval sees: nulls, and an error for each.
func (s *Shopify) withheld(object map[string]any, out map[string]any) map[string]any {
	if !s.Denied {
		return object
	}
	less := maps.Clone(object)
	for _, name := range []string{"email", "phone", "defaultEmailAddress", "displayName", "shippingAddress"} {
		if _, there := less[name]; there {
			less[name] = nil
		}
	}
	out["errors"] = []any{map[string]any{
		"message": "This app is not approved to use the email field.", "extensions": map[string]any{"code": "ACCESS_DENIED"},
	}}
	return less
}

func page[T any](nodes []T) map[string]any {
	if nodes == nil {
		nodes = []T{}
	}
	return map[string]any{"nodes": nodes, "pageInfo": map[string]any{"hasNextPage": false, "endCursor": nil}}
}

var sinceWhen = regexp.MustCompile(`updated_at:>='([^']+)'`)

func (s *Shopify) changed(search string) []map[string]any {
	found := sinceWhen.FindStringSubmatch(search)
	if found == nil {
		s.tb.Errorf("orders are searched by %q", search)
		return nil
	}
	since, err := time.Parse(time.RFC3339, found[1])
	if err != nil {
		s.tb.Error(err)
	}
	var nodes []map[string]any
	for _, o := range s.Orders {
		text, _ := o["updatedAt"].(string)
		if at, err := time.Parse(time.RFC3339, text); err == nil && !at.Before(since) {
			nodes = append(nodes, map[string]any{"legacyResourceId": o["legacyResourceId"], "updatedAt": o["updatedAt"]})
		}
	}
	slices.SortFunc(nodes, func(a, b map[string]any) int {
		return strings.Compare(a["updatedAt"].(string), b["updatedAt"].(string))
	})
	return nodes
}

// found is as generous as Shopify's search: what looks like it is found, whatever the address.
func (s *Shopify) found(search string) []map[string]any {
	var nodes []map[string]any
	for _, o := range s.Orders {
		number, _ := o["name"].(string)
		if strings.Contains(search, strings.TrimPrefix(number, "#")[:2]) {
			nodes = append(nodes, map[string]any{"legacyResourceId": o["legacyResourceId"], "name": o["name"], "email": o["email"]})
		}
	}
	return nodes
}

func (s *Shopify) created(variables map[string]any) map[string]any {
	for _, code := range s.Codes {
		if code["code"] == variables["code"] {
			return map[string]any{"codeDiscountNode": nil, "userErrors": []any{
				map[string]any{"field": []string{"basicCodeDiscount", "code"}, "code": "TAKEN", "message": "Code must be unique."},
			}}
		}
	}
	s.Codes = append(s.Codes, variables)
	return map[string]any{"codeDiscountNode": map[string]any{"id": "gid://shopify/DiscountCodeNode/1057371260"}, "userErrors": []any{}}
}
