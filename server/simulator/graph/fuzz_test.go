package graph_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// FuzzSends looks for a body that is answered with something that is no answer
// of Graph's.
func FuzzSends(f *testing.F) {
	for _, folder := range []string{"whatsapp", "messenger"} {
		files, err := os.ReadDir("testdata/" + folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if raw, err := os.ReadFile("testdata/" + folder + "/" + file.Name()); err == nil && strings.HasPrefix(file.Name(), "req_") {
				f.Add(folder == "whatsapp", raw)
			}
		}
	}
	w := closedWorld(f)
	f.Fuzz(func(t *testing.T, whatsApp bool, body []byte) { answers(t, w, whatsApp, body) })
}

// closedWorld has no network.
func closedWorld(t testing.TB) *graph.World {
	t.Helper()
	clock := graph.NewClock(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	w := graph.New(graph.Options{Seed: 1, Clock: clock, JournalLimit: 100, Client: &http.Client{Transport: inProcess{}}})
	_, personErr := w.AddPerson(graph.Person{ID: "anna", Phone: "16505551234"})
	for _, err := range []error{
		personErr,
		w.AddApp(t.Context(), graph.App{ID: "1", Secret: "s", HumanAgent: true}),
		w.AddNumber(graph.Number{ID: "10", Account: "11", Display: "15550783881", App: "1", Token: "T"}),
		w.AddPage(graph.Page{ID: "20", App: "1", Token: "P"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.AddTemplate("11", orderUpdate()); err != nil {
		t.Fatal(err)
	}
	return w
}

// answers sends a body while the windows are open, lets the message arrive and
// looks at it on the phone.
func answers(t *testing.T, w *graph.World, whatsApp bool, body []byte) {
	t.Helper()
	line, token := "20", "P"
	if whatsApp {
		line, token = "10", "T"
	}
	if _, err := w.Say("anna", line, graph.Inbound{Text: "hi"}); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+line+"/messages", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	rw := httptest.NewRecorder()
	w.Handler().ServeHTTP(rw, r)
	w.Advance(t.Context(), time.Minute)
	if _, err := w.Phones().Messages("anna", line+"-anna"); err != nil {
		t.Fatal(err)
	}
	var answer object
	if err := json.Unmarshal(rw.Body.Bytes(), &answer); err != nil || (rw.Code == http.StatusOK) == (answer["error"] != nil) {
		t.Errorf("%s: %d %s", body, rw.Code, rw.Body)
	}
}

// TestMangledBodiesAreAnswered changes the documented bodies at random places.
func TestMangledBodiesAreAnswered(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	odd := []any{nil, 1e300, -1.0, 0.5, "", strings.Repeat("x", 5000), "\x00", []any{}, []any{nil}, object{}, true, "-1", "1e300"}
	for _, folder := range []string{"whatsapp", "messenger"} {
		files, err := os.ReadDir("testdata/" + folder)
		must(t, err)
		for _, file := range files {
			name, _ := strings.CutSuffix(file.Name(), ".json")
			if !strings.HasPrefix(name, "req_") {
				continue
			}
			w := closedWorld(t)
			psid, err := w.ScopedID("anna", "20")
			must(t, err)
			for range 60 {
				body := fixture(t, folder+"/"+name, "{{Recipient-Phone-Number}}", "+16505551234", "<PSID>", psid)
				mangle(random, body, odd[random.IntN(len(odd))])
				raw, err := json.Marshal(body)
				must(t, err)
				answers(t, w, folder == "whatsapp", raw)
			}
		}
	}
}

// mangle puts a value somewhere into JSON.
func mangle(random *rand.Rand, v, odd any) {
	switch v := v.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(v))
		key := keys[random.IntN(len(keys))]
		if inner, ok := v[key].(object); ok && len(inner) > 0 && random.IntN(4) > 0 {
			mangle(random, inner, odd)
		} else if inner, ok := v[key].([]any); ok && len(inner) > 0 && random.IntN(4) > 0 {
			mangle(random, inner, odd)
		} else {
			v[key] = odd
		}
	case []any:
		i := random.IntN(len(v))
		if inner, ok := v[i].(object); ok && len(inner) > 0 {
			mangle(random, inner, odd)
		} else {
			v[i] = odd
		}
	}
}
