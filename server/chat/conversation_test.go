package chat

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	mara  = Author{Kind: AuthorShopper, ID: "shp_mara"}
	anna  = Author{Kind: AuthorAgent, ID: "agt_anna", Name: "Anna"}
	bruno = Author{Kind: AuthorAgent, ID: "agt_bruno", Name: "Bruno"}
)

func fresh() Conversation {
	shop := Shop{ID: "shop_1", Merchant: "mer_1"}
	return NewConversation("cnv_1", shop, Shopper{ID: "shp_mara", Shop: shop.ID}, noon)
}

func say(by Author, id, text string) Draft {
	return Draft{Kind: EntryMessage, Author: by, Channel: ChannelWeb, ClientID: id, Message: Message{Text: text}}
}

// play applies decisions one after another and gives the head and all entries.
func play(t *testing.T, c Conversation, steps ...func(Conversation) (Change, error)) (Conversation, []Entry) {
	t.Helper()
	var log []Entry
	for i, step := range steps {
		ch, err := step(c)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if !ch.Empty() {
			c, log = ch.Conversation, append(log, ch.Entries...)
		}
	}
	return c, log
}

func post(d Draft, at time.Time) func(Conversation) (Change, error) {
	return func(c Conversation) (Change, error) { return c.Post(d, at) }
}

