package widget

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Options are what the handler takes.
type Options struct {
	// PublicURL is where this handler is reached. Documents name it; the request's Host is never used.
	PublicURL string
	// FilesURL is where attachments come from; empty where it is PublicURL.
	FilesURL string
	// Lookup finds a shop by its public key, or answers ErrUnknown.
	Lookup func(ctx context.Context, key string) (Site, error)
	Log    *slog.Logger

	files fs.FS // dist, unless a test brings its own
}

// Handler serves GET /w/{key}.js, /panel/{key} and /c/{key}. Safe for concurrent use.
type Handler struct {
	options Options
	public  *url.URL
	bundle  *bundle
	mux     *http.ServeMux

	mu    sync.Mutex
	ready map[[32]byte]*document // by the hash of what goes into it
}

// maxReady bounds the documents kept ready. One more starts over: filling them again costs a millisecond each.
const maxReady = 512

// document is a body in its two encodings.
type document struct {
	etag        string
	body, small []byte
}

// New returns the handler. Without web bundles it still serves, saying ErrNotBuilt to whoever asks; Built tells.
func New(o Options) (*Handler, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, fmt.Errorf("widget: public URL %q: want http(s)://host", o.PublicURL)
	}
	if o.Lookup == nil {
		return nil, errors.New("widget: Lookup is required")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.files == nil {
		sub, err := fs.Sub(dist, "dist")
		if err != nil {
			return nil, fmt.Errorf("widget: open dist: %w", err)
		}
		o.files = sub
	}
	o.PublicURL = public.Scheme + "://" + public.Host
	h := &Handler{options: o, public: public, mux: http.NewServeMux(), ready: map[[32]byte]*document{}}
	h.bundle, err = readBundle(o.files)
	if err != nil && !errors.Is(err, ErrNotBuilt) {
		return nil, err
	}
	h.mux.HandleFunc("GET /w/{file}", h.serveLoader)
	h.mux.HandleFunc("GET /panel/{key}", h.serveFrame)
	h.mux.HandleFunc("GET /c/{key}", func(w http.ResponseWriter, r *http.Request) { h.servePanel(w, r, true) })
	return h, nil
}

