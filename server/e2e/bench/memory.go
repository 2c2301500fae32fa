package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// settle is how long connections rest before memory is read.
const settle = 4 * time.Second

const (
	ownIdle   = "server: authenticated, joined, resumable"
	leanIdle  = "floor: bare coder/websocket, lean"
	usualIdle = "floor: bare coder/websocket, usual"
)

// memory measures what an idle connection costs: authenticated, joined and resumable on the server; bare on the floors. It is read
// twice: as Go leaves it, with the garbage of opening connections, and with GOGC=10 on all sides, where hardly any garbage stays: that is what a
// connection holds.
func memory(ctx context.Context, s settings) error {
	run := &run{}
	defer run.end()
	server := harness.Start(run, harness.Options{Flags: manyMessages})
	returners, err := makeReturners(ctx, server, (s.idle+1)/2, 1) // rooms of two, as on the floors
	if err != nil {
		return err
	}
	kinds := []struct {
		name string
		open func() (pid int, come func(context.Context, int) (*websocket.Conn, error), end func(), err error)
	}{
		{ownIdle, func() (int, func(context.Context, int) (*websocket.Conn, error), func(), error) {
			server.Stop() // a fresh process: what setting up has left on the heap would hide what connections cost
			server.Run()
			return server.PID(), func(ctx context.Context, i int) (*websocket.Conn, error) { return returners[i/2].comeBack(ctx, 0) }, func() {}, nil
		}},
		{leanIdle, floorIdle("lean")},
		{usualIdle, floorIdle("usual")},
	}
	t := newTable(fmt.Sprintf("Memory of an idle connection, %d connections, RSS after %v, median of %d", s.idle, settle, s.rounds))
	for range s.rounds {
		for _, gc := range []string{"100", "10"} {
			if err := os.Setenv("GOGC", gc); err != nil { // for the processes that are started
				return err
			}
			for _, k := range kinds {
				pid, come, end, err := k.open()
				if err != nil {
					return err
				}
				kb, err := idle(ctx, pid, s.idle, come)
				end()
				if err != nil {
					return err
				}
				t.add(k.name+", GOGC="+gc, kb)
			}
		}
	}
	t.print("KiB")
	atMost("1: as it is / lean floor", t.at(ownIdle+", GOGC=100", 0)/t.at(leanIdle+", GOGC=100", 0), 1.4)
	atMost("1: what is held / lean floor", t.at(ownIdle+", GOGC=10", 0)/t.at(leanIdle+", GOGC=10", 0), 1.4)
	return nil
}

// idle opens n connections on a process and gives by how much each has made it larger.
func idle(ctx context.Context, pid, n int, come func(context.Context, int) (*websocket.Conn, error)) (float64, error) {
	conns := make([]*websocket.Conn, n)
	defer func() {
		for _, c := range conns {
			if c != nil {
				_ = c.CloseNow()
			}
		}
	}()
	if err := warm(ctx, come); err != nil {
		return 0, err
	}
	<-time.After(time.Second)
	before, _ := rss(pid)
	err := eachOf(n, 8, func(i int) (err error) {
		conns[i], err = come(ctx, i)
		return err
	})
	<-time.After(settle)
	after, _ := rss(pid)
	return (after - before) / float64(n), err
}

// warm lets a fresh process run all that a connection runs, so that what it needs once is not counted for each.
func warm(ctx context.Context, come func(context.Context, int) (*websocket.Conn, error)) error {
	for i := range 50 {
		c, err := come(ctx, i)
		if err != nil {
			return err
		}
		_ = c.CloseNow()
	}
	return nil
}

func floorIdle(kind string) func() (int, func(context.Context, int) (*websocket.Conn, error), func(), error) {
	return func() (int, func(context.Context, int) (*websocket.Conn, error), func(), error) {
		f, err := startFloor(kind)
		if err != nil {
			return 0, nil, nil, err
		}
		return f.pid(), func(ctx context.Context, i int) (*websocket.Conn, error) { return f.dial(ctx, i/2) }, f.stop, nil
	}
}
