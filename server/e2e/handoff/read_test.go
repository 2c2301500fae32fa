package handoff_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// story is what the server has.
type story struct {
	conversations []conversation
	dead          int
}

type conversation struct {
	ID         string
	Head       int64
	FirstSeq   int64 `json:"first_seq"`
	Channel    string
	entries    []entry
	deliveries []delivery
}

type entry struct {
	Seq     int64
	Kind    string
	Channel string
	Author  struct{ Kind string }
	Message *struct {
		Text        string
		Unsupported string
		Cards       []struct{ Title string }
	}
	Amend *struct{ Action, Text, Emoji string }
}

type delivery struct {
	ID, State, Reason, Detail string
	Seq                       int64
}

// read reads all conversations with their logs and deliveries.
func (w *town) read(ctx context.Context) (*story, error) {
	s := &story{}
	for cursor := ""; ; {
		var page struct {
			Items []conversation
			Next  string
		}
		if err := w.try(ctx, "GET", "/v1/shops/"+w.Shop+"/conversations?state=all&limit=100"+cursor, w.PluginKey, nil, &page); err != nil {
			return nil, err
		}
		s.conversations = append(s.conversations, page.Items...)
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	var readers errgroup.Group
	readers.SetLimit(8)
	for i := range s.conversations {
		readers.Go(func() error { return w.readInto(ctx, &s.conversations[i]) })
	}
	if err := readers.Wait(); err != nil {
		return nil, err
	}
	var dead struct{ Items []struct{ Error string } }
	if status := w.agent.Call("GET", "/v1/webhooks/dead", nil, &dead); status != 200 {
		return nil, fmt.Errorf("dead webhooks: %d", status)
	}
	for _, d := range dead.Items {
		w.t.Errorf("a webhook is dead: %s", d.Error)
	}
	s.dead = len(dead.Items)
	return s, nil
}

func (w *town) readInto(ctx context.Context, c *conversation) error {
	path := "/v1/shops/" + w.Shop + "/conversations/" + c.ID
	var es struct{ Items []entry }
	if err := w.try(ctx, "GET", path+"/entries?after=0&limit=200", w.PluginKey, nil, &es); err != nil {
		return err
	}
	var ds struct{ Items []delivery }
	if status := w.agent.Call("GET", path+"/deliveries?limit=200", nil, &ds); status != http.StatusOK {
		return fmt.Errorf("deliveries: %d", status)
	}
	c.entries, c.deliveries = es.Items, ds.Items
	return nil
}

// moving tells what is still to come: deliveries that are not settled, and what people said that is not in a log yet.
func (s *story) moving(world *graph.World) error {
	for _, c := range s.conversations {
		for _, d := range c.deliveries {
			switch d.State {
			case "queued", "sending", "uncertain":
				return fmt.Errorf("delivery %s of %s is %s (%s %s)", d.ID, c.ID, d.State, d.Reason, d.Detail)
			}
		}
	}
	if !world.Idle() {
		return fmt.Errorf("Meta has something to tell")
	}
	for _, said := range world.Said() {
		if n := s.count(said); n == 0 {
			return fmt.Errorf("%s of %s has not come: %q", said.Type, said.Person, said.Text)
		}
	}
	if lines := s.behind(world.Outcomes()); lines != nil { // a webhook that was thanked for may wait for its turn
		return errors.New(strings.Join(lines, "\n"))
	}
	return nil
}

// count tells how often something that was said is in the logs. What bears no text of its own is not counted: 1.
func (s *story) count(said graph.Said) (n int) {
	switch said.Type {
	case "reaction", "unsupported", "postback", "referral":
		return 1
	}
	if said.Text == "" {
		return 1
	}
	token := said.Text[strings.LastIndexByte(said.Text, ' ')+1:]
	for _, c := range s.conversations {
		for _, e := range c.entries {
			if e.Message != nil && strings.Contains(e.Message.Text, token) || e.Amend != nil && strings.Contains(e.Amend.Text, token) {
				n++
			} else if e.Message != nil && len(e.Message.Cards) > 0 && strings.Contains(e.Message.Cards[0].Title, token) {
				n++
			}
		}
	}
	return n
}

// checkSaid: everything that was said by phone is in one log, once; every log is one order without gaps.
func (s *story) checkSaid(t *testing.T, all []graph.Said) {
	t.Helper()
	for _, said := range all {
		if n := s.count(said); n != 1 {
			t.Errorf("%s of %s is stored %d times: %q", said.Type, said.Person, n, said.Text)
		}
	}
	for _, c := range s.conversations {
		for i, e := range c.entries {
			if e.Seq != c.FirstSeq+int64(i) {
				t.Errorf("%s has a gap or a repeat at %d", c.ID, e.Seq)
			}
		}
		if n := int64(len(c.entries)); c.Head != c.FirstSeq+n-1 {
			t.Errorf("%s has head %d and %d entries", c.ID, c.Head, n)
		}
	}
}

// behind tells which deliveries say less than Meta has told us of them.
func (s *story) behind(all []graph.Outcome) (lines []string) {
	by := map[string]delivery{}
	for _, c := range s.conversations {
		for _, d := range c.deliveries {
			by[d.ID] = d
		}
	}
	told := map[string]string{}
	for _, o := range all {
		id, _, _ := strings.Cut(o.ClientID, ".")
		if rank(o.Told) > rank(told[id]) {
			told[id] = o.Told
		}
	}
	for id, state := range told {
		d, ok := by[id]
		switch {
		case !ok:
			lines = append(lines, "Meta has a message of a delivery that there is not: "+id)
		case rank(d.State) < rank(state):
			lines = append(lines, fmt.Sprintf("delivery %s is %s (%s), but Meta has told %s", id, d.State, d.Reason, state))
		}
	}
	return lines
}

func rank(state string) int {
	return map[string]int{"accepted": 1, "echo": 2, "sent": 2, "failed": 3, "delivered": 4, "read": 5}[state]
}

// checkAnswers: every acknowledged answer is in its log once.
func (s *story) checkAnswers(t *testing.T, talks []*talk) {
	t.Helper()
	logs := map[string]int{}
	for _, c := range s.conversations {
		for _, e := range c.entries {
			if e.Message != nil {
				logs[e.Message.Text]++
			}
		}
	}
	for _, k := range talks {
		for _, text := range k.answered {
			if logs[text] != 1 {
				t.Errorf("an acknowledged answer to %s is stored %d times", k.person, logs[text])
			}
		}
	}
}
