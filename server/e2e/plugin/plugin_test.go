// Package plugin plays the example plugin and the Go SDK against the real server: what a storefront signs and sends arrives where the
// agents see it, once, however often and in whatever order it comes.
package plugin_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	example "github.com/tagalong-chat/tagalong/plugins/example"
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const secret = "kiosk-secret"

// kiosk is a storefront with the plugin installed: it signs what it sends, and sends again what was not taken.
type kiosk struct {
	t    *testing.T
	hook string
}

func newKiosk(t *testing.T, s *harness.Server) (*kiosk, *tagalong.Client) {
	t.Helper()
	client, err := tagalong.New(s.URL("chat", ""), s.Shop, s.PluginKey, tagalong.WithHTTPClient(harness.NewClient()))
	if err != nil {
		t.Fatal(err)
	}
	h, err := example.New(example.Options{Secrets: []string{secret}, Pusher: client, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(h)
	t.Cleanup(door.Close)
	return &kiosk{t: t, hook: door.URL}, client
}

// delivery makes a webhook's body about an order as it was so many seconds ago.
func delivery(id string, order int, state, paid string, ago time.Duration, shopper string) []byte {
	at := time.Now().Add(-ago).UTC().Format(time.RFC3339Nano)
	b, err := json.Marshal(map[string]any{
		"delivery": id, "event": "order.changed", "sent_at": at,
		"order": map[string]any{
			"id": order, "ref": fmt.Sprintf("K-%d", order), "state": state, "paid": paid, "currency": "EUR", "created": at, "changed": at,
			"items":   []any{map[string]any{"id": 1, "product": "2001", "name": "Mug", "count": 2, "sent": 0, "price": "24.90", "sum": "49.80"}},
			"amounts": map[string]any{"goods": "49.80", "total": "49.80"}, "extra": map[string]string{"_tagalong_shopper": shopper},
		},
	})
	if err != nil {
		panic(err)
	}
	return b
}

func sign(body []byte, key string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// send delivers a webhook once and gives the plugin's answer.
func (k *kiosk) send(body []byte, signature string) int {
	k.t.Helper()
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, k.hook, bytes.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("X-Kiosk-Signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// deliver sends a webhook until it is taken, as a storefront does.
func (k *kiosk) deliver(body []byte) {
	k.t.Helper()
	for range 10 {
		switch status := k.send(body, sign(body, secret)); status {
		case http.StatusNoContent:
			return
		case http.StatusServiceUnavailable:
		default:
			k.t.Fatalf("the plugin answered %d", status)
		}
	}
	k.t.Fatal("a webhook was not taken in ten deliveries")
}

// shopper begins a conversation and gives their id and its.
func shopper(t *testing.T, s *harness.Server) (id, conversation string) {
	t.Helper()
	p := s.NewShopper()
	k, err := p.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if err := k.Send(t.Context(), "", "first", "Where is my order?"); err != nil {
		t.Fatal(err)
	}
	f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		t.Fatal(err)
	}
	return p.ID, f.Conversation
}

// watch follows a conversation as an agent.
func watch(t *testing.T, s *harness.Server, conversation string) *harness.Socket {
	t.Helper()
	k, err := s.Agent().Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	if err := k.Write(t.Context(), map[string]any{"type": "join", "conversation": conversation, "generation": 1, "after": 0}); err != nil {
		t.Fatal(err)
	}
	return k
}

// news waits until the log tells of an order's change.
func news(t *testing.T, k *harness.Socket, order, change string) harness.Frame {
	t.Helper()
	f, err := k.Await(t.Context(), func(f harness.Frame) bool {
		return f.Type == "entry" && f.Entry.Event != nil && f.Entry.Event.Name == "order_changed" && f.Entry.Event.Order.ExternalID == order &&
			string(f.Entry.Event.Order.Change) == change
	})
	if err != nil {
		t.Fatalf("the conversation does not hear that order %s is %s: %v", order, change, err)
	}
	return f
}

func TestAnOrderReachesTheConversationOfWhoPlacedIt(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	k, client := newKiosk(t, s)
	id, conversation := shopper(t, s)
	agent := watch(t, s, conversation)

	forged := delivery("forged", 666, "new", "yes", time.Minute, id)
	if status := k.send(forged, sign(forged, "another-secret")); status != http.StatusUnauthorized {
		t.Errorf("a forged webhook: %d", status)
	}
	if _, err := client.Order(t.Context(), "666"); !notFound(err) {
		t.Errorf("the forged order: %v", err)
	}

	k.deliver(delivery("d1", 1001, "packing", "no", 3*time.Minute, id))
	f := news(t, agent, "1001", "placed")
	if f.Entry.Author.Kind != "system" || f.Entry.Event.Order.Number != "K-1001" {
		t.Errorf("the entry is %+v", f.Entry)
	}
	k.deliver(delivery("d2", 1001, "packing", "yes", 2*time.Minute, id))
	news(t, agent, "1001", "paid")

	o, err := client.Order(t.Context(), "1001")
	if err != nil {
		t.Fatal(err)
	}
	if o.Number != "K-1001" || o.FinancialStatus != api.FinancialStatusPaid || o.Shopper != id || o.Totals == nil || o.Totals.Total == nil ||
		o.Totals.Total.Amount != 4980 || o.Totals.Total.Currency != "EUR" || len(o.Lines) != 1 || o.Lines[0].Quantity != 2 {
		t.Errorf("the order is %+v", o)
	}
	c, err := client.Conversation(t.Context(), conversation)
	if err != nil || c.Order == nil || c.Order.ExternalID != "1001" || c.Order.FinancialStatus != api.FinancialStatusPaid {
		t.Errorf("the conversation's order is %+v, %v", c.Order, err)
	}
	n := 0
	for _, err := range client.Orders(t.Context()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("%d orders are listed", n)
	}
}

func notFound(err error) bool {
	var e *tagalong.Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// Whatever a storefront's queue does to them: each webhook comes one to five times, in any order, and the server is killed once in
// the middle. What is known in the end is the newest, and each change was told once.
func TestRepeatedAndReorderedWebhooksAreHarmless(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	s := harness.Start(t, harness.Options{})
	k, client := newKiosk(t, s)
	id, conversation := shopper(t, s)
	const orders = 6
	var queue [][]byte
	for order := 1; order <= orders; order++ {
		for i, at := range [][2]string{{"new", "no"}, {"packing", "yes"}, {"partly_sent", "yes"}, {"sent", "yes"}} {
			body := delivery(fmt.Sprintf("d%d-%d", order, i), order, at[0], at[1], time.Duration(10-i)*time.Minute, id)
			for range 1 + rnd.IntN(5) {
				queue = append(queue, body)
			}
		}
	}
	rnd.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	half := len(queue) / 2
	for _, body := range queue[:half] {
		k.deliver(body)
	}
	s.Kill()
	back := make(chan struct{})
	go func() {
		defer close(back)
		s.Run()
	}()
	for _, body := range queue[half:] { // the first ones come while the server is down
		k.deliver(body)
	}
	<-back

	for order := 1; order <= orders; order++ {
		o, err := client.Order(t.Context(), fmt.Sprint(order))
		if err != nil || o.FulfillmentStatus != api.FulfillmentStatusFulfilled || o.FinancialStatus != api.FinancialStatusPaid {
			t.Errorf("order %d is %s, %s, %v; the newest is fulfilled, paid", order, o.FulfillmentStatus, o.FinancialStatus, err)
		}
	}
	last := watch(t, s, conversation)
	k.deliver(delivery("last", 99, "new", "no", time.Minute, id)) // tasks are done in order of their time: what follows this has been told
	news(t, last, "99", "placed")
	told := map[string]int{}
	for e, err := range client.Entries(t.Context(), conversation, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Event != nil && e.Event.Order != nil {
			told[fmt.Sprint(e.Event.Order.ExternalID, " ", e.Event.Order.Change)]++
		}
	}
	for what, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", what, n)
		}
	}
	if len(told) < orders+1 {
		t.Errorf("of %d orders only this was told: %v", orders+1, told)
	}
}

func TestIteratorsReadAllPages(t *testing.T) {
	s := harness.Start(t, harness.Options{Flags: []string{"-message-rate", "1000000"}})
	_, client := newKiosk(t, s)
	const conversations, messages = 105, 230 // more than a page of each
	want := map[string]bool{}
	for range conversations - 1 {
		_, c := shopper(t, s)
		want[c] = true
	}
	first := chatter(t, s, messages)
	want[first] = true
	for c, err := range client.Conversations(t.Context(), tagalong.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if !want[c.ID] {
			t.Errorf("%s is listed twice, or is nobody's", c.ID)
		}
		delete(want, c.ID)
	}
	if len(want) != 0 {
		t.Errorf("%d conversations are not listed", len(want))
	}
	note, err := client.PostNote(t.Context(), first, tagalong.Draft{Text: "a note"}, "n0")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := client.PostNote(t.Context(), first, tagalong.Draft{Text: "a note"}, "n0"); err != nil || again.Seq != note.Seq {
		t.Errorf("a repeat was answered with %d instead of %d, %v", again.Seq, note.Seq, err)
	}
	said, seq := 0, int64(0)
	for e, err := range client.Entries(t.Context(), first, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seq++; e.Seq != seq {
			t.Fatalf("entry %d comes after %d", e.Seq, seq-1)
		}
		if e.Kind == api.EntryKindMessage {
			said++
		}
	}
	if said < messages || seq != note.Seq {
		t.Errorf("%d messages were read, of %d or a few more; the last entry is %d, the note is %d", said, messages, seq, note.Seq)
	}
}

// chatter begins a conversation of at least n messages.
func chatter(t *testing.T, s *harness.Server, n int) (conversation string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	ended := make(chan struct{})
	p := s.NewShopper()
	c := harness.NewScript("chatter", harness.Cursor{}, p.BySocket)
	go func() {
		defer close(ended)
		c.Run(ctx)
	}()
	err := c.Heard(ctx, n)
	c.Quieten()
	if err == nil {
		err = c.Settled(ctx, 0)
	}
	cancel()
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	return c.Conversation()
}
