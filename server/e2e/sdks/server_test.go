package sdks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// answer of the scripted server.
type answer struct {
	status int
	golden string // the name of a file in openapi/examples
	body   string // else this
	header http.Header
	drop   bool // the connection is cut without an answer
}

func golden(name string) answer { return answer{status: 200, golden: name} }

func (a answer) as(status int) answer { a.status = status; return a }

func problem(status int, code string, fields ...string) answer {
	p := map[string]any{"status": status, "code": code, "message": "No.", "request_id": "req_1"}
	var list []map[string]string
	for _, f := range fields {
		list = append(list, map[string]string{"path": f, "message": "is wrong"})
	}
	if list != nil {
		p["fields"] = list
	}
	b, _ := json.Marshal(p)
	return answer{status: status, body: string(b), header: http.Header{"Content-Type": {"application/problem+json"}}}
}

func (a answer) after(seconds string) answer {
	a.header = a.header.Clone()
	a.header.Set("Retry-After", seconds)
	return a
}

// seen is a request as it came.
type seen struct {
	method, path string // path as it was escaped
	query        url.Values
	header       http.Header
	body         []byte
}

// scripted answers one request after another; the last answer repeats.
type scripted struct {
	url  string
	mu   sync.Mutex
	seen []seen
	bad  []string // what breaks the contract
}

func script(t *testing.T, doc *openapi3.T, answers []answer) *scripted {
	t.Helper()
	s := &scripted{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, seen{r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header.Clone(), body})
		n := len(s.seen)
		if err == nil {
			err = fits(doc, r, body)
		}
		if err != nil {
			s.bad = append(s.bad, fmt.Sprintf("%s %s: %v", r.Method, r.URL, err))
		}
		s.mu.Unlock()
		give(t, w, answers[min(n, len(answers))-1])
	}))
	t.Cleanup(web.Close)
	s.url = web.URL
	return s
}

func give(t *testing.T, w http.ResponseWriter, a answer) {
	if a.drop {
		panic(http.ErrAbortHandler)
	}
	body := []byte(a.body)
	if a.golden != "" {
		var err error
		if body, err = os.ReadFile("../../../openapi/examples/" + a.golden + ".json"); err != nil {
			t.Error(err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// fits holds a request against the contract: path, parameters, credential and body.
func fits(doc *openapi3.T, r *http.Request, body []byte) error {
	item, op, params := operation(doc, r)
	if op == nil {
		return fmt.Errorf("the contract has no such operation")
	}
	known := map[string]*openapi3.Parameter{}
	for _, p := range append(append(openapi3.Parameters{}, item.Parameters...), op.Parameters...) {
		known[p.Value.In+" "+p.Value.Name] = p.Value
	}
	for name, value := range params {
		if err := known["path "+name].Schema.Value.VisitJSON(value); err != nil {
			return fmt.Errorf("path parameter %s: %w", name, err)
		}
	}
	for name, values := range r.URL.Query() {
		p := known["query "+name]
		if p == nil || len(values) != 1 || values[0] == "" {
			return fmt.Errorf("query parameter %s is unknown, empty or there twice", name)
		}
	}
	if bearer := strings.HasPrefix(r.Header.Get("Authorization"), "Bearer tgk_"); bearer != (len(*op.Security) > 0) {
		return fmt.Errorf("a key is given: %v", bearer)
	}
	return bodyFits(op, r, body)
}

func bodyFits(op *openapi3.Operation, r *http.Request, body []byte) error {
	if op.RequestBody == nil {
		if len(body) > 0 {
			return fmt.Errorf("a body where none belongs")
		}
		return nil
	}
	media := op.RequestBody.Value.Content["application/json"]
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); media == nil || kind != "application/json" {
		return fmt.Errorf("the body is %q", r.Header.Get("Content-Type"))
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&v); err != nil {
		return err
	}
	return media.Schema.Value.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsRequest())
}

// operation finds what a request calls, and its path parameters unescaped.
func operation(doc *openapi3.T, r *http.Request) (*openapi3.PathItem, *openapi3.Operation, map[string]string) {
	have := strings.Split(r.URL.EscapedPath(), "/")
	for path, item := range doc.Paths.Map() {
		want := strings.Split(path, "/")
		op := item.GetOperation(r.Method)
		if op == nil || len(want) != len(have) {
			continue
		}
		params, ok := map[string]string{}, true
		for i := range want {
			if name, is := strings.CutPrefix(want[i], "{"); is {
				value, err := url.PathUnescape(have[i])
				ok = ok && err == nil
				params[strings.TrimSuffix(name, "}")] = value
			} else {
				ok = ok && want[i] == have[i]
			}
		}
		if ok {
			return item, op, params
		}
	}
	return nil, nil, nil
}
