package channeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Recorder is a transport that goes nowhere: it keeps requests, and answers them as Answer says.
type Recorder struct {
	Answer func(*http.Request) (status int, body string)

	mu   sync.Mutex
	sent []Request
}

// Request is one that was sent, in a form that can be compared.
type Request struct {
	Method string         `json:"method"`
	URL    string         `json:"url"`
	Type   string         `json:"type,omitempty"` // of the body
	Body   any            `json:"body,omitempty"`
	Form   map[string]any `json:"form,omitempty"` // fields, parsed where they are JSON, and files by name, type and size
	Token  bool           `json:"token"`          // whether it went along, in the header
}

// RoundTrip implements http.RoundTripper.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	kept, err := keep(req)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.sent = append(r.sent, kept)
	r.mu.Unlock()
	status, body := r.Answer(req)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: req,
	}, nil
}

// Take gives what was sent since it was last asked.
func (r *Recorder) Take() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

var errLeak = errors.New("the token is where others may read it")

func keep(req *http.Request) (Request, error) {
	kept := Request{Method: req.Method, URL: req.URL.String(), Token: req.Header.Get("Authorization") == "Bearer "+Token}
	if req.Body == nil {
		return kept, leak(kept.URL, nil)
	}
	text, err := io.ReadAll(req.Body)
	if err != nil {
		return kept, err
	}
	if req.ContentLength != int64(len(text)) {
		return kept, errors.New("the announced size is not the body's")
	}
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		return kept, err
	}
	kept.Type = kind
	if kind == "multipart/form-data" {
		kept.Form, err = fields(multipart.NewReader(bytes.NewReader(text), params["boundary"]))
	} else {
		err = json.Unmarshal(text, &kept.Body)
	}
	return kept, errors.Join(err, leak(kept.URL, text))
}

func leak(address string, body []byte) error {
	if strings.Contains(address, url.QueryEscape(Token)) || bytes.Contains(body, []byte(Token)) {
		return errLeak
	}
	return nil
}

func fields(r *multipart.Reader) (map[string]any, error) {
	all := map[string]any{}
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		var value any = string(text)
		if p.FileName() != "" {
			value = map[string]any{"file": p.FileName(), "type": p.Header.Get("Content-Type"), "size": len(text)}
		} else if strings.HasPrefix(string(text), "{") {
			err = json.Unmarshal(text, &value)
		}
		if err != nil {
			return nil, err
		}
		all[p.FormName()] = value
	}
}

// Outgoing sends the cases and compares all requests of each with a golden file in the folder.
func Outgoing(t *testing.T, a channel.Adapter, r *Recorder, cases []Case, folder string) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			n, err := a.Parts(c.Envelope)
			if err != nil {
				golden(t, filepath.Join(folder, c.Name+goldenEnd), map[string]any{"refused": refusal(t, err)})
				return
			}
			if n == 0 {
				t.Fatal("it falls into no part")
			}
			for part := range n {
				send(t, a, c.Envelope, part)
			}
			golden(t, filepath.Join(folder, c.Name+goldenEnd), r.Take())
			if _, err := a.Send(t.Context(), c.Envelope, n); err == nil {
				t.Errorf("there are %d parts, and one more can be sent", n)
			}
			r.Take()
		})
	}
}

func send(t *testing.T, a channel.Adapter, e chat.Envelope, part int) {
	t.Helper()
	got, err := a.Send(context.WithoutCancel(t.Context()), e, part)
	if err != nil {
		t.Fatalf("part %d: %v", part, err)
	}
	if got.ProviderID == "" {
		t.Errorf("part %d: nothing says under which id the provider has taken it", part)
	}
	if again, err := a.Parts(e); err != nil || again <= part {
		t.Errorf("asked again, it falls into %d parts: %v", again, err)
	}
}

func refusal(t *testing.T, err error) *chat.SendError {
	t.Helper()
	e, ok := errors.AsType[*chat.SendError](err)
	if !ok {
		t.Fatalf("the channel's error is none that the planner can act on: %v", err)
	}
	return e
}
