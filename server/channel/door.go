package channel

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Webhooks is what the door must remember; a store is one.
type Webhooks interface {
	ProviderAppByID(ctx context.Context, id chat.ProviderAppID) (chat.ProviderApp, error)
	// KeepRaw writes a webhook with the task that takes it in, in one transaction; false: it is known, and nothing was written.
	KeepRaw(ctx context.Context, r chat.Raw) (bool, error)
}

// DoorOptions of a Door. Store, Providers and Problem are needed.
type DoorOptions struct {
	Store     Webhooks
	Providers []Provider
	// Problem answers a request with an error as problem+json.
	Problem func(http.ResponseWriter, *http.Request, error)
	// Wake tells the worker that a webhook waits to be taken in. It must not block.
	Wake func()
	Log  *slog.Logger
	Now  func() time.Time

	BodyWithin time.Duration // how long a body may take to come; 10 s
	Memory     int64         // bytes that bodies may take at a time; 96 MiB
}

// DoorMetrics are the door's counters. They only rise; whoever exports them reads them when asked.
type DoorMetrics struct {
	Received atomic.Int64 // webhooks of apps that there are
	Refused  atomic.Int64 // of these: not signed, too large, too slow
	Kept     atomic.Int64 // of these: written, for the worker to take in
	Repeated atomic.Int64 // of these: known already
	Failed   atomic.Int64 // of these: not written, so that the provider sends them again
}

// Door takes the webhooks of all providers in, at /hooks/{provider}/{provider app}. It writes a body down as it came and thanks for
// it; what it says is read by the worker. So it answers in the time of one commit, and a webhook that nobody understands is not lost.
type Door struct {
	Metrics DoorMetrics

	o         DoorOptions
	providers map[chat.Provider]Provider
	apps      appCache
	memory    *semaphore.Weighted
	mux       *http.ServeMux
	refusals  rate.Sometimes // of which is told in the log
}

// NewDoor makes a Door.
func NewDoor(o DoorOptions) *Door {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.BodyWithin == 0 {
		o.BodyWithin = 10 * time.Second
	}
	if o.Memory == 0 {
		o.Memory = 96 << 20
	}
	d := &Door{
		o: o, providers: map[chat.Provider]Provider{}, memory: semaphore.NewWeighted(o.Memory), mux: http.NewServeMux(),
		refusals: rate.Sometimes{First: 3, Interval: 10 * time.Second},
	}
	for _, p := range o.Providers {
		d.providers[p.Name()] = p
	}
	d.mux.HandleFunc("/hooks/{provider}/{app}", d.serve)
	d.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { o.Problem(w, r, chat.ErrNotFound) })
	return d
}

// Errors of this door.
var (
	errSignature = &chat.Error{Kind: chat.KindUnauthorized, Code: "bad_signature", Message: "The signature does not match."}
	errToken     = &chat.Error{Kind: chat.KindForbidden, Code: "forbidden", Message: "The verify token does not match."}
	errMethod    = &chat.Error{Kind: chat.KindMalformed, Code: "method_not_allowed", Message: "This path does not take that method."}
	errTimeout   = &chat.Error{Kind: chat.KindMalformed, Code: "timeout", Message: "The request came too slowly."}
	errCutOff    = &chat.Error{Kind: chat.KindMalformed, Code: "bad_json", Message: "The body ended too early."}
	errEncoding  = &chat.Error{Kind: chat.KindUnsupported, Code: "unsupported_encoding", Message: "A Content-Encoding is not accepted."}
)

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

func (d *Door) serve(w http.ResponseWriter, r *http.Request) {
	p, app, err := d.find(r)
	switch {
	case err != nil:
	case r.Method == http.MethodGet:
		err = d.handshake(w, r, p, app)
	case r.Method == http.MethodPost:
		err = d.receive(w, r, p, app)
	default:
		w.Header().Set("Allow", "GET, POST")
		err = errMethod
	}
	if err != nil {
		d.o.Problem(w, r, err)
	}
}

// find gives the provider and the app that the path names. An app of another provider is not there.
func (d *Door) find(r *http.Request) (Provider, chat.ProviderApp, error) {
	p, known := d.providers[chat.Provider(r.PathValue("provider"))]
	id := r.PathValue("app")
	if !known || !chat.ValidID(chat.PrefixProviderApp, id) {
		return nil, chat.ProviderApp{}, chat.ErrNotFound
	}
	app, err := d.apps.find(r.Context(), d.o.Store, chat.ProviderAppID(id), d.o.Now())
	switch {
	case errors.Is(err, chat.ErrNotFound) || err == nil && app.Provider != p.Name():
		return nil, chat.ProviderApp{}, chat.ErrNotFound
	case err != nil:
		return nil, chat.ProviderApp{}, d.unavailable(r, "find provider app", chat.ProviderAppID(id), err)
	}
	return p, app, nil
}

