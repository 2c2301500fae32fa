// Package harness runs the real binary for tests and talks to it as the world does: REST, sockets, signals.
//
// Start reading at Start. A Server belongs to one test, has a folder and a port of its own, and is gone when the test ends. Only
// processes that were started here are ended, by their id.
package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
	Exit int // code of the process that ended last; -1: by a signal

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
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("tagalong-e2e-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	bin := filepath.Join(dir, fmt.Sprintf("tagalong-%d", os.Getpid()))
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tagalong-chat/tagalong").Output()
	if err != nil {
		return "", fmt.Errorf("find the program: %w\n%s", err, stderr(err))
	}
	build := exec.Command("go", "build", "-o", bin, "./server/cmd/tagalong")
	build.Dir = strings.TrimSpace(string(root)) // with its own dependencies, which are not ours
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	// One place for all packages, which are tested at a time: whoever runs the program that was there before keeps it.
	return filepath.Join(dir, "tagalong"), os.Rename(bin, filepath.Join(dir, "tagalong"))
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
	s.setup("Merchant", "Shop", ShopOrigin, OwnerEmail)
	s.Run()
	t.Cleanup(s.Kill)
	s.choosePassword()
	return s
}

// setup runs the setup command.
func (s *Server) setup(merchant, shop, origin, email string) {
	s.t.Helper()
	args := append([]string{"setup", "-json", "-merchant", merchant, "-shop", shop, "-origins", origin, "-email", email, "-currency", "EUR"}, s.common()...)
	cmd := exec.Command(Binary(s.t), args...)
	cmd.Env = append(os.Environ(), s.env...)
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("setup: %v\n%s", err, stderr(err))
	}
	if err := json.Unmarshal(out, &s.Installed); err != nil {
		s.t.Fatalf("setup printed %q: %v", out, err)
	}
}

// choosePassword follows the owner's link.
func (s *Server) choosePassword() {
	s.t.Helper()
	_, token, _ := strings.Cut(s.OwnerLink, "#/reset/")
	s.mustPost("inbox", nil, "/v1/password-resets/complete", map[string]string{"token": token, "password": OwnerPassword}, http.StatusNoContent)
}

func stderr(err error) []byte {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
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
	_ = s.cmd.Process.Signal(sig) // it may have ended by itself
	select {
	case <-s.done:
	case <-time.After(40 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
		s.t.Errorf("the server did not end within 40 s of %v", sig)
	}
	s.Exit = s.cmd.ProcessState.ExitCode()
	s.cmd = nil
}

// Log gives what the process has printed.
func (s *Server) Log() string { return s.log.String() }

// PID gives the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }
