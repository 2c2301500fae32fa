package chattest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var listCases = []storeCase{
	{"conversations are listed by last update, newest first, in pages without gaps", listPages},
	{"lists are filtered by state, assignee and unread", listFilters},
	{"queues are counted", listCounts},
	{"a shopper's conversations come last updated first", listOfShopper},
	{"another shop's lists and feed show nothing of this one's", listScoped},
	{"the feed gives each object once, at its last change", feedOnce},
	{"a reader of the feed misses nothing while others write", feedSkipsNothing},
	{"more changes than the limit are said to be more", feedMore},
	{"each shop counts its own positions", feedPerShop},
}

func (w *place) later(d time.Duration) { w.now = w.now.Add(d) }

func listPages(t *testing.T, w *place) {
	var want []chat.ConversationID
	for i := range 7 {
		if i%3 != 0 { // some share a time
			w.later(time.Second)
		}
		c, _ := w.talk(t, w.shop)
		if i%2 == 0 {
			w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Close(byAgent(w.owner), w.now) })
		}
		want = append(want, c.ID)
	}
	for _, limit := range []int{1, 2, 3, 7, 50} {
		q := chat.ConversationQuery{Shop: w.shop.ID, Limit: limit}
		var all []chat.Conversation
		for {
			page := got(w.ListConversations(t.Context(), q))(t)
			all = append(all, page.Conversations...)
			if !page.More {
				break
			}
			if len(page.Conversations) != limit {
				t.Fatalf("a page of %d with more after it", len(page.Conversations))
			}
			last := all[len(all)-1]
			q.Before = &chat.ConversationCursor{UpdatedAt: last.UpdatedAt, ID: last.ID}
		}
		if !slices.IsSortedFunc(all, newest) {
			t.Fatalf("not in order at %d a page", limit)
		}
		same(t, fmt.Sprintf("all at %d a page", limit), sorted(ids(all)), sorted(want))
	}
}

func listFilters(t *testing.T, w *place) {
	other := w.newAgent(w.shop.Merchant, chat.RoleAgent)
	free, _ := w.talk(t, w.shop)
	mine, p := w.talk(t, w.shop)
	w.post(t, mine, draft(byAgent(w.owner), "a1", "Yes"))
	theirs, _ := w.talk(t, w.shop)
	w.post(t, theirs, draft(byAgent(other), "a1", "Yes"))
	closed, _ := w.talk(t, w.shop)
	w.decide(t, closed, func(c chat.Conversation) (chat.Change, error) { return c.Close(byAgent(w.owner), w.now) })

	nobody, me := chat.AgentID(""), w.owner.ID
	for _, x := range []struct {
		name string
		q    chat.ConversationQuery
		want []chat.ConversationID
	}{
		{"all", chat.ConversationQuery{}, []chat.ConversationID{free.ID, mine.ID, theirs.ID, closed.ID}},
		{"open", chat.ConversationQuery{State: chat.StateOpen}, []chat.ConversationID{free.ID, mine.ID, theirs.ID}},
		{"closed", chat.ConversationQuery{State: chat.StateClosed}, []chat.ConversationID{closed.ID}},
		{"mine", chat.ConversationQuery{Assignee: &me}, []chat.ConversationID{mine.ID}},
		{"nobody's and open", chat.ConversationQuery{State: chat.StateOpen, Assignee: &nobody}, []chat.ConversationID{free.ID}},
		{"unread by me", chat.ConversationQuery{UnreadBy: me}, []chat.ConversationID{free.ID, theirs.ID, closed.ID}},
		{"unread by the other", chat.ConversationQuery{UnreadBy: other.ID}, []chat.ConversationID{free.ID, mine.ID, closed.ID}},
		{"mine and unread", chat.ConversationQuery{Assignee: &me, UnreadBy: me}, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			x.q.Shop, x.q.Limit = w.shop.ID, 10
			page := got(w.ListConversations(t.Context(), x.q))(t)
			same(t, "list", sorted(ids(page.Conversations)), sorted(x.want))
		})
	}
	w.post(t, mine, draft(byShopper(p), "m2", "And?"))
	page := got(w.ListConversations(t.Context(), chat.ConversationQuery{Shop: w.shop.ID, Assignee: &me, UnreadBy: me, Limit: 10}))(t)
	same(t, "mine and unread after a message", ids(page.Conversations), []chat.ConversationID{mine.ID})
}

func listCounts(t *testing.T, w *place) {
	w.talk(t, w.shop)
	w.talk(t, w.foreign)
	mine, _ := w.talk(t, w.shop)
	w.post(t, mine, draft(byAgent(w.owner), "a1", "Yes"))
	theirs, _ := w.talk(t, w.shop)
	w.post(t, theirs, draft(byAgent(w.newAgent(w.shop.Merchant, chat.RoleAgent)), "a1", "Yes"))
	closed, _ := w.talk(t, w.shop)
	w.post(t, closed, draft(byAgent(w.owner), "a1", "Yes"))
	w.decide(t, closed, func(c chat.Conversation) (chat.Change, error) { return c.Close(byAgent(w.owner), w.now) })
	same(t, "counts", got(w.CountConversations(t.Context(), w.shop.ID, w.owner.ID))(t),
		chat.ConversationCounts{Mine: 1, Unassigned: 1, Open: 3, Closed: 1})
	same(t, "of an empty shop", got(w.CountConversations(t.Context(), w.sister.ID, w.owner.ID))(t), chat.ConversationCounts{})
}

