package store_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

// BenchmarkChange posts messages from many callers at once to many conversations, as a busy server does. The figure to read is
// msg/s, and the processor time of each; a message is on disk when its caller goes on.
func BenchmarkChange(b *testing.B) {
	for _, callers := range []int{1, 256, 1024} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			w := open(b, store.Options{})
			conversations := make([]chat.ConversationID, 200)
			for i := range conversations {
				conversations[i] = w.start(b, fmt.Sprintf("start-%d", i)).Conversation.ID
			}
			var n atomic.Int64
			b.SetParallelism(callers / 2)
			b.ResetTimer()
			begin, spent := time.Now(), processTime(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					if _, err := w.post(b.Context(), conversations[i%int64(len(conversations))], fmt.Sprintf("client-id-%d", i)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "msg/s")
			b.ReportMetric(float64((processTime(b)-spent).Microseconds())/float64(b.N), "cpu-µs/msg")
		})
	}
}

// BenchmarkFold pushes orders as plugins do, in batches of a hundred or one by one: new ones, and changes of known ones. A batch is on
// disk when its caller goes on.
func BenchmarkFold(b *testing.B) {
	for _, c := range []struct {
		name    string
		size    int // of a batch
		callers int
		known   int // how many orders the events are about; 0: each of a new one
	}{{"new", 100, 1, 0}, {"new", 100, 8, 0}, {"new", 1, 64, 0}, {"changed", 100, 1, 5_000}, {"changed", 100, 8, 5_000}, {"changed", 1, 64, 5_000}} {
		b.Run(fmt.Sprintf("%s/batch=%d/callers=%d", c.name, c.size, c.callers), func(b *testing.B) {
			w := open(b, store.Options{})
			var n atomic.Int64
			push := func(size int) error {
				first := n.Add(int64(size)) - int64(size)
				events := make([]chat.ContextEvent, size)
				for i := range events {
					events[i] = pushed(first+int64(i), c.known)
				}
				_, err := w.Fold(b.Context(), chat.Batch{
					Shop: w.shop.ID, Events: events,
					Fold: func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
						return chat.Fold(w.shop.ID, cur, ev, time.Now())
					},
				})
				return err
			}
			for range c.known / 100 {
				if err := push(100); err != nil {
					b.Fatal(err)
				}
			}
			b.SetParallelism(max(1, c.callers/2))
			if c.callers == 1 {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // RunParallel has a caller for each
			}
			b.ResetTimer()
			begin, spent := time.Now(), processTime(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := push(c.size); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(c.size*b.N)/time.Since(begin).Seconds(), "orders/s")
			b.ReportMetric(float64((processTime(b)-spent).Microseconds())/float64(c.size*b.N), "cpu-µs/order")
		})
	}
}

// pushed makes the n-th event: of a new order, or of one of the known in turn.
func pushed(n int64, known int) chat.ContextEvent {
	id, at := n, time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).Add(time.Duration(n)*time.Millisecond)
	if known > 0 {
		id %= int64(known)
	}
	o := chat.Order{
		ExternalID: fmt.Sprint(id), Number: fmt.Sprintf("#%d", 1000+id), FinancialStatus: "paid", PlacedAt: chat.At(at), UpdatedAt: chat.At(at),
		Customer:        &chat.CustomerRef{ExternalID: fmt.Sprint(id / 3), Email: fmt.Sprintf("shopper-%d@marl.example", id/3), Phone: "+34600000001"},
		ShippingAddress: &chat.PostalAddress{Name: "Mira Marl", City: "Madrid", Postcode: "28001", Country: "ES"},
		Note:            "Please ring twice.",
	}
	for i := range 3 {
		o.Lines = append(o.Lines, chat.Line{
			ExternalID: fmt.Sprint(id*10 + int64(i)), SKU: "CUP-BLUE", Title: "A blue cup for tea and coffee", Quantity: 2,
			UnitPrice: &chat.Money{Amount: 1099, Currency: "EUR"}, ImageURL: "https://marl.example/pictures/cups/blue-large.jpg",
		})
	}
	body, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return chat.ContextEvent{
		ID: fmt.Sprintf("shopify:%d:orders/updated", n), Kind: chat.RecordOrder, ExternalID: o.ExternalID, Version: at.UnixMilli(),
		OccurredAt: at.UnixMicro(), Body: body,
	}
}

// processTime is what the process has used of the processors: on a busy machine steadier than the clock.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
