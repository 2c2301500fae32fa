package phones

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// tap is an open stream.
type tap struct {
	t     *testing.T
	lines *bufio.Scanner
	close context.CancelFunc
}

func listen(t *testing.T, server *httptest.Server) *tap {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = response.Body.Close()
	})
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatal(kind)
	}
	return &tap{t, bufio.NewScanner(response.Body), stop}
}

// next is the next event.
func (s *tap) next() (name, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		if n, is := strings.CutPrefix(s.lines.Text(), "event: "); is {
			name = n
		} else if d, is := strings.CutPrefix(s.lines.Text(), "data: "); is {
			return name, d
		}
	}
	return "", ""
}

func (s *tap) reader() string {
	s.t.Helper()
	var hello struct{ Reader string }
	name, data := s.next()
	if err := json.Unmarshal([]byte(data), &hello); err != nil || name != "reader" || hello.Reader == "" {
		s.t.Fatalf("%s %s: %v", name, data, err)
	}
	return hello.Reader
}

func lookAt(t *testing.T, page http.Handler, reader string, threads ...string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"person": "lucia", "threads": threads})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, page, "PUT", "/api/readers/"+reader, string(body)); got.Code != 204 {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
}

func TestChangesArriveAndReadingLastsAsLongAsSomebodyLooks(t *testing.T) {
	world, page := table(t)
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	one, two := listen(t, server), listen(t, server)
	first, second := one.reader(), two.reader()

	lookAt(t, page, first, "lucia-whatsapp")
	if name, data := one.next(); name != "change" || data != `{"person":"lucia","thread":"lucia-whatsapp"}` {
		t.Errorf("%s %s", name, data)
	}
	lookAt(t, page, second, "lucia-whatsapp")
	lookAt(t, page, first) // the other page still shows it
	if want := []string{"reading lucia-whatsapp true"}; !slices.Equal(world.wasTold(), want) {
		t.Errorf("told %q", world.wasTold())
	}

	changes := world.Events(t.Context())
	two.close() // a closed tab does not say goodbye
	<-changes
	if want := []string{"reading lucia-whatsapp true", "reading lucia-whatsapp false"}; !slices.Equal(world.wasTold(), want) {
		t.Errorf("told %q", world.wasTold())
	}
}

func TestAThreadThatIsNotThereIsNotLookedAt(t *testing.T) {
	world, page := table(t)
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	stream := listen(t, server)
	reader := stream.reader()
	if got := ask(t, page, "PUT", "/api/readers/"+reader, `{"person":"tom","threads":["lucia-whatsapp"]}`); got.Code != 404 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	lookAt(t, page, reader, "lucia-whatsapp")
	lookAt(t, page, reader)
	if want := []string{"reading lucia-whatsapp true", "reading lucia-whatsapp false"}; !slices.Equal(world.wasTold(), want) {
		t.Errorf("told %q", world.wasTold())
	}
}

func TestStreamsEndWithTheRun(t *testing.T) {
	_, page := table(t)
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	stream := listen(t, server)
	stream.reader()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := page.Run(ctx); err == nil {
		t.Error("a run that ended by itself")
	}
	if name, data := stream.next(); name != "" {
		t.Errorf("%s %s after the end", name, data)
	}
}
