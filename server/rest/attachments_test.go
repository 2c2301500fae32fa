package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/blob/blobtest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func uploadOf(as, name string, data []byte) req {
	call := "POST /v1/shops/{shop}/attachments"
	if as == "shopper" {
		call = "POST /v1/shops/{key}/shopper/attachments"
	}
	return req{as: as, call: call, query: "name=" + url.QueryEscape(name), body: string(data), header: map[string]string{"Content-Type": "application/octet-stream"}}
}

// fetch calls the files' origin, whose answers are not in the contract.
func (w *world) fetch(method, link string, header map[string]string) *answer {
	w.t.Helper()
	r := httptest.NewRequest(method, link, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.door.Files().ServeHTTP(rec, r)
	return &answer{w.t, method + " " + link, rec.Code, rec.Header(), rec.Body.String()}
}

func TestFilesAreWhatTheirBytesSay(t *testing.T) {
	w := newWorld(t)
	zip := []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	for name, c := range map[string]struct {
		file   string
		data   []byte
		status int
		want   string
	}{
		"a photo":                          {"p.jpg", blobtest.Encoded(t, "image/jpeg", 30, 20), 201, `"width":30`},
		"a PNG that says it is a text":     {"p.txt", blobtest.Encoded(t, "image/png", 30, 20), 201, `"content_type":"image/png"`},
		"a text":                           {"t.txt", []byte("Dear all,\n"), 201, `"content_type":"text/plain"`},
		"a PDF":                            {"a.pdf", []byte("%PDF-1.7\n1 0 obj\n<</JS(alert)>>"), 201, `"content_type":"application/pdf"`},
		"a zip":                            {"a.zip", zip, 201, `"content_type":"application/zip"`},
		"an MP4":                           {"v.mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), 201, `"content_type":"video/mp4"`},
		"a page that says it is a photo":   {"p.jpg", []byte("<!DOCTYPE html><script>alert(1)</script>"), 415, "unsupported_media_type"},
		"a page with white space before":   {"p.jpg", []byte("\n\n   <html><body onload=alert(1)>"), 415, "unsupported_media_type"},
		"an SVG":                           {"p.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), 415, "unsupported_media_type"},
		"an XML with a style sheet":        {"p.xml", []byte(`<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>`), 415, "unsupported_media_type"},
		"a program":                        {"p.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), 415, "unsupported_media_type"},
		"a script":                         {"p.txt", []byte("#!/bin/sh\nrm -rf /\n"), 415, "unsupported_media_type"},
		"unknown bytes":                    {"p.bin", []byte("\x01\x02\x03\x04\x05\x06"), 415, "unsupported_media_type"},
		"a TIFF":                           {"p.tif", []byte("II*\x00\x08\x00\x00\x00"), 415, "unsupported_media_type"},
		"a photo of 65,535 squared":        {"p.jpg", blobtest.JPEGHeader(65_535, 65_535, false), 422, "image_too_large"},
		"a PNG bomb":                       {"p.png", blobtest.PNGHeader(65_000, 65_000, 8, 0), 422, "image_too_large"},
		"ten thousand frames":              {"p.gif", blobtest.GIFFrames(10_000, 1, 1), 422, "image_too_large"},
		"a photo that ends after its head": {"p.jpg", blobtest.JPEGHeader(100, 100, false), 415, "unsupported_media_type"},
		"nothing":                          {"p.txt", nil, 422, "invalid"},
	} {
		w.clock.add(10 * time.Second)
		q := uploadOf("agent", c.file, c.data)
		a := w.do(q)
		if a.status != c.status || !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	w.noLeftovers()
}

// noLeftovers looks for temporary files, and for files that no row names.
func (w *world) noLeftovers() {
	w.t.Helper()
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "tagalong-upload-") {
			w.t.Errorf("%s was left behind", f.Name())
		}
	}
}

func TestUploadsAreBounded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w := newWorld(t)
	big := bytes.Repeat([]byte("a line of text\n"), 26<<20/15)
	w.do(uploadOf("agent", "big.txt", big)).refused(413, "too_large")
	endless := w.build(uploadOf("agent", "big.txt", []byte("x")))
	endless.Body, endless.ContentLength = io.NopCloser(bytes.NewReader(big)), -1 // chunked: nobody knows how much
	w.send(endless, "POST chunked").refused(413, "too_large")
	image := w.build(uploadOf("agent", "big.jpg", []byte("x")))
	image.Body, image.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(blobtest.JPEGHeader(10, 10, false)), bytes.NewReader(big))), -1
	w.send(image, "POST image").refused(413, "too_large")
	broken := w.build(uploadOf("agent", "big.txt", []byte("x")))
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("text\n", 2000)), failing{}))
	w.send(broken, "POST broken").refused(400, "bad_json")
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/attachments", query: "name=a", body: "x", header: map[string]string{"Content-Type": "image/png"}}).
		refused(415, "unsupported_media_type")
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/attachments", body: "x", header: map[string]string{"Content-Type": "application/octet-stream"}}).
		refused(400, "bad_query")
	w.noLeftovers()
	if ids := must[[]chat.AttachmentID](t)(w.store.UnboundUploads(t.Context(), chat.At(w.clock.now().Add(time.Hour)), 100)); len(ids) != 2 {
		t.Errorf("%d uploads are written down, want the two of the merchants", len(ids))
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnUploadGoesWithItsAuthorsMessageOnly(t *testing.T) {
	w := newWorld(t)
	own := into[openapi.Attachment](w.do(uploadOf("shopper", "../x\u202e.txt", []byte("hello there"))).want(201, `"name":"x.txt"`, `"size":11`))
	other, otherToken := w.newShopper(w.a)
	thief, _, err := w.auth.ShopperByToken(t.Context(), w.a.shop.Key, otherToken)
	if err != nil || thief.Shopper != other {
		t.Fatal(err)
	}
	send := func(by chat.Caller, r chat.SendRequest) error {
		r.Attachments = []chat.AttachmentID{chat.AttachmentID(own.ID)}
		_, err := w.chat.Send(t.Context(), by, r)
		return err
	}
	if err := send(thief, chat.SendRequest{Start: "x", ClientID: "x"}); !errors.Is(err, chat.ErrBadAttachment) {
		t.Errorf("another shopper sent the file: %v", err)
	}
	by, _, _ := w.auth.ShopperByToken(t.Context(), w.a.shop.Key, w.a.token)
	if err := send(by, chat.SendRequest{Conversation: w.a.conversation, ClientID: "file"}); err != nil {
		t.Fatal(err)
	}
	list := into[openapi.EntryList](w.do(req{as: "agent", call: "GET " + entriesPath}).want(200))
	link := list.Items[len(list.Items)-1].Message.Attachments[0].URL
	w.fetch(http.MethodGet, link, nil).want(200, "hello there")
}

func TestFilesComeFromTheirOwnOriginAndDoNothing(t *testing.T) {
	w := newWorld(t)
	text := into[openapi.Attachment](w.do(uploadOf("agent", "über \"a\".txt", []byte("***hello*** world"))).want(201))
	photo := into[openapi.Attachment](w.do(uploadOf("agent", "p.jpg", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 30, 20), 6))).want(201, `"width":20`))
	for link, disposition := range map[string]string{text.URL: "attachment", photo.URL: "inline"} {
		if !strings.HasPrefix(link, filesURL+"/files/att_") {
			t.Errorf("the link is %s", link)
		}
		r := w.fetch(http.MethodGet, link, nil).want(200)
		if got := r.header.Get("Content-Disposition"); !strings.HasPrefix(got, disposition+";") {
			t.Errorf("Content-Disposition is %q", got)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
			"Cross-Origin-Resource-Policy": "cross-origin", "Referrer-Policy": "no-referrer", "Accept-Ranges": "bytes",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if cache := r.header.Get("Cache-Control"); !strings.HasPrefix(cache, "private, immutable, max-age=") {
			t.Errorf("Cache-Control is %q", cache)
		}
	}
	w.fetch(http.MethodGet, photo.URL, nil).want(200, "\xff\xd8").lacks("GPS")
	if r := w.fetch(http.MethodGet, text.URL, map[string]string{"Range": "bytes=3-7"}).want(206); r.body != "hello" {
		t.Errorf("a range gave %q", r.body)
	}
	w.fetch(http.MethodGet, text.URL, map[string]string{"If-None-Match": `"` + text.ID + `"`}).want(304)
	w.fetch(http.MethodHead, text.URL, nil).want(200)
}

