package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// A full disk makes the server read-only (G17): writes are refused as store_full and nothing is acknowledged that is not stored,
// reads go on, and when there is room again everything goes on by itself.
func TestAFullDiskMakesItReadOnly(t *testing.T) {
	n := min(trials(t, 1), 20)
	for range n {
		disk := small(t)
		s := harness.Start(t, harness.Options{Data: disk, Flags: unlimited})
		c := newCrowd(t, s)
		c.padding = 3000
		var shoppers []*harness.Shopper
		for _, by := range []func(*harness.Shopper) opening{bySocket, bySocket, bySocket, byStream} {
			p, _ := c.shopper("shopper", by)
			shoppers = append(shoppers, p)
		}
		c.each(1)
		c.awaitRefusal("store_full")
		fill(t, disk)
		readOnly(t, c, shoppers[0])
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			t.Fatal(err)
		}
		grow(t, disk)
		c.each(1) // by itself
		finish(t, c, 1)
		s.Kill()
	}
}

// small mounts a disk of 3 MiB.
func small(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func grow(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
}

// fill takes what is left, so that no small write finds a place by chance.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for page := make([]byte, 4096); ; {
		if _, err := f.Write(page); err != nil {
			return
		}
	}
}

// awaitRefusal waits until somebody is refused with this code.
func (c *crowd) awaitRefusal(code string) {
	c.t.Helper()
	late := time.After(60 * time.Second)
	for {
		select {
		case got := <-c.refused:
			if got == code {
				return
			}
		case <-late:
			c.t.Fatalf("nobody was refused with %s; the server says:\n%s", code, c.s.Log())
		}
	}
}

// readOnly looks what still works, and how the rest is refused.
func readOnly(t *testing.T, c *crowd, p *harness.Shopper) {
	t.Helper()
	s, conversation := c.s, c.members[0].Conversation()
	base := "/v1/shops/" + s.Shop + "/conversations/" + conversation
	for path, want := range map[string]int{base: 200, base + "/entries": 200, "/v1/shops/" + s.Shop + "/conversations": 200} {
		if got := s.Plugin(http.MethodGet, path, nil, nil); got != want {
			t.Errorf("GET %s on a full disk: %d", path, got)
		}
	}
	status := http.StatusCreated
	for i := 0; i < 300 && status == http.StatusCreated; i++ { // the log may have a little room of its own
		body := map[string]any{"client_id": fmt.Sprint("full", i), "kind": "message", "message": map[string]string{"text": strings.Repeat("y", 7000)}}
		status = s.Plugin(http.MethodPost, base+"/entries", body, nil)
	}
	if status != http.StatusInsufficientStorage {
		t.Errorf("a message on a full disk: %d", status)
	}
	if status := upload(t, s); status != http.StatusInsufficientStorage {
		t.Errorf("an upload on a full disk: %d", status)
	}
	k, err := p.Dial(t.Context())
	if err != nil {
		t.Fatalf("a socket on a full disk: %v", err)
	}
	defer k.Close()
	if err := k.Write(t.Context(), map[string]any{"type": "join", "conversation": conversation, "generation": 1, "after": 0}); err != nil {
		t.Fatal(err)
	}
	if f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "entry" || f.Type == "snapshot" }); err != nil {
		t.Errorf("a join on a full disk: %v %v", f, err)
	}
	if resp, err := harness.NewClient().Get(s.URL("chat", "/healthz")); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("healthz on a full disk: %v %v", resp, err)
	}
	if _, err := p.Log(context.Background(), conversation); err != nil {
		t.Errorf("the shopper's log on a full disk: %v", err)
	}
}

// upload sends a file of 64 KiB as a plugin.
func upload(t *testing.T, s *harness.Server) int {
	t.Helper()
	url := s.URL("chat", "/v1/shops/"+s.Shop+"/attachments?name=a.txt")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(strings.Repeat("hello, ", 64<<10/7)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.PluginKey)
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := harness.NewClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
