// Package chattest says what a store and a fan-out are: Store and Fanout are suites that every implementation passes. It also has
// a store in memory (NewMemory) for the tests of what stands on one.
package chattest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Store is the definition of a store: whatever passes may be used as one. Each case opens a new, empty one.
func Store(t *testing.T, open func(t *testing.T) chat.Store) {
	for _, group := range []struct {
		name  string
		cases []storeCase
	}{
		{"log", logCases},
		{"reading a log", logReadCases},
		{"lists", listCases},
		{"context", contextCases},
		{"records", recordCases},
		{"shoppers", shopperCases},
		{"erasure", erasureCases},
		{"directory", directoryCases},
		{"uploads", uploadCases},
		{"tasks", taskCases},
		{"accounts", accountCases},
		{"webhooks", rawCases},
		{"outgoing webhooks", hookCases},
		{"grants", grantCases},
		{"privacy", privacyCases},
		{"addresses", addressCases},
		{"merges", mergeCases},
		{"handoffs", handoffCases},
		{"deliveries", deliveryCases},
		{"beside the log", besideCases},
		{"natural keys", naturalCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) { c.run(t, settle(t, open(t))) })
			}
		})
	}
}

type storeCase struct {
	name string
	run  func(t *testing.T, w *place)
}

// noon is when the cases play. A store has no clock of its own but for housekeeping.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// place is a store with two merchants in it; the first has two shops. Cases play in the first shop; the others look on.
type place struct {
	chat.Store
	shop, sister, foreign chat.Shop
	owner, foreignOwner   chat.Agent
	now                   time.Time
}

func settle(t *testing.T, s chat.Store) *place {
	t.Helper()
	w := &place{Store: s, now: noon}
	w.shop, w.owner = w.merchant(t, "Marl")
	w.foreign, w.foreignOwner = w.merchant(t, "Other")
	w.sister = w.newShop(w.shop.Merchant, "Marl seconds")
	must(t, s.CreateShop(t.Context(), w.sister))
	return w
}

func (w *place) merchant(t *testing.T, name string) (chat.Shop, chat.Agent) {
	t.Helper()
	m := chat.Merchant{ID: newID[chat.MerchantID](chat.PrefixMerchant), Name: name, CreatedAt: chat.At(w.now)}
	shop := w.newShop(m.ID, name)
	owner := w.newAgent(m.ID, chat.RoleOwner)
	must(t, w.CreateMerchant(t.Context(), m, shop, owner, "password of "+name))
	return shop, owner
}

func (w *place) newShop(m chat.MerchantID, name string) chat.Shop {
	return chat.Shop{
		ID: newID[chat.ShopID](chat.PrefixShop), Merchant: m, Key: newID[string](chat.PrefixShopKey), Name: name,
		Origins: []string{"https://marl.example"}, Language: "en", CreatedAt: chat.At(w.now),
	}
}

func (w *place) newAgent(m chat.MerchantID, r chat.Role) chat.Agent {
	id := newID[chat.AgentID](chat.PrefixAgent)
	return chat.Agent{ID: id, Merchant: m, Email: string(id) + "@marl.example", Name: "Ada", Role: r, Language: "en", Active: true, CreatedAt: chat.At(w.now)}
}

func newID[T ~string](prefix string) T { return chat.NewID[T](prefix, rand.Reader) }

func newHash() (h [32]byte) {
	rand.Read(h[:]) //nolint:errcheck // never fails
	return h
}

func hashed(s string) [32]byte { return sha256.Sum256([]byte(s)) }

// together calls do from n goroutines that begin at once.
func together(n int, do func(i int)) {
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			do(i)
		})
	}
	close(begin)
	wait.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got is must for a call that also gives a value.
func got[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func want(t *testing.T, err error, is error) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Fatalf("want %v, got %v", is, err)
	}
}

func same[T any](t *testing.T, what string, have, want T) {
	t.Helper()
	if !reflect.DeepEqual(have, want) {
		t.Fatalf("%s:\nhave %s\nwant %s", what, show(have), show(want))
	}
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(b)
}

