package attacks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// nothing looks that no webhook was written down and nothing is as it was not.
func (w *hooked) nothing(t *testing.T, attacks []attack) {
	t.Helper()
	raws, conversations := w.rows(t, "raws"), len(w.conversations(t))
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { a.throw(t, w.stage) })
	}
	w.takenIn(t)
	if n := w.rows(t, "raws"); n != raws {
		t.Errorf("%d webhooks were written down", n-raws)
	}
	if n := len(w.conversations(t)); n != conversations {
		t.Errorf("there are %d conversations more", n-conversations)
	}
	if d := w.dead(t); len(d) > 0 {
		t.Errorf("dead webhooks: %+v", d)
	}
}

// 63, 64: who cannot sign is not heard.
func TestWebhooksThatTheProviderDidNotSend(t *testing.T) {
	w := connect(t)
	body := mustJSON(t, said("16505550001", "wamid.forged", "größer </b> 50%", time.Now(), nil))
	good := sign(hookSecret, body)
	var spaced, compact bytes.Buffer
	if err := errorsOf(json.Indent(&spaced, body, "", "  "), json.Compact(&compact, body)); err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(body, []byte("ö"), []byte(`\u00f6`))
	other := bytes.Replace(body, []byte("50%"), []byte("99%"), 1)
	foreign := w.hook("63 the path of no app", body, 404, good)
	foreign.path = strings.Replace(foreign.path, w.app.ID, "app_aaaaaaaaaaaaaaaaaaaaaaaaaa", 1)
	w.nothing(t, []attack{
		w.hook("63 no signature", body, 401),
		w.hook("63 an empty one", body, 401, ""),
		w.hook("63 only the prefix", body, 401, "sha256="),
		w.hook("63 a wrong one", body, 401, "sha256="+strings.Repeat("0", 64)),
		w.hook("63 one digit short", body, 401, good[:len(good)-1]),
		w.hook("63 half of it", body, 401, good[:len(good)/2]),
		w.hook("63 one digit more", body, 401, good+"0"),
		w.hook("63 no hexadecimal digits", body, 401, "sha256="+strings.Repeat("z", 64)),
		w.hook("63 letters that are not ASCII", body, 401, "sha256="+strings.Repeat("ö", 32)),
		w.hook("63 without its prefix", body, 401, strings.TrimPrefix(good, "sha256=")),
		w.hook("63 as of another sum", body, 401, "sha1="+strings.TrimPrefix(good, "sha256=")),
		w.hook("63 two, the right one first", body, 401, good, "sha256="+strings.Repeat("0", 64)),
		w.hook("63 two, the right one last", body, 401, "sha256="+strings.Repeat("0", 64), good),
		w.hook("63 the right one twice", body, 401, good, good),
		w.hook("63 two in one line", body, 401, good+", "+good),
		w.hook("63 of another secret", body, 401, sign("another-secret", body)),
		w.hook("63 of another body", other, 401, good),
		w.hook("63 written anew with spaces", spaced.Bytes(), 401, good),
		w.hook("63 written anew with escapes", escaped, 401, good),
		w.hook("63 with a line's end", append(compact.Bytes(), '\n'), 401, good),
		w.hook("63 of nothing", nil, 401, good),
		w.hook("64 of the empty key", body, 401, sign("", body)),
		w.hook("64 of the app's id as a key", body, 401, sign("1029384756102938", body)),
		w.hook("64 of the verify token as a key", body, 401, sign(w.app.VerifyToken, body)),
		foreign,
	})
	w.take(t, body) // the same body does come in when it is signed
	w.of(t, "16505550001")
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// 64: an app without secrets would take what anybody signs, so there is none: secrets cannot be taken away, nor be empty.
func TestSecretsCannotBeSwitchedOff(t *testing.T) {
	w := connect(t)
	path := "/v1/provider-apps/" + w.app.ID
	for name, secrets := range map[string]any{
		"none": []string{}, "an empty one": []string{""}, "spaces": []string{"        "}, "an empty one beside a good one": []string{hookSecret, ""},
		"a short one": []string{"short"}, "four": []string{"secret-1", "secret-2", "secret-3", "secret-4"},
	} {
		if status := w.agent.Call(http.MethodPatch, path, object{"secrets": secrets}, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
		body := object{"provider": "meta", "name": "App", "app_id": "77", "secrets": secrets}
		if status := w.agent.Call(http.MethodPost, "/v1/provider-apps", body, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("a new app with %s: %d", name, status)
		}
	}
	if status := w.agent.Call(http.MethodPatch, path, object{"name": "Other name"}, nil); status != http.StatusOK {
		t.Fatalf("rename: %d", status)
	}
	body := mustJSON(t, said("16505550002", "wamid.empty", "hello", time.Now(), nil))
	w.nothing(t, []attack{w.hook("signed with the empty key", body, 401, sign("", body))})
	w.take(t, body) // the secret is still what it was
}

// 63: while secrets are rotated both sign; afterwards the old one is worth nothing.
func TestSecretsAreRotated(t *testing.T) {
	w := connect(t)
	const fresh = "the-secret-that-follows"
	n := 0
	signed := func(secret string) int {
		n++
		body := mustJSON(t, said("16505550003", fmt.Sprint("wamid.rotated.", n), "hello", time.Now(), nil))
		resp, _, err := w.hook("", body, 0, sign(secret, body)).send(w.stage)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	expect := func(old, later int) {
		t.Helper()
		eventually(t, func() error {
			if a, b := signed(hookSecret), signed(fresh); a != old || b != later {
				return fmt.Errorf("the old secret gets %d, the new one %d", a, b)
			}
			return nil
		})
	}
	rotate := func(secrets ...string) {
		t.Helper()
		var app struct{ Secrets []struct{ Last4 string } }
		status := w.agent.Call(http.MethodPatch, "/v1/provider-apps/"+w.app.ID, object{"secrets": secrets}, &app)
		if status != http.StatusOK || len(app.Secrets) != len(secrets) {
			t.Fatalf("rotate: %d %+v", status, app)
		}
	}
	expect(200, 401)
	rotate(hookSecret, fresh)
	expect(200, 200)
	rotate(fresh)
	expect(401, 200)
	if status := w.agent.Call(http.MethodDelete, "/v1/provider-apps/"+w.app.ID, nil, nil); status == http.StatusNoContent {
		eventually(t, func() error {
			if got := signed(fresh); got != http.StatusNotFound {
				return fmt.Errorf("an app that is gone takes webhooks: %d", got)
			}
			return nil
		})
	}
}

// 70: the door tells its address to who knows the verify token, and echoes nothing that a browser could run.
func TestTheHandshakeOfWebhooks(t *testing.T) {
	w := connect(t)
	ask := func(name, query string, status int) attack {
		return attack{name: name, path: pathOf(w.app) + "?" + query, status: status, check: func(t *testing.T, resp *http.Response, body []byte) {
			if bytes.Contains(body, []byte("<script")) || bytes.Contains(body, []byte(w.app.VerifyToken)) {
				t.Errorf("it echoes %s", body)
			}
			if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("a browser may guess what it is")
			}
		}}
	}
	token := "hub.verify_token=" + w.app.VerifyToken
	right := ask("70 the right token", "hub.mode=subscribe&hub.challenge=1158201444&"+token, 200)
	right.check = func(t *testing.T, resp *http.Response, body []byte) {
		if ct := resp.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/plain") || string(body) != "1158201444" {
			t.Errorf("%s %q", ct, body)
		}
	}
	w.nothing(t, []attack{
		right,
		ask("70 a wrong token", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess", 403),
		ask("70 no token", "hub.mode=subscribe&hub.challenge=1", 403),
		ask("70 an empty token", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=", 403),
		ask("70 the token's beginning", "hub.mode=subscribe&hub.challenge=1&"+token[:len(token)-1], 403),
		ask("70 another mode", "hub.mode=unsubscribe&hub.challenge=1&"+token, 403),
		ask("70 a script as the challenge", "hub.mode=subscribe&hub.challenge=%3Cscript%3Ealert(1)%3C/script%3E&"+token, 403),
		ask("70 line ends in the challenge", "hub.mode=subscribe&hub.challenge=1%0d%0aSet-Cookie:a=b&"+token, 403),
		ask("70 a long challenge", "hub.mode=subscribe&hub.challenge="+strings.Repeat("1", 5000)+"&"+token, 403),
		ask("70 no challenge", "hub.mode=subscribe&"+token, 403),
		ask("70 no question at all", "", 404),
		{name: "another method", method: http.MethodPut, path: pathOf(w.app), body: "{}", status: 405, code: "method_not_allowed"},
		{name: "another provider", method: http.MethodPost, path: strings.Replace(pathOf(w.app), "/meta/", "/other/", 1), body: "{}", status: 404, code: "not_found"},
	})
}

// 74: what is too large or too slow is let go.
func TestWebhooksThatAreTooMuch(t *testing.T) {
	w := connect(t)
	large := mustJSON(t, said("16505550004", "wamid.large", strings.Repeat("x", 3<<20), time.Now(), nil))
	packed := w.hook("74 a body that is packed", []byte("\x1f\x8b"), 415, sign(hookSecret, []byte("\x1f\x8b")))
	packed.code, packed.header = "unsupported_encoding", map[string]string{"Content-Encoding": "gzip"}
	tooLarge := w.hook("74 over 3 MiB", large, 413, sign(hookSecret, large))
	tooLarge.code = "too_large"
	w.nothing(t, []attack{tooLarge, packed})
	t.Run("74 over 3 MiB in chunks", func(t *testing.T) {
		if answer := w.raw(t, "Transfer-Encoding: chunked\r\n", bytes.NewReader(append([]byte("400000\r\n"), large...))); !strings.HasPrefix(answer, "HTTP/1.1 413") {
			t.Errorf("it was answered %.200q", answer)
		}
	})
	t.Run("74 1 byte a second", func(t *testing.T) {
		if answer := w.raw(t, "Content-Length: 1000\r\n", &drip{}); !strings.HasPrefix(answer, "HTTP/1.1 408") {
			t.Errorf("it was answered %.200q", answer)
		}
	})
	w.nothing(t, nil)
}

// drip is a body that comes at one byte a second and never ends.
type drip struct{ begun bool }

func (d *drip) Read(p []byte) (int, error) {
	if d.begun {
		<-time.After(time.Second)
	}
	d.begun, p[0] = true, '{'
	return 1, nil
}

// raw posts a body byte by byte and gives the answer, which may come before the body has ended.
func (w *hooked) raw(t *testing.T, header string, body io.Reader) string {
	t.Helper()
	c := rawConn(t, w.stage)
	defer func() { _ = c.Close() }()
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%s\r\n", pathOf(w.app), w.Host("chat"), header)
	if err != nil {
		t.Fatal(err)
	}
	go func(c net.Conn) { _, _ = io.Copy(c, body) }(c) // until it is cut off
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	answer := make([]byte, 4096)
	n, err := c.Read(answer)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return string(answer[:n])
}

// 74: whatever is signed is thanked for, read by somebody who may fail at it, and harms nothing beside it.
func TestPoisonedWebhooks(t *testing.T) {
	w := connect(t)
	at := time.Now()
	entry := func(inner string) string {
		return `{"object":"whatsapp_business_account","entry":[{"id":"` + hookWABA + `","changes":[{"field":"messages","value":` + inner + `}]}]}`
	}
	value := func(members string) string {
		return entry(`{"messaging_product":"whatsapp","metadata":{"phone_number_id":"` + hookNumber + `"},` + members + `}`)
	}
	poisons := map[string]string{
		"no JSON":                           "hello",
		"nothing":                           "",
		"null":                              "null",
		"a number":                          "7",
		"an array":                          "[[],[]]",
		"depth 5,000":                       strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"depth 5,000 of objects":            strings.Repeat(`{"entry":[`, 5000) + strings.Repeat("]}", 5000),
		"depth 100,000, cut off":            strings.Repeat("[", 100_000),
		"deep inside of a message":          value(`"messages":[{"from":"1","id":"a","type":"text","text":` + strings.Repeat(`{"a":`, 4000) + "1" + strings.Repeat("}", 4000) + `}]`),
		"entry is no list":                  `{"object":"whatsapp_business_account","entry":{"id":1}}`,
		"entries of nothing":                `{"object":"whatsapp_business_account","entry":[null,7,"x",[],{}]}`,
		"changes of nothing":                `{"object":"whatsapp_business_account","entry":[{"id":[],"changes":[null,{"field":7},{"field":"messages","value":null},{"field":"messages","value":[]}]}]}`,
		"messages of nothing":               value(`"messages":[null,7,{},[],{"type":null},{"type":"text"},{"type":"text","text":null,"from":"1","id":"x"}]`),
		"a message without an id":           value(`"messages":[{"from":"16505550006","timestamp":"1","type":"text","text":{"body":"x"}}]`),
		"a message from nobody":             value(`"messages":[{"id":"wamid.nobody","timestamp":"1","type":"text","text":{"body":"x"}}]`),
		"a time before all time":            value(`"messages":[{"from":"16505550006","id":"wamid.t1","timestamp":"-99999999999999999999","type":"text","text":{"body":"early"}}]`),
		"a time of 1e400":                   value(`"messages":[{"from":"16505550006","id":"wamid.t2","timestamp":1e400,"type":"text","text":{"body":"late"}}]`),
		"places that are not on earth":      value(`"messages":[{"from":"16505550006","id":"wamid.l","timestamp":"1","type":"location","location":{"latitude":1e308,"longitude":"x"}}]`),
		"a file without a name":             value(`"messages":[{"from":"16505550006","id":"wamid.f","timestamp":"1","type":"image","image":{"id":"../../me?fields=access_token","sha256":7}}]`),
		"a reaction to nothing":             value(`"messages":[{"from":"16505550006","id":"wamid.r","timestamp":"1","type":"reaction","reaction":{}}]`),
		"an edit of what is not there":      value(`"messages":[{"from":"16505550006","id":"wamid.e","timestamp":"1","type":"edit","edit":{"original_message_id":"wamid.none"}}]`),
		"invalid UTF-8":                     value(`"messages":[{"from":"16505550006","id":"wamid.u","timestamp":"1","type":"text","text":{"body":"` + "\xff\xfe" + `"}}]`),
		"half a pair":                       value(`"messages":[{"from":"16505550006","id":"wamid.s","timestamp":"1","type":"text","text":{"body":"\ud800"}}]`),
		"NUL and bells":                     value(`"messages":[{"from":"16505550006","id":"wamid.n","timestamp":"1","type":"text","text":{"body":"\u0000\u0007"}}]`),
		"a text of 1 MB":                    value(`"messages":[{"from":"16505550006","id":"wamid.long","timestamp":"1","type":"text","text":{"body":"` + strings.Repeat("long ", 200_000) + `"}}]`),
		"statuses of nothing":               value(`"statuses":[null,{},{"id":7},{"id":"a","status":"flying"},{"id":"a","status":"read","timestamp":"x"}]`),
		"the same key twice":                `{"object":"page","object":"whatsapp_business_account","entry":[],"entry":null}`,
		"a page's events of nothing":        `{"object":"page","entry":[{"id":"` + hookPage + `","messaging":[null,{},{"sender":{"id":"1"}},{"sender":{"id":"1"},"recipient":{"id":"` + hookPage + `"},"message":null},{"sender":{"id":"1"},"recipient":{"id":"` + hookPage + `"},"message":{"mid":7,"attachments":[null,{},{"type":"image","payload":"x"}]}}]}]}`,
		"an object that is not a channel's": `{"object":"user","entry":[{"id":"0","changes":[{"field":"photos"}]}]}`,
		"100,000 empty entries":             `{"object":"whatsapp_business_account","entry":[` + strings.Repeat("{},", 100_000) + `{}]}`,
	}
	for name, body := range poisons {
		w.hook(name, []byte(body), http.StatusOK, sign(hookSecret, []byte(body))).throw(t, w.stage)
	}
	w.take(t, said("16505550005", "wamid.after", "I am fine", at, nil))
	w.takenIn(t)
	c := w.of(t, "16505550005")
	if texts := w.texts(t, c.ID); len(texts) != 1 || texts[0] != "I am fine" {
		t.Errorf("the good one beside them is %q", texts)
	}
	for _, d := range w.dead(t) {
		if strings.Contains(d.Error, "panic") {
			t.Errorf("a panic: %s\n%.300s", d.Error, d.Body)
		}
	}
	if asked := w.graph.heard("/me"); len(asked) > 0 {
		t.Errorf("an id of a file was used as a path: %q", asked)
	}
	if resp, err := client.Get(w.URL("chat", "/readyz")); err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatalf("the server is not ready: %v", err)
	}
	for name, body := range poisons { // again, and without effect
		w.hook(name, []byte(body), http.StatusOK, sign(hookSecret, []byte(body))).throw(t, w.stage)
	}
	if n := w.rows(t, "raws"); n != len(poisons)+1 {
		t.Errorf("%d webhooks were written down, want %d", n, len(poisons)+1)
	}
}
