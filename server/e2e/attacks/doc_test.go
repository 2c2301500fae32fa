// Package attacks throws bad input at the running binary and looks what comes back, and that nothing was stored that should not be.
//
// Each case is a row: a name, a request or frames, the expected status, code or close. Files follow the doors: http_test.go,
// files_test.go, socket_test.go, accounts_test.go, context_test.go, hooks_door_test.go; what came through the last one and what goes out
// is in hooks_effect_test.go and calls_test.go.
package attacks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// One server serves all cases: it must survive each of them, which the last test looks at.
var (
	startOnce sync.Once
	shared    *harness.Server
	world     *stage
)

// stage is what the cases play on: a shopper with a conversation, and a second shop of another merchant's kind of access.
type stage struct {
	*harness.Server
	agent        *harness.Agent
	mara         *harness.Shopper // has a conversation
	conversation string
	eve          *harness.Shopper // has none
	otherShop    struct{ ID, Key string }
}

type mainTB struct {
	testing.TB
	ends []func()
}

func (m *mainTB) Helper()                   {}
func (m *mainTB) Logf(f string, a ...any)   { fmt.Printf(f+"\n", a...) }
func (m *mainTB) Fatal(args ...any)         { panic(fmt.Sprintln(args...)) }
func (m *mainTB) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (m *mainTB) Cleanup(f func())          { m.ends = append(m.ends, f) }
func (m *mainTB) TempDir() string           { return mustTemp(m) }
func (m *mainTB) end() {
	for _, v := range slices.Backward(m.ends) {
		v()
	}
}

// play gives the stage, set up at the first call.
func play(t *testing.T) *stage {
	t.Helper()
	startOnce.Do(func() {
		shared = harness.Start(mainT, harness.Options{})
		w := &stage{Server: shared, agent: shared.Agent(), mara: shared.NewShopper(), eve: shared.NewShopper()}
		k, err := w.mara.Dial(context.Background())
		if err != nil {
			panic(err)
		}
		if err := k.Send(context.Background(), "", "first", "hello"); err != nil {
			panic(err)
		}
		f, err := k.Await(context.Background(), func(f harness.Frame) bool { return f.Type == "ack" })
		if err != nil {
			panic(err)
		}
		k.Close()
		w.conversation = f.Conversation
		body := map[string]any{"name": "Second shop", "origins": []string{"https://second.example"}, "language": "en", "currency": "EUR", "time_zone": "UTC"}
		if status := w.agent.Call(http.MethodPost, "/v1/shops", body, &w.otherShop); status != http.StatusCreated {
			panic(fmt.Sprint("create a second shop: ", status))
		}
		world = w
	})
	if world == nil {
		t.Fatal("the server did not start")
	}
	return world
}

// attack is one request and what must come back.
type attack struct {
	name   string
	method string
	host   string // chat when empty
	path   string
	header map[string]string
	// headers are set as they are: some more than once
	headers http.Header
	body    any // string and []byte go as they are, anything else as JSON
	status  int
	code    string
	check   func(t *testing.T, resp *http.Response, body []byte)
}

func (w *stage) shopper(p *harness.Shopper) map[string]string {
	return map[string]string{"Authorization": "Bearer " + p.Token}
}

func (w *stage) plugin() map[string]string {
	return map[string]string{"Authorization": "Bearer " + w.PluginKey}
}

func (w *stage) cookie() map[string]string {
	return map[string]string{"Cookie": w.agent.Cookie, "Origin": w.URL("inbox", "")}
}

func with(h map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, h)
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

// run throws the attacks one after another and looks afterwards that the victim's log is as it was.
func run(t *testing.T, w *stage, attacks []attack) {
	t.Helper()
	before := len(w.ConversationLog(w.conversation))
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { a.throw(t, w) })
	}
	if after := len(w.ConversationLog(w.conversation)); after != before {
		t.Errorf("the victim's log grew from %d to %d entries", before, after)
	}
}

func (a attack) throw(t *testing.T, w *stage) {
	t.Helper()
	resp, body, err := a.send(w)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != a.status {
		t.Fatalf("status %d, want %d: %.300s", resp.StatusCode, a.status, body)
	}
	if a.code != "" {
		var p struct {
			Code      string `json:"code"`
			Status    int    `json:"status"`
			RequestID string `json:"request_id"`
		}
		if err := json.Unmarshal(body, &p); err != nil || p.Code != a.code || p.Status != a.status || p.RequestID == "" {
			t.Fatalf("problem is %.300s, want code %s", body, a.code)
		}
		if ct := resp.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
			t.Fatalf("content type is %q", ct)
		}
	}
	if a.check != nil {
		a.check(t, resp, body)
	}
}

func (a attack) send(w *stage) (*http.Response, []byte, error) {
	host := a.host
	if host == "" {
		host = "chat"
	}
	method := a.method
	if method == "" {
		method = http.MethodGet
	}
	var in io.Reader
	switch b := a.body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case []byte:
		in = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			return nil, nil, err
		}
		in = bytes.NewReader(j)
	}
	req, err := http.NewRequest(method, w.URL(host, "/"), in)
	if err != nil {
		return nil, nil, err
	}
	path, query, _ := strings.Cut(a.path, "?")
	req.URL.Opaque = path // as it stands: nothing is cleaned or encoded on the way
	req.URL.RawQuery = query
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, a.headers)
	for k, v := range a.header {
		if k == "Host" {
			req.Host = v
			continue
		}
		req.Header.Set(k, v)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

var client = harness.NewClient()
