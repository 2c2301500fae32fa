package rest

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

const maxEvents = 100

// batchOf is a batch whose events are still to be checked, one by one: a bad one must not hold up the others.
type batchOf[T any] struct {
	Events []T `json:"events"`
}

func (a *api) PushEvents(ctx context.Context, q openapi.PushEventsRequestObject) (openapi.PushEventsResponseObject, error) {
	s := sessionOf(ctx)
	var batch batchOf[json.RawMessage]
	if err := json.Unmarshal(s.body, &batch); err != nil {
		return nil, errBadJSON
	}
	if n := len(batch.Events); n < 1 || n > maxEvents {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "events", Message: "must have 1 to 100 events"})
	}
	once, err := onceOf(s, "pushEvents", q.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	results := make([]chat.EventResult, len(batch.Events))
	var good []chat.ContextEvent
	var places []int
	for i, raw := range batch.Events {
		ev, err := event(raw)
		if e, ok := chat.AsError(err); ok {
			results[i] = chat.EventResult{ID: ev.ID, Outcome: chat.OutcomeInvalid, Error: e}
			continue
		}
		if err != nil {
			return nil, err
		}
		good, places = append(good, ev), append(places, i)
	}
	done, err := a.chat.Push(ctx, s.caller, s.shop.ID, once, good)
	if err != nil {
		return nil, err
	}
	for i, r := range done.Results {
		results[places[i]] = r
	}
	return openapi.PushEvents200JSONResponse(wire.EventResults(results)), nil
}

// event checks one event of a batch. Of a bad one it gives the id, if there is one to answer with.
func event(raw json.RawMessage) (chat.ContextEvent, error) {
	var e openapi.ContextEvent
	if err := wire.Decode(raw, &e); err != nil {
		var named struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(raw, &named) != nil || len(named.ID) > chat.MaxExternalID {
			named.ID = ""
		}
		return chat.ContextEvent{ID: named.ID}, err
	}
	ev, err := wire.Event(e)
	ev.ID = e.ID
	return ev, err
}

// onceOf makes a request's effect happen once, when its caller has given a key for that.
func onceOf(s session, route, key string) (*chat.Once, error) {
	if key == "" {
		return nil, nil
	}
	if len(key) > 200 {
		return nil, chat.ErrBadQuery
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return nil, chat.ErrBadQuery
		}
	}
	return &chat.Once{Credential: s.caller.Author().Key(), Route: route, Key: key, Hash: sha256.Sum256(s.body)}, nil
}
