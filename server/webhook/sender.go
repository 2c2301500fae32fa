package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"code.dny.dev/ssrf"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	within    = 10 * time.Second
	dialFor   = 5 * time.Second
	maxAnswer = 64 << 10 // bytes that are read of an answer, and of its header
)

// Options of a Sender.
type Options struct {
	Agent string // User-Agent
	// Open lets requests go to this machine and private networks, and over plain http: for tests and the demo.
	Open   bool
	Within time.Duration // for a whole request, with its answer; 10 s
}

// Sender sends events to webhooks. It is safe for use by many goroutines.
type Sender struct {
	client *http.Client
	guard  *ssrf.Guardian
	agent  string
	open   bool
}

var _ chat.Poster = (*Sender)(nil)

// New makes a Sender.
func New(o Options) *Sender {
	if o.Within == 0 {
		o.Within = within
	}
	s := &Sender{guard: ssrf.New(ssrf.WithAnyPort()), agent: o.Agent, open: o.Open}
	dialer := &net.Dialer{Timeout: dialFor}
	if !o.Open {
		dialer.Control = s.guard.Safe
	}
	s.client = &http.Client{
		Timeout:       o.Within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialFor,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxAnswer,
			MaxConnsPerHost:        8,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
	}
	return s
}

// Post implements chat.Poster.
func (s *Sender) Post(ctx context.Context, r chat.HookRequest) (res chat.HookResult) {
	start := time.Now()
	defer func() { res.Duration = time.Since(start) }()
	if err := s.CheckURL(r.URL); err != nil {
		return chat.HookResult{Error: "url_not_allowed"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return chat.HookResult{Error: "url_not_allowed"}
	}
	at := strconv.FormatInt(r.At.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", s.agent)
	req.Header.Set("Webhook-Id", string(r.ID))
	req.Header.Set("Webhook-Timestamp", at)
	req.Header.Set("Webhook-Signature", Signature(r.Secrets, string(r.ID), at, r.Body))
	answer, err := s.client.Do(req)
	if err != nil {
		return chat.HookResult{Error: code(err)}
	}
	defer func() { _ = answer.Body.Close() }()
	return read(answer)
}

// read takes what matters of an answer. A receiver that has answered 2xx has the event, whatever it says beside.
func read(answer *http.Response) chat.HookResult {
	res := chat.HookResult{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header)}
	head, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	res.Answer = printable(head)
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		res.Error = "redirect"
	case err != nil:
		res.Error = code(err)
	default:
		res.Error = "status"
	}
	return res
}

// retryAfter reads seconds alone: dates are of a clock that we do not know.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// printable gives the head of an answer as text for the delivery log.
func printable(b []byte) string {
	s := strings.ToValidUTF8(string(b), "�")
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	for len(s) > chat.HookAnswer {
		_, size := utf8.DecodeLastRuneInString(s[:chat.HookAnswer+1])
		s = s[:chat.HookAnswer+1-size]
	}
	return s
}

// code names a failure in a way that tells the merchant what to look at and an attacker nothing.
func code(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork),
		errors.Is(err, ssrf.ErrInvalidHostPort):
		return "url_not_allowed"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "timeout"
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &cert), errors.As(err, &record):
		return "tls"
	}
	return "refused"
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
