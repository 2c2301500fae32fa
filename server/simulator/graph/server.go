package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// call is one request of the Graph API.
type call struct {
	r         *http.Request
	method    string
	path      []string // without the version
	query     url.Values
	presented string // the token
	token     *token
	raw       []byte
	body      object // of a JSON body or a form
	upload    *upload

	entry  Entry
	struck *plannedFault // a fault that is carried out after the decision
	hurry  *message      // whose webhook goes out before the answer
}

func (c *call) parameter(key string) string {
	if v := c.query.Get(key); v != "" {
		return v
	}
	return text(c.body, key)
}

// maxJSON and maxUpload bound a request; Meta's largest file has 100 MB.
const (
	maxJSON   = 1 << 20
	maxUpload = 101 << 20
)

// knownVersions are those that are alive in November 2026: v20.0 went on
// 24 September, v26.0 came on 29 July.
func knownVersions() map[string]bool {
	return map[string]bool{"v21.0": true, "v22.0": true, "v23.0": true, "v24.0": true, "v25.0": true, "v26.0": true}
}

var versionPattern = regexp.MustCompile(`^v\d+\.\d+$`)

// Handler plays graph.facebook.com and graph.instagram.com, with any living
// version in the path or none.
func (w *World) Handler() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c := &call{r: r, method: r.Method, query: r.URL.Query(), presented: presented(r)}
		c.entry = Entry{Kind: EntryRequest, Method: r.Method, Path: r.URL.Path}
		if err := c.read(rw); err != nil {
			w.answer(rw, c, nil, fail(100, "").titled(err.Error()))
			return
		}
		body, refusal := w.decide(c)
		w.answer(rw, c, body, refusal)
	})
}

// read takes the body in. A token in a form is taken as in the query.
func (c *call) read(rw http.ResponseWriter) error {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil && c.r.ContentLength > 0 {
		return errors.New("The request has no content type that can be read") //nolint:staticcheck // what Meta says, to the caller
	}
	limit := int64(maxJSON)
	if kind == "multipart/form-data" {
		limit = maxUpload
	}
	c.raw, err = io.ReadAll(http.MaxBytesReader(rw, c.r.Body, limit))
	if err != nil {
		return errors.New("The request body is too large or was cut off") //nolint:staticcheck // as above
	}
	switch {
	case kind == "multipart/form-data":
		return c.readUpload(params["boundary"])
	case kind == "application/x-www-form-urlencoded":
		c.readForm()
	case len(bytes.TrimSpace(c.raw)) > 0:
		if err := json.Unmarshal(c.raw, &c.body); err != nil {
			return errors.New("The request body is not a JSON object") //nolint:staticcheck // as above
		}
	}
	c.entry.Body = string(c.raw)
	return nil
}

// readForm reads a form, in which objects are JSON: Graph takes both.
func (c *call) readForm() {
	values, err := url.ParseQuery(string(c.raw))
	if err != nil {
		return // Graph sees no parameters then, and says what is missing
	}
	c.body = object{}
	for key := range values {
		c.body[key] = formValue(values.Get(key))
	}
	if c.presented == "" {
		c.presented = values.Get("access_token")
	}
	delete(c.body, "access_token")
	values.Del("access_token")
	c.raw = []byte(values.Encode())
}

// formValue is an object where it is the JSON of one, and otherwise text.
func formValue(s string) any {
	var o object
	if json.Unmarshal([]byte(s), &o) == nil && o != nil {
		return o
	}
	return s
}

// decide finds what is asked for and does it. The result is the body of a 200,
// or why not.
func (w *World) decide(c *call) (any, *failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	segments := strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")
	if versionPattern.MatchString(segments[0]) {
		if !w.versions[segments[0]] {
			return nil, fail(2635, "")
		}
		segments = segments[1:]
	}
	c.path = segments
	if len(segments) == 2 && segments[0] == "oauth" && segments[1] == "access_token" {
		return w.accessToken(c)
	}
	if refusal := w.authenticate(c); refusal != nil {
		return nil, refusal
	}
	if len(segments) == 0 || segments[0] == "" {
		return nil, absent(c.method, "")
	}
	if fault := w.strike(c, ""); fault != nil {
		return nil, fault
	}
	return w.route(c)
}

// route goes by what the first part of the path names.
func (w *World) route(c *call) (any, *failure) {
	id, edge := c.path[0], strings.Join(c.path[1:], "/")
	switch {
	case id == "debug_token":
		return w.debugToken(c)
	case id == "me" && edge == "accounts":
		return w.myAccounts(c)
	case id == "me":
		id = c.token.line
	}
	if l := w.lines[id]; l != nil {
		if !c.token.reaches(l) {
			return nil, absent(c.method, id)
		}
		c.entry.Line, c.entry.Network = l.id, l.network
		return w.routeLine(c, l, edge)
	}
	if a := w.accounts[id]; a != nil {
		if c.token.account != a.id {
			return nil, absent(c.method, id)
		}
		return w.routeAccount(c, a, edge)
	}
	if edge == "" {
		return w.routeNode(c, id)
	}
	return nil, absent(c.method, id)
}

