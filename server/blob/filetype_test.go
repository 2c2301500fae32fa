package blob

import (
	"strings"
	"testing"
)

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
