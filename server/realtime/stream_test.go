package realtime

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

// reader is a stream in a test.
type reader struct {
	t    *testing.T
	resp *http.Response
	r    *bufio.Reader
}

func (w *world) get(url string, header http.Header) *http.Response {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	w.must(err)
	req.Header = header
	resp, err := w.http.Do(req)
	w.must(err)
	w.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func (w *world) stream(t *testing.T, url string, header http.Header) *reader {
	t.Helper()
	resp := w.get(url, header) //nolint:bodyclose // get closes it at the end
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %s", resp.Status, resp.Header)
	}
	return &reader{t, resp, bufio.NewReader(resp.Body)}
}

// next gives the next frame of a type.
func (r *reader) next(typ openapi.ServerFrameType) openapi.ServerFrame {
	r.t.Helper()
	for {
		line, err := r.r.ReadString('\n')
		if err != nil {
			r.t.Fatalf("%v before a %s came", err, typ)
		}
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok {
			continue
		}
		var f openapi.ServerFrame
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			r.t.Fatal(err)
		}
		if f.Type == typ {
			return f
		}
	}
}

func bearer(v person) http.Header { return http.Header{"Authorization": {"Bearer " + v.token}} }

func (w *world) shopperURL(path string) string {
	return "http://chat.localhost/v1/shops/" + w.shop.Key + path
}

// post sends a frame without a socket.
func (w *world) postFrame(url string, header http.Header, body string) (int, openapi.ServerFrame) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
	w.must(err)
	req.Header = header.Clone()
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := w.http.Do(req)
	w.must(err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	w.must(err)
	var f openapi.ServerFrame
	if len(data) > 0 {
		w.must(json.Unmarshal(data, &f))
	}
	return resp.StatusCode, f
}

func TestAStreamAndPostsDoWhatASocketDoes(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	s := w.stream(t, w.shopperURL("/stream"), bearer(v))
	if f := s.next("welcome"); f.Self.ID != string(v.ID) || f.Epoch == "" {
		t.Fatalf("welcome %+v", f)
	}
	status, ack := w.postFrame(w.shopperURL("/frames"), bearer(v), string(explicit(say("", "first", "one"))))
	if status != http.StatusOK || ack.Type != "ack" || ack.ClientID != "first" || ack.Seq != 1 {
		t.Fatalf("%d %+v", status, ack)
	}
	if e := s.next("entry"); e.Entry.Message.Text != "one" {
		t.Fatalf("entry %+v", e)
	}
	again := w.stream(t, w.shopperURL(fmt.Sprintf("/stream?join=%s.1.0", ack.Conversation)), bearer(v))
	again.next("joined")
	if e := again.next("entry"); e.Entry.Seq != 1 {
		t.Fatalf("entry %+v", e)
	}

	cookie := w.signIn(w.agent)
	header := http.Header{"Cookie": {cookie}, "Sec-Fetch-Site": {"same-origin"}}
	a := w.stream(t, fmt.Sprintf("http://inbox.localhost/v1/agent/stream?join=%s.1.0&feed=%s.0", ack.Conversation, w.shop.ID), header)
	a.next("welcome")
	if e := a.next("entry"); e.Entry.Seq != 1 {
		t.Fatalf("entry %+v", e)
	}
	if f := a.next("feed"); f.Summary == nil || f.Summary.ID != ack.Conversation {
		t.Fatalf("feed %+v", f)
	}
	header.Set("Origin", inboxURL)
	status, ack2 := w.postFrame("http://inbox.localhost/v1/agent/frames", header, string(explicit(say(ack.Conversation, "answer", "two"))))
	if status != http.StatusOK || ack2.Type != "ack" {
		t.Fatalf("%d %+v", status, ack2)
	}
	for again.next("entry").Entry.Kind != "message" {
	}
	status, _ = w.postFrame(w.shopperURL("/frames"), bearer(v), `{"type":"read","conversation":"`+ack.Conversation+`","seq":3}`)
	if status != http.StatusNoContent {
		t.Fatalf("read: %d", status)
	}
	for f := a.next("receipt"); f.Participant.Kind != "shopper" || *f.Read != 4; f = a.next("receipt") {
	}
}

