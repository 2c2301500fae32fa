package rest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// webpSample is a picture of 1×1 pixel, lossless.
const webpSample = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func pixels(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 77, 255})
		}
	}
	return m
}

func encoded(t testing.TB, kind string, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "image/jpeg":
		err = jpeg.Encode(&b, pixels(w, h), nil)
	case "image/png":
		err = png.Encode(&b, pixels(w, h))
	case "image/gif":
		err = gif.Encode(&b, pixels(w, h), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a camera's metadata into a JPEG: its orientation, and where it was.
func withEXIF(jpg []byte, orientation byte) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00GPS 52.5200,13.4050")
	tiff[18] = orientation
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{jpg[:2], segment, body, jpg[2:]}, nil)
}

// pngHeader is a PNG that says how large it is and has no pixels.
func pngHeader(w, h uint32, depth, interlace byte) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), depth, 6, 0, 0, interlace)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

func gifFrames(n int, w, h uint16) []byte {
	b := []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00")
	for range n {
		b = append(b, 0x2c, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, w), h)
		b = append(b, 0, 2, 2, 0x4c, 0x01, 0)
	}
	return append(b, 0x3b)
}

func jpegHeader(w, h uint16, progressive bool) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 17, 8}
	if progressive {
		b[3] = 0xc2
	}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, h), w)
	b = append(b, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	return append(b, 0xff, 0xda, 0, 2)
}

func webpOf(t testing.TB, w, h uint32) []byte {
	t.Helper()
	b := must[[]byte](t)(base64.StdEncoding.DecodeString(webpSample))
	binary.LittleEndian.PutUint32(b[21:], (w-1)|(h-1)<<14|binary.LittleEndian.Uint32(b[21:])&^(1<<28-1))
	return b
}

func TestImagesAreMeasuredBeforeTheyAreDecoded(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		data []byte
		want error
	}{
		"a JPEG":                       {"image/jpeg", encoded(t, "image/jpeg", 20, 10), nil},
		"a PNG":                        {"image/png", encoded(t, "image/png", 20, 10), nil},
		"a GIF":                        {"image/gif", encoded(t, "image/gif", 20, 10), nil},
		"a WebP":                       {"image/webp", webpOf(t, 20, 10), nil},
		"a PNG of 40 megapixels":       {"image/png", pngHeader(8000, 5000, 8, 0), nil},
		"a PNG a line larger":          {"image/png", pngHeader(8000, 5001, 8, 0), chat.ErrImageTooLarge},
		"a PNG of 65,000 squared":      {"image/png", pngHeader(65_000, 65_000, 8, 0), chat.ErrImageTooLarge},
		"a PNG of 2^31 squared":        {"image/png", pngHeader(1<<31-1, 1<<31-1, 8, 0), chat.ErrFileType},
		"a deep, interlaced large PNG": {"image/png", pngHeader(8000, 5000, 16, 1), chat.ErrImageTooLarge},
		"a PNG one pixel high":         {"image/png", pngHeader(1_000_000, 1, 8, 0), chat.ErrImageTooLarge},
		"a JPEG of 65,535 squared":     {"image/jpeg", jpegHeader(65_535, 65_535, false), chat.ErrImageTooLarge},
		"a JPEG of 40 megapixels":      {"image/jpeg", jpegHeader(8000, 5000, false), nil},
		"a progressive one":            {"image/jpeg", jpegHeader(8000, 5000, true), chat.ErrImageTooLarge},
		"a GIF of 501 frames":          {"image/gif", gifFrames(501, 1, 1), chat.ErrImageTooLarge},
		"a GIF of huge frames":         {"image/gif", gifFrames(2, 5000, 5000), chat.ErrImageTooLarge},
		"a GIF cut off":                {"image/gif", gifFrames(2, 1, 1)[:20], chat.ErrFileType},
		"a WebP of 16,383 squared":     {"image/webp", webpOf(t, 16_383, 16_383), chat.ErrImageTooLarge},
		"a JPEG cut off":               {"image/jpeg", encoded(t, "image/jpeg", 20, 10)[:30], chat.ErrFileType},
		"a JPEG that is none":          {"image/jpeg", []byte("hello, I am no picture at all"), chat.ErrFileType},
		"an SVG":                       {"image/svg+xml", []byte("<svg/>"), chat.ErrFileType},
		"a TIFF":                       {"image/tiff", []byte("II*\x00"), chat.ErrFileType},
	} {
		p, err := lookAtImage(bytes.NewReader(c.data), c.kind)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (p.memory < 1 || p.memory > imageMemory) {
			t.Errorf("%s would take %d bytes", name, p.memory)
		}
	}
}

