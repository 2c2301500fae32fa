package channel_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
	"github.com/tagalong-chat/tagalong/server/worker"
)

// settling is a worker's performer that does the least that taking a webhook in takes: it reads it and writes that it is done.
type settling struct {
	*store.DB
	done *atomic.Int64
}

func (s settling) Perform(ctx context.Context, t chat.Task) error {
	id := chat.RawID(strings.Split(string(t.Payload), `"`)[3])
	if _, err := s.Raw(ctx, id); err != nil {
		return err
	}
	s.done.Add(1)
	return s.SettleRaw(ctx, id, chat.RawDone, t.Attempt, "")
}

// BenchmarkDoor sends webhooks of 1 KiB at 500 a second, whatever the answers take, to the door in front of a real database, while a
// worker takes them in. For a minute of them: go test -run=- -bench=Door -benchtime=30000x ./server/channel
func BenchmarkDoor(b *testing.B) {
	db := benchStore(b)
	var done atomic.Int64
	w := worker.New(worker.Options{Store: db, Performer: settling{db, &done}})
	door := channel.NewDoor(channel.DoorOptions{Store: db, Providers: []channel.Provider{pigeons{}}, Problem: problem, Wake: w.Wake})
	server := httptest.NewServer(door)
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 256

	ctx, cancel := context.WithCancel(b.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = w.Run(ctx) })
	took, failed := make([]time.Duration, b.N), make([]bool, b.N)
	var sent sync.WaitGroup
	tick := time.NewTicker(time.Second / 500)
	defer tick.Stop()
	b.ResetTimer()
	for i := range b.N {
		<-tick.C
		sent.Go(func() {
			begin := time.Now()
			body := fmt.Sprintf(`{"n":%d,"text":%q}`, i, strings.Repeat("x", 1000))
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, server.URL+hook, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set(signature, signed(secret, []byte(body)))
			answer, err := client.Do(r)
			if err == nil {
				_ = answer.Body.Close()
			}
			took[i], failed[i] = time.Since(begin), err != nil || answer.StatusCode != http.StatusOK
		})
	}
	sent.Wait()
	b.StopTimer()
	behind := int64(b.N) - done.Load()
	cancel()
	all.Wait()
	slices.Sort(took)
	refused := 0
	for _, f := range failed {
		if f {
			refused++
		}
	}
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	b.ReportMetric(float64(refused), "not-200")
	b.ReportMetric(float64(behind), "behind") // not yet taken in when the last one had been thanked for
}

func benchStore(b *testing.B) *store.DB {
	b.Helper()
	seal, err := store.NewSealer(map[byte][32]byte{1: {}}, 1)
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "bench.db"), Seal: seal, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	merchant := chat.Merchant{ID: "mer_aaaaaaaaaaaaaaaaaaaaaaaaaa", Name: "Marl"}
	shop := chat.Shop{ID: "shop_aaaaaaaaaaaaaaaaaaaaaaaaaa", Merchant: merchant.ID, Key: "pk_aaaaaaaaaaaaaaaaaaaaaaaaaa"}
	owner := chat.Agent{ID: "agt_aaaaaaaaaaaaaaaaaaaaaaaaaa", Merchant: merchant.ID, Email: "noor@marl.example", Role: chat.RoleOwner, Active: true}
	if err := db.CreateMerchant(b.Context(), merchant, shop, owner, "x"); err != nil {
		b.Fatal(err)
	}
	app := chat.ProviderApp{ID: ourApp, Merchant: merchant.ID, Provider: "pigeons", Name: "x", AppID: "1", VerifyToken: "open", Secrets: []string{secret}}
	if err := db.CreateProviderApp(b.Context(), app); err != nil {
		b.Fatal(err)
	}
	return db
}
