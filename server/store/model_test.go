package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
	"github.com/tagalong-chat/tagalong/server/store"
)

// TestSQLiteDoesWhatMemoryDoes lets both stores live through the same random days and compares every answer. Now and then the
// database is closed and opened again. On a slow machine, or under the race detector, which has little to find here, it lives
// through fewer days.
func TestSQLiteDoesWhatMemoryDoes(t *testing.T) {
	dir := t.TempDir()
	begin := time.Now()
	rapid.Check(t, func(t *rapid.T) {
		if time.Since(begin) > 15*time.Second {
			return
		}
		path, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		m := &twins{path: filepath.Join(path, "tagalong.db"), now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), random: rand.NewChaCha8([32]byte{})}
		m.reopen(t)
		defer func() {
			if err := m.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		m.memory = chattest.NewMemory()
		m.fill(t)
		t.Repeat(map[string]func(*rapid.T){
			"":         m.compare,
			"start":    m.start,
			"post":     m.post,
			"note":     m.note,
			"state":    m.state,
			"read":     m.read,
			"push":     m.push,
			"page":     m.page,
			"walk in":  m.walkIn,
			"identify": m.identify,
			"erase":    m.erase,
			"task":     m.task,
			"reopen":   m.reopen,
			"contact":  m.contact,
			"rekey":    m.rekey,
			"arrive":   m.arrive,
			"deliver":  m.deliver,
			"merge":    m.merge,
			"unmerge":  m.unmerge,
			"amend":    m.amend,
			"redact":   m.redact,
			"tell":     m.tell,
			"attempt":  m.attempt,
		})
	})
}

// twins are the two stores and what was made in them.
type twins struct {
	db            *store.DB
	memory        chat.Store
	path          string
	now           time.Time
	random        *rand.ChaCha8 // the same in each run, so that a failure can be seen again
	shop          chat.Shop
	agent         chat.Agent
	shoppers      []chat.Shopper
	sessions      []chat.ShopperSession
	conversations []chat.ConversationID
	tasks         [2][]chat.Task
	account       chat.Account
	addresses     []chat.Address
	deliveries    []chat.Delivery
	hook          chat.Webhook
}

