package tagalong

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// A request as the server saw it.
type seen struct {
	method, path, query, body string
	header                    http.Header
}

// server answers requests one after another with answers; the last one repeats. Waits are counted, not slept.
type server struct {
	client *Client
	seen   []seen
	waits  []time.Duration
}

type answer func(w http.ResponseWriter)

func answering(t *testing.T, answers ...answer) *server {
	t.Helper()
	s := &server{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.seen = append(s.seen, seen{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
		answers[min(len(s.seen), len(answers))-1](w)
	}))
	t.Cleanup(web.Close)
	client, err := New(web.URL+"/", "shop_1", "tgk_1", WithHTTPClient(web.Client()), WithUserAgent("my-plugin/1.2"))
	if err != nil {
		t.Fatal(err)
	}
	retrying, ok := client.api.Client.(*retrier)
	if !ok {
		t.Fatal("the client does not retry")
	}
	retrying.random = func() float64 { return 1 }
	retrying.sleep = func(_ context.Context, d time.Duration) error {
		s.waits = append(s.waits, d)
		return nil
	}
	s.client = client
	return s
}

func status(code int, body string, header ...string) answer {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func problem(code int, name string) answer {
	return status(code, fmt.Sprintf(`{"status":%d,"code":%q,"message":"No.","request_id":"req_1"}`, code, name))
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func TestRetries(t *testing.T) {
	order := func(c *Client) error { _, err := c.Order(t.Context(), "1"); return err }
	push := func(c *Client) error { _, err := c.PushEvents(t.Context(), []Event{{ID: "e"}}); return err }
	post := func(c *Client) error {
		_, err := c.PostMessage(t.Context(), "cnv_1", Draft{Text: "hi"}, "")
		return err
	}
	bare := func(c *Client) error {
		resp, err := c.API().CreateIdentitySecret(t.Context(), "shop_1")
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode >= 300 {
			return errors.New(resp.Status)
		}
		return nil
	}
	tests := []struct {
		name  string
		first answer
		call  func(*Client) error
		tries int
	}{
		{"a GET after a lost connection", hangUp, order, 2},
		{"a GET after 500", problem(500, "internal"), order, 2},
		{"a GET after 503", problem(503, "try_again"), order, 2},
		{"a GET after 408", problem(408, "timeout"), order, 2},
		{"a GET after 429", problem(429, "rate_limited"), order, 2},
		{"no GET after 404", problem(404, "not_found"), order, 1},
		{"no GET after 401", problem(401, "invalid_token"), order, 1},
		{"a push after a lost connection", hangUp, push, 2},
		{"a push whose first try still runs", problem(409, "idempotency_in_progress"), push, 2},
		{"no push whose key was used otherwise", problem(422, "idempotency_mismatch"), push, 1},
		{"a post after 500", problem(500, "internal"), post, 2},
		{"no post after a conflict", problem(409, "id_conflict"), post, 1},
		{"no bare POST after 500", problem(500, "internal"), bare, 1},
		{"no bare POST after a lost connection", hangUp, bare, 1},
		{"a bare POST after 429, which did nothing", problem(429, "rate_limited"), bare, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := answering(t, test.first, status(200, `{"results":[{"id":"e","outcome":"applied"}]}`))
			err := test.call(s.client)
			if len(s.seen) != test.tries || (err == nil) != (test.tries == 2) {
				t.Errorf("%d tries, want %d; error %v", len(s.seen), test.tries, err)
			}
		})
	}
}

func TestRetriesRepeatTheRequest(t *testing.T) {
	s := answering(t, problem(502, "internal"), hangUp, status(200, `{"results":[{"id":"e","outcome":"applied"}]}`))
	results, err := s.client.PushEvents(t.Context(), []Event{{ID: "e", Type: api.ContextEventTypeOrderDeleted, ExternalID: "1"}})
	if err != nil || len(results) != 1 {
		t.Fatal(results, err)
	}
	if len(s.seen) != 3 {
		t.Fatalf("%d tries", len(s.seen))
	}
	key := s.seen[0].header.Get("Idempotency-Key")
	for _, r := range s.seen {
		if r.body != s.seen[0].body || r.body == "" || r.header.Get("Idempotency-Key") != key || len(key) != 26 {
			t.Errorf("a try differs: %+v", r)
		}
	}
	if _, err := s.client.PushEvents(t.Context(), []Event{{ID: "e"}}); err != nil {
		t.Fatal(err)
	}
	if again := s.seen[3].header.Get("Idempotency-Key"); again == key {
		t.Error("another call has the same key")
	}
}

func TestWaits(t *testing.T) {
	s := answering(t, problem(503, "try_again"), status(429, "", "Retry-After", "7"), problem(503, "try_again"))
	_, err := s.client.Order(t.Context(), "1")
	if !IsCode(err, "try_again") {
		t.Fatal(err)
	}
	want := []time.Duration{250 * time.Millisecond, 7 * time.Second, time.Second, 2 * time.Second}
	if !slices.Equal(s.waits, want) {
		t.Errorf("waited %v, want %v", s.waits, want)
	}
}

func TestDoesNotWaitPastTheDeadline(t *testing.T) {
	s := answering(t, status(429, `{"code":"rate_limited"}`, "Retry-After", "31"))
	_, err := s.client.Order(t.Context(), "1")
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter != 31*time.Second || len(s.seen) != 1 {
		t.Errorf("%d tries, error %v", len(s.seen), err)
	}
}

func TestDeadlineOverAllTries(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := answering(t, status(200, `{}`))
	_, err := s.client.Order(ctx, "1")
	if !errors.Is(err, context.Canceled) || !IsCode(err, "no_answer") || len(s.seen) != 0 {
		t.Errorf("%d tries, error %v", len(s.seen), err)
	}
}

func TestErrors(t *testing.T) {
	s := answering(t, status(422, `{"status":422,"code":"invalid","message":"Wrong.","request_id":"req_9","fields":[{"path":"a.b","message":"too small"}]}`))
	_, err := s.client.Order(t.Context(), "1")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Status != 422 || e.Code != "invalid" || e.RequestID != "req_9" || len(e.Fields) != 1 || e.Fields[0].Path != "a.b" {
		t.Errorf("%+v", e)
	}
	if want := "tagalong: 422 invalid: Wrong. [a.b: too small] (request req_9)"; e.Error() != want {
		t.Errorf("%q, want %q", e.Error(), want)
	}

	s = answering(t, status(400, "<h1>Bad</h1>", "X-Request-Id", "r7"))
	if _, err = s.client.Order(t.Context(), "1"); !errors.As(err, &e) || e.Code != "http_400" || e.RequestID != "r7" {
		t.Errorf("a proxy's answer: %+v", err)
	}

	s = answering(t, status(200, "<html>"))
	if _, err = s.client.Order(t.Context(), "1"); !IsCode(err, "bad_answer") {
		t.Errorf("an answer that is no JSON: %v", err)
	}
}

func TestRequests(t *testing.T) {
	s := answering(t, status(200, `{}`))
	if _, err := s.client.Order(t.Context(), "a/b #1"); err != nil {
		t.Fatal(err)
	}
	got := s.seen[0]
	if got.path != "/v1/shops/shop_1/orders/a%2Fb%20%231" {
		t.Errorf("path %q", got.path)
	}
	if got.header.Get("Authorization") != "Bearer tgk_1" {
		t.Errorf("authorization %q", got.header.Get("Authorization"))
	}
	if agent := got.header.Get("User-Agent"); !strings.HasPrefix(agent, "my-plugin/1.2 tagalong-go/") {
		t.Errorf("user agent %q", agent)
	}
}

func TestPushEventsInBatches(t *testing.T) {
	s := answering(t, status(200, ""))
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got api.EventBatch
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &got); err != nil || len(got.Events) > 100 || len(body) > 256<<10 {
			t.Errorf("%d events in %d bytes: %v", len(got.Events), len(body), err)
		}
		s.seen = append(s.seen, seen{body: string(body)})
		var results api.EventResults
		for _, e := range got.Events {
			results.Results = append(results.Results, Result{ID: e.ID, Outcome: api.EventOutcomeApplied})
		}
		_ = json.NewEncoder(w).Encode(results)
	}))
	defer web.Close()
	client, err := New(web.URL, "shop_1", "tgk_1")
	if err != nil {
		t.Fatal(err)
	}
	events := func(n, size int) []Event {
		list := make([]Event, n)
		for i := range list {
			list[i] = Event{ID: strconv.Itoa(i), Order: &Order{ExternalID: "1", Note: strings.Repeat("x", size)}}
		}
		return list
	}
	for _, test := range []struct {
		name              string
		n, size, requests int
	}{
		{"none", 0, 0, 0},
		{"one", 1, 0, 1},
		{"a hundred", 100, 10, 1},
		{"a hundred and one", 101, 10, 2},
		{"many", 250, 10, 3},
		{"large ones", 10, 100_000, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.seen = nil
			results, err := client.PushEvents(t.Context(), events(test.n, test.size))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.seen) != test.requests || len(results) != test.n {
				t.Errorf("%d requests and %d results, want %d and %d", len(s.seen), len(results), test.requests, test.n)
			}
			for i, r := range results {
				if r.ID != strconv.Itoa(i) {
					t.Fatalf("result %d is of event %s", i, r.ID)
				}
			}
		})
	}
}

