package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// A shop with a WhatsApp number, a person who opens its link and writes, and the
// shop's answer.
func ExampleWorld() {
	ctx := context.Background()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
		}
	}))
	defer shop.Close()

	w := graph.New(graph.Options{Seed: 1, Clock: graph.NewClock(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))})
	api := httptest.NewServer(w.Handler())
	defer api.Close()
	fmt.Println(w.AddApp(ctx, graph.App{ID: "1", Secret: "secret", Callback: graph.Callback{URL: shop.URL, VerifyToken: "verify"}}))
	fmt.Println(w.AddNumber(graph.Number{ID: "10", Account: "11", Display: "4930901820000", App: "1", Token: "token", Subscribe: true}))
	anna, _ := w.AddPerson(graph.Person{ID: "anna", Name: "Anna", Phone: "491700000001"})

	draft, _ := w.Click("anna", "https://wa.me/4930901820000?text=Hello+(ref+K7Q-4MX)")
	_, _ = w.Say("anna", draft.Line, graph.Inbound{Text: draft.Text})
	w.Advance(ctx, time.Second)

	body := `{"messaging_product":"whatsapp","to":"+` + anna.Phone + `","type":"text","text":{"body":"Hello Anna"},"biz_opaque_callback_data":"d1.0"}`
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, api.URL+"/v25.0/10/messages", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer token")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = response.Body.Close()
	_ = w.Look("anna", "10")
	w.Advance(ctx, time.Second)

	messages, _ := w.Thread("anna", "10")
	for _, m := range messages {
		fmt.Println(m.Text, m.Seen)
	}
	report := w.Invariants()
	fmt.Println(response.StatusCode, w.Outcomes()[0].Told, report.Taken, len(report.Breaches))
	// Output:
	// <nil>
	// <nil>
	// Hello (ref K7Q-4MX) true
	// Hello Anna true
	// 200 read 4 0
}
