package realtime

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestASocketIsOpenedForExactOriginsOnly(t *testing.T) {
	w := newWorld(t, Limits{})
	cookie := w.signIn(w.agent)
	for _, c := range []struct {
		name    string
		agent   bool
		origins []string
		cookie  bool
		status  int
		code    string
	}{
		{"our own origin", false, []string{publicURL}, false, 101, ""},
		{"the shop's origin", false, []string{shopURL}, false, 101, ""},
		{"an origin that is not listed", false, []string{"https://evil.example"}, false, 403, "origin_not_allowed"},
		{"null", false, []string{"null"}, false, 403, "origin_not_allowed"},
		{"a file", false, []string{"file://"}, false, 403, "origin_not_allowed"},
		{"none", false, nil, false, 403, "origin_not_allowed"},
		{"an empty one", false, []string{""}, false, 403, "origin_not_allowed"},
		{"two headers", false, []string{publicURL, publicURL}, false, 403, "origin_not_allowed"},
		{"two in one header", false, []string{publicURL + " " + shopURL}, false, 403, "origin_not_allowed"},
		{"http where https is listed", false, []string{"http://marl.example"}, false, 403, "origin_not_allowed"},
		{"another port", false, []string{shopURL + ":8443"}, false, 403, "origin_not_allowed"},
		{"a trailing dot", false, []string{shopURL + "."}, false, 403, "origin_not_allowed"},
		{"a deeper name", false, []string{"https://a.marl.example"}, false, 403, "origin_not_allowed"},
		{"a name that ends alike", false, []string{"https://evilmarl.example"}, false, 403, "origin_not_allowed"},
		{"user info", false, []string{"https://user@marl.example"}, false, 403, "origin_not_allowed"},
		{"an agent from the inbox", true, []string{inboxURL}, true, 101, ""},
		{"an agent without a cookie", true, []string{inboxURL}, false, 401, "unauthenticated"},
		{"an agent's cookie from another site", true, []string{"https://evil.example"}, true, 403, "origin_not_allowed"},
		{"an agent's cookie from a shop", true, []string{shopURL}, true, 403, "origin_not_allowed"},
		{"an agent's cookie without an origin", true, nil, true, 403, "origin_not_allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.origins != nil {
				header["Origin"] = c.origins
			}
			path, host := w.socketPath(), "chat.localhost"
			if c.agent {
				path, host = "/v1/agent/socket", "inbox.localhost"
			}
			if c.cookie {
				header.Set("Cookie", cookie)
			}
			status, code := w.refusedUpgrade(path, header, host)
			if status != c.status || code != c.code {
				t.Fatalf("status %d %q, want %d %q", status, code, c.status, c.code)
			}
		})
	}
}

func TestAnAgentsCookieCountsOnTheInboxsHostOnly(t *testing.T) {
	w := newWorld(t, Limits{})
	status, code := w.refusedUpgrade("/v1/agent/socket", w.agentHeader(w.signIn(w.agent)), "chat.localhost")
	if status != 401 {
		t.Fatalf("status %d %q", status, code)
	}
}

func TestUnknownShopsAreNotFound(t *testing.T) {
	w := newWorld(t, Limits{})
	for _, key := range []string{newID[string](chat.PrefixShopKey), "pk_x", "..%2f..%2fetc"} {
		status, code := w.refusedUpgrade("/v1/shops/"+key+"/socket", http.Header{"Origin": {publicURL}}, "chat.localhost")
		if status != 404 || code != "not_found" {
			t.Fatalf("%s: status %d %q", key, status, code)
		}
	}
}

