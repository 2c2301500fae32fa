package tagalong_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
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
	mux.HandleFunc("POST /v1/connect/token", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"shop":{"id":"shop_aaaaaaaaaaaaaaaaaaaaaaaaaa","key":"pk_aaaaaaaaaaaaaaaaaaaaaaaaaa","name":"Marl"},
			"plugin_key":{"id":"plk_aaaaaaaaaaaaaaaaaaaaaaaaaa","key":"tgk_secret","scopes":["context:write"]},
			"identity_secret":{"kid":"kid_aaaaaaaaaaaaaaaaaaaaaaaaaa","secret":"a secret"},
			"api_url":"https://chat.example","loader_url":"https://chat.example/loader.js","inbox_url":"https://inbox.example"}`)
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

// The two ends of a "Connect" button.
func ExampleConnect() {
	server := installation()
	defer server.Close()

	// The button: keep verifier and state with the merchant's session, and send their browser to the URL.
	verifier, state, returnURL := tagalong.NewVerifier(), tagalong.NewState(), "https://shop.example/admin/chat"
	page, err := tagalong.ConnectURL(server.URL, tagalong.ConnectRequest{
		Name: "My plugin", Platform: "own", ReturnURL: returnURL, State: state, Verifier: verifier,
		Scopes: []api.Scope{api.ScopeContextWrite}, Identity: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page) > 0)

	// The return URL: compare the state with the kept one, then exchange the code.
	connection, err := tagalong.Connect(context.Background(), server.URL, "the code", verifier, returnURL)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(connection)
	// Output:
	// true
	// connection to shop_aaaaaaaaaaaaaaaaaaaaaaaaaa with plk_aaaaaaaaaaaaaaaaaaaaaaaaaa
}

func ExampleIdentityTokens_Mint() {
	tokens, err := tagalong.NewIdentityTokens("pk_aaaaaaaaaaaaaaaaaaaaaaaaaa", "kid_aaaaaaaaaaaaaaaaaaaaaaaaaa", "a secret")
	if err != nil {
		log.Fatal(err)
	}
	// Of whoever is signed in on this request; answer it uncached, to them alone.
	token, err := tokens.Mint(tagalong.Identity{Subject: "42", Name: "Lia Brandt", Email: "lia@example.org"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(strings.Split(token, ".")))
	// Output: 3
}
