package plugincheck

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// The limits of one request are the server's.
const (
	maxRequest = 256 << 10
	maxEvents  = 100
)

// What a plugin may ask of the stand-in.
const (
	routeEvents    = "events"
	routeRedact    = "redact"
	routeExport    = "export"
	routePluginKey = "plugin-key"
)

var routes = map[string]string{
	"POST /v1/shops/" + Shop + "/events":         routeEvents,
	"POST /v1/shops/" + Shop + "/privacy/redact": routeRedact,
	"POST /v1/shops/" + Shop + "/privacy/export": routeExport,
	"GET /v1/plugin-key":                         routePluginKey,
}

// route names what is asked, and refuses what the server would before it looks into the body.
func route(q *http.Request, size int) (string, error) {
	if q.Header.Get("Authorization") != "Bearer "+Key {
		return "", chat.ErrUnauthenticated
	}
	name, ok := routes[q.Method+" "+q.URL.Path]
	if !ok {
		return "", chat.ErrNotFound
	}
	if size > maxRequest {
		return "", chat.ErrTooLarge
	}
	if media, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";"); q.Method == http.MethodPost && media != "application/json" {
		return "", chat.ErrFileType
	}
	return name, nil
}

// items reads a request's events, or its one privacy request.
func items(route string, body []byte) ([]item, error) {
	switch route {
	case routePluginKey:
		return nil, nil
	case routeRedact:
		var asked openapi.Redaction
		err := wire.Decode(body, &asked)
		if err == nil && asked.Customer == nil && len(asked.Orders) == 0 && !asked.Everything {
			err = chat.ErrInvalid.With(chat.Field{Path: "customer", Message: "is missing, and neither orders nor everything is there"})
		}
		return []item{{route: route, raw: body}}, err
	case routeExport:
		return []item{{route: route, raw: body}}, wire.Decode(body, new(openapi.DataExport))
	}
	var batch struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := wire.Decode(body, &batch); err != nil {
		return nil, err
	}
	if n := len(batch.Events); n < 1 || n > maxEvents {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "events", Message: "must have 1 to 100 events"})
	}
	all := make([]item, len(batch.Events))
	for i, raw := range batch.Events {
		ev, err := readEvent(raw)
		all[i] = item{route: route, id: ev.ID, raw: raw, problem: err}
	}
	return all, nil
}

// effect takes what was asked, and answers it. The caller holds the lock.
func (r *recorder) effect(route string, all []item) (int, []byte) {
	switch route {
	case routePluginKey:
		return http.StatusOK, encode(map[string]any{
			"id": "key_check", "name": "check", "scopes": []string{"context:write", "context:read"},
			"shop": map[string]any{
				"id": Shop, "key": PublicKey, "name": "Check", "test": true, "language": "en", "time_zone": "UTC", "currency": "EUR",
				"origins": []string{},
			},
		})
	case routeRedact, routeExport:
		return http.StatusAccepted, encode(map[string]any{
			"id": "prv_check", "kind": route, "state": "pending", "created_at": r.now.UnixMilli(), "due_at": r.now.AddDate(0, 0, 30).UnixMilli(),
			"counts": map[string]int{"customers": 0, "orders": 0, "shipments": 0, "carts": 0, "shoppers": 0},
		})
	}
	results := make([]chat.EventResult, len(all))
	for i := range all {
		results[i] = r.fold(&all[i])
	}
	return http.StatusOK, encode(wire.EventResults(results))
}

// fold takes one event, and keeps with it what became of it.
func (r *recorder) fold(one *item) chat.EventResult {
	result := chat.EventResult{ID: one.id}
	err := one.problem
	switch {
	case r.invalid != nil && r.invalid(*one):
		err = chat.ErrInvalid.With(chat.Field{Path: "order.number", Message: "is called invalid to see what happens"})
	case err == nil:
		var ev chat.ContextEvent
		if ev, err = readEvent(one.raw); err == nil {
			result.Outcome, err = r.state.push(ev)
		}
		one.problem = err
	}
	if err != nil {
		result.Outcome, result.Error = chat.OutcomeInvalid, wire.Cause(err)
	}
	one.outcome = result.Outcome
	return result
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // a value of our own making
	}
	return raw
}
