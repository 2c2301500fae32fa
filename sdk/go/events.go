package tagalong

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// The server's limits on one request; PushEvents keeps a little below the second.
const (
	maxBatch      = 100
	maxBatchBytes = 240 << 10
)

// PushEvents pushes what happened in the shop and gives one result for each event, in their order.
//
// A result with outcome "invalid" was not taken, and sending the same again will not help: see its Error. The outcomes
// "duplicate" and "stale" are as good as "applied": the server knows this state or a newer one.
//
// More than 100 events, or more than fit into one request, go in several requests one after another. When one of them
// fails for good the results so far are returned with the error; pushing everything again is harmless.
func (c *Client) PushEvents(ctx context.Context, events []Event) ([]Result, error) {
	results := make([]Result, 0, len(events))
	batches, err := batch(events)
	if err != nil {
		return nil, err
	}
	for _, batch := range batches {
		got, err := c.pushBatch(ctx, batch)
		if err != nil {
			return results, err
		}
		results = append(results, got...)
	}
	return results, nil
}

// body is one request's worth of events, and their ids.
type body struct {
	raw []byte
	ids []string
}

func (c *Client) pushBatch(ctx context.Context, events body) ([]Result, error) {
	params := &api.PushEventsParams{IdempotencyKey: c.newID()}
	answer, err := call[api.EventResults](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.PushEventsWithBody(ctx, c.shop, params, "application/json", io.Reader(bytes.NewReader(events.raw)))
	})
	if err != nil {
		return nil, err
	}
	// Callers tell by the place which event a result is of, so an answer must have them all, in their order.
	same := func(r Result, id string) bool { return r.ID == id }
	if !slices.EqualFunc(answer.Results, events.ids, same) {
		return nil, &Error{Status: http.StatusOK, Code: "bad_answer", Message: "The results are not those of the events."}
	}
	return answer.Results, nil
}

// batch writes the bodies of as many requests as are needed.
func batch(events []Event) ([]body, error) {
	var bodies []body
	var open [][]byte
	var ids []string
	size := 0
	flush := func() {
		if len(open) > 0 {
			bodies = append(bodies, body{fmt.Appendf(nil, `{"events":[%s]}`, bytes.Join(open, []byte(","))), ids})
		}
		open, ids, size = nil, nil, 0
	}
	for i, event := range events {
		raw, err := json.Marshal(event)
		if err != nil {
			return nil, fmt.Errorf("tagalong: event %d (%s): %w", i, event.ID, err)
		}
		if len(open) == maxBatch || size+len(raw) > maxBatchBytes {
			flush()
		}
		open, ids = append(open, raw), append(ids, event.ID)
		size += len(raw) + 1
	}
	flush()
	return bodies, nil
}

// VersionFromTime is the number that decides which of two states of an object is the newer one: its platform's "updated at" in
// milliseconds, whatever the source of the event.
func VersionFromTime(updatedAt time.Time) int64 { return updatedAt.UnixMilli() }

// OccurredAt writes the time of an event as the contract wants it: RFC 3339 in UTC with microseconds. It decides between
// states of equal version.
func OccurredAt(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
