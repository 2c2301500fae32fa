package loopback

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"chat.localhost:80":        "127.0.0.1:80",
		"Chat.LOCALHOST.:80":       "127.0.0.1:80",
		"localhost:8080":           "127.0.0.1:8080",
		"notlocalhost:80":          "notlocalhost:80",
		"localhost.example.com:80": "localhost.example.com:80",
		"192.0.2.1:80":             "192.0.2.1:80",
		"no port":                  "no port",
	} {
		if got := Address(in); got != want {
			t.Errorf("Address(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClientReachesASubdomainOfLocalhostAndKeepsItsName(t *testing.T) {
	hosts := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host }))
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", "chat.localhost", 1)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if host := <-hosts; !strings.HasPrefix(host, "chat.localhost:") {
		t.Errorf("Host = %q", host)
	}
}
