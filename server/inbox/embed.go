// Package inbox is the agents' web app and the handler that serves it.
//
// The app itself is TypeScript (src/, built by Vite into dist/); this file only embeds the build and hands it out with
// the right headers. It knows nothing of conversations: the app speaks to the REST and realtime doors like any other
// client. Start reading the app at src/main.tsx, the handler at New.
package inbox

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed all:dist
var bundle embed.FS

// Prefix is the path below which the app lives; the bundle is built for it.
const Prefix = "/inbox/"

// Options are the neighbours that the app's content security policy has to know.
type Options struct {
	// PublicURL is where shops load the widget from; the app shows it in the snippet that a merchant copies.
	PublicURL string
	// InboxURL is where agents open the app. Its socket is the only one that the app may open.
	InboxURL string
	// FilesURL is the separate origin of attachments, from which the app may load images.
	FilesURL string
	// Dist replaces the embedded bundle, for tests. It is the content of dist/.
	Dist fs.FS
}

// Available tells whether this binary carries the built app.
func Available() bool {
	_, err := fs.Stat(bundle, "dist/index.html")
	return err == nil
}

// New returns the handler of everything below Prefix. All files are read once, so that a request looks its path up in
// a map and nothing outside the bundle can ever be named.
func New(o Options) (http.Handler, error) {
	dist := o.Dist
	if dist == nil {
		sub, err := fs.Sub(bundle, "dist")
		if err != nil {
			return nil, fmt.Errorf("open the inbox bundle: %w", err)
		}
		dist = sub
	}
	policy, err := contentSecurityPolicy(o.InboxURL, o.FilesURL)
	if err != nil {
		return nil, err
	}
	files, err := load(dist)
	if err != nil {
		return nil, fmt.Errorf("read the inbox bundle: %w", err)
	}
	files["config.json"] = configuration(o)
	return &handler{files: files, policy: policy}, nil
}

// configuration is what the app cannot know from its own address.
func configuration(o Options) file {
	content, err := json.Marshal(struct {
		PublicURL string `json:"public_url"`
		FilesURL  string `json:"files_url"`
	}{o.PublicURL, o.FilesURL})
	if err != nil {
		panic(err) // Two strings always marshal.
	}
	return file{
		name: "config.json", mediaType: mediaType("config.json"), cache: cacheControl("config.json"),
		plain: body{content, etag(content, "")},
	}
}

type handler struct {
	files  map[string]file
	policy string
}

// file is one file of the bundle in the encodings that the build made.
type file struct {
	name      string
	mediaType string
	cache     string
	plain     body
	br, gz    *body
}

type body struct {
	content []byte
	etag    string
}

// route is what the app's own router may have put in the address bar. It has no dots, so no file name and no climbing
// path is ever answered with the app.
var route = regexp.MustCompile(`^[A-Za-z0-9_/-]*$`)

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.protect(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	// The raw path is judged: an escaped slash or dot has no business here.
	name, below := strings.CutPrefix(r.URL.EscapedPath(), Prefix)
	if !below {
		http.NotFound(w, r)
		return
	}
	index, built := h.files["index.html"]
	if !built {
		missing(w)
		return
	}
	if found, ok := h.files[name]; ok {
		serve(w, r, found)
		return
	}
	if !route.MatchString(name) || strings.HasPrefix(name, "assets/") {
		http.NotFound(w, r)
		return
	}
	serve(w, r, index)
}

func (h *handler) protect(header http.Header) {
	header.Set("Content-Security-Policy", h.policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

func serve(w http.ResponseWriter, r *http.Request, f file) {
	header := w.Header()
	chosen := f.plain
	if f.br != nil || f.gz != nil {
		header.Set("Vary", "Accept-Encoding")
		accepted := r.Header.Get("Accept-Encoding")
		switch {
		case f.br != nil && accepts(accepted, "br"):
			header.Set("Content-Encoding", "br")
			chosen = *f.br
		case f.gz != nil && accepts(accepted, "gzip"):
			header.Set("Content-Encoding", "gzip")
			chosen = *f.gz
		}
	}
	header.Set("Content-Type", f.mediaType)
	header.Set("Cache-Control", f.cache)
	header.Set("ETag", chosen.etag)
	if header.Get("Content-Encoding") != "" {
		// ServeContent leaves the length out of encoded bodies; ranges of them mean nothing to anybody.
		r.Header.Del("Range")
		if r.Header.Get("If-None-Match") == "" {
			header.Set("Content-Length", strconv.Itoa(len(chosen.content)))
		}
	}
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(chosen.content))
}

// accepts tells whether an Accept-Encoding header allows a coding: named, or by *, and not with q=0.
func accepts(header, coding string) bool {
	star := false
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != coding && name != "*" {
			continue
		}
		allowed := true
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameters), "q="); ok {
			quality, err := strconv.ParseFloat(value, 64)
			allowed = err == nil && quality > 0
		}
		if name == coding {
			return allowed
		}
		star = allowed
	}
	return star
}

func missing(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte("This tagalong was built without the inbox.\n\n" +
		"Run `make web` and build again, or take a release binary, which carries it.\n"))
}

func load(dist fs.FS) (map[string]file, error) {
	files := map[string]file{}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if ext := path.Ext(name); ext == ".br" || ext == ".gz" || ext == ".keep" {
			return nil
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		files[name] = file{
			name:      name,
			mediaType: mediaType(name),
			cache:     cacheControl(name),
			plain:     body{content, etag(content, "")},
			br:        encoded(dist, name+".br", content, "br"),
			gz:        encoded(dist, name+".gz", content, "gz"),
		}
		return nil
	})
	return files, err
}

// encoded reads a precompressed twin. Its tag is made from the plain content, so that a twin of an older build would
// at least be told apart by name; the build removes such leftovers.
func encoded(dist fs.FS, name string, plain []byte, suffix string) *body {
	content, err := fs.ReadFile(dist, name)
	if err != nil {
		return nil
	}
	return &body{content, etag(plain, "-"+suffix)}
}

func etag(content []byte, suffix string) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:12]) + suffix + `"`
}

// mediaType does not ask the machine's own tables, which differ: what is not listed is data.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}

// cacheControl keeps what carries its hash in its name for ever, and asks again for everything else.
func cacheControl(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

func contentSecurityPolicy(inboxURL, filesURL string) (string, error) {
	connect, images := "'self'", "'self' blob: data:"
	if inboxURL != "" {
		own, err := origin(inboxURL)
		if err != nil {
			return "", fmt.Errorf("inbox url: %w", err)
		}
		// 'self' covers the socket in newer browsers only.
		connect += " ws" + strings.TrimPrefix(own, "http")
	}
	if filesURL != "" {
		files, err := origin(filesURL)
		if err != nil {
			return "", fmt.Errorf("files url: %w", err)
		}
		images += " " + files
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src " + images,
		"connect-src " + connect,
		"font-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; "), nil
}

func origin(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("%q is not an http or https address", raw)
	}
	return u.Scheme + "://" + u.Host, nil
}
