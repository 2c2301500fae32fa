package plugincheck

import (
	"context"
	"fmt"
	"slices"
)

// situation is one thing that a plugin has to stand.
type situation struct {
	id    string
	title string
	play  func(context.Context, *player) verdict
}

// situations are played in this order, each on a stand-in that knows nothing yet.
var situations = []situation{
	{"golden", "each delivery becomes what its golden file says", playGoldens},
	{"contract", "what is pushed fits the contract", playContract},
	{"repeated", "a delivery that comes three times is one event", playRepeated},
	{"reversed", "deliveries in reversed order end in the same state", playReversed},
	{"shuffled", "deliveries in any order end in the same state", playShuffled},
	{"no_decimals", "amounts in a currency without decimals are exact", covered(hasExponent(0))},
	{"three_decimals", "amounts in a currency with three decimals are exact", covered(hasExponent(3))},
	{"big_ids", "ids above 2^53 are exact", playBigIDs},
	{"guest", "a guest without an e-mail is a buyer too", covered(isGuest)},
	{"unknown_status", "a status that Tagalong has no word for stays in status_raw", covered(hasUnknownStatus)},
	{"redaction", "a buyer who asks to be forgotten is forgotten here too", playRedaction},
	{"bad_signature", "a delivery that is not rightly signed is refused with 401, and nothing comes of it", playForgeries},
	{"too_large", "a body over the limit is refused with 413", playTooLarge},
	{"down", "nothing is lost while Tagalong is down", playDown},
	{"slow_down", "a plugin that is asked to wait waits", playSlowDown},
	{"invalid_item", "one event that is refused stops no other", playInvalid},
	{"secrets", "no secret is in what is pushed or answered", playSecrets},
}

func known(id string) bool {
	return slices.ContainsFunc(situations, func(s situation) bool { return s.id == id })
}

// outcome of a situation.
type outcome string

const (
	pass outcome = "pass"
	fail outcome = "fail"
	skip outcome = "skip"
)

// verdict on one situation. Details are faults where it failed, and what is good to know otherwise.
type verdict struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Outcome outcome  `json:"outcome"`
	Details []string `json:"details,omitempty"`
}

// faults make a verdict: none is a pass.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f *faults) under(name string, lines []string) {
	for _, line := range lines {
		f.add("%s: %s", name, line)
	}
}

func (f *faults) verdict(notes ...string) verdict {
	if len(*f) > 0 {
		return verdict{Outcome: fail, Details: *f}
	}
	return verdict{Outcome: pass, Details: notes}
}

// play runs the situations that are asked for; none means all.
func (p *player) play(ctx context.Context, only []string) []verdict {
	var all []verdict
	for _, s := range situations {
		if len(only) > 0 && !slices.Contains(only, s.id) {
			continue
		}
		var v verdict
		if reason, yes := p.folder.Skip[s.id]; yes {
			v = verdict{Outcome: skip, Details: []string{reason}}
		} else {
			p.tagalong.fresh()
			p.playing = s.id
			v = s.play(ctx, p)
		}
		v.ID, v.Title = s.id, s.title
		all = append(all, v)
		if ctx.Err() != nil {
			break
		}
	}
	return all
}

// deliver sends one delivery and waits for what should come of it; it tells what did not go as it should.
func (p *player) deliver(ctx context.Context, d delivery) []string {
	mark := p.tagalong.mark()
	status, err := p.send(ctx, d)
	if err != nil {
		return []string{"was not answered: " + err.Error()}
	}
	if status/100 != 2 {
		return []string{fmt.Sprintf("was answered with %d, want 2xx", status)}
	}
	return p.arrived(ctx, mark, d.golden(), p.patience.push)
}
