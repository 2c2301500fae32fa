package blob

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tagalong-chat/tagalong/server/blob/blobtest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestImagesAreMeasuredBeforeTheyAreDecoded(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		data []byte
		want error
	}{
		"a JPEG":                       {"image/jpeg", blobtest.Encoded(t, "image/jpeg", 20, 10), nil},
		"a PNG":                        {"image/png", blobtest.Encoded(t, "image/png", 20, 10), nil},
		"a GIF":                        {"image/gif", blobtest.Encoded(t, "image/gif", 20, 10), nil},
		"a WebP":                       {"image/webp", blobtest.WebP(t, 20, 10), nil},
		"a PNG of 40 megapixels":       {"image/png", blobtest.PNGHeader(8000, 5000, 8, 0), nil},
		"a PNG a line larger":          {"image/png", blobtest.PNGHeader(8000, 5001, 8, 0), chat.ErrImageTooLarge},
		"a PNG of 65,000 squared":      {"image/png", blobtest.PNGHeader(65_000, 65_000, 8, 0), chat.ErrImageTooLarge},
		"a PNG of 2^31 squared":        {"image/png", blobtest.PNGHeader(1<<31-1, 1<<31-1, 8, 0), chat.ErrFileType},
		"a deep, interlaced large PNG": {"image/png", blobtest.PNGHeader(8000, 5000, 16, 1), chat.ErrImageTooLarge},
		"a PNG one pixel high":         {"image/png", blobtest.PNGHeader(1_000_000, 1, 8, 0), chat.ErrImageTooLarge},
		"a JPEG of 65,535 squared":     {"image/jpeg", blobtest.JPEGHeader(65_535, 65_535, false), chat.ErrImageTooLarge},
		"a JPEG of 40 megapixels":      {"image/jpeg", blobtest.JPEGHeader(8000, 5000, false), nil},
		"a progressive one":            {"image/jpeg", blobtest.JPEGHeader(8000, 5000, true), chat.ErrImageTooLarge},
		"a GIF of 501 frames":          {"image/gif", blobtest.GIFFrames(501, 1, 1), chat.ErrImageTooLarge},
		"a GIF of huge frames":         {"image/gif", blobtest.GIFFrames(2, 5000, 5000), chat.ErrImageTooLarge},
		"a GIF cut off":                {"image/gif", blobtest.GIFFrames(2, 1, 1)[:20], chat.ErrFileType},
		"a WebP of 16,383 squared":     {"image/webp", blobtest.WebP(t, 16_383, 16_383), chat.ErrImageTooLarge},
		"a JPEG cut off":               {"image/jpeg", blobtest.Encoded(t, "image/jpeg", 20, 10)[:30], chat.ErrFileType},
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
		"a JPEG with a place":         {"image/jpeg", "image/jpeg", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 20, 10), 1), 20, 10},
		"a JPEG on its side":          {"image/jpeg", "image/jpeg", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 20, 10), 6), 10, 20},
		"a JPEG upside down":          {"image/jpeg", "image/jpeg", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 20, 10), 3), 20, 10},
		"a JPEG turned out of bounds": {"image/jpeg", "image/jpeg", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 20, 10), 9), 20, 10},
		"a PNG with something behind": {"image/png", "image/png", append(blobtest.Encoded(t, "image/png", 20, 10), "<script>GPS</script>"...), 20, 10},
		"a GIF that is a script too":  {"image/gif", "image/gif", append(blobtest.Encoded(t, "image/gif", 20, 10), "/*GPS*/=1;alert(1)"...), 20, 10},
		"a WebP":                      {"image/webp", "image/png", blobtest.WebP(t, 1, 1), 1, 1},
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
	f.Add("image/jpeg", blobtest.WithEXIF(blobtest.Encoded(f, "image/jpeg", 4, 4), 6))
	f.Add("image/png", blobtest.Encoded(f, "image/png", 4, 4))
	f.Add("image/gif", blobtest.GIFFrames(3, 2, 2))
	f.Add("image/webp", blobtest.WebP(f, 3, 3))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		p, err := lookAtImage(bytes.NewReader(data), kind)
		if err == nil && (p.width < 1 || p.height < 1 || p.width*p.height > maxPixels || p.memory > imageMemory || p.memory < 0) {
			t.Errorf("let through: %+v", p)
		}
	})
}
