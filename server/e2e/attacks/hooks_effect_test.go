package attacks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// 72: what becomes of a message only ever rises, in whatever order it is told.
func TestStatusesInAnyOrder(t *testing.T) {
	w := connect(t)
	const from = "16505550010"
	w.take(t, said(from, "wamid.in.1", "hello", time.Now(), nil))
	c := w.of(t, from)
	failure := object{"errors": []object{{"code": 131026, "title": "Message undeliverable"}}}
	for i, row := range []struct {
		name string
		told []string
		want string
	}{
		{"read before sent and delivered", []string{"read", "sent", "delivered"}, "read"},
		{"as it should be, twice", []string{"sent", "sent", "delivered", "delivered", "read", "read"}, "read"},
		{"failed after read", []string{"sent", "read", "failed"}, "read"},
		{"failed after delivered", []string{"delivered", "failed"}, "delivered"},
		{"a word that nobody knows", []string{"delivered", "teleported", "deleted"}, "delivered"},
		{"sent after failed", []string{"failed", "sent"}, "failed"}, // the last one: then the number is not written to any more
	} {
		t.Run("72 "+row.name, func(t *testing.T) {
			w.reply(t, c.ID, fmt.Sprint("reply-", i), row.name)
			n := i + 1
			eventually(t, func() error { return w.hasState(t, c.ID, n, "accepted", "sent") })
			for _, status := range row.told {
				more := object{}
				if status == "failed" {
					more = failure
				}
				w.take(t, told(wamid(n), status, more))
				w.takenIn(t)
			}
			eventually(t, func() error { return w.hasState(t, c.ID, n, row.want) })
		})
	}
	if d := w.dead(t); len(d) > 0 {
		t.Errorf("dead webhooks: %+v", d)
	}
}

// hasState tells whether the conversation's nth delivery is in one of the states.
func (w *hooked) hasState(t *testing.T, conversation string, n int, states ...string) error {
	t.Helper()
	ds := w.deliveries(t, conversation)
	if len(ds) < n || !slices.Contains(states, ds[n-1].State) {
		return fmt.Errorf("the deliveries are %+v, want %d to be %v", ds, n, states)
	}
	return nil
}

// 72: a status of a message that nobody knows changes nothing, and is not lost when the message turns out to be one of ours.
func TestAStatusOfAMessageThatIsNotKnownYet(t *testing.T) {
	w := connect(t)
	const from = "16505550011"
	w.take(t, said(from, "wamid.in.2", "hello", time.Now(), nil))
	c := w.of(t, from)
	w.take(t, told("wamid.of.nobody", "read", nil))
	w.take(t, told(wamid(1), "delivered", nil))
	w.takenIn(t)
	if ds, now := w.deliveries(t, c.ID), w.of(t, from); len(ds) > 0 || now.Head != c.Head {
		t.Fatalf("a status of nobody's message had an effect: %+v, head %d", ds, now.Head)
	}
	w.reply(t, c.ID, "reply", "hello to you")
	eventually(t, func() error { return w.hasState(t, c.ID, 1, "delivered") })
	if d := w.dead(t); len(d) > 0 {
		t.Errorf("dead webhooks: %+v", d)
	}
}

// 75: a webhook that was written down by somebody and is sent again days later, as it was or otherwise written, does nothing.
func TestReplaysOfWebhooks(t *testing.T) {
	w := connect(t)
	const from = "16505550012"
	w.take(t, said(from, "wamid.old", "three days ago", time.Now().Add(-72*time.Hour), nil))
	c := w.of(t, from)
	w.reply(t, c.ID, "reply", "an answer") // the old window is over: nothing goes out, but the route is the phone's
	before := w.texts(t, c.ID)
	old := mustJSON(t, said(from, "wamid.old", "three days ago", time.Now().Add(-72*time.Hour), nil))
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, old, "", " "); err != nil {
		t.Fatal(err)
	}
	other := mustJSON(t, said(from, "wamid.old", "other words under the same id", time.Now(), nil))
	batch := mustJSON(t, whatsapp(object{"messages": []object{
		{"from": from, "id": "wamid.old", "timestamp": "1", "type": "text", "text": object{"body": "in a batch"}},
		{"from": from, "id": "wamid.old", "timestamp": "2", "type": "text", "text": object{"body": "twice in it"}},
		{"from": "16505550099", "id": "wamid.old", "timestamp": "2", "type": "text", "text": object{"body": "of another number"}},
	}}))
	for _, body := range [][]byte{old, old, spaced.Bytes(), other, batch} {
		w.take(t, body)
	}
	w.takenIn(t)
	if after := w.texts(t, c.ID); !slices.Equal(after, before) {
		t.Errorf("the log was %q and is %q", before, after)
	}
	if all := w.conversations(t); len(all) != 1 {
		t.Errorf("there are %d conversations: %+v", len(all), all)
	}
}

