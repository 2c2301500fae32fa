package channeltest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Parser reads webhooks: a channel.Provider is one.
type Parser interface {
	Parse(body []byte) ([]chat.Inbound, error)
}

const goldenEnd = ".golden.json"

// Incoming parses every webhook in the folder and compares its items with the golden file that stands beside it. A webhook without a
// golden file, a golden file without a webhook, and a webhook of which nothing is left are errors.
func Incoming(t *testing.T, p Parser, folder string) {
	t.Helper()
	webhooks, goldens := files(t, folder)
	if len(webhooks) == 0 {
		t.Fatalf("there is no webhook in %s", folder)
	}
	for name, path := range webhooks {
		t.Run(name, func(t *testing.T) { incoming(t, p, path, filepath.Join(folder, name+goldenEnd)) })
	}
	for name := range goldens {
		if webhooks[name] == "" {
			t.Errorf("%s%s belongs to no webhook", name, goldenEnd)
		}
	}
}

func files(t *testing.T, folder string) (webhooks map[string]string, goldens map[string]bool) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	webhooks, goldens = map[string]string{}, map[string]bool{}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), goldenEnd); ok {
			goldens[name] = true
			continue
		}
		name := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))
		webhooks[name] = filepath.Join(folder, e.Name())
	}
	return webhooks, goldens
}

func incoming(t *testing.T, p Parser, webhook, want string) {
	body, err := os.ReadFile(webhook)
	if err != nil {
		t.Fatal(err)
	}
	items, err := p.Parse(body)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if len(items) == 0 {
		t.Fatal("nothing came of it, and nobody is told why")
	}
	Sound(t, items)
	golden(t, want, items)
}

// Sound checks what holds for the items of any webhook: each has exactly the field of its kind, what has an effect has a natural key,
// and what has none says why.
func Sound(t *testing.T, items []chat.Inbound) {
	t.Helper()
	for i, in := range items {
		if in.Kind == chat.InboundIgnored {
			if in.Why == "" {
				t.Errorf("item %d is ignored and does not say why", i)
			}
			continue
		}
		if in.ID == "" {
			t.Errorf("item %d is a %s without a natural key", i, in.Kind)
		}
		fields := bodies(in)
		for kind, set := range fields {
			if belongs := kind == in.Kind || kind == chat.InboundMessage && in.Kind == chat.InboundEcho; set != belongs {
				t.Errorf("item %d is a %s; that it has the field of %s is %v", i, in.Kind, kind, set)
			}
		}
	}
}

func bodies(in chat.Inbound) map[chat.InboundKind]bool {
	return map[chat.InboundKind]bool{
		chat.InboundMessage: in.Message != nil, chat.InboundAmend: in.Amend != nil, chat.InboundStatus: in.Status != nil,
		chat.InboundOpened: in.Opened != nil, chat.InboundIdentity: in.Identity != nil, chat.InboundPreference: in.Preference != nil,
		chat.InboundTemplate: in.Template != nil, chat.InboundAccount: in.News != nil,
	}
}
