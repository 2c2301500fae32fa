package meta

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/channel/channeltest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// world is a Graph API that answers as the test wants, and a Platform that knows no other.
type world struct {
	*Platform
	graph *httptest.Server
	host  string
}

func newWorld(t *testing.T, answer http.HandlerFunc) world {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := New(Options{
		GraphURL: s.URL, InstagramURL: s.URL, MediaHosts: []string{u.Host},
		Transport:  channeltest.Loopback{Base: &http.Transport{DisableKeepAlives: true}},
		WebhookURL: func(id chat.ProviderAppID) string { return "https://chat.example/hooks/meta/" + string(id) },
	})
	return world{p, s, u.Host}
}

func letter(text string) chat.Envelope {
	return chat.Envelope{
		Delivery: "dlv_1", Form: chat.FormFree, Message: chat.Message{Text: text},
		Account: chat.Account{ExternalID: "num", BusinessID: "waba", Token: channeltest.Token, Handle: "15550783881"},
		To:      chat.Address{Phone: "+16505551234", UserID: "5678"},
		App:     chat.ProviderApp{ID: "app_1", AppID: "1234", VerifyToken: "ours", Secrets: []string{"s1", "s2"}},
	}
}

func sendError(t *testing.T, err error) *chat.SendError {
	t.Helper()
	e, ok := errors.AsType[*chat.SendError](err)
	if !ok {
		t.Fatalf("got %v, want a SendError", err)
	}
	if strings.Contains(e.Error(), channeltest.Token) {
		t.Errorf("the error tells the token: %v", e)
	}
	return e
}

// What Meta's errors mean, by the bodies in which they come.
func TestRefusalsAreUnderstood(t *testing.T) {
	want := map[string]string{
		"err_100_invalid_param": "rejected parameter", "err_130429_rate_limit": "throttle_account rate_limit", "err_130472": "give_up experiment",
		"err_131000": "retry temporary", "err_131008": "rejected parameter", "err_131009": "rejected parameter", "err_131016": "retry temporary",
		"err_131026": "unreachable not_on_whatsapp", "err_131047": "window_closed window_closed", "err_131048": "stop_account spam_limit",
		"err_131056": "throttle_pair pair_rate_limit", "err_131062": "unreachable phone_needed", "err_132000": "rejected template_parameters",
		"err_132001": "give_up template_missing", "err_132012": "rejected template_parameters", "err_132015": "give_up template_paused",
		"err_190_expired": "reconnect token", "err_2_temporary": "retry temporary", "err_368": "stop_account policy",
		"err_80007_waba_rate":              "throttle_account rate_limit",
		"err_100_2018001_no_matching_user": "unreachable no_such_person", "err_100_tag_removed": "rejected parameter",
		"err_10_2018278_outside_window": "window_closed window_closed", "err_1200_temporary": "retry temporary",
		"err_190_token":            "reconnect token",
		"err_200_2018028_not_role": "reconnect app_not_live", "err_4_app_limit": "throttle_account rate_limit",
		"err_551_not_available": "window_closed window_closed", "err_613_rate": "throttle_account rate_limit",
		"err_10_2534022_outside_window": "window_closed window_closed",
	}
	paths, err := filepath.Glob("testdata/*-api/err_*.json")
	if err != nil || len(paths) != len(want) {
		t.Fatalf("%d files, %d known: %v", len(paths), len(want), err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range []int{http.StatusBadRequest, http.StatusOK} {
			w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(status)
				_, _ = rw.Write(body)
			})
			a := w.WhatsApp()
			if !strings.Contains(path, "whatsapp") {
				a = w.Messenger()
			}
			_, err = a.Send(t.Context(), letter("hi"), 0)
			e := sendError(t, err)
			name := strings.TrimSuffix(filepath.Base(path), ".json")
			if got := string(e.Class) + " " + e.Code; got != want[name] {
				t.Errorf("%s with %d: got %s, want %s", name, status, got, want[name])
			}
			code, _, _ := strings.Cut(e.Provider, "/")
			if e.Detail == "" || e.Trace == "" || !strings.HasPrefix(name, "err_"+code) {
				t.Errorf("%s: the error says too little: %+v", name, e)
			}
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	html := "<html><body>Sorry, something went wrong.</body></html>"
	for name, c := range map[string]struct {
		status int
		body   string
		want   chat.SendClass
	}{
		"taken, but cut":            {200, `{"messaging_product":"whatsapp","messages":[{"id":"wam`, chat.SendUncertain},
		"taken, without an id":      {200, `{"messaging_product":"whatsapp"}`, chat.SendUncertain},
		"taken, and empty":          {200, ``, chat.SendUncertain},
		"taken, and a page":         {200, html, chat.SendUncertain},
		"taken, and far too long":   {200, `{"a":"` + strings.Repeat("x", maxAnswer) + `"}`, chat.SendUncertain},
		"an error, as a page":       {500, html, chat.SendRetry},
		"no service":                {503, html, chat.SendRetry},
		"a gateway that lost it":    {502, html, chat.SendUncertain},
		"a gateway that waited":     {504, html, chat.SendUncertain},
		"too many, without a body":  {429, ``, chat.SendThrottleAccount},
		"too many, with a code":     {429, `{"error":{"code":613,"message":"m"}}`, chat.SendThrottleAccount},
		"nobody":                    {401, ``, chat.SendReconnect},
		"forbidden":                 {403, html, chat.SendReconnect},
		"nowhere":                   {404, html, chat.SendRejected},
		"an unknown code":           {400, `{"error":{"code":999999,"message":"m"}}`, chat.SendGiveUp},
		"an unknown passing code":   {400, `{"error":{"code":999999,"message":"m","is_transient":true}}`, chat.SendRetry},
		"a number's registration":   {400, `{"error":{"code":133010,"message":"m"}}`, chat.SendStopAccount},
		"a permission":              {403, `{"error":{"code":230,"message":"m"}}`, chat.SendReconnect},
		"no such number":            {400, `{"error":{"code":100,"error_subcode":33,"message":"m"}}`, chat.SendReconnect},
		"an error of another shape": {400, `{"error":"no"}`, chat.SendRejected},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(c.status)
				_, _ = io.WriteString(rw, c.body)
			})
			_, err := w.WhatsApp().Send(t.Context(), letter("hi"), 0)
			if e := sendError(t, err); e.Class != c.want {
				t.Errorf("got %+v, want %s", e, c.want)
			}
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "-3": 0, "soon": 0, "999999": time.Hour} {
		w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", header)
			rw.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := w.WhatsApp().Send(t.Context(), letter("hi"), 0)
		if e := sendError(t, err); e.RetryAfter != want {
			t.Errorf("%q: got %s", header, e.RetryAfter)
		}
	}
}

