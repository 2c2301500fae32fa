package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const (
	hookSecret  = "secret-of-the-app"
	hookNumber  = "106540352242922"
	hookPeople  = 200 // who write; each has a conversation
	hookBatch   = 20  // messages in a webhook that carries many
	hookHeader  = "X-Hub-Signature-256"
	takenWithin = 5 * time.Second // the goal for taking in what waits when the last webhook was thanked for
)

// hooks measures the door of webhooks: signed messages of a provider's come at a fixed rate, whatever the answers take. An answer means
// that the webhook is on disk; the worker takes it in afterwards, and how long it needs after the last one is the fifth figure. The
// floor reads a body, checks its signature and answers.
func hooks(ctx context.Context, s settings) error {
	const (
		single = "server, a message each"
		many   = "server, 20 messages each"
		floor  = "floor: bare HTTP, signature checked"
	)
	t := newTable(fmt.Sprintf("Webhooks with %d messages/s, %v, median of %d", s.hooks, s.hooksFor, s.rounds))
	for range s.rounds {
		for _, kind := range []struct {
			name    string
			measure func() (hooked, error)
		}{
			{single, func() (hooked, error) { return serverHooks(ctx, s, 1) }},
			{many, func() (hooked, error) { return serverHooks(ctx, s, hookBatch) }},
			{floor, func() (hooked, error) { return floorHooks(ctx, s) }},
		} {
			h, err := kind.measure()
			if err != nil {
				return fmt.Errorf("%s: %w", kind.name, err)
			}
			t.add(kind.name, percentile(h.took, 50), percentile(h.took, 99), float64(h.refused), h.cost, h.behind.Seconds())
		}
	}
	t.print("p50 ms", "p99 ms", "not thanked for", "µs CPU each", "s to take in")
	fmt.Printf("  p50 / floor's %.2f; server CPU per message / floor's per request %.2f\n", t.at(single, 0)/t.at(floor, 0), t.at(single, 3)/t.at(floor, 3))
	atMost("8: webhooks that were not thanked for", t.at(single, 2)+t.at(many, 2), 0)
	atMost("8: seconds until all are taken in", max(t.at(single, 4), t.at(many, 4)), takenWithin.Seconds())
	return nil
}

// hooked is what a run has given.
type hooked struct {
	took    []time.Duration
	refused int64
	cost    float64       // µs of the server's processor time for a message
	behind  time.Duration // from the last answer until all is taken in
}

func floorHooks(ctx context.Context, s settings) (hooked, error) {
	f, err := startFloor("hooks")
	if err != nil {
		return hooked{}, err
	}
	defer f.stop()
	before := cpu(f.pid())
	h, err := sendHooks(ctx, s, "http://"+f.addr+"/", 1)
	h.cost = (cpu(f.pid()) - before) / float64(len(h.took)) * 1e6
	return h, err
}

func serverHooks(ctx context.Context, s settings, batch int) (hooked, error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: manyMessages})
	url, err := connectNumber(server)
	if err != nil {
		return hooked{}, err
	}
	before := cpu(server.PID())
	h, err := sendHooks(ctx, s, url, batch)
	if err != nil {
		return h, err
	}
	messages := len(h.took) * batch
	start := time.Now()
	if err := takenIn(ctx, server, messages); err != nil {
		return h, err
	}
	h.behind, h.cost = time.Since(start), (cpu(server.PID())-before)/float64(messages)*1e6
	return h, nil
}

// connectNumber connects a WhatsApp number and gives the address of its webhooks.
func connectNumber(server *harness.Server) (string, error) {
	agent := server.Agent()
	var app struct {
		ID         string
		WebhookURL string `json:"webhook_url"`
	}
	in := map[string]any{"provider": "meta", "name": "Bench", "app_id": "1", "secrets": []string{hookSecret}}
	if status := agent.Call(http.MethodPost, "/v1/provider-apps", in, &app); status != http.StatusCreated {
		return "", fmt.Errorf("make an app: %d", status)
	}
	account := map[string]any{
		"channel": "whatsapp", "name": "Bench", "provider_app": app.ID, "external_id": hookNumber, "handle": "+4930901820000", "token": "token",
		"shops": []string{server.Shop},
	}
	if status := agent.Call(http.MethodPost, "/v1/accounts", account, nil); status != http.StatusCreated {
		return "", fmt.Errorf("connect a number: %d", status)
	}
	return app.WebhookURL, nil
}

// sendHooks posts webhooks at the fixed rate and waits for all answers.
func sendHooks(ctx context.Context, s settings, url string, batch int) (hooked, error) {
	client := harness.NewClient()
	defer client.CloseIdleConnections()
	n := int(float64(s.hooks) * s.hooksFor.Seconds() / float64(batch))
	gap := time.Duration(float64(time.Second) * float64(batch) / float64(s.hooks))
	took, errs := make([]time.Duration, n), make([]error, n)
	var refused atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for i := range n {
		body := webhook(i*batch, batch, start)
		mark := signature(body)
		<-time.After(time.Until(start.Add(gap * time.Duration(i))))
		all.Go(func() {
			begun := time.Now()
			status, err := post(ctx, client, url, body, mark)
			if took[i], errs[i] = time.Since(begun), err; status/100 != 2 {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	return hooked{took: took, refused: refused.Load()}, errors.Join(errs...)
}

func post(ctx context.Context, client *http.Client, url string, body []byte, mark string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(hookHeader, mark)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

func signature(body []byte) string {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook is one of the provider's, with messages from the nth one on. Everybody writes in turn.
func webhook(n, batch int, at time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{`+
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"4930901820000","phone_number_id":"%s"},"contacts":[`, hookNumber)
	list(&b, n, batch, func(i int) { fmt.Fprintf(&b, `{"profile":{"name":"Person %d"},"wa_id":"%s"}`, i%hookPeople, phone(i)) })
	b.WriteString(`],"messages":[`)
	list(&b, n, batch, func(i int) {
		fmt.Fprintf(&b, `{"from":"%s","id":"wamid.bench.%d","timestamp":"%d","type":"text","text":{"body":"%s"}}`, phone(i), i, at.Unix(), text)
	})
	b.WriteString(`]}}]}]}`)
	return b.Bytes()
}

func list(b *bytes.Buffer, from, n int, write func(i int)) {
	for i := from; i < from+n; i++ {
		if i > from {
			b.WriteByte(',')
		}
		write(i)
	}
}

func phone(i int) string { return strconv.Itoa(491700000000 + i%hookPeople) }

// takenIn waits until no webhook waits, and looks that each message is in a log, once.
func takenIn(ctx context.Context, server *harness.Server, messages int) error {
	ctx, cancel := context.WithTimeout(ctx, 4*patience)
	defer cancel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(server.Data, "tagalong.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for waiting := -1; waiting != 0; {
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM raws WHERE state = 'pending'").Scan(&waiting); err != nil {
			return fmt.Errorf("%d webhooks wait: %w", waiting, err)
		}
		if waiting > 0 {
			<-time.After(50 * time.Millisecond)
		}
	}
	var logged int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM entries WHERE kind = 'message'").Scan(&logged); err != nil {
		return err
	}
	if logged != messages {
		return fmt.Errorf("%d messages came and %d are in the logs", messages, logged)
	}
	return nil
}

// hookFloor is the least that a door of webhooks does.
func hookFloor(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 3<<20))
	given := strings.TrimSpace(r.Header.Get(hookHeader))
	if err != nil || !hmac.Equal([]byte(given), []byte(signature(body))) {
		w.WriteHeader(http.StatusUnauthorized)
	}
}
