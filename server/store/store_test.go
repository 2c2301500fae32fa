package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
	"github.com/tagalong-chat/tagalong/server/store"
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
		o.Path = filepath.Join(t.TempDir(), "tagalong.db")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
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
	w := &world{DB: db, path: o.Path}
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

func TestAConversationStartsAndGoesOn(t *testing.T) {
	w := open(t, store.Options{})
	c := w.start(t, "s1")
	if !c.Created || c.Conversation.Head != 1 {
		t.Fatalf("%+v", c)
	}
	for i := range 5 {
		if _, err := w.post(t.Context(), c.Conversation.ID, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	es, err := w.Entries(t.Context(), chat.EntryQuery{Shop: w.shop.ID, Conversation: c.Conversation.ID, Limit: 10})
	if err != nil || len(es) != 6 {
		t.Fatal(err, es)
	}
}

func TestTheStoreOnSQLiteIsAStore(t *testing.T) {
	chattest.Store(t, func(t *testing.T) chat.Store {
		db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "tagalong.db"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	})
}