// routeLine are the edges of a number, a Page or an Instagram account.
func (w *World) routeLine(c *call, l *line, edge string) (any, *failure) {
	if l.network == WhatsApp {
		return w.routeNumber(c, l, edge)
	}
	// An Instagram account that is reached through its Page takes messages there.
	if edge == "messages" && c.method == http.MethodPost && l.network == Messenger {
		if on := w.linkedInstagram(l, c.body); on != nil {
			l = on
			c.entry.Line, c.entry.Network = l.id, l.network
		}
	}
	switch edge {
	case "":
		return w.lineNode(c, l)
	case "messages":
		return post(c, func() (any, *failure) { return w.sendMessenger(c, l) })
	case "subscribed_apps":
		return w.lineSubscriptions(c, l)
	case "messenger_profile":
		return w.messengerProfile(c, l)
	case "message_templates":
		return w.pageTemplates(c, l)
	case "message_attachments":
		return post(c, func() (any, *failure) { return w.uploadAttachment(c, l) })
	case "thread_owner", "pass_thread_control", "take_thread_control", "request_thread_control", "release_thread_control":
		return w.threadControl(c, l, edge)
	}
	return nil, absent(c.method, l.id)
}

func (w *World) routeNumber(c *call, l *line, edge string) (any, *failure) {
	switch {
	case edge == "":
		return w.numberNode(c, l)
	case edge == "messages" || edge == "marketing_messages":
		return post(c, func() (any, *failure) { return w.sendWhatsApp(c, l) })
	case edge == "media":
		return post(c, func() (any, *failure) { return w.uploadMedia(c, l) })
	case edge == "message_qrdls" || strings.HasPrefix(edge, "message_qrdls/"):
		return w.qrLinks(c, l, strings.TrimPrefix(strings.TrimPrefix(edge, "message_qrdls"), "/"))
	case edge == "contact_book" && c.method == http.MethodDelete:
		return w.forgetContact(c, l)
	}
	return nil, absent(c.method, l.id)
}

// routeNode are the things with an id of their own: files, templates, people.
func (w *World) routeNode(c *call, id string) (any, *failure) {
	if f := w.files[id]; f != nil {
		return w.mediaNode(c, f)
	}
	if t, a := w.templateByID(id); t != nil {
		return w.templateNode(c, a, t)
	}
	if l := w.lines[c.token.line]; l != nil {
		for _, candidate := range w.behind(l) {
			if p := w.byScopedID(candidate, id); p != nil {
				return w.userProfile(c, candidate, p)
			}
		}
	}
	return nil, absent(c.method, id)
}

func post(c *call, do func() (any, *failure)) (any, *failure) {
	if c.method != http.MethodPost {
		return nil, absent(c.method, c.path[0])
	}
	return do()
}

// answer writes the answer, misbehaves where that was planned, and keeps the
// record. A message whose answer the client did not get counts as dropped.
func (w *World) answer(rw http.ResponseWriter, c *call, body any, refusal *failure) {
	if c.hurry != nil {
		w.hurry(c.r.Context(), c.hurry)
	}
	w.mu.Lock()
	trace := w.chance.trace()
	status := http.StatusOK
	if refusal != nil {
		status, body = refusal.http, refusal.body(trace)
		c.entry.Code, c.entry.Sub = refusal.code, refusal.subcode
	}
	c.entry.Status = status
	struck := c.struck
	if struck != nil {
		c.entry.Fault = struck.Kind
		if struck.hides() && c.entry.Accepted {
			c.entry.Dropped = true
		}
	}
	kept := w.note(c.entry)
	w.mu.Unlock()

	raw, err := json.Marshal(body)
	if err != nil {
		panic("graph: " + err.Error()) // it is made of maps and strings
	}
	header := rw.Header()
	header.Set("Content-Type", "application/json; charset=UTF-8")
	header.Set("X-Fb-Trace-Id", trace)
	header.Set("X-App-Usage", `{"call_count":1,"total_cputime":1,"total_time":1}`)
	header.Set("Facebook-Api-Version", "v25.0")
	if struck != nil {
		w.misbehave(rw, c, struck, status, raw)
		w.lost(c, kept, nil)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(raw)))
	rw.WriteHeader(status)
	_, err = rw.Write(raw)
	w.lost(c, kept, err)
}

// lost marks a message whose answer nobody waited for.
func (w *World) lost(c *call, kept *Entry, err error) {
	if err == nil && c.r.Context().Err() == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	kept.Dropped = kept.Dropped || kept.Accepted
}

// wait lets real time pass; a world with a clock of its own does not wait.
func (w *World) wait(c *call, d time.Duration) {
	if w.options.Clock != nil || d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.r.Context().Done():
	case <-timer.C:
	}
}

// fields keeps what was asked for of a node; the id is always there.
func fields(c *call, node object) object {
	asked := c.parameter("fields")
	if asked == "" {
		return node
	}
	kept := object{}
	if id, ok := node["id"]; ok {
		kept["id"] = id
	}
	for name := range strings.SplitSeq(asked, ",") {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "{")
		if v, ok := node[name]; ok {
			kept[name] = v
		}
	}
	return kept
}
