package plugincheck

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Two ways of losing nothing are accepted, and told apart.
const (
	waysRepeat = "the plugin answers with an error, and the storefront sends it again"
	waysKeep   = "the plugin takes it and pushes it later by itself"
)

// playDown has a storefront deliver while Tagalong answers nothing but 503.
func playDown(ctx context.Context, p *player) verdict {
	var f faults
	d := p.delivery(*p.folder.probe(), "down")
	mark := p.tagalong.mark()
	p.tagalong.setMood(func([]item) *refusal { return &refusal{http.StatusServiceUnavailable, "try_again", ""} })
	status, err := p.send(ctx, d)
	p.tagalong.setMood(nil)
	switch {
	case err != nil:
		f.add("was not answered: %v", err)
	case status/100 == 2:
		f.under("the next delivery", p.goesOn(ctx, d.testCase))
		f.under("later", p.arrived(ctx, mark, d.golden(), p.patience.recover))
		return f.verdict(waysKeep)
	case !repeats(status):
		f.add("was answered with %d: a storefront does not send it again", status)
	default:
		f.under("sent again", p.deliver(ctx, d))
		return f.verdict(waysRepeat)
	}
	return f.verdict()
}

// goesOn sends another delivery: a shop does not stand still, and some plugins push what they kept with what comes next.
func (p *player) goesOn(ctx context.Context, after testCase) []string {
	for _, c := range p.folder.cases {
		d := p.delivery(c, "goes on")
		if c.name != after.name && len(d.golden().Events) > 0 {
			return p.deliver(ctx, d)
		}
	}
	return nil
}

// repeats tells whether a storefront that gets this status sends the delivery again.
func repeats(status int) bool { return status/100 == 5 || status == http.StatusTooManyRequests }

// askedToWait is the Retry-After of the stand-in; clocks differ by less than earliness.
const (
	askedToWait = time.Second
	earliness   = 20 * time.Millisecond
)

// playSlowDown answers the first push with 429 and a time to wait.
func playSlowDown(ctx context.Context, p *player) verdict {
	var f faults
	d := p.delivery(*p.folder.probe(), "slow_down")
	mark := p.tagalong.mark()
	asked := time.Time{}
	early := 0
	p.tagalong.setMood(func([]item) *refusal {
		now := time.Now()
		switch {
		case asked.IsZero():
			asked = now
		case now.Sub(asked) >= askedToWait-earliness:
			return nil
		default:
			early++
		}
		return &refusal{http.StatusTooManyRequests, "rate_limited", fmt.Sprint(int(askedToWait.Seconds()))}
	})
	status, err := p.send(ctx, d)
	switch {
	case err != nil:
		f.add("was not answered: %v", err)
	case status/100 == 2:
		f.under("after the wait", p.arrived(ctx, mark, d.golden(), p.patience.recover))
	case !repeats(status):
		f.add("was answered with %d: a storefront does not send it again", status)
	default:
		pause(ctx, askedToWait)
		f.under("sent again", p.deliver(ctx, d))
	}
	p.tagalong.setMood(nil)
	for range early {
		f.add("was asked to wait %s and came back before", askedToWait)
	}
	if status/100 == 2 {
		return f.verdict("the plugin waits and pushes again by itself")
	}
	return f.verdict(waysRepeat)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// playInvalid has Tagalong refuse the first event of the first delivery for good. Sending it again would not help, so the
// storefront must not be asked to, and what comes after it must come through.
func playInvalid(ctx context.Context, p *player) verdict {
	var f faults
	probe := *p.folder.probe()
	first := p.delivery(probe, "invalid_item")
	bad := first.golden().Events[0]
	p.tagalong.callInvalid(func(one item) bool { return one.id == eventID(bad) })
	mark := p.tagalong.mark()
	f.under("the refused one", p.deliver(ctx, first))
	p.tagalong.callInvalid(nil)
	for _, c := range p.folder.cases {
		if c.name != probe.name {
			f.under(c.name, p.deliver(ctx, p.delivery(c, "after invalid")))
		}
	}
	pushes := 0
	for _, one := range taken(p.tagalong.since(mark)) {
		if one.route == routeEvents && one.id == eventID(bad) {
			pushes++
		}
	}
	// Where ids stand in the payload itself, another case may repeat one of them: only a push of the same content is one again.
	if pushes > 1 && !p.sharesID(probe, eventID(bad)) {
		f.add("the refused event was pushed %d times: sending it again does not help", pushes)
	}
	return f.verdict()
}

// sharesID tells whether another case has an event of this id.
func (p *player) sharesID(probe testCase, id string) bool {
	for _, c := range p.folder.cases {
		if c.name == probe.name {
			continue
		}
		for _, raw := range p.delivery(c, "after invalid").golden().Events {
			if eventID(raw) == id {
				return true
			}
		}
	}
	return false
}

// playRedaction delivers what asks for a buyer's data to be deleted.
func playRedaction(ctx context.Context, p *player) verdict {
	var f faults
	var names []string
	for _, c := range p.folder.cases {
		d := p.delivery(c, "redaction")
		if g := d.golden(); len(g.Redact) == 0 && len(g.Export) == 0 {
			continue
		}
		names = append(names, c.name)
		f.under(c.name, p.golden(ctx, d))
	}
	if len(names) == 0 {
		return uncovered()
	}
	return f.verdict(shownBy(names))
}
