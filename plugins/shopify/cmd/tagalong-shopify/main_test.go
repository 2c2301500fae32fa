package main

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func whole(t *testing.T) map[string]string {
	return map[string]string{
		"SHOPIFY_APP_URL": "https://app.example", "SHOPIFY_CLIENT_ID": "client", "SHOPIFY_CLIENT_SECRETS": "new, old",
		"TAGALONG_URL": "https://chat.example", "SEALING_KEYS": newKey(), "LISTEN": "127.0.0.1:0",
		"DATABASE": filepath.Join(t.TempDir(), "app.db"),
	}
}

func TestRunNeedsItsSettings(t *testing.T) {
	tests := map[string]string{"SHOPIFY_APP_URL": "no address", "SHOPIFY_CLIENT_ID": "", "SHOPIFY_CLIENT_SECRETS": "new,", "TAGALONG_URL": "x", "SEALING_KEYS": "short"}
	for name, bad := range tests {
		for _, value := range []string{"", bad} {
			env := maps.Clone(whole(t))
			env[name] = value
			err := run(t.Context(), func(n string) string { return env[n] }, slog.New(slog.DiscardHandler))
			if err == nil {
				t.Errorf("%s=%q is taken", name, value)
			}
		}
	}
}

// watcher asks the server for its health when the log says where it listens, and then stops it.
type watcher struct {
	t    *testing.T
	stop context.CancelFunc
}

var address = regexp.MustCompile(`address=(\S+)`)

func (w watcher) Write(line []byte) (int, error) {
	if found := address.FindSubmatch(line); found != nil {
		go func() {
			defer w.stop()
			resp, err := http.Get("http://" + string(found[1]) + "/healthz")
			if err != nil || resp.StatusCode != http.StatusNoContent {
				w.t.Error(resp, err)
				return
			}
			_ = resp.Body.Close()
		}()
	}
	return io.Discard.Write(line)
}

func TestRunServesUntilItIsToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	env := whole(t)
	if err := run(ctx, func(n string) string { return env[n] }, slog.New(slog.NewTextHandler(watcher{t, stop}, nil))); err != nil {
		t.Error(err)
	}
}

func TestSecretsAreAList(t *testing.T) {
	env := whole(t)
	s, err := read(func(n string) string { return env[n] })
	if err != nil || strings.Join(s.options.Secrets, "|") != "new|old" || len(s.keys) != 1 {
		t.Error(s.options.Secrets, err)
	}
}
