package store_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
	"github.com/tagalong-chat/tagalong/server/store"
	"github.com/tagalong-chat/tagalong/server/store/storetest"
)

// world is an open database with a shop and an anonymous shopper in it.
type world struct {
	*store.DB
	path    string
	shop    chat.Shop
	shopper chat.Shopper
}

func open(t testing.TB, o store.Options) *world {
	t.Helper()
	if o.Path == "" {
		o.Path = storetest.Path(t)
	}
	w := &world{DB: bare(t, o), path: o.Path}
	w.fill(t)
	return w
}

func (w *world) fill(t testing.TB) {
	t.Helper()
	now := chat.At(time.Now())
	m := chat.Merchant{ID: chat.NewID[chat.MerchantID](chat.PrefixMerchant, rand.Reader), Name: "Marl", CreatedAt: now}
	w.shop = chat.Shop{
		ID: chat.NewID[chat.ShopID](chat.PrefixShop, rand.Reader), Merchant: m.ID, Key: chat.NewID[string](chat.PrefixShopKey, rand.Reader),
		Name: "Marl", CreatedAt: now,
	}
	owner := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, rand.Reader), Email: string(m.ID) + "@marl.example", Role: chat.RoleOwner, Active: true,
	}
	if err := w.CreateMerchant(t.Context(), m, w.shop, owner, "hash"); err != nil {
		t.Fatal(err)
	}
	w.shopper = chat.Shopper{ID: chat.NewID[chat.ShopperID](chat.PrefixShopper, rand.Reader), Merchant: m.ID, Shop: w.shop.ID, CreatedAt: now}
	session := chat.ShopperSession{Merchant: m.ID, Shop: w.shop.ID, Shopper: w.shopper.ID, ExpiresAt: now.Add(time.Hour)}
	if _, err := rand.Read(session.Hash[:]); err != nil {
		t.Fatal(err)
	}
	if err := w.CreateShopper(t.Context(), w.shopper, session); err != nil {
		t.Fatal(err)
	}
}

func (w *world) draft(clientID, text string) chat.Draft {
	return chat.Draft{
		Kind: chat.EntryMessage, Author: chat.Author{Kind: chat.AuthorShopper, ID: string(w.shopper.ID)}, Channel: chat.ChannelWeb,
		ClientID: clientID, Message: chat.Message{Text: text},
	}
}

func (w *world) write(d chat.Draft) chat.Write {
	return chat.Write{
		Shop: w.shop.ID, Key: &chat.SendKey{Author: d.Author, ClientID: d.ClientID, Hash: d.Hash()},
		Decide: func(c chat.Conversation) (chat.Change, error) { return c.Post(d, time.Now()) },
	}
}

func (w *world) start(t testing.TB, clientID string) chat.Committed {
	t.Helper()
	wr := w.write(w.draft(clientID, "Is the blue cup dishwasher safe?"))
	id := chat.NewID[chat.ConversationID](chat.PrefixConversation, rand.Reader)
	wr.Start = &chat.Start{ClientID: clientID, New: chat.NewConversation(id, w.shop, w.shopper, time.Now())}
	c, err := w.Change(t.Context(), wr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) post(ctx context.Context, id chat.ConversationID, clientID string) (chat.Committed, error) {
	wr := w.write(w.draft(clientID, "Is the blue cup dishwasher safe? I would like to have four of them by Friday."))
	wr.Conversation = id
	return w.Change(ctx, wr)
}

// sealer makes a Seal with one key.
func sealer(t testing.TB, key byte) *store.Sealer {
	t.Helper()
	s, err := store.NewSealer(map[byte][32]byte{key: {key}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bare opens a database without anything in it.
func bare(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	if o.Path == "" {
		o.Path = storetest.Path(t)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Seal == nil {
		o.Seal = sealer(t, 1)
	}
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func (w *world) log(t testing.TB, id chat.ConversationID) []chat.Entry {
	t.Helper()
	es, err := w.Entries(t.Context(), chat.EntryQuery{Shop: w.shop.ID, Conversation: id, Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range es {
		if e.Seq != int64(i+1) {
			t.Fatalf("entry %d stands where %d should", e.Seq, i+1)
		}
	}
	return es
}

// TestTheStoreOnSQLiteIsAStore runs the suite, and then asks SQLite how it would find the rows of every statement that was run.
func TestTheStoreOnSQLiteIsAStore(t *testing.T) {
	statements := map[string]bool{}
	t.Run("suite", func(t *testing.T) {
		chattest.Store(t, func(t *testing.T) chat.Store {
			db := bare(t, store.Options{})
			t.Cleanup(func() {
				for _, s := range db.Statements() {
					statements[s] = true
				}
			})
			return db
		})
	})
	t.Run("every statement uses an index", func(t *testing.T) { usesIndexes(t, statements) })
}

// TestAMessageThatStaysOnTheWebAsksNothingOfChannels looks at what was run for conversations that are nowhere else.
func TestAMessageThatStaysOnTheWebAsksNothingOfChannels(t *testing.T) {
	w := open(t, store.Options{})
	c := w.start(t, "s1").Conversation
	if _, err := w.post(t.Context(), c.ID, "m1"); err != nil {
		t.Fatal(err)
	}
	channels := regexp.MustCompile(`provider_|account|template|address|consent|handoff|resume|deliver|parked|raws|merges|SAVEPOINT beside`)
	for _, s := range w.Statements() {
		if regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|SAVEPOINT)`).MatchString(s) && channels.MatchString(s) && !strings.Contains(s, "agent_sessions") {
			if !strings.Contains(s, "identity_secrets") {
				t.Errorf("ran %s", s)
			}
		}
	}
}

func usesIndexes(t *testing.T, statements map[string]bool) {
	db := bare(t, store.Options{})
	if err := db.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range db.Statements() {
		statements[s] = true
	}
	if len(statements) < 100 {
		t.Fatalf("only %d statements were seen", len(statements))
	}
	whole := regexp.MustCompile(`^SCAN (\w+)`)
	for s := range statements {
		if !regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE)`).MatchString(s) {
			continue
		}
		plan, err := db.Plan(t.Context(), s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		for _, step := range plan {
			m := whole.FindStringSubmatch(step)
			switch {
			case m == nil, strings.HasPrefix(s, "INSERT INTO shops"): // children are looked for only while one lacks its shop
			case strings.HasPrefix(step, "SCAN t USING COVERING INDEX tasks_ready"): // in order, until the first
			case strings.HasPrefix(step, "SCAN identity_secrets USING INDEX identity_secrets_plain"): // all that are left, once
			case strings.HasPrefix(step, "SCAN records USING INDEX records_unkeyed"): // the same
			case slices.Contains([]string{"meta", "merchants", "w", "CONSTANT"}, m[1]): // one row; the first row; a JSON list; no table
			default:
				t.Errorf("%s\n\tscans: %v", s, plan)
			}
		}
	}
}
