package blob_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/color"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tagalong-chat/tagalong/server/blob"
	"github.com/tagalong-chat/tagalong/server/blob/blobtest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// onePixel is a WebP of one pixel, lossless.
func onePixel(t testing.TB) []byte { return blobtest.WebP(t, 1, 1) }

// box is the beginning of an ISO base media file of a brand.
func box(brand string) []byte {
	return []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00" + brand + "isom")
}

// ole is the beginning of a compound file, whatever is in it.
func ole() []byte {
	return append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
}

func ogg(codec string) []byte {
	return append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13"), codec...)
}

func zipped(first string) []byte {
	return []byte("PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
		string(rune(len(first))) + "\x00\x00\x00" + first + strings.Repeat("x", 60))
}

// take lets an intake take a file in, and gives what was kept of it.
func take(t *testing.T, name string, data []byte) (chat.Upload, []byte, error) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	f := open(t, dir)
	u := chat.Upload{Attachment: chat.Attachment{ID: newID(), Name: name, ContentType: "text/html"}}
	u, err := blob.NewIntake(f).Take(t.Context(), u, bytes.NewReader(data), 1<<20)
	if left, e := os.ReadDir(os.TempDir()); e != nil || len(left) != 0 {
		t.Errorf("%s: %v was left behind, %v", name, left, e)
	}
	if err != nil {
		if kept := files(t, dir); len(kept) != 0 {
			t.Errorf("%s was refused, and yet kept: %v", name, kept)
		}
		return u, nil, err
	}
	r, err := f.Open(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	kept, err := io.ReadAll(r)
	if err != nil || int64(len(kept)) != u.Size {
		t.Errorf("%s: %d bytes are kept, said are %d; %v", name, len(kept), u.Size, err)
	}
	return u, kept, nil
}

func TestWhatPeopleSendIsTakenForWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		file       string
		data       []byte
		kind, want string
	}{
		"a photo":                  {"", blobtest.WithEXIF(blobtest.Encoded(t, "image/jpeg", 20, 10), 1), "image/jpeg", "file.jpg"},
		"a sticker":                {"", onePixel(t), "image/png", "file.png"},
		"an animated sticker":      {"", blobtest.AnimatedWebP(1, 1, onePixel(t), onePixel(t)), "image/png", "file.png"},
		"a voice message":          {"", ogg("OpusHead\x01\x01"), "audio/ogg", "file.oga"},
		"another Ogg":              {"a.ogg", ogg("\x01vorbis"), "audio/ogg", "a.ogg"},
		"an AAC":                   {"", []byte("\xff\xf1\x50\x80\x00\x1f\xfc"), "audio/aac", "file.aac"},
		"an AMR":                   {"", []byte("#!AMR\n\x3c\x91"), "audio/amr", "file.amr"},
		"an MP3":                   {"", []byte("\xff\xfb\x90\x64\x00\x00\x00\x00\x00\x00"), "audio/mpeg", "file.mp3"},
		"an M4A":                   {"", box("M4A "), "audio/x-m4a", "file.m4a"},
		"an MP4":                   {"", box("mp42"), "video/mp4", "file.mp4"},
		"a 3GP":                    {"", box("3gp4"), "video/3gpp", "file.3gp"},
		"a PDF":                    {"Factura nº 7.pdf", []byte("%PDF-1.7\n"), "application/pdf", "Factura nº 7.pdf"},
		"a document of today":      {"a.docx", zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"},
		"a document of yesterday":  {"a.DOC", ole(), "application/msword", "a.DOC"},
		"a sheet of yesterday":     {"a.xls", ole(), "application/vnd.ms-excel", "a.xls"},
		"a card of somebody":       {"", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n"), "text/vcard", "file.vcf"},
		"a text":                   {"a.txt", []byte("Dear all,\n"), "text/plain", "a.txt"},
		"a PDF that says it's not": {"a.html", []byte("%PDF-1.7\n"), "application/pdf", "a.html.pdf"},
	} {
		u, kept, err := take(t, c.file, c.data)
		if err != nil || u.ContentType != c.kind || u.Name != c.want {
			t.Errorf("%s: %s named %q, %v", name, u.ContentType, u.Name, err)
			continue
		}
		if image := strings.HasPrefix(c.kind, "image/"); image == (u.Width == 0) || image == bytes.Equal(kept, c.data) || bytes.Contains(kept, []byte("GPS")) {
			t.Errorf("%s: %d×%d, %d bytes became %d", name, u.Width, u.Height, len(c.data), len(kept))
		}
	}
}

func TestWhatIsNotTakenLeavesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		want error
	}{
		"nothing":                     {"a.txt", nil, chat.ErrInvalid},
		"more than allowed":           {"a.txt", bytes.Repeat([]byte("a line\n"), 1<<18), chat.ErrTooLarge},
		"a photo larger than allowed": {"a.jpg", append(blobtest.Encoded(t, "image/jpeg", 9, 9), make([]byte, 1<<20)...), chat.ErrTooLarge},
		"too many pixels":             {"a.png", blobtest.PNGHeader(65_000, 65_000, 8, 0), chat.ErrImageTooLarge},
		"a large animation":           {"a.webp", blobtest.AnimatedWebP(16_000, 16_000, blobtest.WebP(t, 16_000, 16_000)), chat.ErrImageTooLarge},
		"a page":                      {"a.txt", []byte("<!DOCTYPE html><script>alert(1)</script>"), chat.ErrFileType},
		"an SVG":                      {"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), chat.ErrFileType},
		"a program":                   {"a.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), chat.ErrFileType},
		"an installer":                {"a.msi", ole(), chat.ErrFileType},
		"a photo that ends early":     {"a.jpg", blobtest.JPEGHeader(100, 100, false), chat.ErrFileType},
		"an animation of nothing":     {"a.webp", blobtest.AnimatedWebP(1, 1, make([]byte, 12)), chat.ErrFileType},
		"an animation cut off":        {"a.webp", blobtest.AnimatedWebP(1, 1, onePixel(t))[:70], chat.ErrFileType},
		"a WebP without a picture":    {"a.webp", blobtest.AnimatedWebP(1, 1), chat.ErrFileType},
	} {
		if _, _, err := take(t, c.file, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAFileAtTheLimitIsTaken(t *testing.T) {
	u, kept, err := take(t, "a.txt", bytes.Repeat([]byte("12345678"), 1<<17))
	if err != nil || len(kept) != 1<<20 || u.Size != 1<<20 {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
}

func TestAFileWhoseSourceFailsIsNotKept(t *testing.T) {
	dir := t.TempDir()
	i := blob.NewIntake(open(t, dir))
	broken := errors.New("the connection broke")
	for name, head := range map[string][]byte{"at once": nil, "a text": bytes.Repeat([]byte("text\n"), 4000), "a photo": blobtest.JPEGHeader(10, 10, false)} {
		r := io.MultiReader(bytes.NewReader(head), iotest.ErrReader(broken))
		_, err := i.Take(t.Context(), chat.Upload{Attachment: chat.Attachment{ID: newID()}}, r, 1<<20)
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept := files(t, dir); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
}

// seeThrough is a frame of 16×8 pixels as a browser encodes it, lossy: the left half is red, the right one is not there.
const seeThrough = "UklGRgAAAABXRUJQQUxQSBIAAAABDzD/ERFCLJjMX7ozhYj+Rw5WUDggLAAAAHABAJ0BKhAACAABQCYloAJ0AUAAAP76Xf//c3sf+awP+oX/6WO//6UgAAAA"

func TestTheFirstFrameOfAnAnimationStays(t *testing.T) {
	frame, err := base64.StdEncoding.DecodeString(seeThrough)
	if err != nil {
		t.Fatal(err)
	}
	u, kept, err := take(t, "sticker.webp", blobtest.AnimatedWebP(16, 8, frame, onePixel(t)))
	if err != nil || u.ContentType != "image/png" || u.Width != 16 || u.Height != 8 {
		t.Fatalf("%+v, %v", u.Attachment, err)
	}
	m, err := png.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	left, right := color.NRGBAModel.Convert(m.At(3, 4)).(color.NRGBA), color.NRGBAModel.Convert(m.At(12, 4)).(color.NRGBA)
	if left.A != 255 || left.R < 200 || left.G > 60 || left.B > 60 || right.A != 0 {
		t.Errorf("left is %v, right is %v", left, right)
	}
}

func FuzzIntake(f *testing.F) {
	f.Add(blobtest.AnimatedWebP(1, 1, onePixel(f)))
	f.Add(blobtest.AnimatedWebP(3, 3, blobtest.WebP(f, 3, 3)))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPANMF\xff\xff\xff\xff"))
	f.Add(blobtest.GIFFrames(3, 2, 2))
	i := blob.NewIntake(nowhere{})
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := i.Take(t.Context(), chat.Upload{Attachment: chat.Attachment{ID: newID()}}, bytes.NewReader(data), 1<<20)
		if err == nil && (u.ContentType == "" || strings.HasPrefix(u.ContentType, "image/") != (u.Width > 0)) {
			t.Errorf("took %+v", u.Attachment)
		}
	})
}

// nowhere keeps nothing.
type nowhere struct{ chat.Blobs }

func (nowhere) Put(_ context.Context, _ chat.AttachmentID, r io.Reader) (int64, error) {
	return io.Copy(io.Discard, r)
}
