package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func testConfig(t *testing.T) Config {
	t.Helper()
	return Config{
		Addr: "127.0.0.1:0", Data: t.TempDir(), PublicURL: "https://chat.example", InboxURL: "https://inbox.example", FilesURL: "https://files.example",
		LogLevel: "error", MessageRate: 5, SessionRate: 60, SocketsIP: 50, drain: time.Millisecond,
	}
}

func TestFlagsWinOverEnvironmentAndEnvironmentOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("public-url https://file.example\ninbox-url https://file.example\nfiles-url https://file.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TAGALONG_INBOX_URL", "https://env.example")
	t.Setenv("TAGALONG_FILES_URL", "https://env.example")
	var c Config
	if err := c.parse(newFlags("serve", &c), []string{"-config", file, "-files-url", "https://flag.example"}); err != nil {
		t.Fatal(err)
	}
	if c.PublicURL != "https://file.example" || c.InboxURL != "https://env.example" || c.FilesURL != "https://flag.example" {
		t.Fatalf("got %+v", c)
	}
}

func TestURLsAreOrigins(t *testing.T) {
	for url, want := range map[string]string{
		"https://Chat.Example/":     "https://chat.example",
		"https://chat.example/path": "",
		"chat.example":              "",
		"":                          "",
	} {
		c := Config{PublicURL: url}
		h, err := c.hosts()
		if (err == nil) != (want != "") || h.Public != want || err == nil && (h.Inbox != want || h.Files != want) {
			t.Errorf("%q gives %+v, %v", url, h, err)
		}
	}
	if _, err := (&Config{Proxies: "10.0.0.0/8, nonsense"}).proxies(); err == nil {
		t.Error("a proxy that is no address is taken")
	}
}

func TestSetupIsDoneOnceAndItsWordsAreTrue(t *testing.T) {
	c := testConfig(t)
	args := []string{
		"-data", c.Data, "-public-url", c.PublicURL, "-inbox-url", c.InboxURL, "-merchant", "M", "-shop", "S",
		"-origins", "https://shop.example", "-email", " O@Shop.example", "-json",
	}
	var out bytes.Buffer
	if err := setupCommand(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	var done Installed
	if err := json.Unmarshal(out.Bytes(), &done); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(done.OwnerLink, "https://inbox.example/inbox/#/reset/") || !strings.Contains(done.Snippet, "https://chat.example/w/"+done.ShopKey+".js") {
		t.Fatalf("setup printed %+v", done)
	}
	if err := setupCommand(t.Context(), args, io.Discard); err == nil {
		t.Fatal("a second setup made a second merchant")
	}
	for _, args := range [][]string{
		{"reset-password", "O@shop.example", "-data", c.Data, "-public-url", c.PublicURL},
		{"reset-password", "-data", c.Data, "-public-url", c.PublicURL, "o@shop.example"},
	} {
		var link bytes.Buffer
		if err := agentCommand(t.Context(), args, &link); err != nil || !strings.Contains(link.String(), "#/reset/") {
			t.Fatalf("%q printed %q, %v", args, link.String(), err)
		}
	}
	if err := agentCommand(t.Context(), []string{"reset-password", "nobody@shop.example", "-data", c.Data, "-public-url", c.PublicURL}, io.Discard); err == nil {
		t.Fatal("a stranger got a link")
	}
}

func TestSetupRefusesOriginsThatAreNone(t *testing.T) {
	c := testConfig(t)
	err := setupCommand(t.Context(), []string{
		"-data", c.Data, "-public-url", c.PublicURL, "-merchant", "M", "-shop", "S", "-origins", "https://*.shop.example", "-email", "o@shop.example",
	}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "origins[0]") {
		t.Fatalf("got %v", err)
	}
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	made := t.TempDir()
	if err := os.Chmod(made, 0o755); err != nil { //nolint:gosec // that is what doctor is to see
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		edit func(*Config)
		want string
	}{
		{"no URL", func(c *Config) { c.PublicURL = "" }, "public-url is required"},
		{"plain HTTP", func(c *Config) { c.PublicURL = "http://chat.example" }, "is not HTTPS"},
		{"one host for all", func(c *Config) { c.FilesURL, c.InboxURL = "", "" }, "files-url shares its host"},
		{"a folder that is a file", func(c *Config) { c.Data = filepath.Join(c.Data, "f"); _ = os.WriteFile(c.Data, nil, 0o600) }, "bad the data folder"},
		{"no folder", func(c *Config) { c.Data = filepath.Join(c.Data, "none") }, "warn there is no data folder"},
		{"a folder for all to see", func(c *Config) { c.Data = made }, "warn every user of this machine"},
		{"a broken database", func(c *Config) { _ = os.WriteFile(c.database(), []byte("no database at all"), 0o600) }, "bad the database does not work"},
		{"nobody there", func(*Config) {}, "warn there is no merchant yet"},
		{"an unnamed proxy", func(*Config) {}, "warn the URLs are HTTPS and this server has no certificates"},
		{"loopback is secure enough", func(c *Config) { c.PublicURL, c.InboxURL, c.FilesURL = "http://127.0.0.1:8080", "", "" }, "ok shoppers reach http://127.0.0.1:8080"},
		{"certificates of an unknown kind", func(c *Config) { c.TLS = "on" }, `bad tls: "on" is neither off nor acme`},
		{"terms not agreed to", func(c *Config) { c.TLS = "acme" }, "bad tls acme: the certificate authority's terms"},
		{"a host that gets no certificate", func(c *Config) { c.TLS, c.ACMEAgree, c.FilesURL = "acme", true, "https://files.example:444" }, "bad tls acme: https://files.example:444"},
		{"nobody let in", func(c *Config) { c.SocketsIP = -1 }, "bad sockets-per-ip: is too small"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := testConfig(t)
			c.edit(&config)
			var all []string
			for _, f := range examine(t.Context(), config) {
				all = append(all, f.level+" "+f.text)
			}
			if !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Fatalf("doctor says\n%s", strings.Join(all, "\n"))
			}
			if strings.HasPrefix(c.want, "ok ") && strings.Contains(strings.Join(all, "\n"), "not HTTPS") {
				t.Fatalf("doctor says\n%s", strings.Join(all, "\n"))
			}
		})
	}
}

