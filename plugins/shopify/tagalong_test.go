package shopify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

const (
	chatShop = "shop_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	chatKey  = "tgk_secret-key"
)

// fakeTagalong takes events as Tagalong does: an id counts once, what is pushed is kept.
type fakeTagalong struct {
	*httptest.Server
	mu      sync.Mutex
	down    bool
	invalid string // an event's object id that it calls invalid
	events  map[string]tagalong.Event
	pushes  int
	privacy []map[string]any
	revoked []string
	codes   map[string]string // code → the challenge that its verifier must fit
	key     string
	heard   chan struct{} // of each push, for who waits
}

func startTagalong(t testing.TB) *fakeTagalong {
	t.Helper()
	f := &fakeTagalong{events: map[string]tagalong.Event{}, codes: map[string]string{}, key: chatKey, heard: make(chan struct{}, 1000)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/shops/{shop}/events", f.guarded(f.push))
	mux.HandleFunc("POST /v1/shops/{shop}/privacy/{kind}", f.guarded(f.private))
	mux.HandleFunc("DELETE /v1/plugin-key", f.guarded(f.revoke))
	mux.HandleFunc("POST /v1/connect/token", f.exchange)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeTagalong) do(change func(*fakeTagalong)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeTagalong) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		switch {
		case f.down:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Header.Get("Authorization") != "Bearer "+f.key:
			w.WriteHeader(http.StatusUnauthorized)
		case r.PathValue("shop") != "" && r.PathValue("shop") != chatShop:
			w.WriteHeader(http.StatusNotFound)
		default:
			next(w, r)
		}
	}
}

func (f *fakeTagalong) push(w http.ResponseWriter, r *http.Request) {
	var batch api.EventBatch
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.pushes++
	answer := api.EventResults{Results: []api.EventResult{}}
	for _, e := range batch.Events {
		result := api.EventResult{ID: e.ID, Outcome: api.EventOutcomeApplied}
		if _, known := f.events[e.ID]; known {
			result.Outcome = api.EventOutcomeDuplicate
		} else if f.invalid != "" && e.Order != nil && e.Order.ExternalID == f.invalid {
			result.Outcome = api.EventOutcomeInvalid
		} else {
			f.events[e.ID] = e
		}
		answer.Results = append(answer.Results, result)
	}
	_ = json.NewEncoder(w).Encode(answer)
	select {
	case f.heard <- struct{}{}:
	default:
	}
}

func (f *fakeTagalong) private(w http.ResponseWriter, r *http.Request) {
	var asked map[string]any
	raw, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(raw, &asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	asked["kind"] = r.PathValue("kind")
	f.privacy = append(f.privacy, asked)
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write([]byte(`{"id":"prv_1","kind":"redact","state":"pending","created_at":1,"due_at":2,"counts":{"customers":0,"orders":0,"shipments":0,"carts":0,"shoppers":0}}`))
}

func (f *fakeTagalong) revoke(w http.ResponseWriter, r *http.Request) {
	f.revoked = append(f.revoked, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	f.key = "revoked"
	w.WriteHeader(http.StatusNoContent)
}

func (f *fakeTagalong) exchange(w http.ResponseWriter, r *http.Request) {
	var code api.ConnectCode
	if err := json.NewDecoder(r.Body).Decode(&code); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if challenge := f.codes[code.Code]; challenge == "" || tagalong.Challenge(code.CodeVerifier) != challenge {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	delete(f.codes, code.Code)
	f.key = chatKey
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(api.Connection{
		Shop:           api.ConnectedShop{ID: chatShop, Key: "pk_lia", Name: "Lia's chat"},
		PluginKey:      api.ConnectedKey{ID: "key_1", Key: chatKey},
		IdentitySecret: &api.ConnectedSecret{Kid: "kid_lia", Secret: "identity-secret"},
		APIURL:         f.URL, LoaderURL: f.URL + "/w/pk_lia.js", InboxURL: "https://inbox.example",
	})
}

// state is what is left when all that was pushed is folded: of each object the newest by version, then by time; patches laid over.
func (f *fakeTagalong) state(t *testing.T) map[string]string {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	return folded(t, f.events)
}
