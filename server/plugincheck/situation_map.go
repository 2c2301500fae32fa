package plugincheck

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/openapi"
)

// playGoldens delivers each case once and compares what is pushed with its golden file.
func playGoldens(ctx context.Context, p *player) verdict {
	var f faults
	for _, c := range p.folder.cases {
		f.under(c.name, p.golden(ctx, p.delivery(c, "golden")))
	}
	return f.verdict(fmt.Sprintf("%d deliveries", len(p.folder.cases)))
}

// golden delivers a case and compares.
func (p *player) golden(ctx context.Context, d delivery) []string {
	mark := p.tagalong.mark()
	lines := p.deliver(ctx, d)
	return append(lines, p.compare(taken(p.tagalong.since(mark)), d.golden())...)
}

// compare says where pushed items differ from a golden; what did not come at all is told by arrived.
func (p *player) compare(got []item, want golden) (lines []string) {
	left := slices.Clone(want.Redact)
	export := slices.Clone(want.Export)
	for _, one := range got {
		switch one.route {
		case routeEvents:
			i := slices.IndexFunc(want.Events, func(raw json.RawMessage) bool { return eventID(raw) == one.id })
			if i < 0 {
				lines = append(lines, fmt.Sprintf("event %q was pushed, of which the golden file knows nothing", one.id))
				continue
			}
			lines = append(lines, differences(one.raw, want.Events[i])...)
		case routeRedact:
			lines, left = compareNext(lines, one, left)
		case routeExport:
			lines, export = compareNext(lines, one, export)
		}
	}
	return lines
}

// compareNext compares a privacy request with the next one that was wanted.
func compareNext(lines []string, got item, want []json.RawMessage) ([]string, []json.RawMessage) {
	if len(want) == 0 {
		return append(lines, "a request to "+got.route+" was sent, of which the golden file knows nothing"), nil
	}
	for _, d := range differences(got.raw, want[0]) {
		lines = append(lines, got.route+": "+d)
	}
	return lines, want[1:]
}

// playContract looks at what all deliveries become with the eyes of the server.
func playContract(ctx context.Context, p *player) verdict {
	var f faults
	mark := p.tagalong.mark()
	for _, c := range p.folder.cases {
		f.under(c.name, p.deliver(ctx, p.delivery(c, "contract")))
	}
	keyless := 0
	for _, q := range p.tagalong.since(mark) {
		if !q.taken() {
			f.add("%s was answered with %d: %s", q.target, q.status, brief(string(q.body)))
			continue
		}
		if q.route == routeEvents && q.header.Get("Idempotency-Key") == "" {
			keyless++
		}
		for _, one := range q.items {
			f.under("event "+one.id, refusedBy(one))
		}
	}
	if keyless > 0 {
		return f.verdict(fmt.Sprintf("%d pushes had no Idempotency-Key: a repeat is folded twice, which is harmless and slower", keyless))
	}
	return f.verdict()
}

// refusedBy says why the server would not take an item.
func refusedBy(one item) []string {
	if one.problem != nil {
		return []string{explain(one.problem).Error()}
	}
	return nil
}

// covered makes a situation of the cases whose golden events have a quality: there must be one, and it must come out right.
func covered(quality func(openapi.ContextEvent) bool) func(context.Context, *player) verdict {
	return func(ctx context.Context, p *player) verdict {
		cases := p.folder.with(quality)
		if len(cases) == 0 {
			return uncovered()
		}
		var f faults
		var names []string
		for _, c := range cases {
			names = append(names, c.name)
			f.under(c.name, p.golden(ctx, p.delivery(c, "covered")))
		}
		return f.verdict(shownBy(names))
	}
}

func shownBy(names []string) string { return "shown by " + strings.Join(names, ", ") }

func uncovered() verdict {
	return verdict{Outcome: fail, Details: []string{"no case shows it: add one, or say in " + settingsFile + " under skip why there can be none"}}
}

// with gives the cases of which a golden event has the quality.
func (f folder) with(quality func(openapi.ContextEvent) bool) (cases []testCase) {
	for _, c := range f.cases {
		g, err := c.expected("x")
		if err != nil {
			continue
		}
		if slices.ContainsFunc(g.Events, func(raw json.RawMessage) bool {
			var e openapi.ContextEvent
			return json.Unmarshal(raw, &e) == nil && quality(e)
		}) {
			cases = append(cases, c)
		}
	}
	return cases
}
