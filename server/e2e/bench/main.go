// Command bench measures the built server against floors in the same run: the least that the same work can cost.
//
// Absolute figures hold only for the machine that they were measured on; the ratios are what counts. Everything talks to loopback,
// is bounded in count and time, and ends what it has started.
//
//	go run ./bench -binary ../../bin/tagalong
//
// Parts: messages.go (durable acknowledged messages per second), latency.go (delivery at a fixed load), memory.go (an idle
// connection), floor.go (the floors), load.go (the clients).
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
	only     string
	web      string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		floor(os.Args[2:])
		return
	}
	var s settings
	flag.StringVar(&s.binary, "binary", "", "the built server")
	flag.IntVar(&s.rounds, "rounds", 3, "interleaved rounds; medians are printed")
	flag.IntVar(&s.rooms, "rooms", 200, "conversations of two connections each")
	flag.DurationVar(&s.duration, "duration", 5*time.Second, "of one measurement")
	flag.IntVar(&s.rate, "rate", 2000, "messages per second of the latency measurement")
	flag.IntVar(&s.idle, "idle", 5000, "idle connections of the memory measurement")
	flag.StringVar(&s.only, "only", "", "messages, latency, memory or bytes; all when empty")
	flag.StringVar(&s.web, "web", "../..", "folder of the repository, for the sizes of the bundles")
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
	for _, part := range []struct {
		name string
		run  func(context.Context, settings) error
	}{{"bytes", bundles}, {"messages", messages}, {"latency", latency}, {"memory", memory}} {
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

// table collects figures by row and prints their medians, with the ratio to a row when one is named.
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

func (t *table) medians(row string) []float64 {
	rounds := t.rows[row]
	if len(rounds) == 0 {
		return nil
	}
	out := make([]float64, len(rounds[0]))
	for i := range out {
		var column []float64
		for _, r := range rounds {
			column = append(column, r[i])
		}
		out[i] = median(column)
	}
	return out
}

func (t *table) print(columns ...string) {
	fmt.Printf("\n%s\n%-44s", t.title, "")
	for _, c := range columns {
		fmt.Printf("%16s", c)
	}
	fmt.Println()
	for _, row := range t.order {
		fmt.Printf("%-44s", row)
		for _, v := range t.medians(row) {
			fmt.Printf("%16.2f", v)
		}
		fmt.Println()
	}
}
