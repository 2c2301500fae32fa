package attacks_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

func rawConn(t *testing.T, w *stage) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", w.Port))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A 1–5: who may open a socket.
func TestUpgrades(t *testing.T) {
	w := play(t)
	shopper := "/v1/shops/" + w.ShopKey + "/socket"
	for _, c := range []struct {
		name, host, path string
		header           http.Header
		status           int
	}{
		{"1 a foreign page", "chat", shopper, http.Header{"Origin": {"https://evil.example"}}, 403},
		{"2 origin null", "chat", shopper, http.Header{"Origin": {"null"}}, 403},
		{"2 a file", "chat", shopper, http.Header{"Origin": {"file://"}}, 403},
		{"2 two origins", "chat", shopper, http.Header{"Origin": {harness.ShopOrigin + " https://evil.example"}}, 403},
		{"2 two origin headers", "chat", shopper, http.Header{"Origin": {harness.ShopOrigin, "https://evil.example"}}, 403},
		{"3 another scheme", "chat", shopper, http.Header{"Origin": {"https://shop.localhost:3000"}}, 403},
		{"3 another port", "chat", shopper, http.Header{"Origin": {"http://shop.localhost:8443"}}, 403},
		{"3 a trailing dot", "chat", shopper, http.Header{"Origin": {"http://shop.localhost.:3000"}}, 403},
		{"3 a user in front", "chat", shopper, http.Header{"Origin": {"http://user@shop.localhost:3000"}}, 403},
		{"5 an agent's cookie from another site", "inbox", "/v1/agent/socket", http.Header{"Cookie": {w.agent.Cookie}, "Origin": {"https://evil.example"}}, 403},
		{"5 an agent's cookie without origin", "inbox", "/v1/agent/socket", http.Header{"Cookie": {w.agent.Cookie}}, 403},
		{"5 an agent's cookie from the shop", "inbox", "/v1/agent/socket", http.Header{"Cookie": {w.agent.Cookie}, "Origin": {harness.ShopOrigin}}, 403},
		{"an unknown shop", "chat", "/v1/shops/pk_aaaaaaaaaaaaaaaaaaaaaaaaaa/socket", http.Header{"Origin": {w.URL("chat", "")}}, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := w.Upgrade(t.Context(), c.host, c.path, c.header)
			if err == nil {
				_ = conn.CloseNow()
				t.Fatal("the upgrade was let through")
			}
			var s *harness.StatusError
			if !errors.As(err, &s) || s.Status != c.status {
				t.Fatalf("got %v, want status %d", err, c.status)
			}
		})
	}
	for name, origin := range map[string]string{"the panel's origin": w.URL("chat", ""), "the shop's origin": harness.ShopOrigin} {
		conn, err := w.Upgrade(t.Context(), "chat", shopper, http.Header{"Origin": {origin}})
		if err != nil {
			t.Errorf("%s is refused: %v", name, err)
			continue
		}
		_ = conn.CloseNow()
	}
}

// closeOf reads until the connection ends and gives the close code (-1: the TCP connection ended without one) and the last frame's
// code before it.
func closeOf(ctx context.Context, c *websocket.Conn) (code int, last string) {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	k := &harness.Socket{Conn: c}
	for {
		f, err := k.Read(ctx)
		if err != nil {
			return int(websocket.CloseStatus(err)), last
		}
		if f.Code != "" {
			last = string(f.Code)
		}
	}
}

