package plugincheck

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long the player waits for what should come.
type patience struct {
	// answer is how long a storefront waits for an answer to a delivery.
	answer time.Duration
	// push is how long a plugin that took a delivery may keep it before the event is there.
	push time.Duration
	// recover is how long it may keep it when Tagalong was down meanwhile.
	recover time.Duration
}

// player is the storefront.
type player struct {
	folder   folder
	base     *url.URL
	client   *http.Client
	patience patience
	tagalong *recorder
	// run is different in each run, and playing the situation that is played, so that no delivery has the id of an earlier one.
	run, playing string
	// told are the plugin's answers, to look for secrets in.
	told []string
}

// delivery is one case under one id.
type delivery struct {
	testCase
	id string
}

// delivery names a case's delivery in a part of a situation: a repeat has the same id, another part or situation another.
func (p *player) delivery(c testCase, part string) delivery {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.run, p.playing, part, c.name}, " ")))
	h := hex.EncodeToString(sum[:16])
	return delivery{c, h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]}
}

func (d delivery) body() []byte { return d.testCase.body(d.id) }

func (d delivery) golden() golden {
	g, err := d.expected(d.id)
	if err != nil {
		panic(err) // read and checked before, and an id changes no form
	}
	return g
}

// send delivers, rightly signed, and gives the status.
func (p *player) send(ctx context.Context, d delivery) (int, error) {
	body := d.body()
	header := p.folder.Signature.sign(p.folder.Secret, body)
	return p.post(ctx, d, body, &header)
}

func (p *player) post(ctx context.Context, d delivery, body []byte, signature *string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, p.patience.answer)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url(d.path), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, value := range d.headers {
		q.Header.Set(name, strings.ReplaceAll(value, deliveryMark, d.id))
	}
	q.Header.Del(p.folder.Signature.Header)
	if signature != nil {
		q.Header.Set(p.folder.Signature.Header, *signature)
	}
	answer, err := p.client.Do(q)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, fmt.Errorf("no answer within %s", p.patience.answer)
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	told, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	p.told = append(p.told, string(told))
	return answer.StatusCode, nil
}

// url is the plugin's; a path in --url stands over that of the folder.
func (p *player) url(path string) string {
	u := *p.base
	if u.Path == "" || u.Path == "/" {
		u.Path = path
	}
	return u.String()
}

// arrived waits for a golden's events and privacy requests, and says what did not come.
func (p *player) arrived(ctx context.Context, mark int, want golden, within time.Duration) []string {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if p.tagalong.await(ctx, mark, func(got []request) bool { return len(missing(got, want)) == 0 }) {
		return nil
	}
	lacks := missing(p.tagalong.since(mark), want)
	for i := range lacks {
		lacks[i] += fmt.Sprintf(" was not pushed within %s", within)
	}
	return lacks
}

// missing lists what of a golden was not taken yet. Privacy requests are counted: they have no id of their own.
func missing(got []request, want golden) (lacks []string) {
	ids := map[string]bool{}
	counts := map[string]int{}
	for _, q := range got {
		if !q.taken() {
			continue
		}
		for _, one := range q.items {
			ids[one.id] = true
			counts[q.route]++
		}
	}
	for _, raw := range want.Events {
		if id := eventID(raw); !ids[id] {
			lacks = append(lacks, "event "+id)
		}
	}
	if counts[routeRedact] < len(want.Redact) {
		lacks = append(lacks, "a request to redact")
	}
	if counts[routeExport] < len(want.Export) {
		lacks = append(lacks, "a request to export")
	}
	return lacks
}

// taken lists the items of the requests that were taken, without those of repeated requests.
func taken(got []request) (all []item) {
	for _, q := range got {
		if q.taken() && !q.repeat {
			all = append(all, q.items...)
		}
	}
	return all
}