func names(log []Entry) string {
	var out []string
	for _, e := range log {
		name := string(e.Kind)
		if e.Event != nil {
			name = string(e.Event.Name)
		}
		if e.ShopperSeq == 0 {
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestALogIsDenseInBothNumberings(t *testing.T) {
	note := say(anna, "c3", "she is a regular")
	note.Kind = EntryNote
	c, log := play(t, fresh(),
		post(say(mara, "c1", "hello"), noon),
		post(say(anna, "c2", "hi, how can I help?"), noon),
		post(note, noon),
		func(c Conversation) (Change, error) { return c.Close(anna, noon) },
		post(say(mara, "c4", "one more thing"), noon.Add(time.Hour)),
	)
	if got, want := names(log), "message joined (assigned) message (note) closed reopened message"; got != want {
		t.Fatalf("log is %s, want %s", got, want)
	}
	shopper := int64(0)
	for i, e := range log {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has seq %d", i, e.Seq)
		}
		if e.ShopperSeq != 0 {
			if shopper++; e.ShopperSeq != shopper {
				t.Errorf("entry %d has shopper_seq %d, want %d", i, e.ShopperSeq, shopper)
			}
		}
	}
	if c.Head != 8 || c.ShopperHead != shopper || c.State != StateOpen || c.Assignee.ID != "agt_anna" {
		t.Fatalf("head is %+v", c)
	}
	if c.LastMessage.Text != "one more thing" || c.LastMessage.Seq != 8 {
		t.Fatalf("last message is %+v", c.LastMessage)
	}
}

func TestAnAgentJoinsOnceAndTakesOnlyWhatNobodyHas(t *testing.T) {
	c, log := play(t, fresh(),
		post(say(anna, "a1", "hello"), noon), post(say(anna, "a2", "there"), noon), post(say(bruno, "b1", "me too"), noon))
	if got, want := names(log), "joined (assigned) message message joined message"; got != want {
		t.Fatalf("log is %s, want %s", got, want)
	}
	if c.Assignee.ID != "agt_anna" {
		t.Fatalf("assignee is %v", c.Assignee)
	}
}

func TestADecisionLeavesTheLoadedHeadAlone(t *testing.T) {
	c, _ := play(t, fresh(), post(say(mara, "c1", "hello"), noon), post(say(anna, "a1", "hi"), noon))
	c.Joined, c.Watermarks = slices.Grow(c.Joined, 4), slices.Grow(c.Watermarks, 4) // room in which an append would be seen
	before := c.Watermark(mara)
	one, err := c.Post(say(mara, "c2", "first"), noon)
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.Post(say(bruno, "b2", "second"), noon)
	if err != nil {
		t.Fatal(err)
	}
	if c.Watermark(mara) != before || len(c.Joined) != 1 {
		t.Fatalf("the head was changed: %+v", c)
	}
	if one.Conversation.Watermark(bruno).Read.Seq != 0 || two.Conversation.Watermark(mara) != before {
		t.Fatal("two decisions on one head share memory")
	}
}

func TestAClosedConversationReopensForAWeek(t *testing.T) {
	closed, _ := play(t, fresh(), post(say(mara, "c1", "hello"), noon), func(c Conversation) (Change, error) { return c.Close(anna, noon) })
	for _, c := range []struct {
		name string
		by   Author
		wait time.Duration
		want error
	}{
		{"the shopper's message within a week reopens it", mara, ReopenWithin, nil},
		{"the shopper's message after a week is refused", mara, ReopenWithin + time.Second, ErrConversationOver},
		{"an agent's message reopens it at any time", anna, 100 * ReopenWithin, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, err := closed.Post(say(c.by, "c2", "again"), noon.Add(c.wait))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && ch.Conversation.State != StateOpen {
				t.Fatal("it stays closed")
			}
		})
	}
}

func TestWhatIsPostedMustBeWellFormed(t *testing.T) {
	long := strings.Repeat("x", MaxTextRunes)
	for _, c := range []struct {
		name string
		edit func(*Draft)
		want error
	}{
		{"a text of 8,000 characters is accepted", func(d *Draft) { d.Message.Text = long }, nil},
		{"one more is too long", func(d *Draft) { d.Message.Text = long + "x" }, ErrTooLong},
		{"8,000 emoji of four bytes are accepted", func(d *Draft) { d.Message.Text = strings.Repeat("🦊", 8000) }, nil},
		{"10,000 emoji are too long", func(d *Draft) { d.Message.Text = strings.Repeat("🦊", 10000) }, ErrTooLong},
		{"an empty text is refused", func(d *Draft) { d.Message.Text = "" }, ErrBadText},
		{"spaces and zero-width characters are empty", func(d *Draft) { d.Message.Text = " \n\t\u200b\u2800\ufeff" }, ErrBadText},
		{"an attachment needs no text", func(d *Draft) { d.Message = Message{Attachments: []Attachment{{ID: "att_1"}}} }, nil},
		{"NUL is refused", func(d *Draft) { d.Message.Text = "a\x00b" }, ErrBadText},
		{"broken UTF-8 is refused", func(d *Draft) { d.Message.Text = "a\xff" }, ErrBadText},
		{"an empty client id is refused", func(d *Draft) { d.ClientID = "" }, ErrInvalid},
		{"a client id of 65 characters is refused", func(d *Draft) { d.ClientID = strings.Repeat("c", 65) }, ErrInvalid},
		{"a client id with NUL is refused", func(d *Draft) { d.ClientID = "a\x00" }, ErrInvalid},
		{"a javascript link in a card is refused", func(d *Draft) { d.Message.Cards = []Card{{Title: "x", URL: "javascript:alert(1)"}} }, ErrInvalid},
		{"a price in no currency is refused", func(d *Draft) { d.Message.Cards = []Card{{Title: "x", Price: &Money{1, "EURO"}}} }, ErrInvalid},
		{"a button without address is refused", func(d *Draft) {
			d.Message.Cards = []Card{{Title: "x", Buttons: []Button{{Kind: "url", Title: "Buy"}}}}
		}, ErrInvalid},
		{"a reply to what is not there is refused", func(d *Draft) { d.Message.ReplyTo = &Ref{Seq: 9} }, ErrInvalid},
		{"a shopper writes no notes", func(d *Draft) { d.Kind = EntryNote }, ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := say(mara, "c1", "hello")
			c.edit(&d)
			if _, err := fresh().Post(d, noon); !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestAmend(t *testing.T) {
	c, log := play(t, fresh(), post(say(mara, "c1", "helo"), noon), post(say(anna, "a1", "hi"), noon))
	hers, annas := log[0], log[len(log)-1]
	for _, k := range []struct {
		name   string
		amend  Amend
		target Entry
		by     Author
		want   error
	}{
		{"the author edits", Amend{Action: AmendEdit, Text: "hello"}, hers, mara, nil},
		{"the author revokes", Amend{Action: AmendRevoke}, hers, mara, nil},
		{"nobody else edits", Amend{Action: AmendEdit, Text: "x"}, hers, anna, ErrForbidden},
		{"not even another agent", Amend{Action: AmendEdit, Text: "x"}, annas, bruno, ErrForbidden},
		{"both sides react", Amend{Action: AmendReact, Emoji: "👍"}, annas, mara, nil},
		{"an edit to nothing is refused", Amend{Action: AmendEdit, Text: "  "}, hers, mara, ErrBadText},
		{"an unknown action is refused", Amend{Action: "burn"}, hers, mara, ErrInvalid},
		{"an event cannot be amended", Amend{Action: AmendReact, Emoji: "👍"}, log[1], mara, ErrNotFound},
	} {
		t.Run(k.name, func(t *testing.T) {
			ch, err := c.Amend(k.amend, k.target, k.by, "m1", noon)
			if !errors.Is(err, k.want) {
				t.Fatalf("got %v, want %v", err, k.want)
			}
			if err == nil && (len(ch.Entries) != 1 || ch.Entries[0].Amend.Target.Seq != k.target.Seq || ch.Entries[0].ShopperSeq == 0) {
				t.Fatalf("entries are %+v", ch.Entries)
			}
		})
	}
	note := say(anna, "n1", "hm")
	note.Kind = EntryNote
	ch, err := c.Post(note, noon)
	if err != nil {
		t.Fatal(err)
	}
	edited, err := ch.Conversation.Amend(Amend{Action: AmendEdit, Text: "hmm"}, ch.Entries[0], anna, "n2", noon)
	if err != nil || edited.Entries[0].ShopperSeq != 0 {
		t.Fatalf("an amend of a note must stay hidden: %+v, %v", edited.Entries, err)
	}
}

func TestWatermarksOnlyRise(t *testing.T) {
	c, _ := play(t, fresh(), post(say(anna, "a1", "one"), noon), post(say(anna, "a2", "two"), noon))
	read := func(n int64, read bool) func(Conversation) (Change, error) {
		return func(c Conversation) (Change, error) {
			return c.Receive(Receipt{By: mara, Upto: Ref{n, n}, Read: read}, noon)
		}
	}
	c, _ = play(t, c, read(3, false), read(2, true))
	if w := c.Watermark(mara); w.Delivered.Seq != 3 || w.Read.Seq != 2 {
		t.Fatalf("marks are %+v", w)
	}
	if ch, err := read(1, true)(c); err != nil || !ch.Empty() {
		t.Fatalf("an older receipt changed something: %+v, %v", ch, err)
	}
	if _, err := c.Receive(Receipt{By: Author{Kind: AuthorPlugin}, Upto: Ref{1, 1}}, noon); !errors.Is(err, ErrForbidden) {
		t.Fatalf("a plugin reads nothing, got %v", err)
	}
}

func TestTimesOfALogNeverGoBack(t *testing.T) {
	_, log := play(t, fresh(), post(say(mara, "c1", "now"), noon), post(say(mara, "c2", "clock went back"), noon.Add(-time.Hour)))
	if log[1].At < log[0].At {
		t.Fatalf("times are %d, %d", log[0].At, log[1].At)
	}
}

func TestWhatChangesNothingWritesNothing(t *testing.T) {
	c := fresh()
	c.Tags = []string{"vip"}
	c.Assignee = &AgentBrief{ID: "agt_anna"}
	for name, step := range map[string]func() (Change, error){
		"reopening an open one":      func() (Change, error) { return c.Reopen(anna, noon) },
		"assigning to who has it":    func() (Change, error) { return c.Assign(&AgentBrief{ID: "agt_anna"}, anna, noon) },
		"the same tags":              func() (Change, error) { return c.Tag([]string{"vip", "vip"}, anna, noon) },
		"an identity that is known":  func() (Change, error) { return c.Meet(Shopper{ID: "shp_mara"}, nil, noon) },
		"an update with nothing new": func() (Change, error) { return c.update(Update{}, nil, anna, noon) },
	} {
		if ch, err := step(); err != nil || !ch.Empty() {
			t.Errorf("%s: %+v, %v", name, ch, err)
		}
	}
}

func TestWhoMaySeeAConversation(t *testing.T) {
	c := fresh()
	for _, k := range []struct {
		name string
		by   Caller
		want bool
	}{
		{"an agent of the merchant", Caller{Kind: AuthorAgent, Merchant: "mer_1"}, true},
		{"an agent of another merchant", Caller{Kind: AuthorAgent, Merchant: "mer_2"}, false},
		{"the shop's plugin", Caller{Kind: AuthorPlugin, Merchant: "mer_1", Shop: "shop_1"}, true},
		{"a sister shop's plugin", Caller{Kind: AuthorPlugin, Merchant: "mer_1", Shop: "shop_2"}, false},
		{"its shopper", Caller{Kind: AuthorShopper, Merchant: "mer_1", Shop: "shop_1", Shopper: "shp_mara"}, true},
		{"another shopper", Caller{Kind: AuthorShopper, Merchant: "mer_1", Shop: "shop_1", Shopper: "shp_eve"}, false},
		{"nobody", Caller{}, false},
	} {
		if got := k.by.MaySee(c); got != k.want {
			t.Errorf("%s: %t", k.name, got)
		}
	}
}

func TestAnUpdateOfSeveralThingsIsOneChange(t *testing.T) {
	c := fresh()
	closed, tags := StateClosed, []string{"vip"}
	ch, err := c.update(Update{State: &closed, Tags: &tags}, &AgentBrief{ID: "agt_anna"}, anna, noon)
	if err != nil || len(ch.Entries) != 2 || ch.Conversation.Version != c.Version+1 || ch.Conversation.State != StateClosed {
		t.Fatalf("got %+v, %v", ch, err)
	}
}

func TestAnIdentifiedShopperBringsTheirLatestOrder(t *testing.T) {
	known := Shopper{ID: "shp_known", CustomerID: "42", Name: "Mara"}
	c := fresh()
	c.Order = &OrderBrief{ExternalID: "new", At: At(noon)}
	for _, k := range []struct {
		latest *OrderBrief
		want   string
	}{{nil, "new"}, {&OrderBrief{ExternalID: "older", At: At(noon) - 1}, "new"}, {&OrderBrief{ExternalID: "newest", At: At(noon) + 1}, "newest"}} {
		ch, err := c.Meet(known, k.latest, noon)
		if err != nil || ch.Conversation.Order.ExternalID != k.want || ch.Conversation.Shopper != known.Brief() || ch.Entries[0].ShopperSeq != 0 {
			t.Errorf("%+v gives %+v, %v", k.latest, ch.Conversation, err)
		}
	}
}
