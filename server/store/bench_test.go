package store_test

import (
	"fmt"
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

// processTime is what the process has used of the processors: on a busy machine steadier than the clock.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