func TestLookingMakesNothing(t *testing.T) {
	c := testConfig(t)
	c.Data = filepath.Join(c.Data, "mistyped")
	examine(t.Context(), c)
	for name, run := range map[string]func(context.Context, []string, io.Writer) error{
		"backup": backupCommand, "agent": agentCommand,
	} {
		args := map[string][]string{
			"backup": {"-data", c.Data, "-to", filepath.Join(t.TempDir(), "copy.db")}, "agent": {"reset-password", "o@shop.example", "-data", c.Data},
		}[name]
		if err := run(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), "no database") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(c.Data); err == nil {
		t.Fatal("a mistyped folder was made")
	}
}

func TestABackupNeedsNoURL(t *testing.T) {
	c := testConfig(t)
	p, err := assemble(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.closeDoors() }()
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := backupCommand(t.Context(), []string{"-data", c.Data, "-to", to}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Size() == 0 {
		t.Fatalf("%v, %v", info, err)
	}
}

func TestMetricsAreForWhoMayReadThem(t *testing.T) {
	ip := clientIP(nil)
	for _, c := range []struct {
		name, key, peer, auth string
		status                int
	}{
		{"loopback without a key", "", "127.0.0.1:1", "", 200},
		{"a stranger without a key", "", "203.0.113.9:1", "", 404},
		{"a stranger with the key", "secret", "203.0.113.9:1", "Bearer secret", 200},
		{"a stranger with another", "secret", "203.0.113.9:1", "Bearer other", 404},
		{"loopback needs the key too", "secret", "127.0.0.1:1", "", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = c.peer
			r.Header.Set("Authorization", c.auth)
			w := httptest.NewRecorder()
			metrics(c.key, ip).ServeHTTP(w, r)
			if w.Code != c.status {
				t.Fatalf("status %d", w.Code)
			}
		})
	}
}