func TestAPostedFrameIsRefusedAsASocketsWouldBe(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	url := w.shopperURL("/frames")
	for _, c := range []struct {
		name   string
		header http.Header
		body   string
		status int
		code   openapi.ErrorCode
	}{
		{"no token", http.Header{}, `{"type":"typing"}`, 401, "unauthenticated"},
		{"another token", bearer(person{token: "tgs_" + secret()}), `{"type":"typing"}`, 401, "invalid_token"},
		{"another shop's token", bearer(w.otherShop()), `{"type":"typing"}`, 401, "token_wrong_shop"},
		{"a foreign origin", http.Header{"Authorization": bearer(v)["Authorization"], "Origin": {"https://evil.example"}}, `{}`, 403, "origin_not_allowed"},
		{"a form", http.Header{"Authorization": bearer(v)["Authorization"], "Content-Type": {"text/plain"}}, `{}`, 415, "unsupported_media_type"},
		{"gzip", http.Header{"Authorization": bearer(v)["Authorization"], "Content-Encoding": {"gzip"}}, `{}`, 415, "unsupported_encoding"},
		{"too large", bearer(v), strings.Repeat(" ", 33<<10), 413, "too_large"},
		{"not JSON", bearer(v), "hello", 400, "bad_frame"},
		{"a socket's frame", bearer(v), `{"type":"ping"}`, 400, "bad_frame"},
		{"a foreign conversation", bearer(v), string(explicit(say(newID[string]("cnv_"), "x", "x"))), 200, "not_found"},
		{"nothing", bearer(v), string(explicit(say("", "y", " "))), 200, "bad_text"},
		{"typing before there is anything", bearer(v), `{"type":"typing"}`, 204, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, f := w.postFrame(url, c.header, c.body)
			if status != c.status || f.Code != c.code {
				t.Fatalf("%d %q", status, f.Code)
			}
		})
	}
	status, f := w.postFrame("http://inbox.localhost/v1/agent/frames",
		http.Header{"Cookie": {w.signIn(w.agent)}, "Origin": {"https://evil.example"}}, `{"type":"viewing"}`)
	if status != 403 || f.Code != "cross_origin" {
		t.Fatalf("cross-site with a cookie: %d %q", status, f.Code)
	}
	for name, header := range map[string]http.Header{
		"unknown origin": {"Cookie": {w.signIn(w.agent)}},
		"another site":   {"Cookie": {w.signIn(w.agent)}, "Sec-Fetch-Site": {"cross-site"}},
	} {
		resp := w.get("http://inbox.localhost/v1/agent/stream", header) //nolint:bodyclose // get closes it at the end
		if resp.StatusCode != http.StatusForbidden {
			t.Fatalf("a stream of %s with a cookie: %s", name, resp.Status)
		}
	}
}

func TestPostsShareTheSessionsAllowance(t *testing.T) {
	w := newWorld(t, Limits{MessageBurst: 3})
	v := w.person()
	c := w.shopper(v)
	id := c.begin("0")
	for _, m := range []string{"1", "2"} {
		if _, f := w.postFrame(w.shopperURL("/frames"), bearer(v), string(explicit(say(id, m, m)))); f.Type != "ack" {
			t.Fatalf("%s: %+v", m, f)
		}
	}
	status, f := w.postFrame(w.shopperURL("/frames"), bearer(v), string(explicit(say(id, "3", "3"))))
	if status != http.StatusOK || f.Type != "refused" || f.Code != "rate_limited" || f.RetryAfterMs == 0 {
		t.Fatalf("%d %+v", status, f)
	}
}

func TestAStreamBeatsAndEndsWithTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		s := w.stream(t, w.shopperURL("/stream"), bearer(w.person()))
		s.next("welcome")
		for range 3 {
			s.next("beat")
		}
		done := make(chan error, 1)
		go func() { done <- w.door.Drain(context.Background(), time.Second) }()
		if f := s.next("bye"); f.Code != "draining" {
			t.Fatalf("bye %+v", f)
		}
		if rest, err := io.ReadAll(s.r); err != nil || strings.TrimSpace(string(rest)) != "" {
			t.Fatalf("after the bye: %q %v", rest, err)
		}
		w.must(<-done)
		w.stop()
	})
}

func TestAStreamWhoseReaderGoesAwayIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		s := w.stream(t, w.shopperURL("/stream"), bearer(w.person()))
		s.next("welcome")
		_ = s.resp.Body.Close()
		time.Sleep(time.Second) // virtual
		synctest.Wait()
		if n := w.door.Connections(); n != 0 {
			t.Fatalf("%d connections are left", n)
		}
		w.stop()
	})
}

func TestAStreamOverHTTP2OutlivesItsWriteDeadlines(t *testing.T) {
	w := newWorld(t, Limits{Write: 200 * time.Millisecond, Beat: 500 * time.Millisecond})
	mux := http.NewServeMux()
	w.door.Handlers(func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, h) })
	srv := httptest.NewUnstartedServer(mux)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/v1/shops/"+w.shop.Key+"/stream", nil)
	w.must(err)
	req.Header = bearer(w.person())
	resp, err := srv.Client().Do(req)
	w.must(err)
	defer func() { _ = resp.Body.Close() }()
	if resp.ProtoMajor != 2 {
		t.Fatal(resp.Proto)
	}
	s := &reader{t, resp, bufio.NewReader(resp.Body)}
	s.next("welcome")
	for range 3 { // each comes long after the deadline of the one before
		s.next("beat")
	}
}
