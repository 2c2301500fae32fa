package harness

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/openapi"
)

// Frame is a server's frame.
type Frame = openapi.ServerFrame

// Socket is one live connection.
type Socket struct {
	Conn    *websocket.Conn
	Welcome Frame
}

// Dial opens a shopper's socket and says hello.
func (p *Shopper) Dial(ctx context.Context) (*Socket, error) {
	c, err := p.s.Upgrade(ctx, "chat", "/v1/shops/"+p.s.ShopKey+"/socket", http.Header{"Origin": {p.s.URL("chat", "")}})
	if err != nil {
		return nil, err
	}
	return hello(ctx, c, map[string]any{"type": "hello", "protocol": 1, "token": p.Token})
}

// Dial opens an agent's socket and says hello.
func (a *Agent) Dial(ctx context.Context) (*Socket, error) {
	c, err := a.s.Upgrade(ctx, "inbox", "/v1/agent/socket", http.Header{"Origin": {a.s.URL("inbox", "")}, "Cookie": {a.Cookie}})
	if err != nil {
		return nil, err
	}
	return hello(ctx, c, map[string]any{"type": "hello", "protocol": 1})
}

var upgrades = NewClient()

// Upgrade opens a bare socket.
func (s *Server) Upgrade(ctx context.Context, host, path string, header http.Header) (*websocket.Conn, error) {
	c, resp, err := websocket.Dial(ctx, s.URL(host, path), &websocket.DialOptions{HTTPClient: upgrades, HTTPHeader: header})
	if err != nil {
		if resp != nil {
			return nil, errors.Join(err, &StatusError{resp.StatusCode})
		}
		return nil, err
	}
	c.SetReadLimit(4 << 20)
	return c, nil
}

// StatusError is a refused upgrade.
type StatusError struct{ Status int }

func (e *StatusError) Error() string { return http.StatusText(e.Status) }

func hello(ctx context.Context, c *websocket.Conn, frame any) (*Socket, error) {
	k := &Socket{Conn: c}
	if err := k.Write(ctx, frame); err != nil {
		return nil, err
	}
	for {
		f, err := k.Read(ctx)
		if err != nil {
			_ = c.CloseNow()
			return nil, err
		}
		if f.Type == "welcome" {
			k.Welcome = f
			return k, nil
		}
	}
}

// Write sends a frame.
func (k *Socket) Write(ctx context.Context, frame any) error {
	b, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	return k.Conn.Write(ctx, websocket.MessageText, b)
}

// Read gives the next frame.
func (k *Socket) Read(ctx context.Context) (Frame, error) {
	var f Frame
	_, b, err := k.Conn.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

// Await reads until a frame satisfies want.
func (k *Socket) Await(ctx context.Context, want func(Frame) bool) (Frame, error) {
	return Await(ctx, k, want)
}

// Live is a connection of either kind, a Socket or a Stream.
type Live interface {
	Read(ctx context.Context) (Frame, error)
	Write(ctx context.Context, frame any) error
	Close()
}

// Await reads from a connection until a frame satisfies want.
func Await(ctx context.Context, l Live, want func(Frame) bool) (Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		f, err := l.Read(ctx)
		if err != nil || want(f) {
			return f, err
		}
	}
}

// Send sends a message's frame; to is a conversation, or empty to start one with this message.
func (k *Socket) Send(ctx context.Context, to, clientID, text string) error {
	f := map[string]any{"type": "send", "client_id": clientID, "message": map[string]string{"text": text}}
	if to == "" {
		f["start"] = clientID
	} else {
		f["conversation"] = to
	}
	return k.Write(ctx, f)
}

// Close ends the connection without a goodbye.
func (k *Socket) Close() { _ = k.Conn.CloseNow() }