func TestPushEventsKeepsWhatWasTaken(t *testing.T) {
	taken := `{"results":[` + strings.Repeat(`{"id":"e","outcome":"applied"},`, 99) + `{"id":"e","outcome":"applied"}]}`
	s := answering(t, status(200, taken), problem(403, "insufficient_scope"))
	events := make([]Event, 101)
	for i := range events {
		events[i].ID = "e"
	}
	results, err := s.client.PushEvents(t.Context(), events)
	if !IsCode(err, "insufficient_scope") || len(results) != 100 {
		t.Errorf("%d results, %v", len(results), err)
	}
}

func TestPushEventsWantsAResultForEach(t *testing.T) {
	for name, body := range map[string]string{
		"none": `{"results":[]}`, "one": `{"results":[{"id":"a","outcome":"applied"}]}`,
		"another's": `{"results":[{"id":"a","outcome":"applied"},{"id":"c","outcome":"applied"}]}`,
	} {
		s := answering(t, status(200, body))
		if _, err := s.client.PushEvents(t.Context(), []Event{{ID: "a"}, {ID: "b"}}); !IsCode(err, "bad_answer") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrdersReadsAllPages(t *testing.T) {
	s := answering(t,
		status(200, `{"items":[{"external_id":"1"},{"external_id":"2"}],"next":"c2"}`),
		status(200, `{"items":[{"external_id":"3"}]}`))
	var ids []string
	for order, err := range s.client.Orders(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, order.ExternalID)
	}
	if !slices.Equal(ids, []string{"1", "2", "3"}) {
		t.Errorf("orders %v", ids)
	}
	if s.seen[0].query != "limit=100" || !strings.Contains(s.seen[1].query, "cursor=c2") {
		t.Errorf("queries %q, %q", s.seen[0].query, s.seen[1].query)
	}
}

func TestIteratorsEnd(t *testing.T) {
	s := answering(t, status(200, `{"items":[{"id":"cnv_1"},{"id":"cnv_2"}],"next":"c2"}`), problem(403, "insufficient_scope"))
	for _, err := range s.client.Conversations(t.Context(), Filter{State: api.ConversationFilterAll, Assignee: "none"}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(s.seen) != 1 || !strings.Contains(s.seen[0].query, "assignee=none") || !strings.Contains(s.seen[0].query, "state=all") {
		t.Errorf("requests %+v", s.seen)
	}
	var got []error
	for _, err := range s.client.Conversations(t.Context(), Filter{}) {
		got = append(got, err)
	}
	if len(got) != 1 || !IsCode(got[0], "insufficient_scope") {
		t.Errorf("errors %v", got)
	}
}

func TestEntriesFollowTheLog(t *testing.T) {
	s := answering(t,
		status(200, `{"items":[{"seq":6},{"seq":7}],"generation":1,"first_seq":1,"head":8}`),
		status(200, `{"items":[{"seq":8}],"generation":1,"first_seq":1,"head":8}`))
	var seqs []int64
	for entry, err := range s.client.Entries(t.Context(), "cnv_1", 5) {
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, entry.Seq)
	}
	if !slices.Equal(seqs, []int64{6, 7, 8}) || len(s.seen) != 2 {
		t.Errorf("entries %v in %d requests", seqs, len(s.seen))
	}
	if !strings.Contains(s.seen[0].query, "after=5") || !strings.Contains(s.seen[1].query, "after=7") {
		t.Errorf("queries %q, %q", s.seen[0].query, s.seen[1].query)
	}
}

func TestPostKeepsItsClientID(t *testing.T) {
	s := answering(t, problem(500, "internal"), status(201, `{"seq":3}`))
	entry, err := s.client.PostNote(t.Context(), "cnv_1", Draft{Text: "hi"}, "")
	if err != nil || entry.Seq != 3 {
		t.Fatal(entry, err)
	}
	var bodies [2]api.NewEntry
	for i := range bodies {
		if err := json.Unmarshal([]byte(s.seen[i].body), &bodies[i]); err != nil {
			t.Fatal(err)
		}
	}
	if bodies[0].ClientID == "" || bodies[0].ClientID != bodies[1].ClientID || bodies[0].Kind != api.NewEntryKindNote {
		t.Errorf("bodies %+v", bodies)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, args := range [][2]string{{"", "tgk_1"}, {"shop_1", ""}} {
		if _, err := New("https://chat.example", args[0], args[1]); err == nil {
			t.Errorf("New took %v", args)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 11, 21, 20, 34, 16, 123456789, time.FixedZone("CET", 3600))
	if got := OccurredAt(at); got != "2026-11-21T19:34:16.123456Z" {
		t.Error(got)
	}
	if got := VersionFromTime(at); got != 1795289656123 {
		t.Error(got)
	}
}
