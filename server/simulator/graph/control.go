package graph

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Control is the remote control of a world, for tests and demos in other
// processes: everything that the methods of World do, as JSON below /sim/. It
// answers requests from this machine alone.
//
//	POST   /sim/app                      App
//	POST   /sim/app/{id}/callback        {object, url, verify_token}
//	POST   /sim/app/{id}/secret          {secret}
//	POST   /sim/app/{id}/test            {} what the button Test of the App Dashboard sends
//	POST   /sim/number|page|instagram    Number, Page, Account
//	POST   /sim/template/{owner}         Template
//	POST   /sim/review/{owner}           {name, language, event, reason}
//	GET    /sim/user                     → people
//	POST   /sim/user                     Person
//	POST   /sim/user/{id}/send           {line} and Inbound → {id}
//	POST   /sim/user/{id}/click          {link, then: send|edit|delete|never, text} → Draft and {sent}
//	POST   /sim/user/{id}/start          {line}
//	POST   /sim/user/{id}/tap            {message, choice} → {id, url}
//	POST   /sim/user/{id}/read           {line, open}
//	POST   /sim/user/{id}/block          {line, blocked}
//	POST   /sim/user/{id}/promotions     {line, wanted}
//	POST   /sim/user/{id}/away           {away}
//	POST   /sim/user/{id}/receipts       {on}
//	POST   /sim/user/{id}/phone          {phone} → {user_id}
//	POST   /sim/user/{id}/username       {username}
//	GET    /sim/user/{id}/thread/{line}  → {messages, presence, scoped_id}
//	POST   /sim/merchant/{line}/echo     {person} and Echo → {id}
//	POST   /sim/merchant/{line}/restrict {code}
//	POST   /sim/merchant/{line}/token    {token}
//	POST   /sim/merchant/{line}/owner    {person, app}
//	POST   /sim/account/{id}/event       {field, value}
//	POST   /sim/token                    {token, expires}
//	POST   /sim/fault                    Fault → {id}
//	DELETE /sim/fault/{id}               {id} may be "all"
//	POST   /sim/profile                  Profile, or {name: calm|nasty} alone
//	POST   /sim/advance                  {seconds}
//	POST   /sim/died                     {seconds}: the client was ended by force
//	GET    /sim/journal?after=N&kind=K   → entries
//	GET    /sim/invariants               → Report
//	GET    /sim/said                     → what people let businesses know
//	GET    /sim/outcomes                 → what became of accepted messages
func (w *World) Control() http.Handler {
	mux := http.NewServeMux()
	w.controlBusiness(mux)
	w.controlPeople(mux)
	w.controlWorld(mux)
	return localOnly(http.NewCrossOriginProtection().Handler(mux))
}

// localOnly refuses who is not on this machine, and a page that got there under
// a name of its own.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		from, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !net.ParseIP(from).IsLoopback() || !localName(r.Host) {
			http.Error(rw, "the simulator is controlled from its own machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func localName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// take makes a handler of what wants T and returns an answer; nil is {}.
func take[T any](do func(r *http.Request, in T) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var in T
		raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 32<<20))
		if err == nil && len(raw) > 0 {
			err = json.Unmarshal(raw, &in)
		}
		var out any
		if err == nil {
			out, err = do(r, in)
		}
		status := http.StatusOK
		if err != nil {
			status, out = http.StatusBadRequest, object{"error": err.Error()}
		}
		if out == nil {
			out = object{}
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(status)
		_ = json.NewEncoder(rw).Encode(out) // the caller has left
	}
}

type nothing struct{}

