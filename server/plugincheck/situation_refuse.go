package plugincheck

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
)

// playForgeries sends what is not rightly signed. A right delivery after them shows that the plugin is there, and that what has
// been pushed by then came of this one alone.
func playForgeries(ctx context.Context, p *player) verdict {
	var f faults
	probe := *p.folder.probe()
	mark := p.tagalong.mark()
	forgeries := p.folder.Signature.forgeries(p.folder.Secret, p.delivery(probe, "forged").body())
	for _, forged := range forgeries {
		d := p.delivery(probe, "forged")
		status, err := p.post(ctx, d, d.body(), forged.header)
		switch {
		case err != nil:
			f.add("%s: was not answered: %v", forged.name, err)
		case status != http.StatusUnauthorized:
			f.add("%s: was answered with %d, want 401", forged.name, status)
		}
	}
	f.under("after them", p.alone(ctx, mark, probe, "right"))
	return f.verdict(fmt.Sprintf("%d forgeries", len(forgeries)))
}

// alone sends a right delivery and says what else was pushed since the mark.
func (p *player) alone(ctx context.Context, mark int, probe testCase, situation string) []string {
	right := p.delivery(probe, situation)
	lines := p.deliver(ctx, right)
	want := right.golden()
	if got := taken(p.tagalong.since(mark)); len(got) > len(want.Events)+len(want.Redact)+len(want.Export) {
		lines = append(lines, fmt.Sprintf("%d items were pushed, of which the right delivery has %d", len(got), len(want.Events)))
	}
	return lines
}

// playTooLarge sends a body that is rightly signed and one byte too long; blanks at its end change nothing of what it says.
func playTooLarge(ctx context.Context, p *player) verdict {
	var f faults
	probe := *p.folder.probe()
	mark := p.tagalong.mark()
	d := p.delivery(probe, "too_large")
	body := d.body()
	body = append(body, bytes.Repeat([]byte(" "), max(0, p.folder.MaxBody+1-len(body)))...)
	header := p.folder.Signature.sign(p.folder.Secret, body)
	status, err := p.post(ctx, d, body, &header)
	switch {
	case err != nil:
		f.add("%d bytes: were not answered: %v", len(body), err)
	case status != http.StatusRequestEntityTooLarge:
		f.add("%d bytes: were answered with %d, want 413", len(body), status)
	}
	f.under("after it", p.alone(ctx, mark, probe, "not too large"))
	return f.verdict()
}

// playSecrets looks through all that was pushed and answered so far. Alone it plays the golden files first.
func playSecrets(ctx context.Context, p *player) verdict {
	if p.tagalong.mark() == 0 {
		playGoldens(ctx, p)
	}
	var f faults
	for _, q := range p.tagalong.since(0) {
		where := map[string]string{"body": string(q.body), "address": q.target}
		for name, values := range q.header {
			if name != "Authorization" {
				where["header "+name] = strings.Join(values, ",")
			}
		}
		for part, text := range where {
			if p.folder.leaks(text) {
				f.add("a secret is in the %s of a request to %s", part, q.route)
			}
		}
	}
	for _, told := range p.told {
		if p.folder.leaks(told) {
			f.add("a secret is in an answer to the storefront")
		}
	}
	return f.verdict()
}

func (f folder) leaks(text string) bool {
	for _, secret := range append([]string{f.Secret, Key}, f.Secrets...) {
		if secret != "" && strings.Contains(text, secret) {
			return true
		}
	}
	return false
}
