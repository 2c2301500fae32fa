package graph

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// file is a picture, a voice message or the like, on its way either way.
type file struct {
	id      string
	line    *line
	mime    string // with parameters, as it came
	name    string
	data    []byte
	inbound bool
	expires time.Time
}

// Lives of files (Meta: "Media").
const (
	uploadLife   = 30 * 24 * time.Hour
	inboundLife  = 7 * 24 * time.Hour
	mediaURLLife = 5 * time.Minute
	linkCache    = 10 * time.Minute
)

func (f *file) sha() string {
	sum := sha256.Sum256(f.data)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// store keeps a file of a line. Caller holds w.mu.
func (w *World) store(l *line, data []byte, kind, name string) *file {
	f := &file{id: w.chance.digits(16), line: l, mime: kind, name: name, data: data, expires: w.now().Add(inboundLife)}
	w.files[f.id] = f
	return f
}

// kinds of files, by the type of message, with their largest size.
func fileKinds() map[string]map[string]int {
	const mb = 1 << 20
	return map[string]map[string]int{
		"image":   {"image/jpeg": 5 * mb, "image/png": 5 * mb},
		"video":   {"video/mp4": 16 * mb, "video/3gpp": 16 * mb},
		"audio":   {"audio/aac": 16 * mb, "audio/amr": 16 * mb, "audio/mpeg": 16 * mb, "audio/mp4": 16 * mb, "audio/ogg": 16 * mb},
		"sticker": {"image/webp": 500 << 10},
		"document": {
			"text/plain": 100 * mb, "application/pdf": 100 * mb, "application/msword": 100 * mb,
			"application/vnd.ms-excel": 100 * mb, "application/vnd.ms-powerpoint": 100 * mb,
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   100 * mb,
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         100 * mb,
			"application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * mb,
		},
	}
}

// suits tells whether a file may be sent as a type of message.
func (f *file) suits(kind string) bool {
	base, _, err := mime.ParseMediaType(f.mime)
	if err != nil {
		return false
	}
	limit, ok := fileKinds()[kind][base]
	if kind == "document" && !ok {
		limit = 100 << 20 // WhatsApp takes any document, and shows those it knows
		ok = true
	}
	return ok && len(f.data) <= limit
}

// checkFile finds an uploaded file that a message names.
func (w *World) checkFile(m *message, id string) *failure {
	f := w.files[id]
	if f == nil || f.line.account != m.line.account || f.inbound && f.line != m.line || !w.now().Before(f.expires) {
		return invalid("The media ID %s does not exist, has expired or belongs to another number", id)
	}
	if !f.suits(m.kind) {
		return invalid("The media ID %s holds %s, which cannot be sent as %s", id, f.mime, m.kind)
	}
	m.file = f
	return nil
}

// upload is the file of a multipart form.
type upload struct {
	fields map[string]string
	name   string
	mime   string
	data   []byte
}

func (c *call) readUpload(boundary string) error {
	c.upload = &upload{fields: map[string]string{}}
	// Where the token is one of the fields it does not stay in the record.
	defer func() {
		if value := c.upload.fields["access_token"]; value != "" && c.presented == "" {
			c.presented = value
		}
		delete(c.upload.fields, "access_token")
		delete(c.body, "access_token")
	}()
	reader := multipart.NewReader(bytes.NewReader(c.raw), boundary)
	c.body = object{}
	for {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // NextPart returns it bare
			c.entry.Body = fmt.Sprintf("%v and a file of %d bytes", c.upload.fields, len(c.upload.data))
			return nil
		}
		if err != nil {
			return fmt.Errorf("The form cannot be read") //nolint:staticcheck // what Meta says, to the caller
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return fmt.Errorf("The form was cut off") //nolint:staticcheck // as above
		}
		if part.FileName() != "" || part.FormName() == "file" || part.FormName() == "filedata" {
			c.upload.name, c.upload.mime, c.upload.data = part.FileName(), part.Header.Get("Content-Type"), data
			continue
		}
		c.upload.fields[part.FormName()] = string(data)
		c.body[part.FormName()] = formValue(string(data))
	}
}

// uploadMedia is POST /{phone}/media.
func (w *World) uploadMedia(c *call, l *line) (any, *failure) {
	if c.upload == nil || c.upload.fields["messaging_product"] != "whatsapp" {
		return nil, fail(100, "").titled("The parameter messaging_product is required.")
	}
	if len(c.upload.data) == 0 {
		return nil, fail(100, "").titled("The parameter file is required.")
	}
	kind := c.upload.mime
	if given := c.upload.fields["type"]; given != "" {
		kind = given
	}
	f := &file{mime: kind, data: c.upload.data}
	base, _, _ := mime.ParseMediaType(kind) // an unreadable one is none of the kinds
	known := slices.ContainsFunc([]string{"image", "video", "audio", "sticker", "document"}, func(of string) bool {
		_, ok := fileKinds()[of][base]
		return ok && f.suits(of)
	})
	if !known {
		return nil, fail(100, "").titled("Param file must be a file with one of the following types, and not too large. Received file of type '" + kind + "'.")
	}
	f = w.store(l, f.data, kind, c.upload.name)
	f.expires = w.now().Add(uploadLife)
	return object{"id": f.id}, nil
}

