// Package harness runs the real binary for tests and talks to it as the world does: REST, sockets, signals.
//
// Start reading at Start. A Server belongs to one test, has a folder and a port of its own, and is gone when the test ends. Only
// processes that were started here are ended, by their id.
package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options of a Server.
type Options struct {
	Data  string   // folder; a temporary one when empty
	Flags []string // more flags for serve
	Env   []string
}

// Installed is what setup printed.
type Installed struct {
	Merchant  string `json:"merchant"`
	Shop      string `json:"shop"`
	ShopKey   string `json:"shop_key"`
	OwnerLink string `json:"owner_link"`
	PluginKey string `json:"plugin_key"`
	Snippet   string `json:"snippet"`
}

// The owner that Start sets up.
const (
	OwnerEmail    = "owner@shop.example"
	OwnerPassword = "test-password-owner"
	ShopOrigin    = "http://shop.localhost:3000"
)

// Server is a running tagalong.
type Server struct {
	Installed
	Data string
	Port int

	t     testing.TB
	flags []string
	env   []string
	mu    sync.Mutex
	cmd   *exec.Cmd
	done  chan struct{}
	log   *lockedBuffer
}

// lockedBuffer collects a process's output while it runs.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var buildOnce = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("TAGALONG_BINARY"); bin != "" {
		return filepath.Abs(bin)
	}
	dir, err := os.MkdirTemp("", "tagalong-e2e-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "tagalong")
	build := exec.Command("go", "build", "-o", bin, "github.com/tagalong-chat/tagalong/server/cmd/tagalong")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
})

// Binary builds the program once per test run; TAGALONG_BINARY names one that is built already.
func Binary(t testing.TB) string {
	t.Helper()
	bin, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// Start sets a merchant up in a fresh folder and runs a server on it until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{Data: o.Data, Port: FreePort(t), t: t, flags: o.Flags, env: o.Env}
	if s.Data == "" {
		s.Data = t.TempDir()
	}
	args := append([]string{"setup", "-json", "-merchant", "Merchant", "-shop", "Shop", "-origins", ShopOrigin, "-email", OwnerEmail, "-currency", "EUR"}, s.common()...)
	cmd := exec.Command(Binary(t), args...)
	cmd.Env = append(os.Environ(), s.env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("setup: %v\n%s", err, stderr(err))
	}
	if err := json.Unmarshal(out, &s.Installed); err != nil {
		t.Fatalf("setup printed %q: %v", out, err)
	}
	s.Run()
	t.Cleanup(s.Kill)
	_, token, _ := strings.Cut(s.OwnerLink, "#/reset/")
	s.mustPost("inbox", nil, "/v1/password-resets/complete", map[string]string{"token": token, "password": OwnerPassword}, http.StatusNoContent)
	return s
}

func stderr(err error) []byte {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return e.Stderr
	}
	return nil
}

// FreePort gives a port that nothing listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port
}

// Host gives the authority of one of the server's hosts: "chat", "inbox" or "files".
func (s *Server) Host(name string) string { return fmt.Sprintf("%s.localhost:%d", name, s.Port) }

// URL gives the address of a path on one of the server's hosts.
func (s *Server) URL(host, path string) string { return "http://" + s.Host(host) + path }

func (s *Server) common() []string {
	return []string{
		"-data", s.Data, "-addr", fmt.Sprintf("127.0.0.1:%d", s.Port), "-public-url", s.URL("chat", ""), "-inbox-url", s.URL("inbox", ""),
		"-files-url", s.URL("files", ""),
	}
}

