package rest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

const entriesPath = "/v1/shops/{shop}/conversations/{conversation}/entries"

func message(id, text string) string {
	return fmt.Sprintf(`{"client_id":%q,"kind":"message","message":{"text":%q}}`, id, text)
}

func TestAMessageIsPostedOnce(t *testing.T) {
	w := newWorld(t)
	post := func(as, body string) *answer { return w.do(req{as: as, call: "POST " + entriesPath, body: body}) }
	first := into[openapi.Entry](post("agent", message("m1", "Hello")).want(201, `"text":"Hello"`))
	again := into[openapi.Entry](post("agent", message("m1", "Hello")).want(200))
	if first.Seq != again.Seq {
		t.Errorf("the repeat has seq %d, the first %d", again.Seq, first.Seq)
	}
	post("agent", message("m1", "Something else")).refused(409, "id_conflict")
	post("owner", message("m1", "From another author")).want(201)
	post("agent", `{"client_id":"n1","kind":"note","message":{"text":"Only for us"}}`).want(201, `"kind":"note"`)
	post("plugin", `{"client_id":"p1","kind":"message","message":{"text":"From the shop","cards":[{"title":"Mug","url":"https://marl.example/mug"}]}}`).want(201, `"kind":"plugin"`)
	post("agent", `{"client_id":"x","kind":"message","message":{"text":"hi","cards":[{"title":"Mug","url":"javascript:alert(1)"}]}}`).refused(422, "invalid")
	post("agent", `{"client_id":"x","kind":"message","message":{"text":"hi","attachment_ids":["`+string(w.b.attachment)+`"]}}`).refused(422, "bad_attachment")

	all := into[openapi.EntryList](w.do(req{as: "agent", call: "GET " + entriesPath}).want(200, "Only for us"))
	for i, e := range all.Items {
		if e.Seq != int64(i)+1 {
			t.Errorf("entry %d has seq %d", i, e.Seq)
		}
	}
	own := into[openapi.EntryList](w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}).
		want(200, "Hello", "From the shop").lacks("Only for us", "assigned"))
	for i, e := range own.Items {
		if e.Seq != int64(i)+1 {
			t.Errorf("the shopper's entry %d has seq %d", i, e.Seq)
		}
	}
	if own.Head != int64(len(own.Items)) || all.Head != int64(len(all.Items)) || own.Head >= all.Head {
		t.Errorf("heads are %d and %d, of %d and %d entries", own.Head, all.Head, len(own.Items), len(all.Items))
	}
}

func TestALogIsReadFromBothEnds(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.do(req{as: "plugin", call: "POST " + entriesPath, body: message(fmt.Sprint("m", i), "text")}).want(201)
	}
	for query, want := range map[string]string{
		"":                  "1 2 3 4 5 6 7 8 9 10",
		"limit=3":           "8 9 10",
		"before=4":          "1 2 3",
		"before=4&limit=2":  "2 3",
		"before=1":          "",
		"before=0":          "",
		"before=99&limit=1": "10",
		"after=8":           "9 10",
		"after=0&limit=2":   "1 2",
		"after=10":          "",
	} {
		var seqs []string
		for _, e := range into[openapi.EntryList](w.do(req{as: "agent", call: "GET " + entriesPath, query: query}).want(200)).Items {
			seqs = append(seqs, fmt.Sprint(e.Seq))
		}
		if got := strings.Join(seqs, " "); got != want {
			t.Errorf("%q gave %s, want %s", query, got, want)
		}
	}
}

func TestAConversationIsManaged(t *testing.T) {
	w := newWorld(t)
	const one = "/v1/shops/{shop}/conversations/{conversation}"
	patch := func(as, body string) *answer { return w.do(req{as: as, call: "PATCH " + one, body: body}) }
	patch("agent", `{"assignee":"`+string(w.a.agent)+`"}`).want(200, string(w.a.agent))
	patch("agent", `{"assignee":null}`).want(200).lacks(`"assignee"`)
	patch("agent", `{"assignee":""}`).refused(422, "invalid")
	patch("agent", `{"assignee":"`+string(w.b.agent)+`"}`).refused(422, "invalid").lacks("Anna")
	patch("plugin", `{"tags":["b","a","a"]}`).want(200, `"tags":["a","b"]`)
	patch("agent", `{"state":"closed"}`).want(200, `"state":"closed"`)
	patch("agent", `{"state":"closed"}`).want(200, `"state":"closed"`)
	patch("agent", `{"state":"gone"}`).refused(422, "invalid")
	patch("agent", `{}`).want(200)

	list := func(as, query string) *answer {
		return w.do(req{as: as, call: "GET /v1/shops/{shop}/conversations", query: query}).want(200)
	}
	list("agent", "").lacks("cnv_")
	list("agent", "state=closed").want(200, string(w.a.conversation))
	list("plugin", "state=all").want(200, string(w.a.conversation))
	patch("agent", `{"state":"open"}`).want(200, `"state":"open"`)
	list("agent", "assignee=none").want(200, string(w.a.conversation), `"unread":1`)
	list("agent", "assignee=me").lacks("cnv_")
	list("agent", "unread=true").want(200, string(w.a.conversation))
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/counts"}).want(200, `"open":1`, `"unassigned":1`, `"mine":0`)

	head := into[openapi.Conversation](w.do(req{as: "agent", call: "GET " + one}).want(200)).Head
	mark := func(seq int64) *answer {
		return w.do(req{as: "agent", call: "POST " + one + "/read", body: fmt.Sprintf(`{"seq":%d}`, seq)})
	}
	mark(head+1).refused(400, "bad_cursor")
	mark(-1).refused(400, "bad_cursor")
	mark(head).want(204)
	mark(1).want(204)
	w.do(req{as: "agent", call: "GET " + one}).want(200, `"unread":0`, fmt.Sprintf(`"read":%d`, head))
	list("agent", "unread=true").lacks("cnv_")
}

func TestConversationsComeInPages(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		_, token := w.newShopper(w.a)
		by, _, err := w.auth.ShopperByToken(t.Context(), w.a.shop.Key, token)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.add(1_000_000)
		must[chat.Sent](t)(w.chat.Send(t.Context(), by, chat.SendRequest{Start: "s", ClientID: "s", Message: chat.Message{Text: fmt.Sprint(i)}}))
	}
	seen, cursor, pages := map[string]bool{}, "", 0
	for {
		page := into[openapi.ConversationList](w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations", query: "limit=2" + cursor}).want(200))
		for _, c := range page.Items {
			seen[c.ID] = true
		}
		if pages++; page.Next == "" {
			break
		}
		w.do(req{ten: w.b, as: "agent", call: "GET /v1/shops/{shop}/conversations", query: "cursor=" + page.Next}).refused(400, "bad_cursor")
		cursor = "&cursor=" + page.Next
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d of 5 conversations came on %d pages", len(seen), pages)
	}
}