// 73: a webhook may name any address; none is asked. Files come by their ids from the provider's own hosts alone.
func TestAddressesInWebhooksAreNotAsked(t *testing.T) {
	w := connect(t)
	const from, person = "16505550013", "24681357"
	url := func(what string) string { return w.trap.URL + "/" + what }
	w.graph.answers(func(rw http.ResponseWriter, q *http.Request) {
		switch {
		case strings.HasSuffix(q.URL.Path, "/1001"): // a good file
			_ = json.NewEncoder(rw).Encode(object{"url": w.files.URL + "/good", "mime_type": "text/plain", "file_size": "9", "id": "1001"})
		case strings.Contains(q.URL.Path, "/100"): // files whose addresses lead elsewhere
			_ = json.NewEncoder(rw).Encode(object{"url": url(q.URL.Path), "mime_type": "image/png", "id": "x"})
		default:
			w.graph.agree(rw, q)
		}
	})
	w.files.answers(func(rw http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/good" {
			_, _ = io.WriteString(rw, "the words")
			return
		}
		http.Redirect(rw, q, url("redirected"), http.StatusFound)
	})
	at := time.Now()
	w.take(t, said(from, "wamid.73.1", "look at "+url("text"), at, object{"referral": object{
		"source_url": url("source"), "image_url": url("ad"), "thumbnail_url": url("thumb"), "video_url": url("video"), "media_type": "image", "headline": "h",
	}}))
	kinds := []object{
		{"type": "document", "document": object{"id": "1001", "filename": "a.txt", "mime_type": "text/plain", "url": url("document"), "link": url("document")}},
		{"type": "image", "image": object{"id": "1002", "mime_type": "image/png", "url": url("image"), "link": url("image")}},
		{"type": "image", "image": object{"mime_type": "image/png", "url": url("image-without-id"), "link": url("image-without-id")}},
		{"type": "sticker", "sticker": object{"id": url("id-that-is-an-address"), "mime_type": "image/webp"}},
		{"type": "location", "location": object{"latitude": 1.5, "longitude": 1.5, "name": "x", "url": url("place")}},
		{"type": "contacts", "contacts": []object{{"name": object{"formatted_name": "x"}, "urls": []object{{"url": url("contact")}}}}},
		{"type": "order", "order": object{"catalog_id": "1", "text": url("order"), "product_items": []object{{"product_retailer_id": url("item"), "quantity": 1, "item_price": 1, "currency": "EUR"}}}},
	}
	for i, more := range kinds {
		w.take(t, said(from, fmt.Sprint("wamid.73.k", i), "", at, more))
	}
	event := func(id string, message object) object {
		message["mid"] = "m_73_" + id
		return object{"sender": object{"id": person}, "recipient": object{"id": hookPage}, "timestamp": at.UnixMilli(), "message": message}
	}
	file := func(kind, address string) object {
		return object{"attachments": []object{{"type": kind, "payload": object{"url": address, "sticker_id": 1, "title": "x"}}}}
	}
	w.take(t, object{"object": "page", "entry": []object{{"id": hookPage, "time": at.UnixMilli(), "messaging": []object{
		event("image", file("image", url("page-image"))), event("video", file("video", url("page-video"))),
		event("fallback", file("fallback", url("page-link"))), event("template", file("template", url("page-template"))),
		event("user", file("image", "https://lookaside.fbsbx.com@"+strings.TrimPrefix(url("user"), "http://"))),
		event("name", file("image", "http://lookaside.fbsbx.com.trap.localhost"+strings.TrimPrefix(url("name"), "http://127.0.0.1"))),
		event("plain", file("image", "http://169.254.169.254/latest/meta-data/")), event("file", file("file", "file:///etc/passwd")),
		event("redirected", file("file", w.files.URL+"/elsewhere")),
	}}}})
	w.take(t, said(from, "wamid.73.last", "the end", at, nil))
	w.takenIn(t)
	c := w.of(t, from)
	if texts := w.texts(t, c.ID); len(texts) == 0 || texts[len(texts)-1] != "the end" {
		t.Errorf("the log is %q", texts)
	}
	if asked := w.trap.heard(""); len(asked) > 0 {
		t.Errorf("addresses of a webhook's were asked: %q", asked)
	}
	if asked := w.files.heard("/good"); len(asked) == 0 { // twice, when the webhook had to be tried again
		t.Error("the good file was not fetched")
	}
	if asked := w.graph.heard("/1002"); len(asked) == 0 {
		t.Error("the file was not asked for by its id")
	}
}

