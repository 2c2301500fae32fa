package graph

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kinds of faults.
const (
	FaultError     = "error"     // refused with Code and Subcode
	FaultHTTP      = "http"      // Status with a page of HTML
	FaultOKError   = "ok_error"  // 200 with an error in the body
	FaultRate      = "rate"      // 429, with Retry-After if it is given
	FaultReset     = "reset"     // the connection breaks before anything is accepted
	FaultDrop      = "drop"      // accepted, and the connection breaks instead of an answer
	FaultTruncated = "truncated" // accepted, and half of the answer
	FaultSlow      = "slow"      // accepted, and the answer takes Delay
	FaultLate      = "late"      // accepted, and the webhook comes before the answer
	FaultAsync     = "async"     // accepted, and then a failed status with Code
)

// Fault is one planned misbehaviour. It strikes calls that fit everything it
// names.
type Fault struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`

	// Which calls.
	Line    string  `json:"line,omitempty"`
	Person  string  `json:"person,omitempty"`
	Text    string  `json:"text,omitempty"`    // in the message
	Path    string  `json:"path,omitempty"`    // in the path; a fault without it strikes sends alone
	Next    int     `json:"next,omitempty"`    // so many calls, then no more; 0: until it is removed
	Percent float64 `json:"percent,omitempty"` // of the calls; 0: all

	// What they get.
	Code       int           `json:"code,omitempty"`
	Subcode    int           `json:"subcode,omitempty"`
	Status     int           `json:"status,omitempty"`
	RetryAfter int           `json:"retry_after,omitempty"` // seconds
	Delay      time.Duration `json:"delay,omitempty"`
}

type plannedFault struct {
	Fault
	left int
}

// AddFault plans a fault and returns its id.
func (w *World) AddFault(f Fault) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.ID == "" {
		f.ID = "fault_" + w.chance.digits(8)
	}
	w.faults = append(w.faults, &plannedFault{Fault: f, left: f.Next})
	return f.ID
}

// RemoveFault ends a fault; "" ends all.
func (w *World) RemoveFault(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = slices.DeleteFunc(w.faults, func(f *plannedFault) bool { return id == "" || f.ID == id })
}

// hides tells whether the client cannot know what became of its call.
func (f *plannedFault) hides() bool { return f.Kind == FaultDrop || f.Kind == FaultTruncated }

// before tells whether the fault strikes in place of the decision.
func (f *plannedFault) before() bool {
	return slices.Contains([]string{FaultError, FaultHTTP, FaultOKError, FaultRate, FaultReset}, f.Kind)
}

// strike looks for a fault that fits the call. One that strikes before the
// decision is returned; the others are remembered in the call.
func (w *World) strike(c *call, said string) *failure {
	send := c.entry.Type != ""
	for i, f := range w.faults {
		if !f.fits(c, said, send) || f.Percent > 0 && !w.chance.happens(f.Percent/100) {
			continue
		}
		if f.Next > 0 {
			if f.left--; f.left <= 0 {
				w.faults = slices.Delete(w.faults, i, i+1)
			}
		}
		c.struck = f
		if f.before() {
			return f.failure()
		}
		return nil
	}
	if send && w.chance.happens(w.profile.Transient) {
		c.struck = &plannedFault{Fault: w.transient(c)}
		return c.struck.failure()
	}
	return nil
}

func (f *plannedFault) fits(c *call, said string, send bool) bool {
	if f.Path == "" && !send || f.Path != "" && !strings.Contains(c.r.URL.Path, f.Path) {
		return false
	}
	// A fault by path strikes when the call comes in, and not once more when the
	// message has been read.
	if f.Path != "" && send && f.Person == "" && f.Text == "" && f.before() {
		return false
	}
	return (f.Line == "" || f.Line == c.entry.Line) && (f.Person == "" || f.Person == c.entry.Person) &&
		(f.Text == "" || strings.Contains(said, f.Text))
}

// transient is one of the failures that pass by themselves.
func (w *World) transient(c *call) Fault {
	choices := []Fault{
		{Kind: FaultError, Code: 2},
		{Kind: FaultHTTP, Status: http.StatusServiceUnavailable},
		{Kind: FaultHTTP, Status: http.StatusBadGateway},
		{Kind: FaultReset},
		{Kind: FaultRate, RetryAfter: 1},
	}
	if l := w.lines[c.entry.Line]; l != nil && l.network == WhatsApp {
		choices = append(choices, Fault{Kind: FaultError, Code: 131000}, Fault{Kind: FaultError, Code: 131016})
	} else {
		choices = append(choices, Fault{Kind: FaultError, Code: 1200})
	}
	return choices[w.chance.IntN(len(choices))]
}

func (f *plannedFault) failure() *failure {
	code := f.Code
	switch {
	case f.Kind == FaultRate && code == 0:
		code = 4
	case code == 0:
		code = 2
	}
	refusal := fail(code, "").sub(f.Subcode)
	if f.Kind == FaultRate {
		refusal.http = http.StatusTooManyRequests
	}
	if f.Status != 0 {
		refusal.http = f.Status
	}
	return refusal
}

// misbehave writes the answer that a fault calls for.
func (w *World) misbehave(rw http.ResponseWriter, c *call, f *plannedFault, status int, raw []byte) {
	switch f.Kind {
	case FaultReset, FaultDrop:
		abort(rw, f.Kind == FaultReset)
	case FaultHTTP:
		if f.RetryAfter > 0 {
			rw.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.WriteHeader(max(f.Status, http.StatusInternalServerError))
		_, _ = rw.Write([]byte("<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"))
	case FaultRate:
		if f.RetryAfter > 0 {
			rw.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		rw.WriteHeader(status)
		_, _ = rw.Write(raw)
	case FaultOKError:
		rw.WriteHeader(http.StatusOK)
		_, _ = rw.Write(raw)
	case FaultTruncated:
		rw.Header().Set("Content-Length", strconv.Itoa(len(raw)/2))
		rw.WriteHeader(status)
		_, _ = rw.Write(raw[:len(raw)/2])
	default:
		if f.Kind == FaultSlow {
			w.wait(c, f.Delay)
		}
		rw.WriteHeader(status)
		_, _ = rw.Write(raw)
	}
}

// abort ends the connection without an answer, with a reset if it can.
func abort(rw http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // else it is closed instead of reset, which the client sees as well
	}
	_ = conn.Close()
}
