package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// A link to a file holds for one to two days. Its end is rounded, so that a file keeps one address for a day and stays in the
// browser's cache.
const linkPeriod = 24 * time.Hour

// Links signs links to files: the link is the credential, so that an <img> needs no other.
type Links struct {
	key   []byte
	files string // origin
	now   func() time.Time
}

func newLinks(key []byte, files string, now func() time.Time) (*Links, error) {
	if len(key) < 32 {
		return nil, errors.New("the key that signs links must have at least 32 bytes")
	}
	return &Links{key: key, files: files, now: now}, nil
}

// FileURL gives a link to a file.
func (l *Links) FileURL(id chat.AttachmentID) string {
	exp := strconv.FormatInt(l.now().Truncate(linkPeriod).Add(2*linkPeriod).Unix(), 10)
	return l.files + "/files/" + url.PathEscape(string(id)) + "?exp=" + exp + "&sig=" + l.sign(id, exp)
}

// FileURLUntil gives a link to a file that ends at a time, within a day.
func (l *Links) FileURLUntil(id chat.AttachmentID, until time.Time) string {
	if last := l.now().Add(linkPeriod); until.After(last) {
		until = last
	}
	exp := strconv.FormatInt(until.Unix(), 10)
	return l.files + "/files/" + url.PathEscape(string(id)) + "?exp=" + exp + "&sig=" + l.sign(id, exp)
}

// CheckFileURL checks the parts of a link and tells until when it holds. ErrLinkExpired: it is over, altered, or for another file.
func (l *Links) CheckFileURL(id chat.AttachmentID, exp, sig string) (time.Time, error) {
	if !chat.ValidID(chat.PrefixAttachment, string(id)) || len(exp) > 12 || !hmac.Equal([]byte(sig), []byte(l.sign(id, exp))) {
		return time.Time{}, ErrLinkExpired
	}
	sec, err := strconv.ParseInt(exp, 10, 64)
	if err != nil || !l.now().Before(time.Unix(sec, 0)) {
		return time.Time{}, ErrLinkExpired
	}
	return time.Unix(sec, 0), nil
}

func (l *Links) sign(id chat.AttachmentID, exp string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte("file\n" + string(id) + "\n" + exp))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// SealCursor makes an opaque cursor of a place in a list; scope names the list. It is signed only so that an edited one is noticed:
// a cursor opens nothing.
func (l *Links) SealCursor(scope, place string) string {
	return base64.RawURLEncoding.EncodeToString(append(l.cursorMAC(scope, place), place...))
}

// OpenCursor gives the place that a cursor of this list names. ErrBadCursor: it was not given out for this list.
func (l *Links) OpenCursor(scope, cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < cursorMAC || len(cursor) > maxCursor {
		return "", chat.ErrBadCursor
	}
	place := string(raw[cursorMAC:])
	if !hmac.Equal(raw[:cursorMAC], l.cursorMAC(scope, place)) {
		return "", chat.ErrBadCursor
	}
	return place, nil
}

const (
	cursorMAC = 12
	maxCursor = 512
)

func (l *Links) cursorMAC(scope, place string) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte("cursor\n" + scope + "\n" + place))
	return mac.Sum(nil)[:cursorMAC]
}