// unavailable makes any trouble of the store's a reason to come again: a provider that is told anything else may give up.
func (d *Door) unavailable(r *http.Request, doing string, app chat.ProviderAppID, err error) error {
	d.o.Log.ErrorContext(r.Context(), "webhook not taken", "doing", doing, "provider_app", app, "error", err)
	return chat.ErrTryAgain
}

// handshake answers the provider's question whether this address is ours. What is said back is plain text of plain characters, since
// it is whatever the asker wants to hear.
func (d *Door) handshake(w http.ResponseWriter, r *http.Request, p Provider, app chat.ProviderApp) error {
	body, ok, asked := p.Handshake(r, app)
	switch {
	case !asked:
		return chat.ErrNotFound
	case !ok || app.VerifyToken == "" || !tokenSafe(body):
		return errToken
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, body) // whoever has gone asks again
	return nil
}

const maxChallenge = 256

// tokenSafe tells whether s consists of RFC 3986's unreserved characters.
func tokenSafe(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '.' && c != '_' && c != '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxChallenge
}

// receive limits, verifies and keeps a webhook, in this order. Whatever it says, its thanks mean that it is on disk.
func (d *Door) receive(w http.ResponseWriter, r *http.Request, p Provider, app chat.ProviderApp) error {
	d.Metrics.Received.Add(1)
	limit := p.MaxBody()
	size, err := expected(r, limit)
	if err != nil {
		return d.refused(r, app, err)
	}
	if !d.acquire(r.Context(), size) {
		d.Metrics.Failed.Add(1)
		return chat.ErrTryAgain
	}
	defer d.memory.Release(size)
	body, err := d.read(w, r, limit)
	if err != nil {
		return d.refused(r, app, err)
	}
	if !p.Verify(r.Header, body, usable(app.Secrets)) {
		return d.refused(r, app, errSignature)
	}
	fresh, err := d.o.Store.KeepRaw(r.Context(), chat.Raw{
		ID: chat.NewID[chat.RawID](chat.PrefixRaw, rand.Reader), App: app.ID, Merchant: app.Merchant, Provider: app.Provider,
		Hash: sha256.Sum256(body), Body: body, At: chat.At(d.o.Now()), State: chat.RawPending,
	})
	if err != nil {
		d.Metrics.Failed.Add(1)
		return d.unavailable(r, "keep", app.ID, err)
	}
	if fresh {
		d.Metrics.Kept.Add(1)
		d.o.Wake()
	} else {
		d.Metrics.Repeated.Add(1)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// refused counts and passes err. A wrong secret makes every webhook of an app fail, so the log is told of some only.
func (d *Door) refused(r *http.Request, app chat.ProviderApp, err error) error {
	d.Metrics.Refused.Add(1)
	d.refusals.Do(func() {
		d.o.Log.WarnContext(r.Context(), "webhook refused", "provider", app.Provider, "provider_app", app.ID, "error", err)
	})
	return err
}

// usable leaves out empty secrets: with one of these, anybody can sign.
func usable(secrets []string) []string {
	return slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == "" })
}

// expected gives the most that the request's body may take.
func expected(r *http.Request, limit int64) (int64, error) {
	switch {
	case len(r.Header.Values("Content-Encoding")) > 0:
		return 0, errEncoding
	case r.ContentLength > limit:
		return 0, chat.ErrTooLarge
	case r.ContentLength >= 0:
		return r.ContentLength, nil
	}
	return limit, nil
}

const memoryWithin = 2 * time.Second

// acquire waits shortly for room for a body.
func (d *Door) acquire(ctx context.Context, size int64) bool {
	if d.memory.TryAcquire(size) {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, memoryWithin)
	defer cancel()
	return d.memory.Acquire(ctx, size) == nil
}

// read reads the body's bytes as they came: the signature is over them.
func (d *Door) read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d.o.BodyWithin)) // not every writer has one
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case err == nil:
		return body, nil
	case tooLarge:
		return nil, chat.ErrTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errTimeout
	}
	return nil, errCutOff
}