// Run starts the server's process and waits until it is ready.
func (s *Server) Run() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	args := append(append([]string{"serve", "-log-level", "warn", "-drain", "200ms", "-sockets-per-ip", "30000", "-session-rate", "1000000"}, s.common()...), s.flags...)
	s.log = &lockedBuffer{}
	s.cmd = exec.Command(Binary(s.t), args...)
	s.cmd.Env = append(os.Environ(), s.env...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		_ = cmd.Wait()
		close(done)
	}(s.cmd, s.done)
	deadline := time.After(20 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-s.done:
			s.t.Fatalf("the server ended at once:\n%s", s.log)
		case <-deadline:
			s.t.Fatalf("the server is not ready after 20 s:\n%s", s.log)
		case <-tick.C:
			resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/readyz", s.Port))
			if err == nil {
				_ = resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					tick.Stop()
					return
				}
			}
		}
	}
}

// Kill ends the process with SIGKILL and waits for its end.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop ends the process with SIGTERM and waits for its end.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

func (s *Server) end(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(sig)
	<-s.done
	s.cmd = nil
}

// Log gives what the process has printed.
func (s *Server) Log() string { return s.log.String() }

// PID gives the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// dial finds *.localhost on loopback (RFC 6761), which not every system's resolver does.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, network, "127.0.0.1:"+port)
}

// NewClient makes an HTTP client that reaches the server's hosts and nothing outside this machine.
func NewClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 256}, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Agent signs the owner in and gives a client that carries their cookie.
func (s *Server) Agent() *Agent {
	s.t.Helper()
	return s.SignIn(OwnerEmail, OwnerPassword)
}

// Agent is a signed-in agent.
type Agent struct {
	*http.Client
	s      *Server
	Cookie string
}

// SignIn signs an agent in.
func (s *Server) SignIn(email, password string) *Agent {
	s.t.Helper()
	c := NewClient()
	body, _ := json.Marshal(map[string]string{"email": email, "password": password})
	req, _ := http.NewRequest(http.MethodPost, s.URL("inbox", "/v1/agent/login"), bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", s.URL("inbox", ""))
	resp, err := c.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		s.t.Fatalf("sign in: %d %s", resp.StatusCode, b)
	}
	for _, k := range resp.Cookies() {
		if k.Name == "__Host-tagalong" {
			return &Agent{Client: c, s: s, Cookie: k.Name + "=" + k.Value}
		}
	}
	s.t.Fatal("sign in set no cookie")
	return nil
}

// Call makes an agent's request and decodes the answer into out, when it is not nil.
func (a *Agent) Call(method, path string, in, out any) int {
	a.s.t.Helper()
	req, err := http.NewRequest(method, a.s.URL("inbox", path), encode(in))
	if err != nil {
		a.s.t.Fatal(err)
	}
	req.Header.Set("Cookie", a.Cookie)
	req.Header.Set("Origin", a.s.URL("inbox", ""))
	return do(a.s.t, a.Client, req, in, out)
}

// Plugin makes a plugin's request.
func (s *Server) Plugin(method, path string, in, out any) int {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL("chat", path), encode(in))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.PluginKey)
	return do(s.t, NewClient(), req, in, out)
}

// MustPost posts to the public API and expects a status.
func (s *Server) MustPost(out any, path string, in any, status int) {
	s.t.Helper()
	s.mustPost("chat", out, path, in, status)
}

func (s *Server) mustPost(host string, out any, path string, in any, status int) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL(host, path), encode(in))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Origin", s.URL(host, ""))
	if got := do(s.t, NewClient(), req, in, out); got != status {
		s.t.Fatalf("POST %s: %d, want %d", path, got, status)
	}
}

func encode(in any) io.Reader {
	if in == nil {
		return nil
	}
	b, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(b)
}

func do(t testing.TB, c *http.Client, req *http.Request, in, out any) int {
	t.Helper()
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if out != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(body, out); err != nil {
			t.Fatalf("%s %s answered %q: %v", req.Method, req.URL, body, err)
		}
	} else if resp.StatusCode >= 300 {
		t.Logf("%s %s: %d %s", req.Method, req.URL.Path, resp.StatusCode, body)
	}
	return resp.StatusCode
}
