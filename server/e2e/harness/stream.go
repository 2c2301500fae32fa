package harness

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Cursor is how far a client has come in a conversation.
type Cursor struct {
	Conversation string
	Generation   int64
	After        int64
}

// Stream is a live connection where sockets do not get through: server-sent events down, a POST for each frame up.
type Stream struct {
	who    caller
	client *http.Client
	cancel context.CancelFunc
	frames chan Frame
	posted chan Frame // the answers to POSTs
	done   chan struct{}
	err    error // after done
}

// caller makes a request to the live door.
type caller func(ctx context.Context, method, path string, body io.Reader) (*http.Request, error)

// Stream opens a shopper's stream that follows the given conversations.
func (p *Shopper) Stream(ctx context.Context, joins ...Cursor) (*Stream, error) {
	return open(ctx, p.request, joins)
}

// Stream opens an agent's stream that follows the given conversations.
func (a *Agent) Stream(ctx context.Context, joins ...Cursor) (*Stream, error) {
	return open(ctx, a.request, joins)
}

func open(ctx context.Context, who caller, joins []Cursor) (*Stream, error) {
	q := url.Values{}
	for _, j := range joins {
		q.Add("join", fmt.Sprintf("%s.%d.%d", j.Conversation, j.Generation, j.After))
	}
	ctx, cancel := context.WithCancel(ctx)
	st := &Stream{
		who: who, client: &http.Client{Transport: &http.Transport{DialContext: dial}}, cancel: cancel,
		frames: make(chan Frame, 16), posted: make(chan Frame, 64), done: make(chan struct{}),
	}
	req, err := who(ctx, http.MethodGet, "/stream?"+q.Encode(), nil)
	if err != nil {
		cancel()
		return nil, err
	}
	resp, err := st.client.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		cancel()
		return nil, errors.Join(&StatusError{resp.StatusCode}, resp.Body.Close())
	}
	go func() {
		defer close(st.done)
		st.err = st.pump(ctx, resp.Body)
	}()
	return st, nil
}

// request makes a shopper's request, as the panel's page would.
func (p *Shopper) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.s.URL("chat", "/v1/shops/"+p.s.ShopKey+path), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.Token)
	return ofPage(req, p.s.URL("chat", "")), nil
}

// request makes an agent's request, as the inbox would.
func (a *Agent) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.s.URL("inbox", "/v1/agent"+path), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", a.Cookie)
	return ofPage(req, a.s.URL("inbox", "")), nil
}

func ofPage(req *http.Request, origin string) *http.Request {
	req.Header.Set("Origin", origin)
	if req.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (st *Stream) pump(ctx context.Context, body io.ReadCloser) error {
	defer func() { _ = body.Close() }()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var f Frame
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			return err
		}
		select {
		case st.frames <- f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.Join(lines.Err(), io.EOF)
}

// Read gives the next frame, from the stream or as an answer to a POST. The stream goes first: who writes faster than they read
// would fall behind.
func (st *Stream) Read(ctx context.Context) (Frame, error) {
	select {
	case f := <-st.frames:
		return f, nil
	default:
	}
	select {
	case f := <-st.frames:
		return f, nil
	case f := <-st.posted:
		return f, nil
	case <-st.done:
		select {
		case f := <-st.frames:
			return f, nil
		default:
			return Frame{}, st.err
		}
	case <-ctx.Done():
		return Frame{}, ctx.Err()
	}
}

// Post sends one frame and gives the answer; a frame without a type is an answer without a frame.
func (st *Stream) Post(ctx context.Context, frame any) (f Frame, err error) {
	b, err := json.Marshal(frame)
	if err != nil {
		return f, err
	}
	req, err := st.who(ctx, http.MethodPost, "/frames", bytes.NewReader(b))
	if err != nil {
		return f, err
	}
	resp, err := st.client.Do(req)
	if err != nil {
		return f, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return f, err
	case resp.StatusCode == http.StatusNoContent:
		return f, nil
	case resp.StatusCode != http.StatusOK:
		return f, &StatusError{resp.StatusCode}
	}
	return f, json.Unmarshal(body, &f)
}

// Write posts a frame; its answer comes as the next frame.
func (st *Stream) Write(ctx context.Context, frame any) error {
	f, err := st.Post(ctx, frame)
	if err != nil || f.Type == "" {
		return err
	}
	select {
	case st.posted <- f:
		return nil
	default:
		return errors.New("more frames were posted than answers read")
	}
}

// Close ends the stream.
func (st *Stream) Close() {
	st.cancel()
	<-st.done
	st.client.CloseIdleConnections()
}