// An app of one merchant's speaks for that merchant's accounts alone, and one app not for another's either.
func TestAnAppSpeaksForItsOwnAccountsAlone(t *testing.T) {
	w := connect(t)
	n := w.Neighbour()
	owner := n.SignIn(harness.NeighbourEmail, harness.OwnerPassword)
	theirs := newHookApp(t, owner, "5555", "secret-of-the-neighbour")
	newHookAccount(t, owner, n.Shop, theirs.ID, object{"channel": "whatsapp", "external_id": "777001", "handle": "+4930999999"})
	second := newHookApp(t, w.agent, "6666", "secret-of-the-second")
	body := mustJSON(t, said("16505550014", "wamid.foreign", "I speak for the shop beside", time.Now(), nil))
	const statuses = "wamid.out.1"
	news := mustJSON(t, told(statuses, "failed", object{"errors": []object{{"code": 131026}}}))
	ban := mustJSON(t, object{"object": "whatsapp_business_account", "entry": []object{{"id": hookWABA, "changes": []object{{
		"field": "account_update", "value": object{"event": "ACCOUNT_DELETED", "phone_number": "4930901820000"},
	}}}}})
	w.take(t, said("16505550015", "wamid.own", "hello", time.Now(), nil))
	c := w.of(t, "16505550015")
	w.reply(t, c.ID, "reply", "hello to you")
	eventually(t, func() error { return w.hasState(t, c.ID, 1, "accepted", "sent") })
	for _, app := range []struct {
		hookApp
		secret string
	}{{theirs, "secret-of-the-neighbour"}, {second, "secret-of-the-second"}} {
		for _, b := range [][]byte{body, news, ban} {
			a := w.hook("", b, http.StatusOK, sign(app.secret, b))
			a.path = pathOf(app.hookApp)
			a.throw(t, w.stage)
		}
		refused := w.hook("", body, http.StatusUnauthorized, sign(app.secret, body)) // at the other's door
		refused.throw(t, w.stage)
	}
	w.takenIn(t)
	if all := w.conversations(t); len(all) != 1 {
		t.Errorf("there are %d conversations", len(all))
	}
	var page struct{ Items []hookConversation }
	if n.Plugin(http.MethodGet, "/v1/shops/"+n.Shop+"/conversations?state=all", nil, &page); len(page.Items) > 0 {
		t.Errorf("the neighbour got %+v", page.Items)
	}
	if err := w.hasState(t, c.ID, 1, "accepted", "sent"); err != nil {
		t.Error(err)
	}
	var accounts struct {
		Items []struct{ Channel, State, Problem string }
	}
	w.agent.Call(http.MethodGet, "/v1/accounts", nil, &accounts)
	for _, a := range accounts.Items {
		if a.State != "active" {
			t.Errorf("the %s account is %s: %s", a.Channel, a.State, a.Problem)
		}
	}
}
