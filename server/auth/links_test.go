package auth

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	fileA = chat.AttachmentID("att_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	fileB = chat.AttachmentID("att_bbbbbbbbbbbbbbbbbbbbbbbbbb")
)

func TestFileLinkHoldsForItsFileUntilItsEnd(t *testing.T) {
	start := time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)
	now := start
	l, err := newLinks(bytes.Repeat([]byte("k"), 32), "https://files.example", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	link := l.FileURL(fileA)
	u, err := url.Parse(link)
	if err != nil || u.Host != "files.example" || u.Path != "/files/"+string(fileA) {
		t.Fatalf("link is %q", link)
	}
	exp, sig := u.Query().Get("exp"), u.Query().Get("sig")
	other, _ := newLinks(bytes.Repeat([]byte("o"), 32), "https://files.example", func() time.Time { return now })
	foreign, _ := url.Parse(other.FileURL(fileA))
	for name, c := range map[string]struct {
		id       chat.AttachmentID
		exp, sig string
		after    time.Duration
		ok       bool
	}{
		"as made":                  {fileA, exp, sig, 0, true},
		"a day later":              {fileA, exp, sig, 24 * time.Hour, true},
		"at its end":               {fileA, exp, sig, 33 * time.Hour, false},
		"another file":             {fileB, exp, sig, 0, false},
		"a later end":              {fileA, exp + "0", sig, 0, false},
		"no signature":             {fileA, exp, "", 0, false},
		"a cut signature":          {fileA, exp, sig[:len(sig)-1], 0, false},
		"another key's signature":  {fileA, exp, foreign.Query().Get("sig"), 0, false},
		"an end that is no number": {fileA, "1e9", l.sign(fileA, "1e9"), 0, false},
		"an id of another kind":    {"cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", exp, l.sign("cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", exp), 0, false},
	} {
		now = start.Add(c.after)
		_, err := l.CheckFileURL(c.id, c.exp, c.sig)
		if c.ok && err != nil || !c.ok && !errors.Is(err, ErrLinkExpired) {
			t.Errorf("%s: %v", name, err)
		}
	}
	now = start.Add(time.Hour)
	if l.FileURL(fileA) != link {
		t.Error("the link changed within the day: browsers could not cache the file")
	}
}

func TestALinkUntilATimeEndsThenAndWithinADay(t *testing.T) {
	start := time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)
	now := start
	l, err := newLinks(bytes.Repeat([]byte("k"), 32), "https://files.example", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for until, lasts := range map[time.Duration]time.Duration{time.Hour: time.Hour, 7 * 24 * time.Hour: 24 * time.Hour} {
		now = start
		u, err := url.Parse(l.FileURLUntil(fileA, start.Add(until)))
		if err != nil {
			t.Fatal(err)
		}
		exp, sig := u.Query().Get("exp"), u.Query().Get("sig")
		for after, ok := range map[time.Duration]bool{0: true, lasts - time.Second: true, lasts: false} {
			now = start.Add(after)
			if _, err := l.CheckFileURL(fileA, exp, sig); (err == nil) != ok {
				t.Errorf("a link until %s holds after %s: %v", until, after, err)
			}
		}
	}
}

func TestLinksNeedALongKey(t *testing.T) {
	if _, err := newLinks([]byte("short"), "https://files.example", time.Now); err == nil {
		t.Error("a short key was taken")
	}
}

func FuzzHashSecret(f *testing.F) {
	f.Add("tgk_" + strings.Repeat("a", 43))
	f.Add("tgk_test_" + strings.Repeat("a", 43))
	f.Add("tgk_test_" + strings.Repeat("a", 38))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		_, real := hashSecret(prefixPluginKey, s)
		if real && (len(s) != 47 || !strings.HasPrefix(s, "tgk_")) {
			t.Errorf("%q was taken for a plugin key", s)
		}
		_, test := hashSecret(prefixTestKey, s)
		if test && (len(s) != 52 || !strings.HasPrefix(s, "tgk_test_")) || test && real {
			t.Errorf("%q was taken for a test key", s)
		}
	})
}

func TestCursorNamesAPlaceInItsOwnListOnly(t *testing.T) {
	l := &Links{key: bytes.Repeat([]byte("k"), 32)}
	c := l.SealCursor("agents", "anna\nagt_1")
	if place, err := l.OpenCursor("agents", c); err != nil || place != "anna\nagt_1" {
		t.Errorf("opened %q, %v", place, err)
	}
	for i := range len(c) {
		edited := []byte(c)
		edited[i] ^= 1
		if place, err := l.OpenCursor("agents", string(edited)); err == nil && place != "anna\nagt_1" {
			t.Errorf("an edit at %d led to %q", i, place)
		}
	}
	if _, err := l.OpenCursor("shops", c); !errors.Is(err, chat.ErrBadCursor) {
		t.Errorf("a cursor of another list: %v", err)
	}
}

func FuzzOpenCursor(f *testing.F) {
	l := &Links{key: bytes.Repeat([]byte("k"), 32)}
	f.Add("AAAA")
	f.Add(l.SealCursor("another list", "place"))
	f.Fuzz(func(t *testing.T, cursor string) {
		if place, err := l.OpenCursor("list", cursor); err == nil {
			t.Errorf("a made-up cursor led to %q", place)
		}
	})
}
