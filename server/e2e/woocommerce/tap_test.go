package woocommerce_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// tap sits between the plugin and the server: it writes down what is sent, and can answer in the server's place.
type tap struct {
	mu     sync.Mutex
	pushed map[string]int // events by id: how often
	calls  int
	before func(w http.ResponseWriter, r *http.Request) (answered bool)
	after  func(w http.ResponseWriter) (answered bool) // the server has answered; this goes to the plugin instead
}

// tap puts one in, for the rest of the test.
func (r *rig) tap() *tap {
	r.t.Helper()
	p := &tap{pushed: map[string]int{}}
	to, err := url.Parse(r.server.URL("chat", ""))
	if err != nil {
		r.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(pr *httputil.ProxyRequest) { pr.SetURL(to) },
		Transport: harness.NewClient().Transport,
	}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { p.serve(w, req, proxy) }))
	r.t.Cleanup(door.Close)
	_, port, _ := strings.Cut(door.Listener.Addr().String(), ":")
	r.do(r.t, nil, fmt.Sprintf(`$c = get_option('tagalong_chat_connection'); $c['api_url'] = 'http://tap.localhost:%s';
		update_option('tagalong_chat_connection', $c, false);`, port))
	return p
}

func (p *tap) serve(w http.ResponseWriter, req *http.Request, proxy http.Handler) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	p.note(body)
	p.mu.Lock()
	before, after := p.before, p.after
	p.mu.Unlock()
	if before != nil && before(w, req) {
		return
	}
	if after == nil {
		proxy.ServeHTTP(w, req)
		return
	}
	real := httptest.NewRecorder()
	proxy.ServeHTTP(real, req)
	if after(w) {
		return
	}
	w.WriteHeader(real.Code)
	_, _ = w.Write(real.Body.Bytes())
}

// note writes down which events a body has: of a batch, or one a line.
func (p *tap) note(body []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	var batch struct{ Events []struct{ ID string } }
	if json.Unmarshal(body, &batch) == nil {
		for _, e := range batch.Events {
			p.pushed[e.ID]++
		}
	}
}

// set changes what the tap does.
func (p *tap) set(before func(http.ResponseWriter, *http.Request) bool, after func(http.ResponseWriter) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before, p.after = before, after
}

// seen gives how many calls there were, and the events that were sent.
func (p *tap) seen() (calls int, pushed map[string]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls, maps.Clone(p.pushed)
}