func (w *stage) bare(t *testing.T) *websocket.Conn {
	t.Helper()
	c, err := w.Upgrade(t.Context(), "chat", "/v1/shops/"+w.ShopKey+"/socket", http.Header{"Origin": {w.URL("chat", "")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func (w *stage) dial(t *testing.T, p *harness.Shopper) *harness.Socket {
	t.Helper()
	k, err := p.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// A 6–8, 24: tokens and silence.
func TestHello(t *testing.T) {
	w := play(t)
	for _, c := range []struct {
		name, frame string
		code        int
		last        string
	}{
		{"7 a token that was never given", `{"type":"hello","protocol":1,"token":"tgs_` + strings.Repeat("a", 52) + `"}`, 4001, "invalid_token"},
		{"7 an unsigned JWT as token", `{"type":"hello","protocol":1,"token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."}`, 4001, "invalid_token"},
		{"an agent's frame first", `{"type":"feed","feeds":[]}`, -2, ""},
		{"a protocol that we do not speak", `{"type":"hello","protocol":99,"token":"` + w.eve.Token + `"}`, 4003, "unsupported_protocol"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := w.bare(t)
			if err := k.Write(t.Context(), websocket.MessageText, []byte(c.frame)); err != nil {
				t.Fatal(err)
			}
			code, last := closeOf(t.Context(), k)
			if c.code == -2 {
				if code < 1000 {
					t.Fatalf("closed with %d", code)
				}
				return
			}
			if code != c.code || (c.last != "" && last != c.last) {
				t.Fatalf("closed with %d %s, want %d %s", code, last, c.code, c.last)
			}
		})
	}
	t.Run("24 silence", func(t *testing.T) {
		t.Parallel()
		start := time.Now()
		code, _ := closeOf(t.Context(), w.bare(t))
		if took := time.Since(start); code != 4408 || took < 3*time.Second || took > 9*time.Second {
			t.Fatalf("closed with %d after %v", code, took)
		}
	})
	t.Run("6 a token on another shop", func(t *testing.T) {
		c, err := w.Upgrade(t.Context(), "chat", "/v1/shops/"+w.otherShop.Key+"/socket", http.Header{"Origin": {w.URL("chat", "")}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.CloseNow() }()
		if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"hello","protocol":1,"token":"`+w.mara.Token+`"}`)); err != nil {
			t.Fatal(err)
		}
		if code, last := closeOf(t.Context(), c); code != 4001 || last != "token_wrong_shop" {
			t.Fatalf("closed with %d %s", code, last)
		}
	})
}

// A 13, 14, 21–23, 28: frames that are refused, and nothing is stored.
func TestFrames(t *testing.T) {
	w := play(t)
	before := len(w.ConversationLog(w.conversation))
	victim := w.conversation
	for _, c := range []struct {
		name, frame, code string
		by                *harness.Shopper
	}{
		{"13 resume of a foreign conversation", `{"type":"join","conversation":"` + victim + `","generation":1,"after":0}`, "not_found", w.eve},
		{"13 a message into a foreign conversation", `{"type":"send","client_id":"e1","conversation":"` + victim + `","message":{"text":"x"}}`, "not_found", w.eve},
		{"13 the victim's client id in a foreign conversation", `{"type":"send","client_id":"first","conversation":"` + victim + `","message":{"text":"hello"}}`, "not_found", w.eve},
		{"13 an amend of a foreign message", `{"type":"amend","client_id":"e2","conversation":"` + victim + `","target":1,"action":"revoke"}`, "not_found", w.eve},
		{"13 a conversation that is not there", `{"type":"join","conversation":"cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa","generation":1,"after":0}`, "not_found", w.eve},
		{"14 a cursor of -1", `{"type":"join","conversation":"` + victim + `","generation":1,"after":-1}`, "bad_cursor|bad_frame|invalid", w.mara},
		{"14 a cursor that is a text", `{"type":"join","conversation":"` + victim + `","generation":1,"after":"1"}`, "bad_cursor|bad_frame", w.mara},
		{"14 a cursor of 1.5", `{"type":"join","conversation":"` + victim + `","generation":1,"after":1.5}`, "bad_cursor|bad_frame", w.mara},
		{"14 a cursor of 2^63", `{"type":"join","conversation":"` + victim + `","generation":1,"after":9223372036854775808}`, "bad_cursor|bad_frame", w.mara},
		{"21 no JSON", `hello`, "bad_frame", w.mara},
		{"21 an array", `[]`, "bad_frame", w.mara},
		{"21 depth 9,999", strings.Repeat(`{"a":`, 6000), "bad_frame", w.mara},
		{"21 a key twice", `{"type":"ping","type":"send"}`, "bad_frame", w.mara},
		{"21 a key in another case", `{"type":"send","Client_ID":"x","conversation":"` + victim + `","message":{"text":"x"}}`, "bad_frame", w.mara},
		{"21 an unknown type", `{"type":"sudo"}`, "bad_frame", w.mara},
		{"28 a sender of one's own", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":"x"},"sender":"agent"}`, "bad_frame", w.mara},
		{"28 a number of one's own", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":"x"},"seq":1}`, "bad_frame", w.mara},
		{"28 a time of one's own", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":"x"},"created_at":1}`, "bad_frame", w.mara},
		{"28 another shop", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":"x"},"shop_id":"shop_1"}`, "bad_frame", w.mara},
		{"28 a note by a shopper", `{"type":"send","client_id":"x","conversation":"` + victim + `","kind":"note","message":{"text":"x"}}`, "bad_frame|invalid", w.mara},
		{"22 the same client id with another body", `{"type":"send","client_id":"first","conversation":"` + victim + `","message":{"text":"other"}}`, "id_conflict", w.mara},
		{"23 an empty client id", `{"type":"send","client_id":"","conversation":"` + victim + `","message":{"text":"x"}}`, "bad_frame|invalid", w.mara},
		{"23 a client id of 10 KB", `{"type":"send","client_id":"` + strings.Repeat("x", 10_000) + `","conversation":"` + victim + `","message":{"text":"x"}}`, "bad_frame|invalid", w.mara},
		{"23 a client id with NUL", `{"type":"send","client_id":"a\u0000b","conversation":"` + victim + `","message":{"text":"x"}}`, "bad_frame|invalid", w.mara},
		{"45 an empty text", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":" "}}`, "bad_text", w.mara},
		{"45 8,001 characters", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"text":"` + strings.Repeat("x", 8001) + `"}}`, "too_long", w.mara},
		{"51 a foreign attachment", `{"type":"send","client_id":"x","conversation":"` + victim + `","message":{"attachment_ids":["att_aaaaaaaaaaaaaaaaaaaaaaaaaa"]}}`, "bad_attachment", w.mara},
		{"an agent's frame", `{"type":"feed","feeds":[]}`, "bad_frame|forbidden", w.mara},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := w.dial(t, c.by)
			if err := k.Conn.Write(t.Context(), websocket.MessageText, []byte(c.frame)); err != nil {
				t.Fatal(err)
			}
			f, err := k.Await(t.Context(), func(f harness.Frame) bool {
				return f.Type == "refused" || f.Type == "ack" || f.Type == "joined" || f.Type == "snapshot"
			})
			if err != nil || f.Type != "refused" || !strings.Contains("|"+c.code+"|", "|"+string(f.Code)+"|") {
				t.Fatalf("answered %s %s, %v; want refused %s", f.Type, f.Code, err, c.code)
			}
			if err := k.Write(t.Context(), map[string]string{"type": "ping"}); err != nil { // the connection goes on
				t.Fatal(err)
			}
			if _, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "pong" }); err != nil {
				t.Fatalf("the connection ended: %v", err)
			}
		})
	}
	if after := len(w.ConversationLog(victim)); after != before {
		t.Fatalf("the victim's log grew from %d to %d entries", before, after)
	}
}

// A 13: a foreign conversation and one that is not there are answered alike, word for word.
func TestForeignAndUnknownConversationsLookTheSame(t *testing.T) {
	w := play(t)
	k := w.dial(t, w.eve)
	for name, frame := range map[string]map[string]any{
		"join":  {"type": "join", "generation": 1, "after": 0},
		"send":  {"type": "send", "client_id": "same", "message": map[string]string{"text": "x"}},
		"amend": {"type": "amend", "client_id": "same2", "target": 1, "action": "revoke"},
		"read":  {"type": "read", "seq": 1},
	} {
		var said []string
		for _, id := range []string{w.conversation, "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			frame["conversation"] = id
			if err := k.Write(t.Context(), frame); err != nil {
				t.Fatal(err)
			}
			f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "refused" || f.Type == "ack" || f.Type == "joined" })
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, fmt.Sprint(f.Type, f.Code, f.Message, f.RetryAfterMs))
		}
		if said[0] != said[1] || !strings.Contains(said[0], "not_found") {
			t.Errorf("%s: %v", name, said)
		}
	}
}

func TestCursorsThatNeedASnapshot(t *testing.T) {
	w := play(t)
	for name, join := range map[string]string{
		"beyond the head":    `{"type":"join","conversation":"` + w.conversation + `","generation":1,"after":999}`,
		"another generation": `{"type":"join","conversation":"` + w.conversation + `","generation":7,"after":1}`,
	} {
		t.Run("14 "+name, func(t *testing.T) {
			k := w.dial(t, w.mara)
			if err := k.Conn.Write(t.Context(), websocket.MessageText, []byte(join)); err != nil {
				t.Fatal(err)
			}
			f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "snapshot" || f.Type == "refused" })
			if err != nil || f.Type != "snapshot" || len(f.Entries) == 0 {
				t.Fatalf("answered %+v, %v", f, err)
			}
		})
	}
}

func TestTheFifthBadFrameCloses(t *testing.T) {
	w := play(t)
	k := w.dial(t, w.mara)
	for range 5 {
		if err := k.Conn.Write(t.Context(), websocket.MessageText, []byte("junk")); err != nil {
			t.Fatal(err)
		}
	}
	if code, last := closeOf(t.Context(), k.Conn); code != 4029 || last == "" {
		t.Fatalf("closed with %d %s", code, last)
	}
}

// A 15, 18, 20: frames that end a connection.
func TestClosingFrames(t *testing.T) {
	w := play(t)
	for _, c := range []struct {
		name string
		kind websocket.MessageType
		data []byte
		code int
	}{
		{"15 a text of 32,769 bytes", websocket.MessageText, []byte(`{"type":"ping","x":"` + strings.Repeat("x", 32_769) + `"}`), 1009},
		{"18 invalid UTF-8", websocket.MessageText, []byte("{\"type\":\"ping\",\"x\":\"\xff\xfe\"}"), 1007},
		{"20 a binary frame", websocket.MessageBinary, []byte("hello"), 1003},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := w.dial(t, w.mara)
			if err := k.Conn.Write(t.Context(), c.kind, c.data); err != nil {
				t.Fatal(err)
			}
			if code, _ := closeOf(t.Context(), k.Conn); code != c.code {
				t.Fatalf("closed with %d, want %d", code, c.code)
			}
		})
	}
}

// rawFrame makes a client's frame byte by byte.
func rawFrame(first byte, masked bool, payload []byte, length int) []byte {
	b := []byte{first}
	mask := byte(0)
	if masked {
		mask = 0x80
	}
	switch {
	case length < 126:
		b = append(b, mask|byte(length))
	case length < 1<<16:
		b = append(b, mask|126)
		b = binary.BigEndian.AppendUint16(b, uint16(length))
	default:
		b = append(b, mask|127)
		b = binary.BigEndian.AppendUint64(b, uint64(length))
	}
	if masked {
		key := [4]byte{1, 2, 3, 4}
		b = append(b, key[:]...)
		for i, p := range payload {
			b = append(b, p^key[i%4])
		}
		return b
	}
	return append(b, payload...)
}

// A 15–17, 19: what no library would send.
func TestRawFrames(t *testing.T) {
	w := play(t)
	repeat := func(frame []byte, n int) []byte { return []byte(strings.Repeat(string(frame), n)) }
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"15 a header that says 2^40", rawFrame(0x81, true, []byte("x"), 1<<40)},
		{"17 40,000 fragments of one byte", append(rawFrame(0x01, true, []byte("x"), 1), repeat(rawFrame(0x00, true, []byte("x"), 1), 40_000)...)},
		{"19 an unmasked frame", rawFrame(0x81, false, []byte("{}"), 2)},
		{"19 reserved bits", rawFrame(0xF1, true, []byte("{}"), 2)},
		{"19 a reserved opcode", rawFrame(0x83, true, []byte("{}"), 2)},
		{"19 a ping of 200 bytes", rawFrame(0x89, true, make([]byte, 200), 200)},
		{"19 a continuation of nothing", rawFrame(0x80, true, []byte("{}"), 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, r := rawUpgrade(t, w)
			go func() { _, _ = conn.Write(c.data) }()
			_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
			buf := make([]byte, 4096)
			for {
				if _, err := r.Read(buf); err != nil {
					var n net.Error
					if errors.As(err, &n) && n.Timeout() {
						t.Fatal("the connection is still open")
					}
					return
				}
			}
		})
	}
}

func rawUpgrade(t *testing.T, w *stage) (net.Conn, *bufio.Reader) {
	t.Helper()
	c := rawConn(t, w)
	t.Cleanup(func() { _ = c.Close() })
	var key [16]byte
	_, _ = rand.Read(key[:])
	_, err := fmt.Fprintf(c, "GET /v1/shops/%s/socket HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		w.ShopKey, w.Host("chat"), w.URL("chat", ""), base64.StdEncoding.EncodeToString(key[:]))
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %v %v", resp, err)
	}
	if ext := resp.Header.Get("Sec-WebSocket-Extensions"); ext != "" { // 16: what is not negotiated cannot be a bomb
		t.Fatalf("compression was negotiated: %s", ext)
	}
	return c, r
}

// A 26: a flood is refused, nothing is stored past the burst, and going on closes.
func TestAFloodOfMessages(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	k := w.dial(t, p)
	if err := k.Send(t.Context(), "", "s", "hello"); err != nil {
		t.Fatal(err)
	}
	f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		for i := range 3000 {
			if k.Send(ctx, f.Conversation, fmt.Sprint("f", i), "flood") != nil {
				return
			}
		}
	}()
	limited, waits, acked := 0, false, 0
	for {
		f, err := k.Read(ctx)
		if err != nil {
			if code := int(websocket.CloseStatus(err)); code != 4029 {
				t.Fatalf("ended with %v", err)
			}
			break
		}
		switch {
		case f.Type == "refused" && f.Code == "rate_limited":
			limited++
			waits = waits || f.RetryAfterMs > 0
		case f.Type == "ack":
			acked++
		}
	}
	if limited == 0 || !waits {
		t.Fatalf("%d refusals, with retry_after_ms: %t", limited, waits)
	}
	if n := len(w.ConversationLog(f.Conversation)); n > 60 || n < acked {
		t.Fatalf("%d entries are stored of a flood, %d acknowledged", n, acked)
	}
}

// A 27: sockets of one session.
func TestTooManySocketsOfOneSession(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	var last error
	for range 12 {
		k, err := p.Dial(t.Context())
		if err != nil {
			last = err
			break
		}
		t.Cleanup(k.Close)
	}
	if last == nil {
		t.Fatal("12 sockets of one session are open")
	}
	if k, err := w.NewShopper().Dial(t.Context()); err != nil {
		t.Fatalf("another shopper is refused too: %v", err)
	} else {
		k.Close()
	}
}

// A 30: a credential that ends while its socket is open.
func TestARevokedSessionLosesItsSocket(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	k := w.dial(t, p)
	resp, _, err := attack{method: http.MethodDelete, path: "/v1/shops/" + w.ShopKey + "/session", header: w.shopper(p)}.send(w)
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("log out: %v %v", resp, err)
	}
	start := time.Now()
	if code, _ := closeOf(t.Context(), k.Conn); code != 4003 || time.Since(start) > 5*time.Second {
		t.Fatalf("closed with %d after %v", code, time.Since(start))
	}
	if _, err := p.Dial(t.Context()); err == nil {
		t.Fatal("the token still opens a socket")
	}
}
