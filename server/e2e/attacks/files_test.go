package attacks_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
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
	resp, body, err := attack{
		method: http.MethodPost, path: "/v1/shops/" + w.ShopKey + "/shopper/attachments?name=" + url.QueryEscape(name),
		header: with(w.shopper(w.mara), "Content-Type", "application/octet-stream"), body: data,
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
		{"48 a picture that is cut off", "a.png", pngOf(100, 100)[:60], 0, ""},
		{"50 26 MiB", "a.txt", bytes.Repeat([]byte("hello world "), 26<<20/12), 413, "too_large"},
		{"an empty file", "a.txt", nil, 0, ""},
		{"a picture", "a.png", pngOf(20, 10), 201, ""},
		{"a text", "a.txt", []byte("hello"), 201, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, body := w.upload(t, c.file, c.data)
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
	status, a, body := w.upload(t, "a.pdf", []byte("%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"))
	if status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, body)
	}
	resp, _ := fetch(t, a.URL)
	h := resp.Header
	if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Fatalf("47 headers are %v", h)
	}
	if u, err := url.Parse(a.URL); err != nil || u.Host != w.Host("files") {
		t.Fatalf("47 the file is at %s", a.URL)
	}
}

func TestFileNames(t *testing.T) {
	w := play(t)
	for _, name := range []string{"../../x.txt", `..\x.txt`, strings.Repeat("n", 300) + ".txt", "a\r\nSet-Cookie: x=1.txt", "a\u202egpj.txt", `a".txt`} {
		status, a, body := w.upload(t, name, []byte("hello"))
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
