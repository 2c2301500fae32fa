// Package handoff plays conversations that leave the site, against the real server and a stand-in for Meta that behaves as badly as
// Meta may: webhooks come twice, late, in any order and in batches, answers get lost, sends fail for no reason; and the server is
// killed in the middle of it. In the end the stand-in's journal, the people's phones and the server's logs must tell one story.
//
// A short run is the default; TAGALONG_TRIALS gives the number of seeds, TAGALONG_CONVERSATIONS that of conversations of each,
// TAGALONG_SEED the first seed.
package handoff_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// town is a server with a WhatsApp number and a page at a simulated Meta.
type town struct {
	*harness.Server
	t     *testing.T
	world *graph.World
	agent *harness.Agent
}

const (
	number, waba, page = "106540352242922", "102290129340398", "1755847768034402"
	digits             = "4930901820000"
	appID, appSecret   = "1029384756102938", "test_app_secret"
	token              = "test-token"
)

func newTown(t *testing.T, seed uint64, profile graph.Profile) *town {
	t.Helper()
	api, media := listener(t), listener(t)
	world := graph.New(graph.Options{
		BaseURL: "http://" + api.Addr().String(), MediaURL: "http://" + media.Addr().String(), Seed: seed, Profile: profile, JournalLimit: 2_000_000,
	})
	serve(t, api, world.Handler())
	serve(t, media, world.MediaHandler())
	s := harness.Start(t, harness.Options{Flags: []string{
		"-message-rate", "1000000", "-graph-url", "http://" + api.Addr().String(), "-media-host", media.Addr().String(),
		"-whatsapp-link-url", "https://wa.me", "-uncertain-for", "4s",
	}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- world.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && ctx.Err() == nil {
			t.Errorf("the world ended: %v", err)
		}
	})
	w := &town{Server: s, t: t, world: world, agent: s.Agent()}
	w.settle()
	return w
}

func listener(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func serve(t *testing.T, ln net.Listener, h http.Handler) {
	t.Helper()
	s := &httptest.Server{Listener: ln, Config: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}}
	s.Start()
	t.Cleanup(s.Close)
}

// settle connects the number and the page, as a merchant does in the inbox.
func (w *town) settle() {
	w.t.Helper()
	ctx := w.t.Context()
	must(w.t, w.world.AddApp(ctx, graph.App{ID: appID, Name: "Test", Secret: appSecret, HumanAgent: true}))
	must(w.t, w.world.AddNumber(graph.Number{ID: number, Account: waba, Display: digits, Name: "Shop", App: appID, Token: token, Tier: "TIER_UNLIMITED"}))
	must(w.t, w.world.AddPage(graph.Page{ID: page, Name: "Shop", Username: "shop.page", App: appID, Token: token + "-page"}))
	var app struct {
		ID          string
		WebhookURL  string `json:"webhook_url"`
		VerifyToken string `json:"verify_token"`
	}
	w.call("POST", "/v1/provider-apps", object{"provider": "meta", "name": "Test", "app_id": appID, "secrets": []string{appSecret}}, &app)
	must(w.t, w.world.SetCallback(ctx, appID, "", graph.Callback{URL: app.WebhookURL, VerifyToken: app.VerifyToken}))
	var offered []object
	for _, a := range []object{
		{"channel": "whatsapp", "external_id": number, "handle": "+" + digits, "business_id": waba, "token": token, "per_second": 1000},
		{"channel": "messenger", "external_id": page, "handle": "shop.page", "token": token + "-page", "human_agent": true},
	} {
		a["name"], a["provider_app"], a["shops"], a["default_shop"] = "Shop", app.ID, []string{w.Shop}, w.Shop
		var out struct{ ID string }
		w.call("POST", "/v1/accounts", a, &out)
		w.call("POST", "/v1/accounts/"+out.ID+"/subscribe", nil, nil)
		offered = append(offered, object{"channel": a["channel"], "account": out.ID, "link": true, "ask": a["channel"] == "whatsapp"})
	}
	w.call("PATCH", "/v1/shops/"+w.Shop, object{"settings": object{"handoff": object{"channels": offered, "leave_after": 1}}}, nil)
}

type object = map[string]any

// call makes an agent's request, which must succeed.
func (w *town) call(method, path string, in, out any) {
	w.t.Helper()
	if status := w.agent.Call(method, path, in, out); status >= 300 {
		w.t.Fatalf("%s %s: %d", method, path, status)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// try makes a request again and again until the server, which may be down, has answered it, or the time is over.
func (w *town) try(ctx context.Context, method, path, credential string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		status, answer, err := w.once(ctx, method, path, credential, body)
		switch {
		case err == nil && status < 300:
			if out == nil {
				return nil
			}
			return json.Unmarshal(answer, out)
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			return fmt.Errorf("%s %s: %d %s", method, path, status, answer)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s: %w (last: %d)", method, path, errors.Join(ctx.Err(), err), status)
		case <-time.After(pause):
		}
	}
}

var client = func() *http.Client {
	c := harness.NewClient()
	c.Timeout = 10 * time.Second
	return c
}()

func (w *town) once(ctx context.Context, method, path, credential string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.URL("chat", path), strings.NewReader(string(body)))
	if err != nil {
		return 0, nil, err
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if credential != "" {
		req.Header.Set("Authorization", "Bearer "+credential)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var b strings.Builder
	_, err = copyTo(&b, resp)
	return resp.StatusCode, []byte(b.String()), err
}

// setting reads a number from the environment.
func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func firstSeed() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("TAGALONG_SEED"), 10, 64); err == nil {
		return n
	}
	return rand.Uint64N(1 << 32)
}
