package plugincheck

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// played plays the stall's cases against a stall with faults, and gives the verdicts.
func played(t *testing.T, s *stall, push time.Duration, situations ...string) []verdict {
	t.Helper()
	f, err := readFolder("testdata/stall")
	if err != nil {
		t.Fatal(err)
	}
	return playedWith(t, f, s, push, situations...)
}

func playedWith(t *testing.T, f folder, s *stall, push time.Duration, situations ...string) []verdict {
	t.Helper()
	tagalong := newRecorder(f.latest(time.Now()))
	at, stop, err := tagalong.listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s.url = at
	plugin := httptest.NewServer(s)
	t.Cleanup(plugin.Close)
	base, err := url.Parse(plugin.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{
		folder: f, base: base, client: plugin.Client(), tagalong: tagalong, run: "test",
		patience: patience{answer: time.Minute, push: push, recover: push},
	}
	return p.play(t.Context(), situations)
}

func failed(verdicts []verdict) (ids []string) {
	for _, v := range verdicts {
		if v.Outcome == fail {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

func TestAPluginThatIsRightStandsEverySituation(t *testing.T) {
	for _, v := range played(t, &stall{}, time.Minute) {
		if v.Outcome != pass {
			t.Errorf("%s: %s %q", v.ID, v.Outcome, v.Details)
		}
	}
}

// Many plugins remember which deliveries they had. Each situation has its own, also where two situations are shown by one case.
func TestAPluginThatRemembersDeliveriesStandsThemToo(t *testing.T) {
	s := &stall{seen: map[string]bool{}}
	for _, v := range played(t, s, time.Second) {
		if v.Outcome != pass {
			t.Errorf("%s: %s %q", v.ID, v.Outcome, v.Details)
		}
	}
}

// A plugin may also take a delivery and push it when it can.
func TestAPluginWithAnOutboxStandsThemToo(t *testing.T) {
	s := &stall{outbox: make(chan []byte, 100)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.drain(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	verdicts := played(t, s, time.Minute)
	for _, v := range verdicts {
		if v.Outcome != pass {
			t.Errorf("%s: %s %q", v.ID, v.Outcome, v.Details)
		}
		if v.ID == "down" && !slices.Contains(v.Details, waysKeep) {
			t.Errorf("down: %q, want that the plugin keeps what it took", v.Details)
		}
	}
}

// drain pushes what lies in the outbox, each until it is taken.
func (s *stall) drain(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case body := <-s.outbox:
			path := "/events"
			if bytes.Contains(body, []byte(`"reference"`)) {
				path = "/privacy/redact"
			}
			for {
				status := s.push(path, body)
				if status/100 == 2 || ctx.Err() != nil {
					break
				}
				wait := 20 * time.Millisecond
				if status == http.StatusTooManyRequests {
					wait = askedToWait
				}
				pause(ctx, wait)
			}
		}
	}
}

// Each fault must be seen by the situation that is there for it.
func TestABrokenPluginFailsWhatItBreaks(t *testing.T) {
	for fault, want := range map[string][]string{
		"does not verify":                   {"bad_signature"},
		"takes the unsigned":                {"bad_signature"},
		"tells its secret":                  {"secrets"},
		"sends its secret along":            {"secrets"},
		"takes any size":                    {"too_large"},
		"counts its own ids":                {"golden", "repeated"},
		"takes the clock for the version":   {"golden", "reversed", "shuffled"},
		"thinks all money has cents":        {"golden", "no_decimals", "three_decimals"},
		"reads ids as floats":               {"golden", "big_ids"},
		"makes up guests":                   {"golden", "guest"},
		"guesses statuses":                  {"golden", "unknown_status"},
		"forgets nobody":                    {"golden", "redaction"},
		"adds fields of its own":            {"contract"},
		"answers 400 when Tagalong is down": {"down"},
		"swallows refusals":                 {"down"},
		"does not wait":                     {"slow_down"},
		"asks for invalid ones again":       {"invalid_item"},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			only := want
			if slices.Contains(want, "secrets") {
				only = []string{"golden", "bad_signature", "secrets"} // what is looked through
			}
			// What never comes is waited for; nothing that comes is missed, since a stall pushes before it answers.
			got := failed(played(t, &stall{faults: map[string]bool{fault: true}}, 30*time.Millisecond, only...))
			if !slices.Equal(got, want) {
				t.Errorf("fails %v, want %v", got, want)
			}
		})
	}
}

// A folder that shows too little is a fault too, unless it says why it can show no more.
func TestWhatNoCaseShowsIsNotPassed(t *testing.T) {
	f, err := readFolder("testdata/stall")
	if err != nil {
		t.Fatal(err)
	}
	f.cases = slices.DeleteFunc(slices.Clone(f.cases), func(c testCase) bool { return c.name != "a_placed" })
	ids := []string{"reversed", "no_decimals", "three_decimals", "big_ids", "guest", "unknown_status", "redaction"}
	if got := failed(playedWith(t, f, &stall{}, time.Minute, ids...)); !slices.Equal(got, ids) {
		t.Errorf("with one case %v fail, want %v", got, ids)
	}
	f.Skip = map[string]string{"three_decimals": "The platform has no such currency."}
	for _, v := range playedWith(t, f, &stall{}, time.Minute, "three_decimals") {
		if v.Outcome != skip || !slices.Equal(v.Details, []string{"The platform has no such currency."}) {
			t.Errorf("got %+v", v)
		}
	}
}

func TestAFolderWithMistakesIsRefused(t *testing.T) {
	const good = `{"secret":"s","path":"/","signature":{"header":"X","algorithm":"hmac-sha256","encoding":"hex"}}`
	const order = `{"events":[{"id":"1","type":"order.upserted","version":1,"occurred_at":"2026-11-20T10:00:00Z","order":{"external_id":"1"}}]}`
	with := func(field string) string { return strings.Replace(good, "{", "{"+field+",", 1) }
	for name, c := range map[string]struct{ settings, golden, want string }{
		"a field that is not known":        {with(`"secrit":"s"`), order, "secrit"},
		"no secret":                        {strings.Replace(good, `"s"`, `""`, 1), order, "secret is missing"},
		"an algorithm that is not known":   {strings.Replace(good, "sha256", "md5", 1), order, "hmac-md5"},
		"an encoding that is not known":    {strings.Replace(good, `"hex"`, `"rot13"`, 1), order, "rot13"},
		"a skip of nothing":                {with(`"skip":{"rain":"it rains"}`), order, "rain"},
		"a skip without a reason":          {with(`"skip":{"guest":""}`), order, "no reason"},
		"headers for no case":              {with(`"deliveries":{"other":{}}`), order, "other"},
		"no case that becomes an event":    {good, `{"events":[]}`, "no case"},
		"a golden file with a typing slip": {good, `{"evnts":[]}`, "evnts"},
		"a golden event of no type":        {good, strings.Replace(order, "order.upserted", "order.changed", 1), "type"},
		"no golden file":                   {good, "", "no golden file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range map[string]string{"check.json": c.settings, "one.json": "{}", "one.golden.json": c.golden} {
				if content == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := readFolder(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something about %q", err, c.want)
			}
		})
	}
}

func TestTheReport(t *testing.T) {
	verdicts := []verdict{
		{"golden", "each is right", pass, []string{"2 deliveries"}}, {"down", "nothing is lost", fail, []string{"was answered with 400"}},
	}
	var text, asJSON bytes.Buffer
	if err := tell(&text, false, verdicts); err == nil || err.Error() != "1 of 2 situations failed" {
		t.Errorf("got %v", err)
	}
	for _, line := range []string{"pass  golden", "fail  down", "was answered with 400", "1 passed, 1 failed, 0 skipped"} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("%q is not in\n%s", line, &text)
		}
	}
	var report struct {
		Passed     bool      `json:"passed"`
		Situations []verdict `json:"situations"`
	}
	if err := tell(&asJSON, true, verdicts); err == nil {
		t.Error("a failed situation is no error in JSON")
	}
	if err := json.Unmarshal(asJSON.Bytes(), &report); err != nil || report.Passed || len(report.Situations) != 2 {
		t.Errorf("%v: %s", err, &asJSON)
	}
	if err := tell(&text, true, verdicts[:1]); err != nil {
		t.Errorf("all passed, and %v", err)
	}
}