// walkIn makes an anonymous shopper with a browser.
func (w *place) walkIn(t *testing.T, shop chat.Shop) (chat.Shopper, chat.ShopperSession) {
	t.Helper()
	p := chat.Shopper{
		ID: newID[chat.ShopperID](chat.PrefixShopper), Merchant: shop.Merchant, Shop: shop.ID, Language: "de",
		CreatedAt: chat.At(w.now), SeenAt: chat.At(w.now),
	}
	s := chat.ShopperSession{
		Hash: newHash(), Merchant: shop.Merchant, Shop: shop.ID, Shopper: p.ID, CreatedAt: chat.At(w.now), SeenAt: chat.At(w.now),
		ExpiresAt: chat.At(w.now.Add(chat.SessionFor)),
	}
	must(t, w.CreateShopper(t.Context(), p, s))
	return p, s
}

func byShopper(p chat.Shopper) chat.Author {
	return chat.Author{Kind: chat.AuthorShopper, ID: string(p.ID), Name: p.Name}
}

func byAgent(a chat.Agent) chat.Author {
	return chat.Author{Kind: chat.AuthorAgent, ID: string(a.ID), Name: a.Name}
}

func draft(by chat.Author, clientID, text string) chat.Draft {
	return chat.Draft{Kind: chat.EntryMessage, Author: by, Channel: chat.ChannelWeb, ClientID: clientID, Message: chat.Message{Text: text}}
}

func note(by chat.Author, clientID, text string) chat.Draft {
	d := draft(by, clientID, text)
	d.Kind = chat.EntryNote
	return d
}

// posting is the write that posts a draft.
func (w *place) posting(shop chat.Shop, id chat.ConversationID, d chat.Draft) chat.Write {
	now := w.now
	return chat.Write{
		Shop: shop.ID, Conversation: id, Key: &chat.SendKey{Author: d.Author, ClientID: d.ClientID, Hash: d.Hash()},
		Decide: func(c chat.Conversation) (chat.Change, error) { return c.Post(d, now) },
	}
}

// starting is the write that posts a draft into the conversation of a start.
func (w *place) starting(shop chat.Shop, p chat.Shopper, start string, d chat.Draft) chat.Write {
	wr := w.posting(shop, "", d)
	id := newID[chat.ConversationID](chat.PrefixConversation)
	wr.Start = &chat.Start{ClientID: start, New: chat.NewConversation(id, shop, p, w.now)}
	return wr
}

func (w *place) change(t *testing.T, wr chat.Write) chat.Committed {
	t.Helper()
	return got(w.Change(t.Context(), wr))(t)
}

// talk starts a conversation with a message of a new shopper.
func (w *place) talk(t *testing.T, shop chat.Shop) (chat.Conversation, chat.Shopper) {
	t.Helper()
	p, _ := w.walkIn(t, shop)
	c := w.change(t, w.starting(shop, p, "start", draft(byShopper(p), "start", "Is the blue cup dishwasher safe?")))
	return c.Conversation, p
}

func (w *place) post(t *testing.T, c chat.Conversation, d chat.Draft) chat.Committed {
	t.Helper()
	return w.change(t, w.posting(chat.Shop{ID: c.Shop}, c.ID, d))
}

func (w *place) decide(t *testing.T, c chat.Conversation, decide func(chat.Conversation) (chat.Change, error)) chat.Committed {
	t.Helper()
	return w.change(t, chat.Write{Shop: c.Shop, Conversation: c.ID, Decide: decide})
}

func (w *place) log(t *testing.T, c chat.Conversation) []chat.Entry {
	t.Helper()
	return got(w.Entries(t.Context(), chat.EntryQuery{Shop: c.Shop, Conversation: c.ID, Limit: 100_000}))(t)
}

func ids(cs []chat.Conversation) (all []chat.ConversationID) {
	for _, c := range cs {
		all = append(all, c.ID)
	}
	return all
}

func texts(es []chat.Entry) (all []string) {
	for _, e := range es {
		if e.Message != nil {
			all = append(all, e.Message.Text)
		}
	}
	return all
}

// dense checks that a log is numbered from 1 without a gap, in both numberings.
func dense(t *testing.T, es []chat.Entry) {
	t.Helper()
	var seq, shopper int64
	for _, e := range es {
		seq++
		if e.ShopperSeq != 0 {
			shopper++
		}
		if e.Seq != seq || e.ShopperSeq != 0 && e.ShopperSeq != shopper {
			t.Fatalf("entry %d/%d stands where %d/%d should", e.Seq, e.ShopperSeq, seq, shopper)
		}
	}
}

// background is a context that outlives the test's, for goroutines.
func background(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }

func sorted[T ~string](v []T) []T {
	v = slices.Clone(v)
	slices.Sort(v)
	return v
}
