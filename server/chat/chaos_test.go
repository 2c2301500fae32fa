package chat_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// TestWhateverGoesWrongEachMessageGoesOutOnce plays shops whose provider loses answers, throttles, fails, closes windows and tells
// its news late, twice or not at all, while the server dies in between. What the provider has taken is counted there, not with us.
func TestWhateverGoesWrongEachMessageGoesOutOnce(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { newChaos(t, seed).play() })
	}
}

type chaos struct {
	*depot
	dice    *rand.Rand
	v       visitor
	wa      chat.Address
	wild    bool
	calls   map[chat.DeliveryID]int // requests that the provider took, of each delivery
	unclear map[chat.DeliveryID]int // requests whose answer never came
	order   []int64                 // entries as the provider first took them on WhatsApp
	late    []chat.Inbound
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{depot: newDepot(t), dice: rand.New(rand.NewPCG(seed, 7)), wild: true, calls: map[chat.DeliveryID]int{}, unclear: map[chat.DeliveryID]int{}} //nolint:gosec // a test's dice
	if seed%2 == 0 {
		c.template(true)
	}
	c.v = c.visit()
	c.agrees(c.v, chat.ChannelWhatsApp)
	c.wa = c.at(c.v, chat.ChannelWhatsApp, time.Hour)
	if seed%3 == 0 {
		c.at(c.v, chat.ChannelEmail, time.Hour)
	}
	c.provider.answer = c.respond
	return c
}

// respond is the provider: it takes a request or not, and answers or not.
func (c *chaos) respond(r request) (chat.Accepted, error) {
	if a := c.address(r.To); a.StoppedAt != 0 {
		c.t.Errorf("something goes to who said STOP: %q", r.Message.Text)
	}
	switch n := c.dice.IntN(20); {
	case !c.wild || n < 8:
		return c.takes(r), nil
	case n < 10: // taken, and the answer is lost
		c.takes(r)
		c.unclear[r.Delivery]++
		return refusing(chat.SendUncertain, "timeout")(r)
	case n < 11: // not taken, and no answer
		c.unclear[r.Delivery]++
		return refusing(chat.SendUncertain, "timeout")(r)
	case n < 12: // taken, and we die
		c.takes(r)
		c.unclear[r.Delivery]++
		panic(errCrash)
	case n < 13:
		c.unclear[r.Delivery]++
		panic(errCrash)
	case n < 15:
		return refusing(chat.SendRetry, "provider_down")(r)
	case n < 17:
		return refusing(chat.SendThrottlePair, "rate_limited")(r)
	case n < 18 && r.Form == chat.FormFree:
		return refusing(chat.SendWindowClosed, "window_closed")(r)
	case n < 19:
		return refusing(chat.SendGiveUp, "refused")(r)
	}
	return c.takes(r), nil
}

func (c *chaos) takes(r request) chat.Accepted {
	c.calls[r.Delivery]++
	a := c.provider.accept()
	d := slices.IndexFunc(c.deliveries(c.v), func(d chat.Delivery) bool { return d.ID == r.Delivery })
	if seq := c.deliveries(c.v)[d].Entry.Seq; r.To.ID == c.wa.ID && !slices.Contains(c.order, seq) {
		c.order = append(c.order, seq)
	}
	for _, s := range []chat.DeliveryState{chat.DeliverySent, chat.DeliveryDelivered, chat.DeliveryRead} {
		for range c.dice.IntN(3) {
			in := c.told(r, a.ProviderID, s, nil)
			if c.dice.IntN(2) == 0 {
				in.Status.Callback = ""
			}
			if c.dice.IntN(4) == 0 {
				c.news(in)
			} else {
				c.late = append(c.late, in)
			}
		}
	}
	return a
}

func (c *chaos) play() {
	said := 0
	for range 40 {
		switch c.dice.IntN(8) {
		case 0, 1, 2:
			if said < 12 {
				c.says(c.v, fmt.Sprint("Message ", said))
				said++
			}
		case 3:
			c.presence = []chat.Presence{chat.Here, chat.Gone, chat.Unknown}[c.dice.IntN(3)]
		case 4:
			c.now = c.now.Add(time.Second)
			c.writes(c.v, c.wa)
			if a := c.address(c.wa); c.conversation(c.v).Address != a.ID {
				c.on(c.v, a)
			}
		case 5:
			if c.dice.IntN(3) == 0 {
				must(c.t, c.Returned(c.t.Context(), c.v.Caller, c.v.c))
			}
		case 6:
			c.tellLate()
		}
		c.pass(time.Duration(c.dice.IntN(120)) * time.Second)
	}
	c.wild, c.presence = false, chat.Gone
	c.pass(3 * time.Hour)
	for len(c.late) > 0 {
		c.tellLate()
	}
	c.pass(3 * time.Hour)
	c.check()
}

func (c *chaos) tellLate() {
	c.dice.Shuffle(len(c.late), func(i, j int) { c.late[i], c.late[j] = c.late[j], c.late[i] })
	for _, in := range c.late[:len(c.late)/2+min(1, len(c.late))] {
		c.news(in)
	}
	c.late = c.late[len(c.late)/2+min(1, len(c.late)):]
}

func (c *chaos) check() {
	for _, d := range c.deliveries(c.v) {
		taken, unclear := c.calls[d.ID], c.unclear[d.ID]
		switch {
		case taken > 1 && unclear == 0:
			c.t.Errorf("%s was taken %d times though no answer was lost", d.ID, taken)
		case taken > 2:
			c.t.Errorf("%s was taken %d times", d.ID, taken)
		case taken > 1 && d.Reason != "sent_again" && d.State != chat.DeliveryFailed:
			c.t.Errorf("%s was taken twice and says %s %q", d.ID, d.State, d.Reason)
		case d.State == chat.DeliverySending || d.State == chat.DeliveryUncertain || d.State == chat.DeliveryQueued:
			c.t.Errorf("%s is still %s %q", d.ID, d.State, d.Reason)
		case taken == 0 && d.State != chat.DeliveryFailed && d.State != chat.DeliveryHeld:
			c.t.Errorf("%s is %s and never was taken", d.ID, d.State)
		case (d.State == chat.DeliveryFailed || d.State == chat.DeliveryHeld) && d.Reason == "":
			c.t.Errorf("%s is %s and nobody knows why", d.ID, d.State)
		}
	}
	if next, err := c.store.NextTask(c.t.Context()); err != nil || next != 0 && next.Time().Sub(c.now) < time.Hour {
		c.t.Errorf("there is still a task at %s, %v", next.Time(), err)
	}
}
