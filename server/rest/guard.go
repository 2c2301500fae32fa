package rest

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Limits of a request.
const (
	maxBody       = 256 << 10
	maxUpload     = 25 << 20
	maxQuery      = 4 << 10
	maxCredential = 256
	bodyWithin    = 10 * time.Second // a JSON body must have come by then; of a file, the next bytes
	uploadWithin  = 5 * time.Minute
	answerWithin  = 30 * time.Second
)

// session is who calls, as the gates have found them.
type session struct {
	caller chat.Caller
	hash   [32]byte  // names the agent's or shopper's session
	shop   chat.Shop // of a path below a shop
	from   string    // the client's address, for limits
	body   []byte    // checked JSON
}

func sessionOf(ctx context.Context) session {
	s, _ := ctx.Value(keySession).(session)
	return s
}

// guarded is the router that the generated code fills: it puts the gates before each operation. An operation that the table does not
// have must not be served, so it stops the start.
type guarded struct{ *Door }

func (g guarded) HandleFunc(pattern string, handle func(http.ResponseWriter, *http.Request)) {
	op, ok := operations[pattern]
	if !ok {
		panic("rest: no rules for " + pattern)
	}
	g.routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { g.guard(w, r, op, handle) })
}

// guard takes a request through the gates.
func (d *Door) guard(w http.ResponseWriter, r *http.Request, op operation, handle http.HandlerFunc) {
	within := answerWithin
	if op.upload {
		within = uploadWithin
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	r = r.WithContext(ctx)
	s := session{from: addressKey(d.clientIP(r))}
	for _, gate := range []func() error{
		func() error { return d.admit(r, op, &s) },
		func() error { return d.enter(r, &s) },
		func() error { return d.limit(op, s, r.PathValue("conversation")) },
		func() error { return checkQuery(r, op) },
		func() error { return d.takeBody(w, r, op, &s) },
	} {
		if err := gate(); err != nil {
			d.refuse(w, r, err)
			return
		}
	}
	handle(w, r.WithContext(context.WithValue(ctx, keySession, s)))
}

// admit proves the caller and checks that they may call the operation at all.
func (d *Door) admit(r *http.Request, op operation, s *session) (err error) {
	if op.inbox {
		if !d.auth.OnInbox(r) {
			return errMisdirected
		}
		return d.auth.SameOrigin(r)
	}
	if !op.agent && !op.manager && op.scope == "" && !op.plugin && !op.shopper && !op.guest {
		return nil
	}
	token, given, err := bearer(r)
	switch {
	case err != nil:
		return err
	case op.guest && !given:
		return nil
	case given && (op.shopper || op.guest):
		s.caller, s.hash, err = d.auth.ShopperByToken(r.Context(), r.PathValue("key"), token)
		return err
	case given && (op.scope != "" || op.plugin):
		if s.caller, err = d.auth.PluginByKey(r.Context(), token); err == nil && !op.plugin && !s.caller.Has(op.scope) {
			err = chat.ErrInsufficientScope
		}
		return err
	case given || op.shopper || !op.agent && !op.manager:
		return chat.ErrUnauthenticated
	}
	if err := d.auth.SameOrigin(r); err != nil {
		return err
	}
	if s.caller, s.hash, err = d.auth.AgentByRequest(r); err == nil && op.manager && !s.caller.Role.Manages() {
		err = chat.ErrForbidden
	}
	return err
}

// bearer reads the Authorization header. More than one, or one of another scheme, is no credential.
func bearer(r *http.Request) (token string, given bool, err error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", false, nil
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || len(token) > maxCredential || !strings.EqualFold(scheme, "Bearer") {
		return "", true, chat.ErrUnauthenticated
	}
	return token, true, nil
}

// idPrefixes of the ids in paths. What does not have their form names nothing.
var idPrefixes = map[string]string{
	"shop": chat.PrefixShop, "agent": chat.PrefixAgent, "invitation": chat.PrefixInvitation, "plugin_key": chat.PrefixPluginKey,
	"conversation": chat.PrefixConversation, "shopper": chat.PrefixShopper, "key": chat.PrefixShopKey,
	"provider_app": chat.PrefixProviderApp, "account": chat.PrefixAccount, "raw": chat.PrefixRaw, "delivery": chat.PrefixDelivery,
	"handoff": chat.PrefixHandoff, "webhook": chat.PrefixWebhook, "webhook_delivery": chat.PrefixHookDelivery,
	"privacy_request": chat.PrefixPrivacy,
}

// enter finds the shop that the path names and checks that the caller belongs to it: the wall between merchants, for all paths below
// a shop at once. What is not the caller's is not found.
func (d *Door) enter(r *http.Request, s *session) (err error) {
	for name, prefix := range idPrefixes {
		if id := r.PathValue(name); id != "" && !chat.ValidID(prefix, id) {
			return chat.ErrNotFound
		}
	}
	if id := r.PathValue("shop"); id != "" {
		s.shop, err = d.chat.Shop(r.Context(), s.caller, chat.ShopID(id))
	} else if key := r.PathValue("key"); key != "" {
		s.shop, err = d.auth.ShopByKey(r.Context(), key)
	}
	return err
}

// checkQuery refuses parameters that the operation does not have, and those that come twice.
func checkQuery(r *http.Request, op operation) error {
	if len(r.URL.RawQuery) > maxQuery {
		return chat.ErrBadQuery
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return chat.ErrBadQuery
	}
	for name, values := range query {
		if !slices.Contains(op.query, name) || len(values) != 1 || values[0] == "" {
			return chat.ErrBadQuery
		}
	}
	return nil
}

// takeBody checks the body's kind and size; JSON is read and checked whole before the generated code, which would quietly repair it,
// sees it.
func (d *Door) takeBody(w http.ResponseWriter, r *http.Request, op operation, s *session) error {
	if encoding := r.Header.Values("Content-Encoding"); len(encoding) > 0 {
		return errEncoding
	}
	switch {
	case op.upload:
		return d.takeFile(w, r)
	case op.body == nil:
		return nil
	}
	if err := contentType(r, "application/json"); err != nil {
		return err
	}
	if r.ContentLength > maxBody {
		return chat.ErrTooLarge
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d.bodyWithin)) // not every writer has one
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	if err := op.body(data); err != nil {
		return err
	}
	if s.body = data; op.parts {
		data = []byte("{}")
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	return nil
}

func (d *Door) takeFile(w http.ResponseWriter, r *http.Request) error {
	if err := contentType(r, "application/octet-stream"); err != nil {
		return err
	}
	if r.ContentLength > maxUpload {
		return chat.ErrTooLarge
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(uploadWithin + answerWithin)) // the server's is for answers that come at once
	r.Body = &patientBody{ReadCloser: http.MaxBytesReader(w, r.Body, maxUpload), control: control, within: d.bodyWithin}
	return nil
}

// patientBody gives a slow client time as long as it sends something; the whole is bounded by the request's context.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
	within  time.Duration
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(time.Now().Add(b.within)) // not every writer has one
	return b.ReadCloser.Read(p)
}

func contentType(r *http.Request, want string) error {
	got, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != want {
		return errContentType
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errContentType
	}
	return nil
}
