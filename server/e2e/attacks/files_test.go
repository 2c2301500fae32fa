package attacks_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

type attachment struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	URL         string `json:"url"`
	Width       int    `json:"width"`
}

func (w *stage) upload(t *testing.T, name string, data []byte) (int, attachment, string) {
	t.Helper()
	return w.uploadAs(t, w.mara, name, data)
}

func (w *stage) uploadAs(t *testing.T, p *harness.Shopper, name string, data []byte) (int, attachment, string) {
	t.Helper()
	resp, body, err := attack{
		method: http.MethodPost, path: "/v1/shops/" + w.ShopKey + "/shopper/attachments?name=" + url.QueryEscape(name),
		header: with(w.shopper(p), "Content-Type", "application/octet-stream"), body: data,
	}.send(w)
	if err != nil {
		t.Fatal(err)
	}
	var a attachment
	if resp.StatusCode == http.StatusCreated {
		if err := json.Unmarshal(body, &a); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode, a, string(body)
}

func pngOf(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pngClaim is a small PNG whose header claims the given size.
func pngClaim(width, height uint32) []byte {
	b := pngOf(1, 1)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// jpegWithPlace is a JPEG with an EXIF segment that says where it was taken.
func jpegWithPlace() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		panic(err)
	}
	exif := append([]byte("Exif\x00\x00"), []byte("GPSLatitude 52.5200 GPSLongitude 13.4050")...)
	out := append([]byte{}, b.Bytes()[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	out = append(out, exif...)
	return append(out, b.Bytes()[2:]...)
}

// D: what may be uploaded.
func TestUploads(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	for _, c := range []struct {
		name, file string
		data       []byte
		status     int
		code       string
	}{
		{"46 an SVG with a script", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), 415, "unsupported_media_type"},
		{"46 HTML as a picture", "a.jpg", []byte("<!doctype html><script>alert(1)</script>"), 415, "unsupported_media_type"},
		{"46 XML with a stylesheet", "a.xml", []byte(`<?xml version="1.0"?><?xml-stylesheet href="x.xsl" type="text/xsl"?><a/>`), 415, "unsupported_media_type"},
		{"a program", "a.exe", []byte("MZ\x90\x00\x03\x00\x00\x00"), 415, "unsupported_media_type"},
		{"48 a picture of 65,000 × 65,000", "a.png", pngClaim(65_000, 65_000), 422, "image_too_large"},
		{"48 a WebP of 16,384 × 16,384", "a.webp", webpClaim(16_384, 16_384), 422, "image_too_large"},
		{"48 a GIF of 65,000 × 65,000", "a.gif", gifClaim(65_000, 65_000), 422, "image_too_large"},
		{"48 a TIFF", "a.tiff", []byte("II*\x00\x08\x00\x00\x00\x00\x00"), 0, ""},
		{"48 a picture that is cut off", "a.png", pngOf(100, 100)[:60], 0, ""},
		{"50 26 MiB", "a.txt", bytes.Repeat([]byte("hello world "), 26<<20/12), 413, "too_large"},
		{"an empty file", "a.txt", nil, 0, ""},
		{"a picture", "a.png", pngOf(20, 10), 201, ""},
		{"a text", "a.txt", []byte("hello"), 201, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, body := w.uploadAs(t, p, c.file, c.data)
			if c.status == 0 { // refused, in whichever way
				if status < 400 || status >= 500 {
					t.Fatalf("status %d %s", status, body)
				}
				return
			}
			if status != c.status || (c.code != "" && !strings.Contains(body, `"`+c.code+`"`)) {
				t.Fatalf("status %d %s, want %d %s", status, body, c.status, c.code)
			}
		})
	}
}

// webpClaim is the beginning of a WebP whose canvas has the given size.
func webpClaim(width, height uint32) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00")
	for _, n := range []uint32{width - 1, height - 1} {
		b = append(b, byte(n), byte(n>>8), byte(n>>16))
	}
	b = append(b, "VP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// gifClaim is a GIF of one pixel whose header claims the given size.
func gifClaim(width, height uint16) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)), nil); err != nil {
		panic(err)
	}
	out := b.Bytes()
	binary.LittleEndian.PutUint16(out[6:], width)
	binary.LittleEndian.PutUint16(out[8:], height)
	return out
}

// film is a GIF of many frames, each of which is large only when it is decoded.
func film(frames, side int) []byte {
	g := &gif.GIF{}
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// 48: what a picture claims to be costs no memory before it is refused.
func TestPictureBombs(t *testing.T) {
	w := play(t)
	bombs := map[string][]byte{
		"a.png": pngClaim(65_000, 65_000), "a.webp": webpClaim(16_384, 16_384), "b.gif": gifClaim(65_000, 65_000), "c.gif": film(10_000, 16), "d.gif": film(100, 1000),
	}
	grown := peak(t, w, func() {
		for range 3 {
			p := w.NewShopper() // each may upload a few a minute
			for name, data := range bombs {
				if status, _, body := w.uploadAs(t, p, name, data); status == http.StatusTooManyRequests {
					t.Errorf("the test uploads too often: %s", body)
				}
			}
		}
	})
	if grown > 48<<20 {
		t.Fatalf("they took %d MiB", grown>>20)
	}
}

// 50: uploads that never end, or end early, leave nothing behind.
func TestUploadsThatGoWrong(t *testing.T) {
	w := play(t)
	before := stored(t, w)
	endless := &io.LimitedReader{R: letters{}, N: 64 << 20}
	req, err := http.NewRequest(http.MethodPost, w.URL("chat", "/v1/shops/"+w.ShopKey+"/shopper/attachments?name=a.txt"), endless)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.mara.Token)
	req.Header.Set("Content-Type", "application/octet-stream")
	if resp, err := client.Do(req); err == nil { // an answer may come, or the connection be cut under our writing
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("an endless upload: %d", resp.StatusCode)
		}
		_ = resp.Body.Close()
	}
	if endless.N == 0 {
		t.Error("64 MiB of an upload were taken in")
	}
	c := rawConn(t, w)
	if _, err := fmt.Fprintf(c, "POST /v1/shops/%s/shopper/attachments?name=a.txt HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n%s",
		w.ShopKey, w.Host("chat"), w.mara.Token, strings.Repeat("hello ", 10_000)); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	deadline := time.After(10 * time.Second)
	for tick := time.Tick(50 * time.Millisecond); ; {
		now := stored(t, w)
		if slices.Equal(before, now) {
			return
		}
		select {
		case <-tick: // the server notices by itself
		case <-deadline:
			t.Fatalf("files are left: %v, before: %v", now, before)
		}
	}
}

