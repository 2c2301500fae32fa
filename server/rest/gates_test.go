package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestRequestsThatAreTurnedAwayAtTheGates(t *testing.T) {
	w := newWorld(t)
	const entries = "POST /v1/shops/{shop}/conversations/{conversation}/entries"
	good := `{"client_id":"c1","kind":"message","message":{"text":"hi"}}`
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	for name, c := range map[string]struct {
		req
		status int
		code   string
	}{
		"an unknown path":                     {req{as: "agent", call: "GET /v1/nothing"}, 404, "not_found"},
		"another version":                     {req{as: "agent", call: "GET /v2/shops"}, 404, "not_found"},
		"a path with dots":                    {req{as: "agent", call: "GET /v1/x/../shops"}, 404, "not_found"},
		"a path with encoded dots":            {req{as: "agent", call: "GET /v1/x/%2e%2e/shops"}, 404, "not_found"},
		"a doubled slash":                     {req{as: "agent", call: "GET /v1//shops"}, 404, "not_found"},
		"a slash at the end":                  {req{as: "agent", call: "GET /v1/shops/"}, 404, "not_found"},
		"a NUL in a path":                     {req{as: "agent", call: "GET /v1/shops/%00"}, 404, "not_found"},
		"a change by GET":                     {req{as: "agent", call: "GET /v1/agent/logout"}, 405, "method_not_allowed"},
		"a method that nobody has":            {req{as: "agent", call: "TRACE /v1/shops"}, 405, "method_not_allowed"},
		"OPTIONS of an agents' path":          {req{as: "agent", call: "OPTIONS /v1/shops"}, 405, "method_not_allowed"},
		"an id that is none":                  {req{as: "agent", call: "GET /v1/shops/1"}, 404, "not_found"},
		"an id in capitals":                   {req{as: "agent", call: "GET /v1/shops/SHOP_AAAAAAAAAAAAAAAAAAAAAAAAAA"}, 404, "not_found"},
		"no credential":                       {req{call: "GET /v1/shops"}, 401, "unauthenticated"},
		"a key in the query":                  {req{call: "GET /v1/shops/{shop}/orders", query: "key=" + w.a.pluginKey}, 401, "unauthenticated"},
		"a key in the query beside the right": {req{as: "plugin", call: "GET /v1/shops/{shop}/orders", query: "key=" + w.a.pluginKey}, 400, "bad_query"},
		"basic authentication":                {req{call: "GET /v1/shops/{shop}/orders", header: map[string]string{"Authorization": "Basic " + w.a.pluginKey}}, 401, "unauthenticated"},
		"a megabyte of dots":                  {req{call: "GET /v1/shops/{shop}/orders", header: map[string]string{"Authorization": "Bearer " + strings.Repeat(".", 1<<20)}}, 401, "unauthenticated"},
		"a key that nobody has":               {req{call: "GET /v1/shops/{shop}/orders", header: map[string]string{"Authorization": "Bearer tgk_" + strings.Repeat("a", 43)}}, 401, "unauthenticated"},
		"a shopper's token for agents":        {req{as: "shopper", call: "GET /v1/shops"}, 401, "unauthenticated"},
		"a shopper's token for plugins":       {req{as: "shopper", call: "GET /v1/shops/{shop}/orders"}, 401, "unauthenticated"},
		"a plugin's key for agents":           {req{as: "plugin", call: "GET /v1/shops"}, 401, "unauthenticated"},
		"a plugin's key for shoppers":         {req{as: "plugin", call: "GET /v1/shops/{key}/shopper/unread"}, 401, "invalid_token"},
		"an agent's cookie for shoppers":      {req{as: "agent", call: "GET /v1/shops/{key}/shopper/unread", drop: []string{"Origin"}}, 401, "unauthenticated"},
		"a cookie on another host":            {req{as: "agent", call: "GET /v1/shops", host: "chat.example"}, 401, "unauthenticated"},
		"a cookie on another port":            {req{as: "agent", call: "GET /v1/shops", host: "inbox.example:8443"}, 401, "unauthenticated"},
		"a cookie from another site":          {req{as: "agent", call: "POST /v1/agent/logout", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403, "cross_origin"},
		"a cookie from a sibling host":        {req{as: "agent", call: "POST /v1/agent/logout", header: map[string]string{"Sec-Fetch-Site": "same-site"}}, 403, "cross_origin"},
		"a cookie from another origin":        {req{as: "agent", call: "POST /v1/agent/logout", header: map[string]string{"Origin": "https://evil.example"}, drop: []string{"Sec-Fetch-Site"}}, 403, "cross_origin"},
		"a cookie from the origin null":       {req{as: "agent", call: "POST /v1/agent/logout", header: map[string]string{"Origin": "null"}, drop: []string{"Sec-Fetch-Site"}}, 403, "cross_origin"},
		"reading with a cookie from a site":   {req{as: "agent", call: "GET /v1/shops", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, drop: []string{"Origin"}}, 403, "cross_origin"},
		"a login on the public host":          {req{as: "inbox", call: "POST /v1/agent/login", host: "chat.example", body: `{"email":"a@b.example","password":"x"}`}, 421, "misdirected"},
		"a login from another site":           {req{as: "inbox", call: "POST /v1/agent/login", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, body: `{"email":"a@b.example","password":"x"}`}, 403, "cross_origin"},
		"an agent where a manager is needed":  {req{as: "agent", call: "POST /v1/shops", body: `{"name":"x","origins":[]}`}, 403, "forbidden"},
		"an unknown parameter":                {req{as: "agent", call: "GET /v1/agents", query: "sort=id;drop"}, 400, "bad_query"},
		"a parameter twice":                   {req{as: "agent", call: "GET /v1/agents", query: "limit=1&limit=2"}, 400, "bad_query"},
		"an empty parameter":                  {req{as: "agent", call: "GET /v1/agents", query: "limit="}, 400, "bad_query"},
		"a limit of a billion":                {req{as: "agent", call: "GET /v1/agents", query: "limit=1000000000"}, 400, "bad_query"},
		"a limit of more than 32 bits":        {req{as: "agent", call: "GET /v1/agents", query: "limit=4294967297"}, 400, "bad_query"},
		"a negative limit":                    {req{as: "agent", call: "GET /v1/agents", query: "limit=-1"}, 400, "bad_query"},
		"a limit in words":                    {req{as: "agent", call: "GET /v1/agents", query: "limit=all"}, 400, "bad_query"},
		"a broken escape":                     {req{as: "agent", call: "GET /v1/agents", query: "limit=%zz"}, 400, "bad_query"},
		"a query of 5 KiB":                    {req{as: "agent", call: "GET /v1/agents", query: "cursor=" + strings.Repeat("a", 5<<10)}, 400, "bad_query"},
		"a cursor that was made up":           {req{as: "agent", call: "GET /v1/agents", query: "cursor=AAAA"}, 400, "bad_cursor"},
		"a state that is none":                {req{as: "agent", call: "GET /v1/shops/{shop}/conversations", query: "state=deleted"}, 400, "bad_query"},
		"an assignee that is none":            {req{as: "agent", call: "GET /v1/shops/{shop}/conversations", query: "assignee=%27+OR+1=1"}, 400, "bad_query"},
		"a plugin's own conversations":        {req{as: "plugin", call: "GET /v1/shops/{shop}/conversations", query: "assignee=me"}, 400, "bad_query"},
		"a plugin's unread":                   {req{as: "plugin", call: "GET /v1/shops/{shop}/conversations", query: "unread=true"}, 400, "bad_query"},
		"before and after":                    {req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries", query: "before=1&after=1"}, 400, "bad_query"},
		"a negative number":                   {req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries", query: "after=-1"}, 400, "bad_cursor"},
		"a number of 2^63":                    {req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries", query: "after=9223372036854775808"}, 400, "bad_query"},
		"a number beyond the head":            {req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries", query: "after=1000"}, 400, "bad_cursor"},
		"a broken number":                     {req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries", query: "after=1.5"}, 400, "bad_query"},
		"no JSON":                             {req{as: "agent", call: entries, body: "hello"}, 400, "bad_json"},
		"no body":                             {req{as: "agent", call: entries, header: map[string]string{"Content-Type": "application/json"}}, 400, "bad_json"},
		"two bodies":                          {req{as: "agent", call: entries, body: good + good}, 400, "bad_json"},
		"a key twice":                         {req{as: "agent", call: entries, body: `{"client_id":"a","client_id":"b","kind":"note","message":{"text":"hi"}}`}, 400, "bad_json"},
		"a key in capitals":                   {req{as: "agent", call: entries, body: `{"Client_ID":"a","kind":"note","message":{"text":"hi"}}`}, 400, "unknown_field"},
		"a field of the server's":             {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"note","seq":7,"message":{"text":"hi"}}`}, 400, "unknown_field"},
		"bad UTF-8":                           {req{as: "agent", call: entries, body: "{\"client_id\":\"a\",\"kind\":\"note\",\"message\":{\"text\":\"\xff\"}}"}, 400, "bad_json"},
		"5,000 levels":                        {req{as: "agent", call: entries, body: deep}, 400, "bad_json"},
		"a list":                              {req{as: "agent", call: entries, body: `[]`}, 422, "invalid"},
		"a text for an object":                {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"note","message":"hi"}`}, 422, "invalid"},
		"a missing field":                     {req{as: "agent", call: entries, body: `{"client_id":"a","message":{"text":"hi"}}`}, 422, "invalid"},
		"a kind that is none":                 {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"event","message":{"text":"hi"}}`}, 422, "invalid"},
		"null":                                {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"note","message":{"text":null}}`}, 422, "invalid"},
		"a form":                              {req{as: "agent", call: entries, body: "a=b", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "unsupported_media_type"},
		"multipart":                           {req{as: "agent", call: entries, body: "--x", header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, 415, "unsupported_media_type"},
		"JSON without a Content-Type":         {req{as: "agent", call: entries, body: good, drop: []string{"Content-Type"}}, 415, "unsupported_media_type"},
		"JSON in UTF-16":                      {req{as: "agent", call: entries, body: good, header: map[string]string{"Content-Type": "application/json; charset=utf-16"}}, 415, "unsupported_media_type"},
		"gzip":                                {req{as: "agent", call: entries, body: good, header: map[string]string{"Content-Encoding": "gzip"}}, 415, "unsupported_encoding"},
		"a megabyte of JSON":                  {req{as: "agent", call: entries, body: `{"x":"` + strings.Repeat("a", 1<<20) + `"}`}, 413, "too_large"},
		"a client id with a NUL":              {req{as: "agent", call: entries, body: `{"client_id":"a\u0000","kind":"note","message":{"text":"hi"}}`}, 400, "bad_json"},
		"a client id of 10 KB":                {req{as: "agent", call: entries, body: `{"client_id":"` + strings.Repeat("a", 10_000) + `","kind":"note","message":{"text":"hi"}}`}, 422, "invalid"},
		"an empty message":                    {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"message","message":{"text":" \n "}}`}, 422, "bad_text"},
		"8,001 characters":                    {req{as: "agent", call: entries, body: `{"client_id":"a","kind":"message","message":{"text":"` + strings.Repeat("ä", 8001) + `"}}`}, 422, "too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.clock.add(time.Second) // so that no rate is the reason
			before := w.rows(w.a)
			w.do(c.req).refused(c.status, c.code).lacks("tgk_", "SELECT", "goroutine", "evil")
			if after := w.rows(w.a); after != before {
				t.Errorf("it changed something:\n%s\n%s", before, after)
			}
		})
	}
}

func TestEveryAnswerNamesItsRequest(t *testing.T) {
	w := newWorld(t)
	a := w.do(req{call: "GET /v1/shops", header: map[string]string{"X-Request-Id": "mine"}}).refused(401, "unauthenticated")
	id := a.header.Get("X-Request-Id")
	if !strings.HasPrefix(id, "req_") || !strings.Contains(a.body, id) {
		t.Errorf("the answer's id is %q, its body %s", id, a.body)
	}
	if a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	if allow := w.do(req{call: "PUT /v1/shops"}).refused(405, "method_not_allowed").header.Get("Allow"); !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
}

func TestForwardedHeadersOfAStrangerAreNotBelieved(t *testing.T) {
	w := newWorld(t)
	a := w.do(req{as: "owner", call: "POST /v1/agents/{agent}/password-reset", header: map[string]string{
		"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Proto": "http",
	}})
	a.want(200, inboxURL+"/inbox/#/reset/").lacks("evil")
}

func TestAPanicIsAnAnswerAndALine(t *testing.T) {
	w := newWorld(t)
	rec := httptest.NewRecorder()
	h := w.door.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") }))
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/v1/x", nil))
	if rec.Code != 500 || !strings.Contains(rec.Body.String(), `"code":"internal"`) || strings.Contains(rec.Body.String(), "secret") {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(w.logs.String(), "secret detail") || !strings.Contains(w.logs.String(), rec.Header().Get("X-Request-Id")) {
		t.Errorf("logged %s", w.logs)
	}
	defer func() {
		if cause, _ := recover().(error); !errors.Is(cause, http.ErrAbortHandler) {
			t.Errorf("a broken answer ended with %v, want http.ErrAbortHandler", cause)
		}
	}()
	w.door.Around(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write([]byte("half"))
		panic("half way")
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/x", nil))
}

func TestErrorsOfReadingAreTheClients(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&http.MaxBytesError{Limit: 1}, "too_large"},
		{io.ErrUnexpectedEOF, "bad_json"},
		{context.DeadlineExceeded, "try_again"},
		{context.Canceled, "try_again"},
		{chat.ErrNotFound, "not_found"},
	} {
		e, ok := chat.AsError(gate(c.err))
		if !ok || e.Code != c.want {
			t.Errorf("%v became %v, want %s", c.err, e, c.want)
		}
	}
	if _, ok := chat.AsError(gate(errors.New("disk"))); ok {
		t.Error("a fault of ours was given a code")
	}
}

func TestASlowBodyIsGivenUp(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.door)
	defer server.Close()
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	r := w.build(req{as: "agent", call: "PATCH /v1/agent/me", body: "x"})
	out, err := http.NewRequestWithContext(t.Context(), r.Method, server.URL+r.URL.Path, body)
	if err != nil {
		t.Fatal(err)
	}
	out.Header, out.Host = r.Header, r.Host
	w.door.bodyWithin = 50 * time.Millisecond
	go func() { _, _ = feed.Write([]byte(`{"name":`)) }()
	res, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusRequestTimeout || !bytes.Contains(b, []byte(`"code":"timeout"`)) {
		t.Errorf("answered %d %s", res.StatusCode, b)
	}
}

func TestRatesAreLimitedPerAddressAndCaller(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.SessionsPerMinute = 3 })
	session := req{call: "POST /v1/shops/{key}/sessions", body: `{}`}
	for range 3 {
		w.do(session).want(201)
	}
	if after := w.do(session).refused(429, "rate_limited").header.Get("Retry-After"); after != "20" {
		t.Errorf("Retry-After is %q, want 20", after)
	}
	session.header = map[string]string{"X-Forwarded-For": "198.51.100.7"}
	w.do(session).refused(429, "rate_limited")
	session.from = "198.51.100.7:99"
	w.do(session).want(201)
	session.from = "[2001:db8::1]:9"
	for range 3 {
		w.do(session).want(201)
	}
	session.from = "[2001:db8::2]:9" // the same subscriber
	w.do(session).refused(429, "rate_limited")

	post := func(as string, i int) req {
		return req{as: as, call: "POST /v1/shops/{shop}/conversations/{conversation}/entries", body: `{"client_id":"` + as + strings.Repeat("x", i) + `","kind":"note","message":{"text":"hi"}}`}
	}
	for i := range 20 {
		w.do(post("agent", i)).want(201)
	}
	w.do(post("agent", 21)).refused(429, "rate_limited")
	w.do(post("owner", 0)).want(201)
	w.clock.add(time.Second)
	w.do(post("agent", 21)).want(201)
}

func TestAnEndedCredentialHoldsNoMore(t *testing.T) {
	w := newWorld(t)
	key := req{as: "plugin", call: "GET /v1/shops/{shop}/orders"}
	w.do(key).want(200)
	w.do(req{as: "owner", call: "DELETE /v1/shops/{shop}/plugin-keys/{plugin_key}"}).want(204)
	w.do(key).refused(401, "unauthenticated")

	unread := req{as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}
	w.do(unread).want(200)
	w.do(req{as: "shopper", call: "DELETE /v1/shops/{key}/session"}).want(204)
	w.do(unread).refused(401, "invalid_token")

	me := req{as: "agent", call: "GET /v1/agent/me"}
	w.do(me).want(200)
	w.do(req{as: "owner", call: "PATCH /v1/agents/{agent}", body: `{"active":false}`}).want(200, `"active":false`)
	w.do(me).refused(401, "unauthenticated")

	owner := req{as: "owner", call: "GET /v1/agent/me"}
	cookie := w.do(req{as: "owner", call: "POST /v1/agent/logout"}).want(204).header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, auth.CookieName+"=;") || !strings.Contains(cookie, "Max-Age=0") {
		t.Errorf("logout set %q", cookie)
	}
	w.do(owner).refused(401, "unauthenticated")
}

func TestSessionsSlideAndEnd(t *testing.T) {
	w := newWorld(t)
	me, unread := req{as: "agent", call: "GET /v1/agent/me"}, req{as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}
	for range 8 { // 80 days, used every 10: 14 and 90 slide
		w.clock.add(10 * 24 * time.Hour)
		w.do(me).want(200)
		w.do(unread).want(200)
	}
	w.clock.add(11 * 24 * time.Hour)
	w.do(me).refused(401, "unauthenticated") // 90 days are the end
	w.do(unread).want(200)
	w.clock.add(91 * 24 * time.Hour)
	w.do(unread).refused(401, "invalid_token")
}
