package plugincheck

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stall is a plugin for a storefront that does not exist. It is right, but for the faults that a test gives it.
type stall struct {
	url    string // of the stand-in
	faults map[string]bool

	mu     sync.Mutex
	pushes int
	outbox chan []byte
	seen   map[string]bool // deliveries that were taken; nil: it remembers none
}

type stallDelivery struct {
	ID       json.Number `json:"id"`
	Total    string      `json:"total"`
	Currency string      `json:"currency"`
	State    string      `json:"state"`
	Mail     string      `json:"mail"`
	Buyer    int64       `json:"buyer"`
	Changed  int64       `json:"changed"`
	Gone     bool        `json:"gone"`
	Forget   json.Number `json:"forget"`
}

const stallSecret, stallLimit = "stall-check-secret", 65536

func (s *stall) has(fault string) bool { return s.faults[fault] }

func (s *stall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := int64(stallLimit)
	if s.has("takes any size") {
		limit = 1 << 30
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if !s.verified(body, r.Header.Get("X-Stall-Signature")) {
		w.WriteHeader(http.StatusUnauthorized)
		if s.has("tells its secret") {
			_, _ = io.WriteString(w, "expected "+stallSecret)
		}
		return
	}
	path, push := s.mapped(body, r.Header.Get("X-Stall-Delivery"), r.Header.Get("X-Stall-Topic"))
	if push == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if s.outbox != nil {
		s.outbox <- push
		w.WriteHeader(http.StatusAccepted)
		return
	}
	id := r.Header.Get("X-Stall-Delivery")
	if s.seen[id] {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	status := s.answer(s.push(path, push))
	if s.seen != nil && status/100 == 2 {
		s.seen[id] = true
	}
	w.WriteHeader(status)
}

func (s *stall) verified(body []byte, header string) bool {
	given, err := base64.StdEncoding.DecodeString(header)
	mac := hmac.New(sha256.New, []byte(stallSecret))
	mac.Write(body)
	return err == nil && hmac.Equal(given, mac.Sum(nil)) || s.has("does not verify") || s.has("takes the unsigned") && header == ""
}

// answer turns what Tagalong said into what the storefront hears.
func (s *stall) answer(status int) int {
	switch {
	case status/100 == 2, s.has("swallows refusals"):
		return http.StatusNoContent
	case s.has("answers 400 when Tagalong is down"):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}

// push gives the status; "invalid" in a result is one that it could not be taken.
func (s *stall) push(path string, body []byte) int {
	for {
		q, err := http.NewRequest(http.MethodPost, s.url+"/v1/shops/"+Shop+path, bytes.NewReader(body))
		if err != nil {
			return 0
		}
		q.Header.Set("Authorization", "Bearer "+Key)
		q.Header.Set("Content-Type", "application/json")
		if s.has("sends its secret along") {
			q.Header.Set("X-Debug", stallSecret)
		}
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			return 0
		}
		told, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests && s.has("does not wait") {
			continue
		}
		if bytes.Contains(told, []byte(`"invalid"`)) && s.has("asks for invalid ones again") {
			return http.StatusServiceUnavailable
		}
		return answer.StatusCode
	}
}

func (s *stall) mapped(body []byte, id, topic string) (path string, push []byte) {
	var d stallDelivery
	if json.Unmarshal(body, &d) != nil || d.State == "noise" {
		return "", nil
	}
	if topic == "forget" {
		if s.has("forgets nobody") {
			return "", nil
		}
		return "/privacy/redact", raw(map[string]any{
			"reference": "stall:" + id, "customer": map[string]any{"external_id": d.Forget.String(), "email": d.Mail},
		})
	}
	s.mu.Lock()
	s.pushes++
	n := s.pushes
	s.mu.Unlock()
	event := map[string]any{"id": "stall:" + id, "occurred_at": "2026-11-20T10:00:00.000000Z", "version": d.Changed}
	if s.has("counts its own ids") {
		event["id"] = fmt.Sprintf("stall:%s:%d", id, n)
	}
	if s.has("takes the clock for the version") {
		event["version"] = time.Now().UnixMilli() - 60_000 + int64(n)
	}
	external := d.ID.String()
	if s.has("reads ids as floats") {
		f, _ := d.ID.Float64()
		external = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if d.Gone {
		event["type"], event["external_id"] = "order.deleted", external
	} else {
		event["type"], event["order"] = "order.upserted", s.order(d, external)
	}
	return "/events", raw(map[string]any{"events": []any{event}})
}

func (s *stall) order(d stallDelivery, external string) map[string]any {
	order := map[string]any{
		"external_id": external, "currency": d.Currency, "status_raw": d.State, "fulfillment_status": "unfulfilled",
		"totals": map[string]any{"total": map[string]any{"amount": s.amount(d), "currency": d.Currency}},
	}
	if d.State == "paid" || d.State == "pending" {
		order["financial_status"] = d.State
	} else if s.has("guesses statuses") {
		order["financial_status"] = "paid"
	}
	customer := map[string]any{}
	if d.Buyer != 0 {
		customer["external_id"] = strconv.FormatInt(d.Buyer, 10)
	}
	if d.Mail != "" {
		customer["email"] = d.Mail
	}
	switch {
	case len(customer) > 0:
		order["customer"] = customer
	case s.has("makes up guests"):
		order["customer"] = map[string]any{"email": "guest@example.org"}
	default:
		order["guest"] = true
	}
	if s.has("adds fields of its own") {
		order["colour"] = "blue"
	}
	return order
}

func (s *stall) amount(d stallDelivery) int64 {
	digits := map[string]int{"JPY": 0, "KWD": 3}
	n, special := digits[d.Currency]
	if !special || s.has("thinks all money has cents") {
		n = 2
	}
	whole, fraction, _ := strings.Cut(d.Total, ".")
	amount, err := strconv.ParseInt(whole+(fraction + "000")[:n], 10, 64)
	if err != nil {
		return 0
	}
	return amount
}

func raw(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
