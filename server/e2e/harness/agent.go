package harness

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

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
	c := single
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

// With gives the agent as they call this server: for cookies that no sign-in has given.
func (a *Agent) With(s *Server) *Agent { return &Agent{Client: a.Client, s: s, Cookie: a.Cookie} }
