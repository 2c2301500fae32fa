package tagalong

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"io"
	"math"
	mathrand "math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// A problem is small; of anything longer only the beginning is looked at.
const maxProblem = 64 << 10

// retrier sends a request again while that is safe, useful, and in time.
type retrier struct {
	next    api.HttpRequestDoer
	retries int
	sleep   func(context.Context, time.Duration) error
	random  func() float64
}

// Do gives the first answer that is final, or the last one there was time for.
func (r *retrier) Do(req *http.Request) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		resp, err := r.next.Do(req)
		wait, again := r.decide(req, resp, err, attempt)
		if !again {
			return resp, err
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		if err := r.sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req, err = rewound(req); err != nil {
			return nil, err
		}
	}
}

func (r *retrier) decide(req *http.Request, resp *http.Response, err error, attempt int) (time.Duration, bool) {
	ctx := req.Context()
	if attempt >= r.retries || ctx.Err() != nil || !mayRetry(req, resp, err) {
		return 0, false
	}
	// Full jitter, so that plugins which failed together do not come back together.
	wait := time.Duration(r.random() * math.Min(float64(8*time.Second), float64(250*time.Millisecond)*math.Pow(2, float64(attempt))))
	if resp != nil {
		if asked := retryAfter(resp.Header, time.Now()); asked > 0 {
			wait = asked
		}
	}
	// Waiting past the deadline would only trade this answer for a worse one.
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
		return 0, false
	}
	return wait, true
}

type repeatableKey struct{}

// repeatable marks a call whose repeats the server knows by other means than an Idempotency-Key (a client_id).
func repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

func mayRetry(req *http.Request, resp *http.Response, err error) bool {
	// Refused before anything was done: safe for every call.
	if resp != nil && resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	marked, _ := req.Context().Value(repeatableKey{}).(bool)
	if req.Method == http.MethodPost && req.Header.Get("Idempotency-Key") == "" && !marked {
		return false
	}
	if err != nil {
		return true
	}
	switch resp.StatusCode {
	case http.StatusConflict:
		// The other conflicts are about content and do not go away.
		return problemCode(resp) == string(api.ErrorCodeIdempotencyInProgress)
	case http.StatusRequestTimeout:
		return true
	}
	return resp.StatusCode >= 500
}

// problemCode looks into an answer and leaves it readable.
func problemCode(resp *http.Response) string {
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	if err != nil {
		return ""
	}
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(head, &problem)
	return problem.Code
}

type readCloser struct {
	io.Reader
	io.Closer
}

func rewound(req *http.Request) (*http.Request, error) {
	again := req.Clone(req.Context())
	if req.GetBody == nil {
		return again, nil
	}
	body, err := req.GetBody()
	again.Body = body
	return again, err
}

// retryAfter reads Retry-After in both its forms; 0 when it is absent or unreadable.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func randomFraction() float64 { return mathrand.Float64() }

// newID is 128 random bits in lower-case base32, 26 characters, like the server's ids.
func newID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:])
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}