func TestALinkToAFileCannotBeBent(t *testing.T) {
	w := newWorld(t)
	a := into[openapi.Attachment](w.do(uploadOf("agent", "a.txt", []byte("hello there"))).want(201))
	good := must[*url.URL](t)(url.Parse(a.URL))
	exp, sig := good.Query().Get("exp"), good.Query().Get("sig")
	for name, c := range map[string]struct {
		link   string
		status int
		code   string
	}{
		"no signature":             {good.Path, 403, "link_expired"},
		"another's signature":      {"/files/" + string(w.b.attachment) + "?" + good.RawQuery, 403, "link_expired"},
		"a later end":              {fmt.Sprintf("%s?exp=%s0&sig=%s", good.Path, exp, sig), 403, "link_expired"},
		"two signatures":           {a.URL + "&sig=x", 403, "link_expired"},
		"up and away":              {"/files/..%2f..%2fetc%2fpasswd?" + good.RawQuery, 404, "not_found"},
		"a NUL":                    {"/files/%00?" + good.RawQuery, 404, "not_found"},
		"nothing":                  {"/files/?" + good.RawQuery, 404, "not_found"},
		"another path":             {"/x?" + good.RawQuery, 404, "not_found"},
		"a file that is not there": {w.auth.FileURL("att_aaaaaaaaaaaaaaaaaaaaaaaaaa"), 404, "not_found"},
	} {
		if r := w.fetch(http.MethodGet, c.link, nil).refused(c.status, c.code); r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: the answer is %q", name, r.header.Get("Content-Type"))
		}
	}
	w.fetch(http.MethodPost, a.URL, nil).refused(405, "method_not_allowed")
	w.clock.add(49 * time.Hour)
	w.fetch(http.MethodGet, a.URL, nil).refused(403, "link_expired")
}