// What breaks off before anything was sent can be tried again; after that nobody knows.
func TestLostConnections(t *testing.T) {
	closed := newWorld(t, nil)
	closed.graph.Close()
	_, err := closed.WhatsApp().Send(t.Context(), letter("hi"), 0)
	if e := sendError(t, err); e.Class != chat.SendRetry {
		t.Errorf("refused: got %+v", e)
	}

	cut := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		c, _, err := http.NewResponseController(rw).Hijack()
		if err == nil {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	})
	_, err = cut.WhatsApp().Send(t.Context(), letter("hi"), 0)
	if e := sendError(t, err); e.Class != chat.SendUncertain || e.Code != codeNoAnswer {
		t.Errorf("taken, and the answer lost: got %+v", e)
	}
	err = cut.WhatsApp().(channel.Seer).Seen(t.Context(), letter("").Account, chat.ProviderApp{}, chat.Address{}, "wamid", true)
	if e := sendError(t, err); e.Class != chat.SendRetry {
		t.Errorf("what does no harm twice is not uncertain: got %+v", e)
	}

	ctx, cancel := context.WithCancel(t.Context())
	slow := newWorld(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err = slow.WhatsApp().Send(ctx, letter("hi"), 0)
	if e := sendError(t, err); e.Class != chat.SendUncertain {
		t.Errorf("given up: got %+v", e)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(rw, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := w.WhatsApp().Send(t.Context(), letter("hi"), 0)
	if e := sendError(t, err); e.Class != chat.SendRejected || asked != 1 {
		t.Errorf("got %+v after %d requests", e, asked)
	}
}

func TestRequestsProveTheSecret(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("appsecret_proof"); got != proof("s1", channeltest.Token) {
			t.Errorf("got the proof %q", got)
		}
		if r.Header.Get("Authorization") != "Bearer "+channeltest.Token || !strings.HasPrefix(r.URL.Path, "/"+DefaultVersion+"/num/") {
			t.Errorf("got %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		_, _ = io.WriteString(rw, `{"messages":[{"id":"wamid.1"}]}`)
	})
	got, err := w.WhatsApp().Send(t.Context(), letter("hi"), 0)
	if err != nil || got.ProviderID != "wamid.1" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestIDsCanNotLeadElsewhere(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/v25.0/..%2Fme%3Fx=1%23/messages" {
			t.Errorf("got %s", r.URL.EscapedPath())
		}
		_, _ = io.WriteString(rw, `{"messages":[{"id":"wamid.1"}]}`)
	})
	e := letter("hi")
	e.Account.ExternalID = "../me?x=1#"
	if _, err := w.WhatsApp().Send(t.Context(), e, 0); err != nil {
		t.Error(err)
	}
}

