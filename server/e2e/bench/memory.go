package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const (
	perSession = 8 // of the 10 connections that one session may have
	settle     = 3 * time.Second
)

// memory measures what an idle connection costs: authenticated, joined and resumable on the server; bare on the floor.
func memory(ctx context.Context, s settings) error {
	t := newTable(fmt.Sprintf("Memory of an idle connection, %d connections, RSS settled", s.idle))
	own, err := serverIdle(ctx, s)
	if err != nil {
		return err
	}
	t.add("server: authenticated, joined, resumable", own)
	for _, kind := range []string{"lean", "usual"} {
		kb, err := floorIdle(ctx, s, kind)
		if err != nil {
			return err
		}
		t.add("floor: bare coder/websocket, "+kind, kb)
	}
	t.print("KiB")
	lean := t.medians("floor: bare coder/websocket, lean")
	fmt.Printf("  server / lean floor %5.2f   (goal: at most 1.40)\n", own/lean[0])
	return nil
}

// idler is a shopper with a conversation.
type idler struct {
	shopper      *harness.Shopper
	conversation string
}

func serverIdle(ctx context.Context, s settings) (float64, error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: manyMessages})
	all, err := idlers(ctx, server, (s.idle+perSession-1)/perSession)
	if err != nil {
		return 0, err
	}
	server.Stop() // a fresh process: what setting up has left on the heap would hide what connections cost
	server.Run()
	<-time.After(settle)
	before := rss(server.PID())
	sockets := make([]*harness.Socket, 0, s.idle)
	defer func() {
		for _, k := range sockets {
			k.Close()
		}
	}()
	for i := range s.idle {
		k, err := all[i/perSession].connect(ctx)
		if err != nil {
			return 0, fmt.Errorf("connection %d: %w", i, err)
		}
		sockets = append(sockets, k)
	}
	<-time.After(settle)
	return (rss(server.PID()) - before) / float64(s.idle), nil
}

// idlers signs shoppers in and starts their conversations.
func idlers(ctx context.Context, server *harness.Server, n int) ([]idler, error) {
	all := make([]idler, n)
	for i := range all {
		p := server.NewShopper()
		k, err := p.Dial(ctx)
		if err != nil {
			return nil, err
		}
		if err := k.Send(ctx, "", "start", "hello"); err != nil {
			return nil, err
		}
		f, err := k.Await(ctx, func(f harness.Frame) bool { return f.Type == "ack" })
		if err != nil {
			return nil, err
		}
		k.Close()
		all[i] = idler{p, f.Conversation}
	}
	return all, nil
}

// connect opens a connection that has joined its conversation and could resume.
func (w idler) connect(ctx context.Context) (*harness.Socket, error) {
	k, err := w.shopper.Dial(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.Write(ctx, map[string]any{"type": "join", "conversation": w.conversation, "generation": 1, "after": 1}); err != nil {
		return nil, err
	}
	_, err = k.Await(ctx, func(f harness.Frame) bool { return f.Type == "joined" })
	return k, err
}

func floorIdle(ctx context.Context, s settings, kind string) (float64, error) {
	f, err := startFloor(kind)
	if err != nil {
		return 0, err
	}
	defer f.stop()
	before := rss(f.pid())
	conns := make([]*websocket.Conn, 0, s.idle)
	defer func() {
		for _, c := range conns {
			_ = c.CloseNow()
		}
	}()
	for i := range s.idle {
		c, resp, err := websocket.Dial(ctx, fmt.Sprintf("http://%s/ws?room=%d", f.addr, i/2), &websocket.DialOptions{HTTPClient: http.DefaultClient})
		if err != nil {
			return 0, fmt.Errorf("connection %d: %w", i, err)
		}
		_ = resp
		conns = append(conns, c)
	}
	<-time.After(settle)
	return (rss(f.pid()) - before) / float64(s.idle), nil
}
