package tagalong_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// An installation to talk to; yours is at https://chat.your-shop.example.
func installation() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/shops/{shop}/events", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"results":[{"id":"demo:1001:1795289656123","outcome":"applied"}]}`)
	})
	mux.HandleFunc("GET /v1/shops/{shop}/conversations", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"items":[{"id":"cnv_1","last_message":{"text":"Where is my order?"}}]}`)
	})
	mux.HandleFunc("POST /v1/shops/{shop}/conversations/{conversation}/entries", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"seq":4}`)
	})
	return httptest.NewServer(mux)
}

func ExampleClient_PushEvents() {
	server := installation()
	defer server.Close()
	client, err := tagalong.New(server.URL, "shop_aaaaaaaaaaaaaaaaaaaaaaaaaa", "tgk_secret", tagalong.WithUserAgent("my-plugin/1.0"))
	if err != nil {
		log.Fatal(err)
	}
	total, err := tagalong.ParseMoney("49.90", "EUR")
	if err != nil {
		log.Fatal(err)
	}
	updated := time.UnixMilli(1795289656123)
	results, err := client.PushEvents(context.Background(), []tagalong.Event{{
		// The same event has the same id, however often it is sent.
		ID:         fmt.Sprintf("demo:1001:%d", updated.UnixMilli()),
		Type:       api.ContextEventTypeOrderUpserted,
		OccurredAt: tagalong.OccurredAt(updated),
		Version:    tagalong.VersionFromTime(updated),
		Order: &tagalong.Order{
			ExternalID:      "1001",
			Number:          "#1001",
			Currency:        "EUR",
			Totals:          &api.Totals{Total: &total},
			FinancialStatus: api.FinancialStatusPaid,
		},
	}})
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range results {
		fmt.Println(result.ID, result.Outcome)
	}
	// Output: demo:1001:1795289656123 applied
}

func ExampleClient_PostMessage() {
	server := installation()
	defer server.Close()
	client, err := tagalong.New(server.URL, "shop_aaaaaaaaaaaaaaaaaaaaaaaaaa", "tgk_secret")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for conversation, err := range client.Conversations(ctx, tagalong.Filter{Assignee: "none"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(conversation.LastMessage.Text)
		entry, err := client.PostMessage(ctx, conversation.ID, tagalong.Draft{Text: "It left us this morning."}, "")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("posted as", entry.Seq)
	}
	// Output:
	// Where is my order?
	// posted as 4
}

func ExampleWebhook() {
	webhook := tagalong.Webhook{Secrets: []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}
	handler := func(w http.ResponseWriter, r *http.Request, body []byte) {
		event, err := webhook.Verify(r.Header, body)
		if err != nil {
			http.Error(w, "not believed", http.StatusUnauthorized)
			return
		}
		fmt.Println(event.Type)
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodPost, "/hooks", nil), []byte(`{}`))
	fmt.Println(w.Code)
	// Output: 401
}
