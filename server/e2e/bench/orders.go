package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const (
	orderBatch   = 100   // events of a request: the most that one may have
	orderPushers = 4     // plugins that push at the same time, each its next batch when the one before was answered
	knownOrders  = 4_000 // that are changed over and over
)

// orders measures how many orders per second go through the batch endpoint: new ones, and changes of known ones. An answer means that
// the batch is on disk. The floor writes the same bodies as rows, a transaction for each batch: no HTTP, no JSON, no versions.
func orders(ctx context.Context, s settings) error {
	const (
		fresh   = "server, new orders"
		changed = "server, changes of known orders"
		floor   = "floor: bare SQLite upserts, FULL"
	)
	t := newTable(fmt.Sprintf("Orders per second in batches of %d, %d plugins, %v, median of %d", orderBatch, orderPushers, s.duration, s.rounds))
	for range s.rounds {
		for _, kind := range []struct {
			name    string
			measure func() (rate, cost float64, err error)
		}{
			{fresh, func() (float64, float64, error) { return serverOrders(ctx, s, 0) }},
			{changed, func() (float64, float64, error) { return serverOrders(ctx, s, knownOrders) }},
			{floor, func() (float64, float64, error) { return storeOrders(ctx, s) }},
		} {
			rate, cost, err := kind.measure()
			if err != nil {
				return fmt.Errorf("%s: %w", kind.name, err)
			}
			t.add(kind.name, rate, cost)
		}
	}
	t.print("orders/s", "µs CPU each")
	fmt.Printf("  new / floor %.2f, changed / floor %.2f; CPU of a new one / floor's %.2f\n",
		t.at(fresh, 0)/t.at(floor, 0), t.at(changed, 0)/t.at(floor, 0), t.at(fresh, 1)/t.at(floor, 1))
	return nil
}

// pushLoop lets every pusher push batches for d, and gives how many orders were taken.
func pushLoop(d time.Duration, push func(pusher, batch int) error) (n int, took time.Duration, err error) {
	start := time.Now()
	stop := start.Add(d)
	errs, done := make([]error, orderPushers), make([]int, orderPushers)
	var all sync.WaitGroup
	for p := range orderPushers {
		all.Go(func() {
			for errs[p] == nil && time.Now().Before(stop) {
				if errs[p] = push(p, done[p]); errs[p] == nil {
					done[p]++
				}
			}
		})
	}
	all.Wait()
	for _, b := range done {
		n += b * orderBatch
	}
	if n == 0 && errors.Join(errs...) == nil {
		return 0, 0, errors.New("nothing was pushed")
	}
	return n, time.Since(start), errors.Join(errs...)
}

func serverOrders(ctx context.Context, s settings, known int) (rate, cost float64, err error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: manyMessages})
	client := harness.NewClient()
	url := server.URL("chat", "/v1/shops/"+server.Shop+"/events")
	push := func(pusher, batch int) error {
		return pushBatch(ctx, client, url, server.PluginKey, orderEvents(pusher, batch, known))
	}
	if known > 0 {
		for batch := range known / orderBatch / orderPushers {
			for pusher := range orderPushers {
				if err := push(pusher, batch); err != nil {
					return 0, 0, err
				}
			}
		}
	}
	before := cpu(server.PID())
	n, took, err := pushLoop(s.duration, push)
	if err != nil {
		return 0, 0, err
	}
	return float64(n) / took.Seconds(), (cpu(server.PID()) - before) / float64(n) * 1e6, nil
}

func pushBatch(ctx context.Context, client *http.Client, url, key string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		return fmt.Errorf("%s: %s", answer.Status, b)
	}
	var results struct{ Results []struct{ Outcome string } }
	if err := json.NewDecoder(answer.Body).Decode(&results); err != nil {
		return err
	}
	for _, r := range results.Results {
		if r.Outcome != "applied" {
			return fmt.Errorf("an order is %q", r.Outcome)
		}
	}
	return nil
}

// orderEvents are the batch of a pusher: of new orders, or of its share of the known ones.
func orderEvents(pusher, batch, known int) []byte {
	now := time.Now()
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i := range orderBatch {
		if i > 0 {
			b.WriteByte(',')
		}
		n := batch*orderBatch + i
		id := strconv.Itoa(pusher*100_000_000 + n)
		if known > 0 {
			id = strconv.Itoa(pusher*100_000_000 + n%(known/orderPushers))
		}
		fmt.Fprintf(&b, `{"id":"bench:%d:%d:%d","type":"order.upserted","occurred_at":"%s","version":%d,"order":%s}`,
			pusher, n, now.UnixNano(), now.UTC().Format("2006-01-02T15:04:05.000000Z"), now.UnixMilli(), orderBody(id, n))
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// orderBody is an order of a usual size: three lines, an address, totals.
func orderBody(id string, n int) string {
	const line = `{"external_id":"%d","product_external_id":"632910392","variant_external_id":"808950810","sku":"JUG-BLUE-%d","title":"Stoneware jug, blue",` +
		`"quantity":1,"unit_price":{"amount":4990,"currency":"EUR"},"total":{"amount":4990,"currency":"EUR"},"image_url":"https://shop.example/jug.jpg"}`
	return fmt.Sprintf(`{"external_id":"%s","number":"#%d","url_admin":"https://shop.example/admin/orders/%s","currency":"EUR","financial_status":"paid",`+
		`"fulfillment_status":"unfulfilled","status_raw":"paid","customer":{"external_id":"%d","email":"buyer%d@shop.example"},`+
		`"shipping_address":{"name":"Ana Marl","city":"Berlin","postcode":"10115","country":"DE"},"lines":[`+line+`,`+line+`,`+line+`],`+
		`"totals":{"subtotal":{"amount":14970,"currency":"EUR"},"shipping":{"amount":490,"currency":"EUR"},"tax":{"amount":2468,"currency":"EUR"},`+
		`"total":{"amount":15460,"currency":"EUR"}},"note":"change %d"}`, id, n, id, n%5_000, n%5_000, 1, n, 2, n, 3, n, n)
}

// storeOrders is the floor: rows with the same bodies, in one file, by one connection.
func storeOrders(ctx context.Context, s settings) (rate, cost float64, err error) {
	t := &run{}
	defer t.end()
	db, err := sql.Open("sqlite", t.TempDir()+"/floor.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE records (external_id TEXT PRIMARY KEY, version INTEGER, body TEXT) WITHOUT ROWID`)
	if err != nil {
		return 0, 0, err
	}
	before := cpu(os.Getpid())
	n, took, err := pushLoop(s.duration, func(pusher, batch int) error { return upsert(ctx, db, pusher, batch) })
	if err != nil {
		return 0, 0, err
	}
	return float64(n) / took.Seconds(), (cpu(os.Getpid()) - before) / float64(n) * 1e6, nil
}

func upsert(ctx context.Context, db *sql.DB, pusher, batch int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for i := range orderBatch {
		n := batch*orderBatch + i
		id := strconv.Itoa(pusher*100_000_000 + n)
		_, err := tx.ExecContext(ctx, `INSERT INTO records VALUES ($1, $2, $3) ON CONFLICT (external_id) DO UPDATE SET version = excluded.version, body = excluded.body`,
			id, time.Now().UnixMilli(), orderBody(id, n))
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}