func TestWhoHasNoNumberIsReachedByID(t *testing.T) {
	cases := []struct{ phone, user, want string }{
		{"+16505551234", "US.134", `"to":"+16505551234"`},
		{"", "US.134", `"recipient":"US.134"`},
		{"16505551234", "", `"to":"+16505551234"`},
		{"", "", ""},
		{"", "x y", ""},
	}
	for _, c := range cases {
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if !strings.Contains(string(body), c.want) || strings.Contains(string(body), `"to"`) && strings.Contains(string(body), `"recipient"`) {
				t.Errorf("%+v: got %s", c, body)
			}
			_, _ = io.WriteString(rw, `{"messages":[{"id":"wamid.1"}]}`)
		})
		e := letter("hi")
		e.To = chat.Address{Phone: c.phone, UserID: c.user}
		_, err := w.WhatsApp().Send(t.Context(), e, 0)
		if c.want == "" {
			if got := sendError(t, err); got.Class != chat.SendUnreachable {
				t.Errorf("got %+v", got)
			}
		} else if err != nil {
			t.Error(err)
		}
	}
}

func fetch(t *testing.T, a channel.Adapter, ref chat.MediaRef) ([]byte, error) {
	t.Helper()
	e := letter("")
	r, err := a.(channel.Fetcher).Fetch(t.Context(), e.Account, e.App, ref)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

func TestFilesAreFetchedByID(t *testing.T) {
	var w world
	w = newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+channeltest.Token {
			t.Errorf("%s: without the token", r.URL)
		}
		if r.URL.Path == "/file" {
			_, _ = io.WriteString(rw, "bytes")
			return
		}
		if r.URL.Query().Get("phone_number_id") != "num" || r.URL.Path != "/v25.0/m1" {
			t.Errorf("got %s", r.URL)
		}
		_, _ = fmt.Fprintf(rw, `{"url":"http:\/\/%s\/file","file_size":"5"}`, w.host)
	})
	sum := sha256.Sum256([]byte("bytes"))
	got, err := fetch(t, w.WhatsApp(), chat.MediaRef{ID: "m1", SHA256: base64.StdEncoding.EncodeToString(sum[:])})
	if err != nil || string(got) != "bytes" {
		t.Errorf("got %q, %v", got, err)
	}
	other := sha256.Sum256([]byte("others"))
	_, err = fetch(t, w.WhatsApp(), chat.MediaRef{ID: "m1", SHA256: base64.StdEncoding.EncodeToString(other[:])})
	if !errors.Is(err, errOtherFile) {
		t.Errorf("another file is taken: %v", err)
	}
}

func TestFilesAreFetchedFromMetaAlone(t *testing.T) {
	p := New(Options{Transport: &channeltest.Recorder{Answer: func(r *http.Request) (int, string) {
		if r.URL.Hostname() == "graph.facebook.com" {
			return http.StatusOK, `{"url":"https://evil.example/file"}`
		}
		return http.StatusOK, "bytes"
	}}})
	if _, err := fetch(t, p.WhatsApp(), chat.MediaRef{ID: "m1"}); sendError(t, err).Class != chat.SendRejected {
		t.Errorf("got %v", err)
	}
	for address, ok := range map[string]bool{
		"https://scontent.xx.fbcdn.net/v/a.jpg": true, "https://lookaside.fbsbx.com/a": true, "https://cdn.fbsbx.com/a": true,
		"http://scontent.xx.fbcdn.net/v/a.jpg": false, "https://evil.example/a.jpg": false, "https://fbcdn.net.evil.example/a": false,
		"https://evilfbcdn.net/a": false, "https://169.254.169.254/latest": false, "https://a@cdn.fbsbx.com/a": false,
		"https://cdn.fbsbx.com:8443/a": false,
		"file:///etc/passwd":           false, "": false, "https://fbsbx.com.evil.example": false, "//cdn.fbsbx.com/a": false,
		"https://cdn.fbsbx.com\\@evil.example": false,
	} {
		_, err := fetch(t, p.Messenger(), chat.MediaRef{URL: address})
		if (err == nil) != ok {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestTheTokenGoesToNoOtherHost(t *testing.T) {
	var redirected []string
	r := &channeltest.Recorder{}
	r.Answer = func(*http.Request) (int, string) { return http.StatusOK, "bytes" }
	follow := roundTrip(func(req *http.Request) (*http.Response, error) {
		redirected = append(redirected, req.URL.Host+" "+req.Header.Get("Authorization"))
		if req.URL.Host == "lookaside.fbsbx.com" {
			to := "https://scontent.xx.fbcdn.net/a"
			if req.URL.Path == "/evil" {
				to = "https://evil.example/a"
			}
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {to}}, Body: http.NoBody, Request: req}, nil
		}
		return r.RoundTrip(req)
	})
	p := New(Options{Transport: follow})
	body, err := p.download(t.Context(), "https://lookaside.fbsbx.com/a", channeltest.Token)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	if len(redirected) != 2 || redirected[1] != "scontent.xx.fbcdn.net " {
		t.Errorf("got %q", redirected)
	}
	_, err = p.download(t.Context(), "https://lookaside.fbsbx.com/evil", channeltest.Token)
	if sendError(t, err).Class != chat.SendRejected || len(redirected) != 3 {
		t.Errorf("got %v after %q", err, redirected)
	}
	if _, err := p.download(t.Context(), "https://scontent.xx.fbcdn.net/a", channeltest.Token); err == nil {
		t.Error("the token went to a host of pictures")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