func (w *World) controlBusiness(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/app", take(func(r *http.Request, a App) (any, error) { return nil, w.AddApp(r.Context(), a) }))
	mux.HandleFunc("POST /sim/app/{id}/callback", take(func(r *http.Request, in struct {
		Object string `json:"object"`
		Callback
	},
	) (any, error) {
		return nil, w.SetCallback(r.Context(), r.PathValue("id"), in.Object, in.Callback)
	}))
	mux.HandleFunc("POST /sim/app/{id}/secret", take(func(r *http.Request, in struct{ Secret string }) (any, error) {
		return nil, w.SetSecret(r.PathValue("id"), in.Secret)
	}))
	mux.HandleFunc("POST /sim/app/{id}/test", take(func(r *http.Request, _ nothing) (any, error) {
		return nil, w.DashboardTest(r.PathValue("id"))
	}))
	mux.HandleFunc("POST /sim/number", take(func(_ *http.Request, n Number) (any, error) { return nil, w.AddNumber(n) }))
	mux.HandleFunc("POST /sim/page", take(func(_ *http.Request, p Page) (any, error) { return nil, w.AddPage(p) }))
	mux.HandleFunc("POST /sim/instagram", take(func(_ *http.Request, a Account) (any, error) { return nil, w.AddInstagram(a) }))
	mux.HandleFunc("POST /sim/template/{owner}", take(func(r *http.Request, t Template) (any, error) {
		return w.AddTemplate(r.PathValue("owner"), t)
	}))
	mux.HandleFunc("POST /sim/review/{owner}", take(func(r *http.Request, in struct{ Name, Language, Event, Reason string }) (any, error) {
		return nil, w.Review(r.PathValue("owner"), in.Name, in.Language, in.Event, in.Reason)
	}))
	mux.HandleFunc("POST /sim/merchant/{line}/echo", take(func(r *http.Request, in struct {
		Person string
		Echo
	},
	) (any, error) {
		id, err := w.Echo(r.PathValue("line"), in.Person, in.Echo)
		return object{"id": id}, err
	}))
	mux.HandleFunc("POST /sim/merchant/{line}/restrict", take(func(r *http.Request, in struct{ Code int }) (any, error) {
		return nil, w.Restrict(r.PathValue("line"), in.Code)
	}))
	mux.HandleFunc("POST /sim/merchant/{line}/token", take(func(r *http.Request, in struct{ Token string }) (any, error) {
		return nil, w.ReplaceToken(r.PathValue("line"), in.Token)
	}))
	mux.HandleFunc("POST /sim/merchant/{line}/owner", take(func(r *http.Request, in struct{ Person, App string }) (any, error) {
		return nil, w.GiveThread(in.Person, r.PathValue("line"), in.App)
	}))
	mux.HandleFunc("POST /sim/account/{id}/event", take(func(r *http.Request, in struct {
		Field string
		Value object
	},
	) (any, error) {
		return nil, w.AccountEvent(r.PathValue("id"), in.Field, in.Value)
	}))
	mux.HandleFunc("POST /sim/token", take(func(_ *http.Request, in struct {
		Token   string
		Expires time.Time
	},
	) (any, error) {
		return nil, w.ExpireToken(in.Token, in.Expires)
	}))
}

// onLine is what names a line beside whatever else.
type onLine struct {
	Line    string
	Open    bool
	Blocked bool
	Wanted  bool
}

func (w *World) controlPeople(mux *http.ServeMux) {
	mux.HandleFunc("GET /sim/user", take(func(*http.Request, nothing) (any, error) { return w.People(), nil }))
	mux.HandleFunc("POST /sim/user", take(func(_ *http.Request, p Person) (any, error) { return w.AddPerson(p) }))
	mux.HandleFunc("POST /sim/user/{id}/send", take(func(r *http.Request, in struct {
		Line string `json:"line"`
		Inbound
	},
	) (any, error) {
		id, err := w.Say(r.PathValue("id"), in.Line, in.Inbound)
		return object{"id": id}, err
	}))
	mux.HandleFunc("POST /sim/user/{id}/click", take(w.controlClick))
	mux.HandleFunc("POST /sim/user/{id}/start", take(func(r *http.Request, in onLine) (any, error) {
		id, err := w.Start(r.PathValue("id"), in.Line)
		return object{"id": id}, err
	}))
	mux.HandleFunc("POST /sim/user/{id}/tap", take(func(r *http.Request, in struct{ Message, Choice string }) (any, error) {
		id, address, err := w.Tap(r.PathValue("id"), in.Message, in.Choice)
		return object{"id": id, "url": address}, err
	}))
	mux.HandleFunc("POST /sim/user/{id}/read", take(func(r *http.Request, in onLine) (any, error) {
		return nil, w.look(r.PathValue("id"), in.Line, in.Open)
	}))
	mux.HandleFunc("POST /sim/user/{id}/block", take(func(r *http.Request, in onLine) (any, error) {
		return nil, w.Block(r.PathValue("id"), in.Line, in.Blocked)
	}))
	mux.HandleFunc("POST /sim/user/{id}/promotions", take(func(r *http.Request, in onLine) (any, error) {
		return nil, w.Promotions(r.PathValue("id"), in.Line, in.Wanted)
	}))
	mux.HandleFunc("POST /sim/user/{id}/away", take(func(r *http.Request, in struct{ Away bool }) (any, error) {
		return nil, w.SetAway(r.PathValue("id"), in.Away)
	}))
	mux.HandleFunc("POST /sim/user/{id}/receipts", take(func(r *http.Request, in struct{ On bool }) (any, error) {
		return nil, w.SetReadReceipts(r.PathValue("id"), in.On)
	}))
	mux.HandleFunc("POST /sim/user/{id}/phone", take(func(r *http.Request, in struct{ Phone string }) (any, error) {
		id, err := w.ChangePhone(r.PathValue("id"), in.Phone)
		return object{"user_id": id}, err
	}))
	mux.HandleFunc("POST /sim/user/{id}/username", take(func(r *http.Request, in struct{ Username string }) (any, error) {
		return nil, w.AdoptUsername(r.PathValue("id"), in.Username)
	}))
	mux.HandleFunc("GET /sim/user/{id}/thread/{line}", take(w.controlThread))
}

