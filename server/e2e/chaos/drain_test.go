package chaos_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// SIGTERM in the middle of the work: not ready at once, each connection told to come back, nothing lost, a clean end; and the next
// process goes on where this one stopped.
func TestSIGTERMDrains(t *testing.T) {
	n := trials(t, 1)
	s := harness.Start(t, harness.Options{Flags: append([]string{"-drain", "1s"}, unlimited...)})
	c := newCrowd(t, s)
	for i := range 12 {
		c.shopper("shopper", [...]func(*harness.Shopper) opening{bySocket, bySocket, byStream}[i%3])
	}
	for range n {
		c.each(5)
		unready := make(chan string, 1)
		go func() { unready <- watchReadiness(s.URL("chat", "/readyz")) }()
		start := time.Now()
		s.Stop()
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("the end took %v", took)
		}
		if s.Exit != 0 {
			t.Errorf("the process ended with %d:\n%s", s.Exit, s.Log())
		}
		if got := <-unready; got != "draining" {
			t.Errorf("while it drained, readyz answered %q", got)
		}
		s.Run()
	}
	finish(t, c, n)
	for _, m := range c.members {
		if m.Byes["draining"] != n {
			t.Errorf("%s was told to come back %d times in %d drains: %v %v", m.Name, m.Byes["draining"], n, m.Ends, m.Byes)
		}
	}
}

// watchReadiness asks until the server is not ready, or not there, and gives what it said last.
func watchReadiness(url string) string {
	client := harness.NewClient()
	for {
		resp, err := client.Get(url)
		if err != nil {
			return err.Error()
		}
		b := make([]byte, 64)
		k, _ := resp.Body.Read(b) // the text is short, and its end comes with it
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return strings.TrimSpace(string(b[:k]))
		}
	}
}