// Built tells whether this binary carries the web bundles; the server says so at start where it does not.
func (h *Handler) Built() bool { return h.bundle != nil }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func (h *Handler) serveLoader(w http.ResponseWriter, r *http.Request) {
	key, ok := strings.CutSuffix(r.PathValue("file"), ".js")
	if !ok {
		http.NotFound(w, r)
		return
	}
	site, ok := h.site(w, r, key)
	if !ok {
		return
	}
	config, err := json.Marshal(h.loaderConfig(site))
	if err != nil {
		h.fail(w, site.Key, err)
		return
	}
	// json.Marshal escapes <, >, & and the line separators, so its output is a JavaScript expression.
	d, err := h.fill("loader", config, func() string { return strings.Replace(h.bundle.loader, configName, string(config), 1) })
	if err != nil {
		h.fail(w, site.Key, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	// A page that isolates itself (COEP) may still load a script that says it is for all.
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	d.serve(w, r, aWhile)
}

type siteConfig struct {
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	URL       string   `json:"url"`
	Languages []string `json:"languages"`
	Side      string   `json:"side"`
}

type loaderConfig struct {
	siteConfig
	Paint   [2]string                  `json:"paint"`
	Strings map[string]json.RawMessage `json:"strings"`
}

type panelConfig struct {
	siteConfig
	Origins     []string `json:"origins"`
	Greeting    string   `json:"greeting"`
	OfflineText string   `json:"offline_text"`
	Hosted      bool     `json:"hosted"`
	Light       paint    `json:"light"`
	Dark        paint    `json:"dark"`
	// More is the paths of the panel's later parts, each loaded when something needs it.
	More    map[string]string `json:"more"`
	Orders  bool              `json:"orders"`
	Handoff *handoffConfig    `json:"handoff,omitempty"`
}

type handoffConfig struct {
	Channels     []channelConfig `json:"channels"`
	OfferOnLeave bool            `json:"offer_on_leave"`
	Wording      string          `json:"wording"`
	Version      string          `json:"version"`
}

type channelConfig struct {
	Channel string `json:"channel"`
	Label   string `json:"label"`
	Link    bool   `json:"link"`
	Ask     bool   `json:"ask"`
}

func (h *Handler) siteConfig(s Site) siteConfig {
	return siteConfig{
		Key: s.Key, Name: s.Name, URL: h.options.PublicURL, Side: s.side(),
		Languages: s.languages(func(l string) bool { _, ok := h.bundle.messages[l]; return ok }),
	}
}

func (h *Handler) loaderConfig(s Site) loaderConfig {
	c := loaderConfig{siteConfig: h.siteConfig(s), Paint: launcherPaint(s.Color), Strings: map[string]json.RawMessage{}}
	for _, l := range c.Languages {
		c.Strings[l] = h.bundle.strings[l]
	}
	return c
}

// serveFrame serves what stands in the frame: the document, and under their own names the later parts of its code.
func (h *Handler) serveFrame(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.PathValue("key"), ".js") {
		h.serveMore(w, r)
		return
	}
	h.servePanel(w, r, false)
}

// serveMore serves a later part of the panel. Its name holds its hash: whoever has a document of another build gets none rather than
// one that does not fit.
func (h *Handler) serveMore(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if h.bundle == nil {
		http.NotFound(w, r)
		return
	}
	name := r.PathValue("key")
	body, ok := h.bundle.more[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	d, err := h.fill("more", []byte(name), func() string { return body })
	if err != nil {
		h.fail(w, name, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	d.serve(w, r, "public, max-age=31536000, immutable")
}

func (h *Handler) servePanel(w http.ResponseWriter, r *http.Request, hosted bool) {
	site, ok := h.site(w, r, r.PathValue("key"))
	if !ok {
		return
	}
	base := h.siteConfig(site)
	language := r.URL.Query().Get("lang")
	if !slices.Contains(base.Languages, language) {
		language = base.Languages[0]
	}
	config, err := json.Marshal(panelConfig{
		siteConfig:  base,
		Origins:     exactOrigins(append(slices.Clone(site.Origins), site.EditorOrigins...)),
		Greeting:    site.in(language, site.Greeting),
		OfflineText: site.in(language, site.OfflineText),
		Hosted:      hosted,
		Light:       panelPaint(site.Color, lightPaper),
		Dark:        panelPaint(site.Color, darkPaper),
		More:        h.bundle.morePaths(language),
		Orders:      !site.HideOrders,
		Handoff:     site.handoff(language),
	})
	if err != nil {
		h.fail(w, site.Key, err)
		return
	}
	d, err := h.fill("panel "+language, config, func() string {
		// One pass over the document: a mark inside a shop's name stays what it is.
		return strings.NewReplacer(
			"{{LANG}}", language,
			"{{DIR}}", direction(language),
			"{{TITLE}}", html.EscapeString(site.Name),
			"{{MESSAGES}}", escapeTags(h.bundle.messages[language]),
			"{{SITE}}", string(config),
		).Replace(h.bundle.panel)
	})
	if err != nil {
		h.fail(w, site.Key, err)
		return
	}
	ancestors := "'none'"
	if !hosted {
		ancestors = site.ancestors()
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", h.policy(site, language, ancestors))
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if hosted {
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
	} else {
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	d.serve(w, r, aWhile)
}

// escapeTags keeps a text of a locale from closing the element that it stands in.
func escapeTags(s string) string { return strings.ReplaceAll(s, "<", `\u003c`) }

// policy allows the panel its own script and styles, its own server, and pictures: no other code, no forms, no frames. The script's
// later parts are allowed by their whole addresses, which hold their hashes: a hash alone allows no import().
func (h *Handler) policy(site Site, language, ancestors string) string {
	images := []string{"'self' https: blob: data:"}
	// Pictures of goods come from anywhere by https; a shop on trial has perhaps no https and shows its own.
	for _, o := range exactOrigins(append([]string{h.options.FilesURL}, site.Origins...)) {
		if o != h.options.PublicURL && (o == h.options.FilesURL || strings.HasPrefix(o, "http:")) {
			images = append(images, o)
		}
	}
	scripts := []string{"'" + h.bundle.script + "'"}
	paths := h.bundle.morePaths(language)
	for _, part := range slices.Sorted(maps.Keys(paths)) {
		scripts = append(scripts, h.options.PublicURL+paths[part])
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + strings.Join(scripts, " "),
		"style-src '" + h.bundle.style + "'",
		"connect-src 'self' " + socketOrigin(h.public),
		"img-src " + strings.Join(images, " "),
		"media-src 'self' blob:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors " + ancestors,
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
}

// site finds the shop, or answers the request itself.
func (h *Handler) site(w http.ResponseWriter, r *http.Request, key string) (Site, bool) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if h.bundle == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, ErrNotBuilt.Error(), http.StatusServiceUnavailable)
		return Site{}, false
	}
	site, err := h.options.Lookup(r.Context(), key)
	if errors.Is(err, ErrUnknown) {
		http.NotFound(w, r)
		return Site{}, false
	}
	if err != nil {
		h.fail(w, key, err)
		return Site{}, false
	}
	return site, true
}

func (h *Handler) fail(w http.ResponseWriter, key string, err error) {
	h.options.Log.Error("widget: serve", "shop_key", key, "error", err)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "not available at the moment", http.StatusServiceUnavailable)
}

// fill returns the document for this configuration, made once.
func (h *Handler) fill(kind string, config []byte, build func() string) (*document, error) {
	id := sha256.Sum256(append([]byte(kind+"\n"), config...))
	h.mu.Lock()
	d := h.ready[id]
	h.mu.Unlock()
	if d != nil {
		return d, nil
	}
	d, err := newDocument(build())
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ready) >= maxReady {
		clear(h.ready)
	}
	h.ready[id] = d
	return d, nil
}

func newDocument(body string) (*document, error) {
	var small bytes.Buffer
	z, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write([]byte(body)); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(body))
	return &document{etag: base64.RawURLEncoding.EncodeToString(sum[:12]), body: []byte(body), small: small.Bytes()}, nil
}

// aWhile is how long what holds a shop's settings may be kept.
const aWhile = "public, max-age=300, stale-while-revalidate=86400"

func (d *document) serve(w http.ResponseWriter, r *http.Request, keep string) {
	header := w.Header()
	header.Set("Cache-Control", keep)
	header.Add("Vary", "Accept-Encoding")
	body, etag := d.body, `"`+d.etag+`"`
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		body, etag = d.small, `"`+d.etag+`-gz"`
	}
	header.Set("ETag", etag)
	if slices.ContainsFunc(strings.Split(r.Header.Get("If-None-Match"), ","), func(m string) bool {
		return strings.TrimPrefix(strings.TrimSpace(m), "W/") == etag
	}) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone: nobody is left to tell
}

func acceptsGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return !strings.HasPrefix(strings.ReplaceAll(q, " ", ""), "q=0") || strings.Contains(q, "0.")
		}
	}
	return false
}