// mediaNode is GET and DELETE of a media id.
func (w *World) mediaNode(c *call, f *file) (any, *failure) {
	if !c.token.reaches(f.line) || f.line.network != WhatsApp || !w.now().Before(f.expires) {
		return nil, absent(c.method, f.id)
	}
	if phone := c.parameter("phone_number_id"); phone != "" && phone != f.line.id {
		return nil, absent(c.method, f.id)
	}
	switch c.method {
	case http.MethodGet:
		sum := sha256.Sum256(f.data)
		return object{
			"messaging_product": "whatsapp", "url": w.mediaURL(f), "mime_type": f.mime, "id": f.id,
			"sha256": hex.EncodeToString(sum[:]), "file_size": strconv.Itoa(len(f.data)),
		}, nil
	case http.MethodDelete:
		delete(w.files, f.id)
		return object{"success": true}, nil
	}
	return nil, absent(c.method, f.id)
}

// mediaURL is an address on the host of WhatsApp's files: it needs the token, and
// lives five minutes.
func (w *World) mediaURL(f *file) string { return w.signedURL("/mediafile/", f, mediaURLLife) }

// cdnURL is an address on the host of Messenger's files: whoever has it may read
// it, and a token has no business there.
func (w *World) cdnURL(f *file) string { return w.signedURL("/cdn/", f, inboundLife) }

func (w *World) signedURL(prefix string, f *file, life time.Duration) string {
	expires := strconv.FormatInt(w.now().Add(life).Unix(), 10)
	return w.options.MediaURL + prefix + f.id + "?" + url.Values{
		"mid": {f.id}, "oe": {expires}, "oh": {w.fileSignature(prefix + f.id + expires)},
	}.Encode()
}

func (w *World) fileSignature(what string) string {
	sum := sha256.Sum256([]byte(strconv.FormatUint(w.options.Seed, 16) + what))
	return hex.EncodeToString(sum[:12])
}

// MediaHandler plays the hosts of files: lookaside.fbsbx.com for WhatsApp and a
// CDN for Messenger and Instagram.
func (w *World) MediaHandler() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		f, entry := w.fetched(r)
		w.mu.Lock()
		w.note(entry)
		w.mu.Unlock()
		if entry.Status != http.StatusOK {
			http.Error(rw, "", entry.Status)
			return
		}
		rw.Header().Set("Content-Type", f.mime)
		rw.Header().Set("Content-Length", strconv.Itoa(len(f.data)))
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = rw.Write(f.data)
	})
}

// fetched decides what a host of files answers.
func (w *World) fetched(r *http.Request) (*file, Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	value := presented(r)
	cdn := strings.HasPrefix(r.URL.Path, "/cdn/")
	e := Entry{
		Kind: EntryMedia, Method: r.Method, Path: r.URL.Path, Status: http.StatusNotFound,
		Token: value != "", Foreign: !strings.HasPrefix(r.URL.Path, "/mediafile/"),
	}
	prefix, id, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f := w.files[id]
	expires := r.URL.Query().Get("oe")
	until, _ := strconv.ParseInt(expires, 10, 64) // 0 has passed
	signed := r.URL.Query().Get("oh") == w.fileSignature("/"+prefix+"/"+id+expires)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		e.Status = http.StatusMethodNotAllowed
	case !ok || f == nil || !signed || !w.now().Before(time.Unix(until, 0)):
	case cdn:
		e.Status = http.StatusOK
	case value == "" || w.tokens[value] == nil || !w.tokens[value].reaches(f.line) || w.tokens[value].revoked:
		e.Status = http.StatusUnauthorized
	default:
		e.Status = http.StatusOK
	}
	if f != nil {
		e.Line, e.ID = f.line.id, id
	}
	return f, e
}

// fetch gets the file behind a link of the business, as Meta does before it
// delivers. Caller does not hold w.mu.
func (w *World) fetch(ctx context.Context, l *line, link string) *file {
	w.mu.Lock()
	if cached := w.cached[l.id+" "+link]; cached != nil && w.now().Before(cached.expires) {
		w.mu.Unlock()
		return cached
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil
	}
	response, err := w.options.Client.Do(request)
	if err != nil {
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxUpload))
	if err != nil || response.StatusCode != http.StatusOK || len(data) >= maxUpload {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.store(l, data, response.Header.Get("Content-Type"), "")
	f.expires = w.now().Add(linkCache)
	w.cached[l.id+" "+link] = f
	return f
}

// samplePicture is what a person sends who was given no file: a small square.
func samplePicture() []byte {
	canvas := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			canvas.Set(x, y, color.RGBA{uint8(150 + x), uint8(110 + y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		panic("graph: " + err.Error()) // writes to memory
	}
	return b.Bytes()
}