func TestHelloWithABadTokenClosesWith4001(t *testing.T) {
	w := newWorld(t, Limits{})
	other := w.otherShop()
	for name, token := range map[string]string{
		"invalid_token":    "tgs_" + secret(),
		"token_wrong_shop": other.token,
	} {
		c := w.raw()
		c.send(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: token})
		if f := c.next("bye"); string(f.Code) != name {
			t.Errorf("%s: bye with %s", name, f.Code)
		}
		if code := c.code(); code != closeToken {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
}

// otherShop makes a shop of another merchant, and a shopper there.
func (w *world) otherShop() person {
	w.t.Helper()
	now := chat.At(time.Now())
	m := chat.Merchant{ID: newID[chat.MerchantID](chat.PrefixMerchant), Name: "Other", CreatedAt: now}
	shop := chat.Shop{ID: newID[chat.ShopID](chat.PrefixShop), Merchant: m.ID, Key: newID[string](chat.PrefixShopKey), Name: "Other", CreatedAt: now}
	owner := chat.Agent{ID: newID[chat.AgentID](chat.PrefixAgent), Merchant: m.ID, Email: string(m.ID) + "@other.example", Role: chat.RoleOwner, Active: true}
	w.must(w.db.CreateMerchant(context.Background(), m, shop, owner, "hash"))
	token := "tgs_" + secret()
	p, _, err := w.svc.NewSession(context.Background(), shop, token, "en")
	w.must(err)
	return person{p, token, chat.Caller{Kind: chat.AuthorShopper, Merchant: m.ID, Shop: shop.ID, Shopper: p.ID}}
}

func TestForeignConversationsAreLikeUnknownOnes(t *testing.T) {
	w := newWorld(t, Limits{Messages: 1000, MessageBurst: 1000})
	mine := w.shopper(w.person()).begin("mine")
	other := w.otherShop()
	sent, err := w.svc.Send(context.Background(), other.by, chat.SendRequest{Start: "s", ClientID: "s", Message: chat.Message{Text: "theirs"}})
	w.must(err)
	ids := []string{mine, string(sent.Conversation.ID), newID[string](chat.PrefixConversation)}
	stranger := w.shopper(w.person())
	agent := w.inbox(w.signIn(w.agent))
	for _, id := range ids {
		for _, f := range []openapi.ClientFrame{
			{Type: "join", Conversation: id, Generation: 1, After: 0},
			say(id, clientID(), "let me in"),
			{Type: "amend", ClientID: clientID(), Conversation: id, Target: 1, Action: "react", Emoji: "👍"},
			{Type: "read", Conversation: id, Seq: 1},
		} {
			stranger.send(f)
			if r := stranger.refusal(); r.Code != "not_found" {
				t.Errorf("shopper, %s of %s: %s", f.Type, id, r.Code)
			}
			if id == mine {
				continue
			}
			agent.send(f)
			if r := agent.refusal(); r.Code != "not_found" {
				t.Errorf("agent, %s of %s: %s", f.Type, id, r.Code)
			}
		}
	}
	stranger.send(openapi.ClientFrame{Type: "typing", Conversation: mine})
	stranger.sync()
	agent.send(openapi.ClientFrame{Type: "feed", Feeds: []openapi.FeedCursor{{Shop: string(other.Shop)}}})
	if r := agent.refusal(); r.Code != "not_found" {
		t.Errorf("another merchant's feed: %s", r.Code)
	}
}

func TestBadFramesAreRefusedAndTheFifthCloses(t *testing.T) {
	id := newID[string](chat.PrefixConversation)
	for name, text := range map[string]string{
		"no JSON":                "hello",
		"an array":               "[]",
		"a null":                 "null",
		"deep":                   strings.Repeat("[", 9_999),
		"a key twice":            `{"type":"ping","type":"ping"}`,
		"a key in capitals":      `{"Type":"ping"}`,
		"an unknown type":        `{"type":"admin"}`,
		"an unknown field":       `{"type":"ping","sender":"agent"}`,
		"a seq of the client's":  `{"type":"send","client_id":"x","start":"x","seq":5,"message":{"text":"x"}}`,
		"a shop of the client's": `{"type":"send","client_id":"x","start":"x","shop_id":"shop_x","message":{"text":"x"}}`,
		"a time of the client's": `{"type":"send","client_id":"x","start":"x","message":{"text":"x","created_at":1}}`,
		"no client_id":           `{"type":"send","start":"x","message":{"text":"x"}}`,
		"an empty client_id":     `{"type":"send","client_id":"","start":"x","message":{"text":"x"}}`,
		"a long client_id":       `{"type":"send","client_id":"` + strings.Repeat("x", 10<<10) + `","start":"x","message":{"text":"x"}}`,
		"a NUL":                  `{"type":"send","client_id":"a\u0000","start":"x","message":{"text":"x"}}`,
		"a note of a shopper":    `{"type":"send","client_id":"x","conversation":"` + id + `","kind":"note","message":{"text":"x"}}`,
		"an agent's frame":       `{"type":"viewing"}`,
		"a second hello":         `{"type":"hello","protocol":1,"token":"tgs_x"}`,
		"a cursor as text":       `{"type":"join","conversation":"` + id + `","generation":1,"after":"1"}`,
		"a broken cursor":        `{"type":"join","conversation":"` + id + `","generation":1,"after":1.5}`,
		"a negative cursor":      `{"type":"join","conversation":"` + id + `","generation":1,"after":-1}`,
		"a cursor of 2^63":       `{"type":"join","conversation":"` + id + `","generation":1,"after":9223372036854775808}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Limits{})
			c := w.shopper(w.person())
			for range 5 {
				c.text(text)
				r := c.refusal()
				if r.Code != "bad_frame" && r.Code != "bad_cursor" {
					t.Fatalf("refused with %s", r.Code)
				}
			}
			if f := c.next("bye"); f.Code != "bad_frame" || f.RetryAfterMs == 0 {
				t.Fatalf("bye %+v", f)
			}
			if code := c.code(); code != closeRate {
				t.Fatalf("closed with %d", code)
			}
		})
	}
}

func TestWhatIsNoTextFrameOfOursIsClosed(t *testing.T) {
	for _, c := range []struct {
		name string
		typ  websocket.MessageType
		data []byte
		code int
	}{
		{"binary", websocket.MessageBinary, []byte(`{"type":"ping"}`), closeUnsupported},
		{"invalid UTF-8", websocket.MessageText, []byte("{\"type\":\"\xff\xfe\"}"), closeInvalidUTF8},
		{"32,769 bytes", websocket.MessageText, []byte(strings.Repeat(" ", 32_769)), closeTooBig},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, Limits{})
			s := w.shopper(w.person())
			if err := s.ws.Write(context.Background(), c.typ, c.data); err != nil {
				t.Log(err) // the close may come while we write
			}
			if code := s.code(); code != c.code {
				t.Fatalf("closed with %d, want %d", code, c.code)
			}
		})
	}
}

func TestCompressionIsNotNegotiated(t *testing.T) {
	w := newWorld(t, Limits{})
	ws, resp, err := websocket.Dial(context.Background(), "ws://chat.localhost"+w.socketPath(), &websocket.DialOptions{ //nolint:bodyclose // Dial replaces it
		HTTPClient: w.http, HTTPHeader: http.Header{"Origin": {publicURL}}, CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.CloseNow() }()
	if e := resp.Header.Get("Sec-WebSocket-Extensions"); e != "" {
		t.Fatalf("extensions: %q", e)
	}
}

func TestTheSameClientIDWithAnotherBodyIsAConflict(t *testing.T) {
	w := newWorld(t, Limits{})
	c := w.shopper(w.person())
	id := c.begin("first")
	m := clientID()
	c.send(say(id, m, "one"))
	first := c.next("ack")
	c.send(say(id, m, "one"))
	if again := c.next("ack"); again.Seq != first.Seq || again.At != first.At {
		t.Fatalf("the repeat got %+v, the first %+v", again, first)
	}
	c.send(say(id, m, "other"))
	if r := c.refusal(); r.Code != "id_conflict" || r.ClientID != m || r.RetryAfterMs != 0 {
		t.Fatalf("refused %+v", r)
	}
	c.join(id, 1, 0)
	for _, want := range []string{"first", "one"} {
		if e := c.next("entry"); e.Entry.Message.Text != want {
			t.Fatalf("entry %+v, want %s", e.Entry, want)
		}
	}
}

func TestWithoutAHelloASocketIsClosedAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		start := time.Now()
		c := w.raw()
		if f := c.next("bye"); f.Code != "no_hello" {
			t.Fatalf("bye with %s", f.Code)
		}
		if code := c.code(); code != closeUnauthorized {
			t.Fatalf("closed with %d", code)
		}
		if d := time.Since(start); d < 5*time.Second || d > 8*time.Second {
			t.Fatalf("after %s", d)
		}
		w.stop()
	})
}

func TestAMessageFloodIsRefusedThenClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		v := w.person()
		c := w.shopper(v)
		id := c.begin("first")
		acked, limited := 1, 0
		for i := range 500 {
			err := c.ws.Write(context.Background(), websocket.MessageText, explicit(say(id, fmt.Sprint("m", i), "spam")))
			if err != nil {
				break
			}
			time.Sleep(5 * time.Millisecond) // virtual: 200 a second
		}
		for f := range c.frames {
			switch {
			case f.Type == "ack":
				acked++
			case f.Type == "refused" && f.Code == "rate_limited" && f.RetryAfterMs > 0:
				limited++
			case f.Type == "refused":
				t.Fatalf("refused with %s", f.Code)
			}
		}
		if code := websocket.CloseStatus(<-c.closed); code != closeRate {
			t.Fatalf("closed with %d after %d acks and %d refusals", code, acked, limited)
		}
		if acked > 20+5 || limited == 0 {
			t.Fatalf("%d acknowledged, %d refused", acked, limited)
		}
		conv, err := w.svc.Conversation(context.Background(), v.by, w.shop.ID, chat.ConversationID(id))
		if err != nil || conv.ShopperHead != int64(acked) {
			t.Fatalf("stored %d, acknowledged %d (%v)", conv.ShopperHead, acked, err)
		}
		w.stop()
	})
}

func TestATransientRefusalStopsThoseBehindItUntilItComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{MessageBurst: 2})
		c := w.shopper(w.person())
		id := c.begin("0")
		for _, m := range []string{"1", "2", "3"} {
			c.send(say(id, m, m))
		}
		c.next("ack") // "1" took the last of the allowance
		for _, m := range []string{"2", "3"} {
			if r := c.refusal(); r.Code != "rate_limited" || r.ClientID != m {
				t.Fatalf("refused %+v, want %s", r, m)
			}
		}
		time.Sleep(900 * time.Millisecond) // virtual; the allowance is back, but "3" may not overtake "2"
		c.send(say(id, "3", "3"))
		if r := c.refusal(); r.ClientID != "3" {
			t.Fatalf("refused %+v", r)
		}
		c.send(say(id, "2", "2"))
		c.send(say(id, "3", "3"))
		if a, b := c.next("ack"), c.next("ack"); a.ClientID != "2" || b.ClientID != "3" || b.Seq != a.Seq+1 {
			t.Fatalf("acks %+v, %+v", a, b)
		}
		w.stop()
	})
}

func TestARefusedMessageThatIsThrownAwayHoldsNothingUpForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{MessageBurst: 1})
		c := w.shopper(w.person())
		id := c.begin("0")
		c.send(say(id, "thrown away", "1"))
		c.refusal()
		time.Sleep(stopAtLeast + time.Millisecond) // virtual
		c.send(say(id, "another", "2"))
		if a := c.next("ack"); a.ClientID != "another" {
			t.Fatalf("ack %+v", a)
		}
		w.stop()
	})
}

func TestConnectionsAreLimitedPerSessionAndAddress(t *testing.T) {
	w := newWorld(t, Limits{PerIP: 14})
	one, two := w.person(), w.person()
	for range 10 {
		w.shopper(one)
	}
	c := w.raw()
	c.send(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: one.token})
	if f := c.next("bye"); f.Code != "too_many_connections" || f.RetryAfterMs == 0 {
		t.Fatalf("bye %+v", f)
	}
	if code := c.code(); code != closeRate {
		t.Fatalf("closed with %d", code)
	}
	w.shopper(two).sync() // others are not concerned
	for range 4 {         // the refused one may be gone by now, or not
		ws, resp, err := w.upgrade(w.socketPath(), http.Header{"Origin": {publicURL}}, "chat.localhost") //nolint:bodyclose // Dial replaces it
		if err == nil {
			w.listen(ws)
		} else if resp.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("status %d", resp.StatusCode)
		}
	}
	status, code := w.refusedUpgrade(w.socketPath(), http.Header{"Origin": {publicURL}}, "chat.localhost")
	if status != 429 || code != "too_many_connections" {
		t.Fatalf("status %d %q", status, code)
	}
}

func TestAFloodOfPingsIsClosed(t *testing.T) {
	w := newWorld(t, Limits{})
	c := w.shopper(w.person())
	for range 400 {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := c.ws.Ping(ctx)
		cancel()
		if err != nil {
			break
		}
	}
	if code := c.code(); code != closeRate {
		t.Fatalf("closed with %d", code)
	}
}

func TestAStormOfConnectionsIsToldToComeBack(t *testing.T) {
	w := newWorld(t, Limits{Accepts: 0.001, AcceptBurst: 8})
	header := http.Header{"Origin": {publicURL}}
	for range 8 {
		w.raw()
	}
	for range 2 { // a few are let in, since a browser shows its page no reason for a refused upgrade
		c := w.raw()
		if f := c.next("bye"); f.Code != "try_again" || f.RetryAfterMs < 1000 {
			t.Fatalf("bye %+v", f)
		}
		if code := c.code(); code != closeTryAgain {
			t.Fatalf("closed with %d", code)
		}
	}
	_, resp, err := w.upgrade(w.socketPath(), header, "chat.localhost") //nolint:bodyclose // Dial replaces it
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("%v, %+v", err, resp)
	}
}