// both asks the two stores the same and compares the answers.
func both[T any](t *rapid.T, m *twins, what string, ask func(chat.Store) (T, error)) (T, error) {
	t.Helper()
	a, errA := ask(m.db)
	b, errB := ask(m.memory)
	if (errA == nil) != (errB == nil) || errA != nil && errA.Error() != errB.Error() {
		t.Fatalf("%s: SQLite says %v, memory %v", what, errA, errB)
	}
	if show(a) != show(b) {
		t.Fatalf("%s:\nSQLite %s\nmemory %s", what, show(a), show(b))
	}
	return a, errA
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (m *twins) reopen(t *rapid.T) {
	if m.db != nil {
		if err := m.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if m.db, err = store.Open(t.Context(), store.Options{Path: m.path, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
}

func (m *twins) fill(t *rapid.T) {
	w := chat.Merchant{ID: chat.NewID[chat.MerchantID](chat.PrefixMerchant, m.random)}
	m.shop = chat.Shop{ID: chat.NewID[chat.ShopID](chat.PrefixShop, m.random), Merchant: w.ID, Key: "pk_1"}
	m.agent = chat.Agent{ID: "agt_1", Merchant: w.ID, Name: "Ada", Role: chat.RoleOwner, Active: true}
	m.account = chat.Account{ID: "acc_1", Merchant: w.ID, Channel: chat.ChannelEmail, ExternalID: "1", Shops: []chat.ShopID{m.shop.ID}}
	must(t, m, "create merchant", func(s chat.Store) error { return s.CreateMerchant(t.Context(), w, m.shop, m.agent, "hash") })
	m.hook = chat.Webhook{ID: "whk_1", Merchant: w.ID, Shop: m.shop.ID, URL: "https://marl.example/", Enabled: true}
	must(t, m, "create account", func(s chat.Store) error { return s.CreateAccount(t.Context(), m.account) })
	must(t, m, "create webhook", func(s chat.Store) error { return s.CreateWebhook(t.Context(), m.hook) })
}

func must(t *rapid.T, m *twins, what string, do func(chat.Store) error) {
	t.Helper()
	if _, err := both(t, m, what, func(s chat.Store) (int, error) { return 0, do(s) }); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func (m *twins) walkIn(t *rapid.T) {
	p := chat.Shopper{ID: chat.NewID[chat.ShopperID](chat.PrefixShopper, m.random), Merchant: m.shop.Merchant, Shop: m.shop.ID}
	s := chat.ShopperSession{Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, ExpiresAt: chat.At(m.now.Add(time.Hour))}
	copy(s.Hash[:], p.ID)
	must(t, m, "create shopper", func(st chat.Store) error { return st.CreateShopper(t.Context(), p, s) })
	m.shoppers, m.sessions = append(m.shoppers, p), append(m.sessions, s)
}

// one draws one of what was made, or skips the step when there is nothing yet.
func one[T any](t *rapid.T, name string, of []T) T {
	if len(of) == 0 {
		t.Skip("none yet")
	}
	return rapid.SampledFrom(of).Draw(t, name)
}

// text and clientID come from few, so that repeats and conflicts are common.
func drawDraft(t *rapid.T, by chat.Author) chat.Draft {
	return chat.Draft{
		Kind: chat.EntryMessage, Author: by, Channel: chat.ChannelWeb,
		ClientID: fmt.Sprintf("m%d", rapid.IntRange(0, 9).Draw(t, "client id")),
		Message:  chat.Message{Text: rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "text")},
	}
}

func (m *twins) change(t *rapid.T, what string, w chat.Write) {
	told := [2][]chat.Committed{}
	i := 0
	done, err := both(t, m, what, func(s chat.Store) (chat.Committed, error) {
		k := i
		i++
		w.Then = func(c chat.Committed) { told[k] = append(told[k], c) }
		return s.Change(t.Context(), w)
	})
	if show(told[0]) != show(told[1]) {
		t.Fatalf("%s: SQLite told of %s, memory of %s", what, show(told[0]), show(told[1]))
	}
	if err == nil && done.Created {
		m.conversations = append(m.conversations, done.Conversation.ID)
	}
}

func (m *twins) posting(d chat.Draft) chat.Write {
	now := m.now
	return chat.Write{
		Shop: m.shop.ID, Key: &chat.SendKey{Author: d.Author, ClientID: d.ClientID, Hash: d.Hash()},
		Decide: func(c chat.Conversation) (chat.Change, error) { return c.Post(d, now) },
	}
}

func (m *twins) start(t *rapid.T) {
	p := one(t, "shopper", m.shoppers)
	d := drawDraft(t, chat.Author{Kind: chat.AuthorShopper, ID: string(p.ID)})
	w := m.posting(d)
	w.Start = &chat.Start{
		ClientID: fmt.Sprintf("s%d", rapid.IntRange(0, 3).Draw(t, "start")),
		New:      chat.NewConversation(chat.NewID[chat.ConversationID](chat.PrefixConversation, m.random), m.shop, p, m.now),
	}
	m.change(t, "start", w)
}

func (m *twins) author(t *rapid.T) chat.Author {
	if rapid.Bool().Draw(t, "agent") {
		return chat.Author{Kind: chat.AuthorAgent, ID: string(m.agent.ID), Name: m.agent.Name}
	}
	return chat.Author{Kind: chat.AuthorShopper, ID: string(one(t, "shopper", m.shoppers).ID)}
}

func (m *twins) post(t *rapid.T) {
	id := one(t, "conversation", m.conversations)
	w := m.posting(drawDraft(t, m.author(t)))
	w.Conversation = id
	if rapid.IntRange(0, 9).Draw(t, "without a key") == 0 {
		w.Key = nil
	}
	m.change(t, "post", w)
}

func (m *twins) note(t *rapid.T) {
	id := one(t, "conversation", m.conversations)
	d := drawDraft(t, chat.Author{Kind: chat.AuthorAgent, ID: string(m.agent.ID)})
	d.Kind = chat.EntryNote
	w := m.posting(d)
	w.Conversation = id
	m.change(t, "note", w)
}

func (m *twins) state(t *rapid.T) {
	id, by, now := one(t, "conversation", m.conversations), m.author(t), m.now
	to := rapid.IntRange(0, 3).Draw(t, "to")
	m.change(t, "state", chat.Write{Shop: m.shop.ID, Conversation: id, Decide: func(c chat.Conversation) (chat.Change, error) {
		switch to {
		case 0:
			return c.Close(by, now)
		case 1:
			return c.Assign(nil, by, now)
		case 2:
			return c.Tag([]string{"a", "b"}, by, now)
		}
		return c.Reopen(by, now)
	}})
}

func (m *twins) read(t *rapid.T) {
	id, by, now := one(t, "conversation", m.conversations), m.author(t), m.now
	audience := chat.ForAgents
	if by.Kind == chat.AuthorShopper {
		audience = chat.ForShopper
	}
	n := rapid.Int64Range(-1, 12).Draw(t, "n")
	upto, err := both(t, m, "locate", func(s chat.Store) (chat.Ref, error) { return s.Locate(t.Context(), m.shop.ID, id, audience, n) })
	if err != nil {
		t.Fatal(err)
	}
	m.change(t, "read", chat.Write{Shop: m.shop.ID, Conversation: id, Decide: func(c chat.Conversation) (chat.Change, error) {
		return c.Receive(chat.Receipt{By: by, Upto: upto, Read: true}, now)
	}})
}

func (m *twins) push(t *rapid.T) {
	var events []chat.ContextEvent
	for range rapid.IntRange(1, 4).Draw(t, "events") {
		at := m.now.Add(-time.Duration(rapid.IntRange(0, 5).Draw(t, "age")) * time.Hour)
		ev := chat.ContextEvent{
			ID: fmt.Sprintf("e%d", rapid.IntRange(0, 20).Draw(t, "event")), Version: at.UnixMilli(), OccurredAt: at.UnixMicro(),
			ExternalID: fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "object")), Deleted: rapid.IntRange(0, 5).Draw(t, "deleted") == 0,
		}
		ev.Patch = !ev.Deleted && rapid.IntRange(0, 3).Draw(t, "patch") == 0
		var body any
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			o := chat.Order{ExternalID: ev.ExternalID, FinancialStatus: rapid.SampledFrom([]chat.FinancialStatus{"pending", "paid", "wrong"}).Draw(t, "status")}
			o.Number = rapid.SampledFrom([]string{"", "a1", "#a2"}).Draw(t, "number")
			if email := rapid.SampledFrom([]string{"", "a@a.example", "b@b.example"}).Draw(t, "e-mail"); email != "" {
				o.Customer = &chat.CustomerRef{Email: email}
			}
			if len(m.shoppers) > 0 {
				o.Shopper = one(t, "shopper", m.shoppers).ID
			}
			ev.Kind, body = chat.RecordOrder, o
		case 1:
			ev.Kind, body = chat.RecordShipment, chat.Shipment{ExternalID: ev.ExternalID, OrderExternalID: "1"}
		case 2:
			ev.ExternalID = "cust" + ev.ExternalID
			ev.Kind, body = chat.RecordCustomer, chat.Customer{ExternalID: ev.ExternalID}
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if ev.Body = b; ev.Deleted {
			ev.Body = nil
		}
		events = append(events, ev)
	}
	var once *chat.Once
	if rapid.Bool().Draw(t, "once") {
		once = &chat.Once{Credential: "c", Route: "r", Key: fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "key")), Hash: [32]byte{byte(len(events))}}
	}
	now := m.now
	var told [2][]chat.Record
	i := 0
	_, err := both(t, m, "push", func(s chat.Store) (chat.FoldResult, error) {
		k := i
		i++
		return s.Fold(t.Context(), chat.Batch{
			Shop: m.shop.ID, Once: once, Events: events, Then: func(r chat.Record) { told[k] = append(told[k], r) },
			Fold: func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
				return chat.Fold(m.shop.ID, cur, ev, now)
			},
		})
	})
	if err != nil && !errors.Is(err, chat.ErrIdempotency) {
		t.Fatal(err)
	}
	if show(told[0]) != show(told[1]) {
		t.Fatalf("SQLite told of %s, memory of %s", show(told[0]), show(told[1]))
	}
}