func TestRewrittenImagesKeepTheirPixelsAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		kind, becomes string
		data          []byte
		w, h          int
	}{
		"a JPEG with a place":         {"image/jpeg", "image/jpeg", withEXIF(encoded(t, "image/jpeg", 20, 10), 1), 20, 10},
		"a JPEG on its side":          {"image/jpeg", "image/jpeg", withEXIF(encoded(t, "image/jpeg", 20, 10), 6), 10, 20},
		"a JPEG upside down":          {"image/jpeg", "image/jpeg", withEXIF(encoded(t, "image/jpeg", 20, 10), 3), 20, 10},
		"a JPEG turned out of bounds": {"image/jpeg", "image/jpeg", withEXIF(encoded(t, "image/jpeg", 20, 10), 9), 20, 10},
		"a PNG with something behind": {"image/png", "image/png", append(encoded(t, "image/png", 20, 10), "<script>GPS</script>"...), 20, 10},
		"a GIF that is a script too":  {"image/gif", "image/gif", append(encoded(t, "image/gif", 20, 10), "/*GPS*/=1;alert(1)"...), 20, 10},
		"a WebP":                      {"image/webp", "image/png", webpOf(t, 1, 1), 1, 1},
	} {
		in := bytes.NewReader(c.data)
		p, err := lookAtImage(in, c.kind)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var out bytes.Buffer
		if err := p.rewrite(&out, in); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.contentType != c.becomes || p.width != c.w || p.height != c.h {
			t.Errorf("%s became %s of %d×%d, want %s of %d×%d", name, p.contentType, p.width, p.height, c.becomes, c.w, c.h)
		}
		if bytes.Contains(out.Bytes(), []byte("GPS")) {
			t.Errorf("%s still tells", name)
		}
		again, err := lookAtImage(bytes.NewReader(out.Bytes()), p.contentType)
		if err != nil || again.orientation > 8 {
			t.Errorf("%s cannot be read any more: %v", name, err)
		}
		if want := map[string]int{"a JPEG on its side": 6, "a JPEG upside down": 3}[name]; want != 0 && again.orientation != want {
			t.Errorf("%s is turned %d now, want %d", name, again.orientation, want)
		}
	}
}

func FuzzLookAtImage(f *testing.F) {
	f.Add("image/jpeg", withEXIF(encoded(f, "image/jpeg", 4, 4), 6))
	f.Add("image/png", encoded(f, "image/png", 4, 4))
	f.Add("image/gif", gifFrames(3, 2, 2))
	f.Add("image/webp", webpOf(f, 3, 3))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		p, err := lookAtImage(bytes.NewReader(data), kind)
		if err == nil && (p.width < 1 || p.height < 1 || p.width*p.height > maxPixels || p.memory > imageMemory || p.memory < 0) {
			t.Errorf("let through: %+v", p)
		}
	})
}

func TestFileNamesAreForPeopleOnly(t *testing.T) {
	for _, c := range []struct{ name, kind, want string }{
		{"photo.jpg", "image/jpeg", "photo.jpg"},
		{"photo.JPEG", "image/jpeg", "photo.JPEG"},
		{"photo.webp", "image/png", "photo.webp.png"},
		{"../../etc/passwd", "text/plain", "passwd.txt"},
		{`..\..\boot.ini`, "text/plain", "boot.ini.txt"},
		{"a\r\nSet-Cookie: x=1", "text/plain", "aSet-Cookie x=1.txt"},
		{"invoice\u202Egpj.exe", "application/pdf", "invoicegpj.exe.pdf"},
		{"page.html", "text/plain", "page.html.txt"},
		{"noteſ.md", "text/plain", "noteſ.md"},
		{strings.Repeat("ä", 300) + ".png", "image/png", strings.Repeat("ä", 60) + ".png"},
		{"", "application/pdf", "file.pdf"},
		{"...", "application/pdf", "file.pdf"},
		{".htaccess", "text/plain", "htaccess.txt"},
		{"\xff\xfe.zip", "application/zip", "file.zip"},
		{"a\u2028b\u00a0c.txt", "text/plain", "a b c.txt"},
	} {
		if got := fileName(c.name, c.kind); got != c.want {
			t.Errorf("fileName(%q, %s) = %q, want %q", c.name, c.kind, got, c.want)
		}
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("../a\x00b.png", "image/png")
	f.Fuzz(func(t *testing.T, name, kind string) {
		got := fileName(name, kind)
		if got == "" || len(got) > 200+len(kind) || strings.ContainsAny(got, "/\\\r\n\x00\"") {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	})
}
