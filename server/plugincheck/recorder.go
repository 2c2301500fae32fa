package plugincheck

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Whom the stand-in takes for the plugin. They look like the server's and belong to nobody.
const (
	Shop      = "shop_checkcheckcheckcheckcheckc"
	PublicKey = "pk_checkcheckcheckcheckcheckc"
	Key       = "tgk_test_checkcheckcheckcheckcheckc"
)

// mood makes the stand-in answer what it could take with a refusal; nil takes it.
type mood func(items []item) *refusal

type refusal struct {
	status     int
	code       string
	retryAfter string
}

// recorder stands in for Tagalong: it takes what a plugin pushes, as the server would, and keeps all of it.
type recorder struct {
	now time.Time

	mu       sync.Mutex
	requests []request
	answers  map[string]answered // by route and Idempotency-Key
	state    *state
	mood     mood
	invalid  func(item) bool // what is called invalid, whatever it is
	news     chan struct{}   // closed and made anew at each request
}

// answered keeps what a request with an Idempotency-Key got, for its repeats.
type answered struct {
	request string
	status  int
	content []byte
}

func newRecorder(now time.Time) *recorder {
	return &recorder{now: now, answers: map[string]answered{}, state: newState(now), news: make(chan struct{})}
}

// listen serves the stand-in until it is stopped; the URL is what the plugin needs.
func (r *recorder) listen(ctx context.Context, address string) (url string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	return "http://" + listener.Addr().String(), func() {
		_ = server.Close()
		<-done
	}, nil
}

// ServeHTTP answers as the server does.
func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(io.LimitReader(q.Body, maxRequest+1))
	if err != nil {
		return // the plugin went away
	}
	status, retryAfter, content := r.take(q, body)
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	kind := "application/json"
	if status/100 != 2 {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(content)
}

// take decides on one request and keeps it.
func (r *recorder) take(q *http.Request, body []byte) (status int, retryAfter string, content []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := request{at: time.Now(), route: q.URL.Path, target: q.URL.RequestURI(), header: q.Header.Clone(), body: body}
	defer func() {
		kept.status = status
		r.requests = append(r.requests, kept)
		close(r.news)
		r.news = make(chan struct{})
	}()
	refuse := func(err error) (int, string, []byte) {
		p := wire.Problem(err, "req_check")
		told, _ := json.Marshal(p)
		return int(p.Status), "", told
	}
	route, err := route(q, len(body))
	if err != nil {
		return refuse(err)
	}
	kept.route = route
	key := q.Header.Get("Idempotency-Key")
	if before, ok := r.answers[route+" "+key]; ok && key != "" {
		if before.request != string(body) {
			return refuse(chat.ErrIdempotency)
		}
		kept.repeat = true
		return before.status, "", before.content
	}
	if kept.items, err = items(route, body); err != nil {
		return refuse(err)
	}
	if r.mood != nil {
		if no := r.mood(kept.items); no != nil {
			told, _ := json.Marshal(map[string]any{"status": no.status, "code": no.code, "message": "Not now.", "request_id": "req_check"})
			return no.status, no.retryAfter, told
		}
	}
	status, content = r.effect(route, kept.items)
	if key != "" {
		r.answers[route+" "+key] = answered{string(body), status, content}
	}
	return status, "", content
}

// fresh forgets the state and the mood, but no request.
func (r *recorder) fresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.mood, r.invalid = newState(r.now), nil, nil
	clear(r.answers)
}

func (r *recorder) setMood(m mood) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mood = m
}

func (r *recorder) callInvalid(which func(item) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.invalid = which
}

// mark is a place in the list of requests.
func (r *recorder) mark() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.requests)
}

// since gives the requests after a mark.
func (r *recorder) since(mark int) []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]request(nil), r.requests[mark:]...)
}

// stateDifferences compares what the plugin's pushes came to with what they should have.
func (r *recorder) stateDifferences(want *state) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.differences(want)
}

// await waits until what came since the mark is enough, or ctx ends; it tells which.
func (r *recorder) await(ctx context.Context, mark int, enough func([]request) bool) bool {
	for {
		r.mu.Lock()
		news, got := r.news, r.requests[mark:]
		done := enough(got)
		r.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-news:
		}
	}
}
