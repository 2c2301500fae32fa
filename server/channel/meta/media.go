package meta

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Hosts of Meta's that files are fetched from. No other is ever asked for one, whatever a webhook says.
const (
	lookaside = "lookaside.fbsbx.com" // files of WhatsApp: the only host beside the Graph API that gets to see a token
	filesEnd  = ".fbsbx.com"
	imagesEnd = ".fbcdn.net"
)

const maxRedirects = 3

// mayFetch tells whether files are fetched from there.
func (p *Platform) mayFetch(u *url.URL) bool {
	if slices.Contains(p.o.MediaHosts, u.Host) && (u.Scheme == "https" || u.Scheme == "http") {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && u.Port() == "" && u.User == nil && (strings.HasSuffix(host, filesEnd) || strings.HasSuffix(host, imagesEnd))
}

// mayTell tells whether a host gets to see an account's token.
func (p *Platform) mayTell(u *url.URL) bool {
	return p.mayFetch(u) && (u.Hostname() == lookaside || slices.Contains(p.o.MediaHosts, u.Host))
}

// followMedia follows to Meta's own hosts alone, and takes the token along to none that may not see it.
func (p *Platform) followMedia(r *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects || !p.mayFetch(r.URL) {
		return errElsewhere
	}
	if !p.mayTell(r.URL) {
		r.Header.Del("Authorization")
	}
	return nil
}

var errElsewhere = errors.New("the file is not on one of the provider's hosts")

// download opens a file at one of Meta's hosts; token may be empty.
func (p *Platform) download(ctx context.Context, address, token string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || !p.mayFetch(u) || token != "" && !p.mayTell(u) {
		return nil, &chat.SendError{Class: chat.SendRejected, Code: codeMedia, Detail: errElsewhere.Error()}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &chat.SendError{Class: chat.SendRejected, Code: codeMedia, Detail: "the file's address is none"}
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := p.media.Do(r)
	if errors.Is(err, errElsewhere) {
		return nil, &chat.SendError{Class: chat.SendRejected, Code: codeMedia, Detail: errElsewhere.Error()}
	}
	if err != nil {
		return nil, channel.Lost(bare(err), false)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close() // there is nothing to be done about it
		return nil, unavailable(resp)
	}
	return resp.Body, nil
}

// unavailable judges why there is no file: its address lives for minutes only, so another one may do.
func unavailable(resp *http.Response) *chat.SendError {
	e := unexplained(resp)
	if e.Class == chat.SendUncertain || resp.StatusCode == http.StatusNotFound {
		e.Class = chat.SendRetry
	}
	e.Code = codeMedia
	return e
}

// checked reads a file and fails at its end when it is not what was promised.
type checked struct {
	io.ReadCloser
	sum  hash.Hash
	want []byte
}

var errOtherFile = errors.New("the file is not the one that was announced")

// check gives a reader that compares with a digest in base64, where there is one.
func check(r io.ReadCloser, digest string) io.ReadCloser {
	want, err := base64.StdEncoding.DecodeString(digest)
	if err != nil || len(want) != sha256.Size {
		return r
	}
	return &checked{ReadCloser: r, sum: sha256.New(), want: want}
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.sum.Write(b[:n])
	if errors.Is(err, io.EOF) && !slices.Equal(c.sum.Sum(nil), c.want) {
		return n, errOtherFile
	}
	return n, err
}