func TestAForeignHostIsMisdirected(t *testing.T) {
	p, err := assemble(t.Context(), testConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.closeDoors() }()
	h := p.routes(nil)
	for host, want := range map[string]int{"evil.example": 421, "chat.example": 404, "CHAT.example": 404, "files.example": 404} {
		r := httptest.NewRequest(http.MethodGet, "/nothing", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%s: %d %s", host, w.Code, w.Body)
		}
	}
}

func TestTheThreeMayShareHosts(t *testing.T) {
	const one, two, three = "https://one.example", "https://two.example", "https://three.example"
	for _, h := range []Hosts{{one, one, one}, {one, two, three}, {one, one, two}, {one, two, one}, {one, two, two}} {
		c := testConfig(t)
		c.PublicURL, c.InboxURL, c.FilesURL = h.Public, h.Inbox, h.Files
		p, err := assemble(t.Context(), c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		routes := p.routes(nil)
		for _, want := range []struct {
			origin, path string
			status       int
		}{
			{h.Public, "/v1/shops", http.StatusUnauthorized},
			{h.Inbox, "/v1/agent/me", http.StatusUnauthorized},
			{h.Inbox, "/", http.StatusFound},
			{h.Files, "/files/att_aaaaaaaaaaaaaaaaaaaaaaaaaa", http.StatusForbidden},
		} {
			r := httptest.NewRequest(http.MethodGet, want.path, nil)
			r.Host = hostOf(want.origin)
			w := httptest.NewRecorder()
			routes.ServeHTTP(w, r)
			if w.Code != want.status {
				t.Errorf("%v: %s%s: %d", h, want.origin, want.path, w.Code)
			}
		}
		_ = p.closeDoors()
	}
}

func TestASlowBodyIsLetGoWhateverItIsFor(t *testing.T) {
	c := testConfig(t)
	c.requestTimeout = 100 * time.Millisecond
	p, err := assemble(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() { done <- p.serve(ctx, p.routes(nil), func(a net.Addr) { addr <- a }) }()
	at := (<-addr).String()
	for _, path := range []string{"/nothing", "/healthz", "/v1/shops", "/v1/shops/pk_aaaaaaaaaaaaaaaaaaaaaaaaaa/frames"} {
		conn, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: chat.example\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", path)
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection is held", path)
		}
		_ = conn.Close()
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAServerDrains(t *testing.T) {
	p, err := assemble(t.Context(), testConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() { done <- p.serve(ctx, p.routes(nil), func(a net.Addr) { addr <- a }) }()
	at := <-addr
	resp, err := http.Get(fmt.Sprintf("http://%s/readyz", at))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", resp, err)
	}
	_ = resp.Body.Close()
	cancel()
	if err := <-done; err != nil && !strings.Contains(err.Error(), "closed") {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.health.readiness(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Fatalf("a drained server says %d", w.Code)
	}
}

func TestTheLinkKeyOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	one, err := linkKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	two, err := linkKey(dir)
	if err != nil || !bytes.Equal(one, two) {
		t.Fatalf("keys differ, %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "link.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := linkKey(dir); err == nil {
		t.Fatal("a broken key is taken, or written over")
	}
}

func TestReadiness(t *testing.T) {
	asked := 0
	var state error
	h := &health{ready: func(context.Context) error { asked++; return state }}
	ask := func() (int, string) {
		w := httptest.NewRecorder()
		h.readiness(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		name   string
		state  error
		status int
		says   string
	}{
		{"a store that commits", nil, http.StatusOK, "ready"},
		{"a store without room still reads", chat.ErrStoreFull, http.StatusOK, "read-only"},
		{"a store that does not answer", chat.ErrTryAgain, http.StatusServiceUnavailable, "cannot commit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			state, h.asked = c.state, time.Time{}
			if status, says := ask(); status != c.status || !strings.Contains(says, c.says) {
				t.Fatalf("%d %s", status, says)
			}
		})
	}
	h.asked = time.Time{}
	before := asked
	for range 100 {
		ask()
	}
	if asked != before+1 {
		t.Fatalf("100 questions asked the store %d times", asked-before)
	}
}