// letters is a text without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// stored lists the files in the server's folder.
func stored(t *testing.T, w *stage) (names []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(w.Data, "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return nil // what has gone meanwhile has gone
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAPhotoLosesItsPlace(t *testing.T) {
	w := play(t)
	status, a, body := w.upload(t, "holiday.jpg", jpegWithPlace())
	if status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, body)
	}
	_, got := fetch(t, a.URL)
	if bytes.Contains(got, []byte("GPS")) || bytes.Contains(got, []byte("Exif")) {
		t.Fatal("53 the place is still in the picture")
	}
	if a.Width != 8 {
		t.Fatalf("width is %d", a.Width)
	}
}

func fetch(t *testing.T, link string) (*http.Response, []byte) {
	t.Helper()
	resp, err := client.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, b
}

func TestFilesAreInert(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	script := "/*<script>alert(1)</script>*/=1;alert(1)//"
	for name, data := range map[string]string{
		"a.pdf":  "%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
		"a.gif":  string(film(1, 4)) + script,
		"a.png":  string(pngOf(4, 4)) + script,
		"b.png":  string(pngOf(4, 4)) + "PK\x03\x04" + script,
		"a.txt":  "<!-- " + script + " -->",
		"b.html": "just a text",
	} {
		status, a, body := w.uploadAs(t, p, name, []byte(data))
		if status >= 400 && status < 500 {
			continue // refused is as good
		}
		resp, got := fetch(t, a.URL)
		h := resp.Header
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("47 %s: %d %s: headers are %v", name, status, body, h)
		}
		inline := strings.HasPrefix(h.Get("Content-Type"), "image/")
		if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") && !inline {
			t.Errorf("47 %s is shown in place: %v", name, h)
		}
		if inline && strings.Contains(string(got), "<script>") {
			t.Errorf("47 %s is a picture with a script behind it", name)
		}
		if u, err := url.Parse(a.URL); err != nil || u.Host != w.Host("files") {
			t.Errorf("47 the file is at %s", a.URL)
		}
	}
}

func TestFileNames(t *testing.T) {
	w := play(t)
	p := w.NewShopper()
	for _, name := range []string{"../../x.txt", `..\x.txt`, strings.Repeat("n", 300) + ".txt", "a\r\nSet-Cookie: x=1.txt", "a\u202egpj.txt", `a".txt`} {
		status, a, body := w.uploadAs(t, p, name, []byte("hello"))
		if status != http.StatusCreated {
			continue // refusing it is fine too
		}
		if strings.ContainsAny(a.Name, "/\\\r\n\u202e") || len(a.Name) > 260 {
			t.Errorf("49 %q is stored as %q: %s", name, a.Name, body)
		}
		resp, _ := fetch(t, a.URL)
		if resp.Header.Get("Set-Cookie") != "" || resp.StatusCode != http.StatusOK {
			t.Errorf("49 %q gives %d %v", name, resp.StatusCode, resp.Header)
		}
	}
}

func TestFileLinks(t *testing.T) {
	w := play(t)
	_, a, _ := w.upload(t, "a.txt", []byte("one"))
	_, b, _ := w.upload(t, "b.txt", []byte("two"))
	ua, _ := url.Parse(a.URL)
	for name, edit := range map[string]func(*url.URL){
		"51 without a signature": func(u *url.URL) { u.RawQuery = "" },
		"51 another file":        func(u *url.URL) { u.Path = "/files/" + b.ID },
		"51 a later end": func(u *url.URL) {
			q := u.Query()
			q.Set("exp", q.Get("exp")+"0")
			u.RawQuery = q.Encode()
		},
		"51 a letter of the signature": func(u *url.URL) {
			q := u.Query()
			s := []byte(q.Get("sig"))
			s[3] ^= 1
			q.Set("sig", string(s))
			u.RawQuery = q.Encode()
		},
	} {
		u := *ua
		edit(&u)
		if resp, body := fetch(t, u.String()); resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	if resp, body := fetch(t, a.URL); resp.StatusCode != http.StatusOK || string(body) != "one" {
		t.Errorf("the link itself: %d %s", resp.StatusCode, body)
	}
}

func TestAttachmentsBelongToWhoUploadedThem(t *testing.T) {
	w := play(t)
	_, a, _ := w.upload(t, "a.txt", []byte("mine"))
	k := w.dial(t, w.eve)
	frame := map[string]any{"type": "send", "client_id": "steal", "start": "steal", "message": map[string]any{"attachment_ids": []string{a.ID}}}
	if err := k.Write(t.Context(), frame); err != nil {
		t.Fatal(err)
	}
	for {
		f, err := k.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f.Type == "ack" {
			t.Fatal("51 a shopper has sent another's file")
		}
		if f.Type == "refused" {
			if f.Code != "bad_attachment" {
				t.Fatalf("refused with %s", f.Code)
			}
			return
		}
	}
}
