package chat

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNewsFoldToTheSameWhateverTheirOrder: shuffled and repeated, the state is that of the news in order.
func TestNewsFoldToTheSameWhateverTheirOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test's dice
	all := []DeliveryState{DeliverySent, DeliveryFailed, DeliveryDelivered, DeliveryRead}
	for range 5_000 {
		parts := 1 + random.IntN(3)
		d := Delivery{State: DeliveryAccepted}
		type told struct {
			part  int
			state DeliveryState
		}
		var tell []told
		best := make([]DeliveryState, parts)
		for i := range parts {
			d.Parts = append(d.Parts, Part{ProviderID: fmt.Sprint("wamid.", i), State: DeliveryAccepted})
			best[i] = DeliveryAccepted
			for _, s := range all {
				if random.IntN(2) == 0 {
					continue
				}
				if s.step() > best[i].step() {
					best[i] = s
				}
				for range 1 + random.IntN(3) {
					tell = append(tell, told{i, s})
				}
			}
		}
		random.Shuffle(len(tell), func(i, j int) { tell[i], tell[j] = tell[j], tell[i] })
		for _, n := range tell {
			before := d.State
			d.fold(n.part, fmt.Sprint("wamid.", n.part), n.state, 1)
			if before != DeliveryFailed && d.State != DeliveryFailed && d.State.rank() < before.rank() {
				t.Fatalf("it went from %s down to %s", before, d.State)
			}
		}
		want := slices.MinFunc(best, func(a, b DeliveryState) int { return a.step() - b.step() })
		if slices.Contains(best, DeliveryFailed) {
			want = DeliveryFailed
		}
		if d.State != want {
			t.Fatalf("after %v it is %s, want %s", tell, d.State, want)
		}
	}
}

func TestNewsOfAnEarlierTryDoNotMoveTheNext(t *testing.T) {
	old := Delivery{State: DeliverySending, Parts: []Part{{ProviderID: "wamid.old", State: DeliverySending}}}
	for _, c := range []struct {
		id    string
		state DeliveryState
		want  DeliveryState
	}{
		{"wamid.old", DeliverySent, DeliverySending},
		{"wamid.old", DeliveryFailed, DeliverySending},
		{"wamid.old", DeliveryDelivered, DeliveryDelivered}, // it has come, whichever it was
		{"wamid.new", DeliverySent, DeliverySent},
		{"wamid.new", DeliveryFailed, DeliveryFailed},
	} {
		d := old
		d.fold(0, c.id, c.state, 1)
		if d.State != c.want {
			t.Errorf("%s of %s: %s, want %s", c.state, c.id, d.State, c.want)
		}
	}
	if old.Parts[0].State != DeliverySending {
		t.Error("a fold has changed what it was handed")
	}
}

func TestUptoConcernsWhatWasTaken(t *testing.T) {
	d := Delivery{State: DeliveryQueued, Parts: []Part{{ProviderID: "m_1", State: DeliveryAccepted, At: 5}, {State: DeliveryQueued}}}
	if !d.foldAll(-1, InboundFate{Upto: 9, State: DeliveryRead}, 9) || d.Parts[0].State != DeliveryRead || d.Parts[1].State != DeliveryQueued ||
		d.State != DeliveryQueued {
		t.Fatalf("folded to %+v", d)
	}
}

func TestWhoMayBeHeardIsJudgedByItsClass(t *testing.T) {
	for _, c := range []struct {
		class SendClass
		form  Form
		want  verdict
	}{
		{SendStopAccount, FormFree, verdict{state: DeliveryQueued, replan: true, account: true}},
		{SendReconnect, FormFree, verdict{state: DeliveryQueued, replan: true, account: true}},
		{SendWindowClosed, FormFree, verdict{state: DeliveryQueued, replan: true}},
		{SendWindowClosed, FormTemplate, verdict{state: DeliveryFailed}},
		{SendUncertain, FormFree, verdict{state: DeliveryUncertain, counts: true}},
		{SendUnreachable, FormFree, verdict{state: DeliveryFailed}},
		{SendOptedOut, FormFree, verdict{state: DeliveryFailed}},
		{SendGiveUp, FormFree, verdict{state: DeliveryFailed}},
		{SendRejected, FormFree, verdict{state: DeliveryFailed}},
		{"news to us", FormFree, verdict{state: DeliveryFailed}},
	} {
		if got := (Delivery{Form: c.form, Attempt: 1}).judge(SendError{Class: c.class}, 0, 0); got != c.want {
			t.Errorf("%s of %s: %+v, want %+v", c.class, c.form, got, c.want)
		}
	}
	a := Address{}
	if !a.heed(SendError{Class: SendOptedOut}, CategoryMarketing, 7) || a.NoMarketingAt != 7 || a.StoppedAt != 0 {
		t.Errorf("who wants no marketing: %+v", a)
	}
	if !a.heed(SendError{Class: SendOptedOut}, CategoryUtility, 8) || a.StoppedAt != 8 {
		t.Errorf("who wants nothing: %+v", a)
	}
}
