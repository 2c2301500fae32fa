package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
)

var whole = map[string]string{
	"TAGALONG_URL": "https://chat.example", "TAGALONG_SHOP": "shop_1", "TAGALONG_KEY": "tgk_1", "KIOSK_SECRETS": "a,b",
	"LISTEN": "127.0.0.1:0",
}

func TestRunNeedsItsSettings(t *testing.T) {
	for _, name := range []string{"TAGALONG_URL", "TAGALONG_SHOP", "TAGALONG_KEY", "KIOSK_SECRETS"} {
		env := func(n string) string {
			if n == name {
				return ""
			}
			return whole[n]
		}
		err := run(t.Context(), env, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// listening ends the run when the log says that it has begun.
type listening struct{ stop context.CancelFunc }

func (l listening) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "listening") {
		l.stop()
	}
	return io.Discard.Write(line)
}

func TestRunServesUntilItIsToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	env := func(name string) string { return whole[name] }
	if err := run(ctx, env, slog.New(slog.NewTextHandler(listening{stop}, nil))); err != nil {
		t.Error(err)
	}
}
