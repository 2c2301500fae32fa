package attacks_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // counts what a refused webhook must not leave behind

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

type object = map[string]any

// hooked is a server with a WhatsApp number and a page, whose Graph API and file host belong to the test.
type hooked struct {
	*stage
	graph, files, trap *recorder // trap is an address that nobody may ever ask
	app                hookApp
}

type hookApp struct {
	ID          string
	WebhookURL  string `json:"webhook_url"`
	VerifyToken string `json:"verify_token"`
}

const (
	hookNumber, hookWABA, hookPage = "106540352242922", "102290129340398", "1755847768034402"
	hookSecret                     = "secret-of-the-app"
)

// recorder is a host that writes down who asks what of it.
type recorder struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	sends  int
	answer http.HandlerFunc // nil: as the Graph API answers
}

func record(t *testing.T, answer http.HandlerFunc) *recorder {
	r := &recorder{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(q.Body, 1<<20)) // what is cut off is no matter here
	r.mu.Lock()
	r.asked = append(r.asked, fmt.Sprintf("%s %s %s", q.Method, q.URL.RequestURI(), body))
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		answer = r.agree
	}
	answer(w, q)
}

// agree answers as the Graph API does when it is content.
func (r *recorder) agree(w http.ResponseWriter, q *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if q.Method != http.MethodPost || !strings.HasSuffix(q.URL.Path, "/messages") {
		_, _ = io.WriteString(w, `{"success":true}`)
		return
	}
	r.mu.Lock()
	r.sends++
	id := wamid(r.sends)
	r.mu.Unlock()
	_ = json.NewEncoder(w).Encode(object{"messaging_product": "whatsapp", "contacts": []object{{"wa_id": "x"}}, "messages": []object{{"id": id}}})
}

func wamid(n int) string { return "wamid.out." + strconv.Itoa(n) }

// answers sets how the host answers from now on; nil: as the Graph API does.
func (r *recorder) answers(f http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// heard gives the requests that contain a text.
func (r *recorder) heard(text string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.asked), func(s string) bool { return !strings.Contains(s, text) })
}

// connect starts a server with its channels connected, as a merchant does it in the settings.
func connect(t *testing.T) *hooked {
	t.Helper()
	w := &hooked{graph: record(t, nil), files: record(t, nil), trap: record(t, nil)}
	s := harness.Start(t, harness.Options{Flags: []string{
		"-graph-url", w.graph.URL, "-media-host", strings.TrimPrefix(w.files.URL, "http://"), "-message-rate", "1000000",
	}})
	w.stage = &stage{Server: s, agent: s.Agent()}
	w.app = newHookApp(t, w.agent, "1029384756102938", hookSecret)
	for _, a := range []object{
		{"channel": "whatsapp", "external_id": hookNumber, "handle": "+4930901820000", "business_id": hookWABA},
		{"channel": "messenger", "external_id": hookPage, "handle": "shop.page"},
	} {
		newHookAccount(t, w.agent, w.Shop, w.app.ID, a)
	}
	return w
}

func newHookApp(t *testing.T, by *harness.Agent, id string, secrets ...string) (app hookApp) {
	t.Helper()
	in := object{"provider": "meta", "name": "App", "app_id": id, "secrets": secrets}
	if status := by.Call(http.MethodPost, "/v1/provider-apps", in, &app); status != http.StatusCreated {
		t.Fatalf("make an app: %d", status)
	}
	return app
}

func newHookAccount(t *testing.T, by *harness.Agent, shop, app string, a object) {
	t.Helper()
	a["name"], a["provider_app"], a["shops"], a["token"] = "Account", app, []string{shop}, "a-token-of-the-account"
	if status := by.Call(http.MethodPost, "/v1/accounts", a, nil); status != http.StatusCreated {
		t.Fatalf("connect an account: %d", status)
	}
}

// sign gives the header's value for a body.
func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// hook is a webhook to the app's address; without signatures it has none.
func (w *hooked) hook(name string, body []byte, status int, signatures ...string) attack {
	return attack{
		name: name, method: http.MethodPost, path: pathOf(w.app), body: body, status: status, code: map[int]string{401: "bad_signature"}[status],
		headers: http.Header{"X-Hub-Signature-256": signatures},
	}
}

func pathOf(app hookApp) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(app.WebhookURL, "http://"), "/")
	return "/" + path
}