func listOfShopper(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	var want []chat.ConversationID
	for i := range 4 {
		w.later(time.Minute)
		start := fmt.Sprint(i)
		c := w.change(t, w.starting(w.shop, p, start, draft(byShopper(p), start, "Hello")))
		want = append([]chat.ConversationID{c.Conversation.ID}, want...)
	}
	w.talk(t, w.shop)
	same(t, "all", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 10))(t)), want)
	same(t, "two", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 2))(t)), want[:2])
	w.later(time.Minute)
	w.change(t, w.posting(w.shop, want[3], draft(byShopper(p), "again", "Hello again")))
	same(t, "the first again", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 1))(t)), want[3:])
}

func listScoped(t *testing.T, w *place) {
	w.talk(t, w.shop)
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		page := got(w.ListConversations(t.Context(), chat.ConversationQuery{Shop: other.ID, Limit: 10}))(t)
		feed := got(w.Feed(t.Context(), other.ID, 0, 10))(t)
		if len(page.Conversations) != 0 || len(feed.Conversations) != 0 || feed.Position != 0 {
			t.Fatalf("%+v %+v", page, feed)
		}
	}
	_, err := w.Feed(t.Context(), "shop_x", 0, 10)
	want(t, err, chat.ErrNotFound)
	_, err = w.FeedPosition(t.Context(), "shop_x")
	want(t, err, chat.ErrNotFound)
}

func feedOnce(t *testing.T, w *place) {
	a, p := w.talk(t, w.shop)
	b, _ := w.talk(t, w.shop)
	w.post(t, a, draft(byShopper(p), "m1", "And?"))
	w.push(t, w.shop, order("e1", "1001", 1, "paid"))
	f := got(w.Feed(t.Context(), w.shop.ID, 0, 10))(t)
	same(t, "feed", ids(f.Conversations), []chat.ConversationID{b.ID, a.ID})
	if len(f.Records) != 1 || f.Records[0].Position != 4 || f.Position != 4 || f.More {
		t.Fatalf("feed %s", show(f))
	}
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(4))
	f = got(w.Feed(t.Context(), w.shop.ID, 2, 10))(t)
	same(t, "from 2", ids(f.Conversations), []chat.ConversationID{a.ID})
	if f = got(w.Feed(t.Context(), w.shop.ID, 4, 10))(t); len(f.Conversations)+len(f.Records) != 0 {
		t.Fatalf("from the end: %s", show(f))
	}
}

// feedSkipsNothing follows the feed by its positions while others write, as an agent's inbox does.
func feedSkipsNothing(t *testing.T, w *place) {
	var cs []chat.Conversation
	for range 4 {
		c, _ := w.talk(t, w.shop)
		cs = append(cs, c)
	}
	const writers, each = 8, 30
	var wait sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wait.Go(func() {
			for n := range each {
				wr := w.posting(w.shop, cs[(i+n)%len(cs)].ID, draft(byAgent(w.owner), fmt.Sprintf("%d-%d", i, n), "x"))
				_, err := w.Change(background(t), wr)
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	heads := map[chat.ConversationID]int64{}
	var at int64
	for over := false; ; {
		f := got(w.Feed(t.Context(), w.shop.ID, at, 100))(t)
		if f.Position < at {
			t.Fatalf("the feed went from %d back to %d", at, f.Position)
		}
		for _, c := range f.Conversations {
			if c.Position <= at || c.Position > f.Position {
				t.Fatalf("position %d in the page from %d to %d", c.Position, at, f.Position)
			}
			heads[c.ID] = c.Head
		}
		at = f.Position
		if over {
			break
		}
		select {
		case <-done:
			over = true
		default:
		}
	}
	must(t, errors.Join(errs...))
	for _, c := range cs {
		if head := got(w.Conversation(t.Context(), c.Shop, c.ID))(t).Head; heads[c.ID] != head {
			t.Fatalf("the feed knows head %d of %d", heads[c.ID], head)
		}
	}
	same(t, "position", at, int64(len(cs)+writers*each))
}

func feedMore(t *testing.T, w *place) {
	for range 3 {
		w.talk(t, w.shop)
	}
	f := got(w.Feed(t.Context(), w.shop.ID, 0, 2))(t)
	if !f.More || len(f.Conversations) != 2 || f.Position != 3 {
		t.Fatalf("feed %s", show(f))
	}
	if f = got(w.Feed(t.Context(), w.shop.ID, 0, 3))(t); f.More {
		t.Fatal("three of three are not more")
	}
}

func feedPerShop(t *testing.T, w *place) {
	for _, s := range []chat.Shop{w.shop, w.sister, w.foreign, w.shop} {
		w.talk(t, s)
	}
	for shop, want := range map[chat.ShopID]int64{w.shop.ID: 2, w.sister.ID: 1, w.foreign.ID: 1} {
		same(t, string(shop), got(w.FeedPosition(t.Context(), shop))(t), want)
	}
}
