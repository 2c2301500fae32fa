// Command bench measures the built server against floors in the same run: the least that the same work can cost.
//
// Absolute figures hold only for the machine that they were measured on; the ratios are what counts. Everything talks to loopback,
// is bounded in count and time, and ends what it has started. How to read it: server/docs/bench.md.
//
//	go run ./bench -binary ../../bin/tagalong
//
// Parts: messages.go (durable acknowledged messages per second), latency.go (delivery at a fixed load), hooks.go (webhooks of
// providers), orders.go (what plugins push), storm.go (many clients connect, and resume), memory.go (an idle connection), bytes.go (what a browser loads), floor.go
// (the floors), load.go (the clients).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// settings of a run.
type settings struct {
	binary   string
	rounds   int
	rooms    int
	duration time.Duration
	rate     int
	idle     int
	storm    int
	hooks    int
	hooksFor time.Duration
	only     string
}

// longest is how long a whole run may take; one that hangs ends with an error.
const longest = 10 * time.Minute

func main() {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		floor(os.Args[2:])
		return
	}
	var s settings
	flag.StringVar(&s.binary, "binary", "", "the built server")
	flag.IntVar(&s.rounds, "rounds", 3, "interleaved rounds; medians are printed")
	flag.IntVar(&s.rooms, "rooms", 200, "conversations of two connections each")
	flag.DurationVar(&s.duration, "duration", 3*time.Second, "of one measurement")
	flag.IntVar(&s.rate, "rate", 2000, "messages per second of the latency measurement")
	flag.IntVar(&s.idle, "idle", 3000, "idle connections of the memory measurement")
	flag.IntVar(&s.storm, "storm", 2000, "clients that connect at once")
	flag.IntVar(&s.hooks, "hooks", 500, "messages per second that come in by webhooks")
	flag.DurationVar(&s.hooksFor, "hooks-for", 5*time.Second, "for how long they come; a minute says more")
	flag.StringVar(&s.only, "only", "", "bytes, messages, latency, hooks, orders, storm or memory; all when empty")
	flag.Parse()
	if s.binary == "" {
		fmt.Fprintln(os.Stderr, "bench: -binary is needed (make build)")
		os.Exit(2)
	}
	if err := os.Setenv("TAGALONG_BINARY", s.binary); err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for _, part := range []struct {
		name string
		run  func(context.Context, settings) error
	}{{"bytes", bundles}, {"messages", messages}, {"latency", latency}, {"hooks", hooks}, {"orders", orders}, {"storm", storm}, {"memory", memory}} {
		if s.only != "" && s.only != part.name {
			continue
		}
		if err := part.run(ctx, s); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", part.name+":", err)
			os.Exit(1)
		}
	}
}

// median of some figures.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return v[len(v)/2]
}

// table collects figures by row, over rounds.
type table struct {
	title string
	order []string
	rows  map[string][][]float64
}

func newTable(title string) *table { return &table{title: title, rows: map[string][][]float64{}} }

func (t *table) add(row string, figures ...float64) {
	if _, ok := t.rows[row]; !ok {
		t.order = append(t.order, row)
	}
	t.rows[row] = append(t.rows[row], figures)
}

// at gives the median of one column of a row.
func (t *table) at(row string, column int) float64 {
	var v []float64
	for _, r := range t.rows[row] {
		v = append(v, r[column])
	}
	return median(v)
}

func (t *table) print(columns ...string) {
	fmt.Printf("\n%s\n%-44s", t.title, "")
	for _, c := range columns {
		fmt.Printf("%16s", c)
	}
	fmt.Println()
	for _, row := range t.order {
		fmt.Printf("%-44s", row)
		for c := range t.rows[row][0] {
			fmt.Printf("%16.2f", t.at(row, c))
		}
		fmt.Println()
	}
}

// atMost and atLeast print a ratio beside the goal.
func atMost(what string, have, want float64) { verdict(what, have, "at most", want, have <= want) }

func atLeast(what string, have, want float64) { verdict(what, have, "at least", want, have >= want) }

func verdict(what string, have float64, how string, want float64, ok bool) {
	word := "reached"
	if !ok {
		word = "missed"
	}
	fmt.Printf("  %-58s%8.2f   goal: %s %.2f, %s\n", what, have, how, want, word)
}
