package plugincheck

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// shuffles is how many orders are tried.
const shuffles = 5

// playRepeated sends each delivery three times: each is answered with 2xx, and there is one event, always the same.
func playRepeated(ctx context.Context, p *player) verdict {
	var f faults
	want := newState(p.tagalong.now)
	for _, c := range p.folder.cases {
		d := p.delivery(c, "repeated")
		mark := p.tagalong.mark()
		f.under(c.name, p.deliver(ctx, d))
		for range 2 {
			if status, err := p.send(ctx, d); err != nil || status/100 != 2 {
				f.add("%s: a repeat was answered with %d (%v), want 2xx", c.name, status, err)
			}
		}
		f.under(c.name, sameEachTime(taken(p.tagalong.since(mark))))
		want.pushAll(d.golden())
	}
	f.under("state", p.tagalong.stateDifferences(want))
	return f.verdict()
}

// sameEachTime says which events a repeat made otherwise: under another id, or with other content.
func sameEachTime(got []item) (lines []string) {
	first := map[string]item{}
	var fresh []string
	for _, one := range got {
		if one.route != routeEvents {
			continue
		}
		before, again := first[one.id]
		if !again {
			first[one.id] = one
			fresh = append(fresh, one.id)
			continue
		}
		for _, d := range differences(one.raw, before.raw) {
			lines = append(lines, "a repeat says something else: "+d)
		}
	}
	// A delivery's events have different objects; two events of one object, under two ids, are a repeat taken for something new.
	objects := map[string]string{}
	for _, id := range fresh {
		ev, err := readEvent(first[id].raw)
		if err != nil {
			continue
		}
		name := fmt.Sprintf("%s %s at version %d", ev.Kind, ev.ExternalID, ev.Version)
		if other, twice := objects[name]; twice {
			lines = append(lines, fmt.Sprintf("a repeat came under another id: %s is in %s and in %s", name, other, id))
		}
		objects[name] = id
	}
	return lines
}

func playReversed(ctx context.Context, p *player) verdict {
	order := slices.Clone(p.folder.cases)
	slices.Reverse(order)
	return p.inOrder(ctx, "reversed", order)
}

// playShuffled is the same in each run: an order that a plugin does not stand can be played again.
func playShuffled(ctx context.Context, p *player) verdict {
	for seed := range uint64(shuffles) {
		order := slices.Clone(p.folder.cases)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		p.tagalong.fresh()
		if v := p.inOrder(ctx, fmt.Sprintf("shuffled %d", seed), order); v.Outcome == fail {
			return v
		}
	}
	return verdict{Outcome: pass, Details: []string{fmt.Sprintf("%d orders", shuffles)}}
}

// inOrder delivers cases in an order, and compares the state with that of the golden files.
func (p *player) inOrder(ctx context.Context, name string, order []testCase) verdict {
	if !p.folder.moves() {
		return verdict{Outcome: fail, Details: []string{"no two cases are about one object, so no order matters: add a second version of one"}}
	}
	var f faults
	want := newState(p.tagalong.now)
	for _, c := range order {
		f.under(c.name, p.deliver(ctx, p.delivery(c, name)))
	}
	for _, c := range p.folder.cases { // the golden files' own order; Fold does not mind
		want.pushAll(p.delivery(c, name).golden())
	}
	f.under("state", p.tagalong.stateDifferences(want))
	return f.verdict()
}

// pushAll folds a golden's events in. They were checked when they were read; one that is stale is no fault.
func (s *state) pushAll(g golden) {
	for _, raw := range g.Events {
		if ev, err := readEvent(raw); err == nil {
			_, _ = s.push(ev)
		}
	}
}

// moves tells whether two cases are about one object, in different versions.
func (f folder) moves() bool {
	versions := map[string]int64{}
	for _, c := range f.cases {
		g, err := c.expected("x")
		if err != nil {
			continue
		}
		for _, raw := range g.Events {
			ev, err := readEvent(raw)
			if err != nil {
				continue
			}
			name := string(ev.Kind) + " " + ev.ExternalID
			if before, there := versions[name]; there && before != ev.Version {
				return true
			}
			versions[name] = ev.Version
		}
	}
	return false
}
