package attacks_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// phoned gives a conversation by phone, ready for an answer.
func (w *hooked) phoned(t *testing.T, from string) hookConversation {
	t.Helper()
	w.take(t, said(from, "wamid.in."+from, "hello", time.Now(), nil))
	return w.of(t, from)
}

// 79: whoever answers in the provider's place leads us nowhere else.
func TestAnswersThatLeadElsewhere(t *testing.T) {
	w := connect(t)
	c := w.phoned(t, "16505550020")
	for i, to := range []string{w.trap.URL + "/elsewhere", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "//" + strings.TrimPrefix(w.trap.URL, "http://") + "/"} {
		for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
			w.graph.answers(func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Location", to)
				rw.WriteHeader(status)
			})
			id := fmt.Sprint("to-", i, "-", status)
			asked := len(w.graph.heard("/messages"))
			w.reply(t, c.ID, id, id)
			eventually(t, func() error {
				if len(w.graph.heard("/messages")) == asked {
					return fmt.Errorf("nothing was sent; the deliveries are %+v", w.deliveries(t, c.ID))
				}
				return nil
			})
			eventually(t, func() error { return w.hasState(t, c.ID, 2*i+status/307+1, "failed", "queued", "uncertain") })
		}
	}
	for _, d := range w.deliveries(t, c.ID) {
		if d.State == "accepted" || d.State == "sent" {
			t.Errorf("a redirect was taken for a receipt: %+v", d)
		}
	}
	if asked := w.trap.heard(""); len(asked) > 0 {
		t.Errorf("a redirect was followed, with %q", asked)
	}
}

// 80: an answer without end is read up to a limit, and not waited for for long.
func TestAnswersWithoutEnd(t *testing.T) {
	w := connect(t)
	var written atomic.Int64
	ended := make(chan string, 16)
	page := strings.Repeat("x", 64<<10)
	for name, answer := range map[string]http.HandlerFunc{
		"80 10 GB": func(rw http.ResponseWriter, _ *http.Request) {
			for written.Load() < 10<<30 {
				n, err := io.WriteString(rw, page)
				if written.Add(int64(n)); err != nil {
					return
				}
			}
		},
		"80 a header without end": func(rw http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			for _, err = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "); err == nil; {
				var n int
				n, err = io.WriteString(c, page)
				if written.Add(int64(n)); written.Load() > 10<<30 {
					return
				}
			}
		},
		"80 one byte at a time": func(rw http.ResponseWriter, q *http.Request) {
			for tick := time.NewTicker(200 * time.Millisecond); ; {
				if _, err := io.WriteString(rw, " "); err != nil || http.NewResponseController(rw).Flush() != nil {
					return
				}
				written.Add(1)
				select {
				case <-tick.C:
				case <-q.Context().Done():
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := w.phoned(t, fmt.Sprint(16505550100+int64(len(name))))
			written.Store(0)
			defer w.graph.answers(nil)
			w.graph.answers(func(rw http.ResponseWriter, q *http.Request) {
				answer(rw, q)
				ended <- name
			})
			w.reply(t, c.ID, "reply", "hello")
			for end := time.After(60 * time.Second); ; {
				select {
				case which := <-ended:
					if which != name { // of the one before, that was tried again
						continue
					}
				case <-end:
					t.Fatal("the answer is still listened to after a minute")
				}
				break
			}
			if n := written.Load(); n > 32<<20 { // what is read, and what lies in buffers on the way
				t.Errorf("%d MiB of the answer were taken", n>>20)
			}
		})
	}
	c := w.phoned(t, "16505550199")
	w.reply(t, c.ID, "reply", "the others are none the worse")
	eventually(t, func() error { return w.hasState(t, c.ID, 1, "accepted", "sent") })
}