// take posts a signed webhook, which must be thanked for.
func (w *hooked) take(t *testing.T, body any) {
	t.Helper()
	b, ok := body.([]byte)
	if !ok {
		b = mustJSON(t, body)
	}
	w.hook("", b, http.StatusOK, sign(hookSecret, b)).throw(t, w.stage)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// whatsapp is a webhook with news of the number.
func whatsapp(value object) object {
	value["messaging_product"], value["metadata"] = "whatsapp", object{"display_phone_number": "4930901820000", "phone_number_id": hookNumber}
	change := object{"field": "messages", "value": value}
	return object{"object": "whatsapp_business_account", "entry": []object{{"id": hookWABA, "changes": []object{change}}}}
}

// said is what one person says by WhatsApp, and more of the message's members.
func said(from, id, text string, at time.Time, more object) object {
	m := object{"from": from, "id": id, "timestamp": strconv.FormatInt(at.Unix(), 10), "type": "text", "text": object{"body": text}}
	maps.Copy(m, more)
	return whatsapp(object{"contacts": []object{{"profile": object{"name": "P " + from}, "wa_id": from}}, "messages": []object{m}})
}

// told is news of a message that was sent.
func told(id, status string, more object) object {
	s := object{"id": id, "status": status, "timestamp": strconv.FormatInt(time.Now().Unix(), 10), "recipient_id": "x"}
	maps.Copy(s, more)
	return whatsapp(object{"statuses": []object{s}})
}

// rows counts a table's rows.
func (w *hooked) rows(t *testing.T, table string) (n int) {
	t.Helper()
	w.query(t, &n, "SELECT count(*) FROM "+table)
	return n
}

func (w *hooked) query(t *testing.T, into any, question string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.Data, "tagalong.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.QueryRow(question).Scan(into); err != nil {
		t.Fatal(err)
	}
}

// takenIn waits until no webhook waits any more.
func (w *hooked) takenIn(t *testing.T) {
	t.Helper()
	eventually(t, func() error {
		var n int
		if w.query(t, &n, "SELECT count(*) FROM raws WHERE state = 'pending'"); n > 0 {
			return fmt.Errorf("%d webhooks wait", n)
		}
		return nil
	})
}

// eventually asks again and again. Half a minute is for a machine that has other things to do.
func eventually(t *testing.T, holds func() error) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; <-time.After(50 * time.Millisecond) {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

type deadHook struct{ ID, Error, Body string }

func (w *hooked) dead(t *testing.T) []deadHook {
	t.Helper()
	var page struct{ Items []deadHook }
	if status := w.agent.Call(http.MethodGet, "/v1/webhooks/dead", nil, &page); status != http.StatusOK {
		t.Fatalf("dead webhooks: %d", status)
	}
	return page.Items
}

type hookConversation struct {
	ID      string
	Head    int64
	Shopper struct{ Name string }
}

func (w *hooked) conversations(t *testing.T) []hookConversation {
	t.Helper()
	var page struct{ Items []hookConversation }
	if status := w.Plugin(http.MethodGet, "/v1/shops/"+w.Shop+"/conversations?state=all&limit=100", nil, &page); status != http.StatusOK {
		t.Fatalf("conversations: %d", status)
	}
	return page.Items
}

// of gives the conversation of whoever writes from a number, when it is there.
func (w *hooked) of(t *testing.T, from string) hookConversation {
	t.Helper()
	var c hookConversation
	eventually(t, func() error {
		for _, c = range w.conversations(t) {
			if c.Shopper.Name == "P "+from {
				return nil
			}
		}
		return errors.New("no conversation with " + from)
	})
	return c
}

// texts gives what was said in a conversation.
func (w *hooked) texts(t *testing.T, conversation string) (texts []string) {
	t.Helper()
	var page struct {
		Items []struct{ Message *struct{ Text string } }
	}
	path := "/v1/shops/" + w.Shop + "/conversations/" + conversation + "/entries?after=0&limit=200"
	if status := w.Plugin(http.MethodGet, path, nil, &page); status != http.StatusOK {
		t.Fatalf("entries: %d", status)
	}
	for _, e := range page.Items {
		if e.Message != nil {
			texts = append(texts, e.Message.Text)
		}
	}
	return texts
}

type hookDelivery struct{ ID, State, Reason, Detail string }

func (w *hooked) deliveries(t *testing.T, conversation string) []hookDelivery {
	t.Helper()
	var page struct{ Items []hookDelivery }
	path := "/v1/shops/" + w.Shop + "/conversations/" + conversation + "/deliveries?limit=200"
	if status := w.agent.Call(http.MethodGet, path, nil, &page); status != http.StatusOK {
		t.Fatalf("deliveries: %d", status)
	}
	return page.Items
}

// reply answers in a conversation.
func (w *hooked) reply(t *testing.T, conversation, id, text string) {
	t.Helper()
	body := object{"client_id": id, "kind": "message", "message": object{"text": text}}
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+w.Shop+"/conversations/"+conversation+"/entries", body, nil); status >= 300 {
		t.Fatalf("reply: %d", status)
	}
}