// controlClick opens a link and does with the draft what the person is to do.
func (w *World) controlClick(r *http.Request, in struct{ Link, Then, Text string }) (any, error) {
	person := r.PathValue("id")
	draft, err := w.Click(person, in.Link)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Draft
		Started string `json:"started,omitempty"`
		Sent    string `json:"sent,omitempty"`
	}{Draft: draft}
	said := map[string]string{"send": draft.Text, "edit": in.Text, "delete": "", "never": "", "": ""}
	text, known := said[in.Then]
	if !known {
		return nil, errors.New("graph: then is send, edit, delete or never")
	}
	if draft.Start && in.Then != "never" && in.Then != "" {
		if answer.Started, err = w.Start(person, draft.Line); err != nil {
			return nil, err
		}
	}
	if text != "" {
		answer.Sent, err = w.Say(person, draft.Line, Inbound{Text: text})
	}
	return answer, err
}

func (w *World) controlThread(r *http.Request, _ nothing) (any, error) {
	person, line := r.PathValue("id"), r.PathValue("line")
	messages, err := w.Thread(person, line)
	if err != nil {
		return nil, err
	}
	presence, err := w.Presence(person, line)
	if err != nil {
		return nil, err
	}
	scoped, err := w.ScopedID(person, line)
	return object{"messages": messages, "presence": presence, "scoped_id": scoped}, err
}

func (w *World) controlWorld(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/fault", take(func(_ *http.Request, f Fault) (any, error) { return object{"id": w.AddFault(f)}, nil }))
	mux.HandleFunc("DELETE /sim/fault/{id}", take(func(r *http.Request, _ nothing) (any, error) {
		w.RemoveFault(strings.TrimSuffix(r.PathValue("id"), "all"))
		return nil, nil
	}))
	mux.HandleFunc("POST /sim/profile", take(func(_ *http.Request, in json.RawMessage) (any, error) { return w.controlProfile(in) }))
	mux.HandleFunc("POST /sim/advance", take(func(r *http.Request, in struct{ Seconds float64 }) (any, error) {
		if w.options.Clock == nil {
			return nil, errors.New("graph: the world goes by the real time")
		}
		w.Advance(r.Context(), time.Duration(in.Seconds*float64(time.Second)))
		return nil, nil
	}))
	mux.HandleFunc("POST /sim/died", take(func(_ *http.Request, in struct{ Seconds float64 }) (any, error) {
		w.ClientDied(time.Duration(in.Seconds * float64(time.Second)))
		return nil, nil
	}))
	mux.HandleFunc("GET /sim/journal", take(func(r *http.Request, _ nothing) (any, error) { return w.controlJournal(r), nil }))
	mux.HandleFunc("GET /sim/invariants", take(func(*http.Request, nothing) (any, error) { return w.Invariants(), nil }))
	mux.HandleFunc("GET /sim/said", take(func(*http.Request, nothing) (any, error) { return w.Said(), nil }))
	mux.HandleFunc("GET /sim/outcomes", take(func(*http.Request, nothing) (any, error) { return w.Outcomes(), nil }))
}

// controlProfile takes a whole profile, or the name of one of ours alone.
func (w *World) controlProfile(raw json.RawMessage) (any, error) {
	var keys object
	if err := json.Unmarshal(raw, &keys); err != nil {
		return nil, err
	}
	var p Profile
	if text(keys, "name") == "nasty" {
		p = Nasty()
	} else if text(keys, "name") == "calm" {
		p = Calm()
	}
	// What is given beside the name changes it.
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	w.SetProfile(p)
	return p, nil
}

func (w *World) controlJournal(r *http.Request) []Entry {
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // from the start
	kind := r.URL.Query().Get("kind")
	entries := []Entry{}
	for _, e := range w.Journal() {
		if e.N > after && (kind == "" || e.Kind == kind) {
			entries = append(entries, e)
		}
	}
	return entries
}