func TestMainRefusesWhatItCannotPlay(t *testing.T) {
	for name, args := range map[string][]string{
		"no address":        {"--cases", "testdata/stall"},
		"no http address":   {"--url", "stall", "--cases", "testdata/stall"},
		"no folder":         {"--url", "http://127.0.0.1:1", "--cases", "testdata/none"},
		"another situation": {"--url", "http://127.0.0.1:1", "--cases", "testdata/stall", "--only", "rain"},
		"nobody there":      {"--url", "http://127.0.0.1:1", "--cases", "testdata/stall", "--listen", "127.0.0.1:0", "--start-within", "10ms"},
	} {
		if err := Main(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The guide for authors of plugins is held to what is there.
func TestTheGuideNamesEachSituationAndSetting(t *testing.T) {
	guide, err := os.ReadFile("../../plugins/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range situations {
		if !bytes.Contains(guide, []byte("`"+s.id+"`")) {
			t.Errorf("plugins/README.md does not name %s", s.id)
		}
	}
	_, rest, _ := strings.Cut(string(guide), "```json\n")
	example, _, found := strings.Cut(rest, "```")
	file := filepath.Join(t.TempDir(), settingsFile)
	if err := os.WriteFile(file, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	var read settings
	if err := readJSON(file, &read); !found || err != nil || read.Signature.check() != nil {
		t.Errorf("the guide's check.json is not read: %v, %+v", err, read)
	}
	for id := range read.Skip {
		if !known(id) {
			t.Errorf("the guide skips %s, which is no situation", id)
		}
	}
}
