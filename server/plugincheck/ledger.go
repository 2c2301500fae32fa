package plugincheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// request is one that the plugin has sent to the stand-in.
type request struct {
	at     time.Time
	route  string // events, redact, export, or the path
	target string // path and query
	header http.Header
	body   []byte
	status int
	// repeat of an earlier one with its Idempotency-Key: answered, and without effect.
	repeat bool
	items  []item
}

// taken tells whether the request was answered as the plugin hopes.
func (r request) taken() bool { return r.status/100 == 2 }

// item is an event, or a privacy request.
type item struct {
	route   string
	id      string // of an event
	raw     json.RawMessage
	problem error // the contract or the domain refuses it
	outcome chat.Outcome
}

// readEvent takes an event as the server does.
func readEvent(raw json.RawMessage) (chat.ContextEvent, error) {
	var e openapi.ContextEvent
	if err := wire.Decode(raw, &e); err != nil {
		return chat.ContextEvent{}, err
	}
	ev, err := wire.Event(e)
	ev.ID = e.ID
	return ev, err
}

// state is what the shop's records would be.
type state struct {
	// now is late enough for all goldens, so that a case recorded on a clock ahead of this one is not refused for it.
	now     time.Time
	records map[string]chat.Record
	seen    map[string]bool
}

func newState(now time.Time) *state {
	return &state{now: now, records: map[string]chat.Record{}, seen: map[string]bool{}}
}

// push folds one event in, as the server would.
func (s *state) push(ev chat.ContextEvent) (chat.Outcome, error) {
	if s.seen[ev.ID] {
		return chat.OutcomeDuplicate, nil
	}
	name := string(ev.Kind) + " " + ev.ExternalID
	var known *chat.Record
	if r, ok := s.records[name]; ok {
		known = &r
	}
	folded, err := chat.Fold("shop_check", known, ev, s.now)
	if err != nil {
		return chat.OutcomeInvalid, err
	}
	s.seen[ev.ID] = true
	if folded.Outcome == chat.OutcomeApplied {
		s.records[name] = folded.Record
	}
	return folded.Outcome, nil
}

// differences says in which records two states differ; empty when they are the same.
func (s *state) differences(want *state) (all []string) {
	for name, record := range want.records {
		got, there := s.records[name]
		switch {
		case !there:
			all = append(all, name+" is missing")
		case got.Deleted != record.Deleted:
			all = append(all, fmt.Sprintf("%s is deleted: %t, want %t", name, got.Deleted, record.Deleted))
		case got.Version != record.Version:
			all = append(all, fmt.Sprintf("%s stands at version %d, want %d", name, got.Version, record.Version))
		default:
			for _, d := range differences(got.Body, record.Body) {
				all = append(all, name+": "+d)
			}
		}
	}
	for name := range s.records {
		if _, wanted := want.records[name]; !wanted {
			all = append(all, name+" is there and should not be")
		}
	}
	return all
}

// explain makes the domain's error readable: with its fields.
func explain(err error) error {
	e, ok := chat.AsError(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	parts := make([]string, 0, len(e.Fields))
	for _, field := range e.Fields {
		parts = append(parts, field.Path+" "+field.Message)
	}
	return errors.New(e.Message + " " + strings.Join(parts, "; "))
}