func (m *twins) page(t *rapid.T) {
	p := one(t, "shopper", m.shoppers)
	page := chat.Page{URL: "https://marl.example/", At: chat.At(m.now)}
	_, err := both(t, m, "page", func(s chat.Store) (int, error) { return 0, s.SetShopperPage(t.Context(), m.shop.ID, p.ID, page) })
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		t.Fatal(err)
	}
}

func (m *twins) identify(t *rapid.T) {
	s := one(t, "session", m.sessions)
	identity := chat.Identity{
		Subject: fmt.Sprintf("cust%d", rapid.IntRange(1, 2).Draw(t, "subject")), Name: rapid.SampledFrom([]string{"", "Mira"}).Draw(t, "name"),
	}
	_, err := both(t, m, "identify", func(st chat.Store) (chat.IdentifyResult, error) {
		return st.Identify(t.Context(), s.Hash, identity, chat.At(m.now))
	})
	if err != nil && !errors.Is(err, chat.ErrIdentity) && !errors.Is(err, chat.ErrInvalidToken) {
		t.Fatal(err)
	}
}

func (m *twins) erase(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") != 0 {
		t.Skip("erasure is rare")
	}
	p := one(t, "shopper", m.shoppers)
	_, err := both(t, m, "erase", func(s chat.Store) (chat.ErasedShopper, error) {
		return s.Erase(t.Context(), m.shop.ID, p.ID, chat.At(m.now))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *twins) task(t *rapid.T) {
	m.now = m.now.Add(time.Second)
	i := 0
	_, err := both(t, m, "claim", func(s chat.Store) ([]string, error) {
		tasks, err := s.ClaimTasks(t.Context(), chat.At(m.now), time.Minute, 2)
		m.tasks[i] = append(m.tasks[i], tasks...)
		i++
		var what []string
		for _, k := range tasks {
			what = append(what, fmt.Sprintf("%s %s %d %s", k.Kind, k.Dedupe, k.Attempt, k.Payload))
		}
		return what, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.tasks[0]) == 0 {
		return
	}
	how := rapid.IntRange(0, 2).Draw(t, "how")
	i = 0
	_, err = both(t, m, "finish", func(s chat.Store) (int, error) {
		k := m.tasks[i][0]
		m.tasks[i] = m.tasks[i][1:]
		i++
		switch how {
		case 0:
			return 0, s.RetryTask(t.Context(), k, chat.At(m.now.Add(time.Second)), "x")
		case 1:
			return 0, s.BuryTask(t.Context(), k, "x")
		}
		return 0, s.FinishTask(t.Context(), k)
	})
	if err != nil && !errors.Is(err, chat.ErrConflict) {
		t.Fatal(err)
	}
}

// compare looks at everything, after every step.
func (m *twins) compare(t *rapid.T) {
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	me := m.agent.ID
	for _, q := range []chat.ConversationQuery{{}, {State: chat.StateOpen}, {UnreadBy: me}, {Assignee: &me}} {
		q.Shop, q.Limit = m.shop.ID, 5
		_, err := both(t, m, "list", func(s chat.Store) (chat.ConversationPage, error) { return s.ListConversations(ctx, q) })
		check(err)
	}
	_, err := both(t, m, "count", func(s chat.Store) (chat.ConversationCounts, error) { return s.CountConversations(ctx, m.shop.ID, me) })
	check(err)
	_, err = both(t, m, "feed", func(s chat.Store) (chat.FeedPage, error) { return s.Feed(ctx, m.shop.ID, 0, 1_000) })
	check(err)
	_, err = both(t, m, "next task", func(s chat.Store) (chat.Millis, error) { return s.NextTask(ctx) })
	check(err)
	for _, id := range m.conversations {
		for _, a := range []chat.Audience{chat.ForAgents, chat.ForShopper} {
			_, err := both(t, m, "entries", func(s chat.Store) ([]chat.Entry, error) {
				return s.Entries(ctx, chat.EntryQuery{Shop: m.shop.ID, Conversation: id, Audience: a, Limit: 1_000})
			})
			check(err)
		}
	}
	m.comparePlugins(t)
	for _, p := range m.shoppers {
		_, err := both(t, m, "shopper", func(s chat.Store) (chat.Shopper, error) { return s.Shopper(ctx, m.shop.ID, p.ID) })
		check(err)
		_, err = both(t, m, "of shopper", func(s chat.Store) ([]chat.Conversation, error) { return s.ConversationsOf(ctx, m.shop.ID, p.ID, 9) })
		check(err)
		m.compareChannels(t, p)
		_, err = both(t, m, "records of shopper", func(s chat.Store) ([]chat.Record, error) { return s.RecordsOf(ctx, m.shop.ID, p.ID, "cust1", 9) })
		check(err)
	}
}
