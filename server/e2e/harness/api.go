package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

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

// single carries requests that come alone: no connection is kept that a killed server would leave broken.
var single = func() *http.Client {
	c := NewClient()
	c.Transport.(*http.Transport).DisableKeepAlives = true
	return c
}()

// Plugin makes a plugin's request.
func (s *Server) Plugin(method, path string, in, out any) int {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL("chat", path), encode(in))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.PluginKey)
	return do(s.t, single, req, in, out)
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
	if got := do(s.t, single, req, in, out); got != status {
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
