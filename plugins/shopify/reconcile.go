package shopify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

const (
	// Shopify does not promise that every webhook comes, so what changed is asked for, too.
	lookEvery   = 15 * time.Minute
	looksAtOnce = 8
	lookRetries = 4
	// A change may be seen a little after its time.
	overlap = 10 * time.Minute
	// The past that an app may see without read_all_orders.
	past = 60 * 24 * time.Hour
	// When Shopify asks for a removed shop to be erased.
	redactAfter = 48 * time.Hour
)

// Reconcile looks at each connected shop that has not been looked at for a quarter of an hour, and pushes the orders that changed
// unheard. A shop that is being looked at is left out, so that one with a long past does not hold up the others; it is what
// [App.Run] runs, in rounds that may overlap.
func (a *App) Reconcile(ctx context.Context) error {
	all, err := a.store.Installations(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, i := range all {
		if a.now().Sub(i.LookedAt) < lookEvery || !a.begin(i.Shop) {
			continue
		}
		wg.Go(func() {
			defer a.end(i.Shop)
			if err := a.look(ctx, i); err != nil && ctx.Err() == nil {
				a.log.Error("a shop is not reconciled", "shop", i.Shop, "error", err)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// begin tells whether a shop may be looked at: nobody else does.
func (a *App) begin(shop string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.looking[shop] {
		return false
	}
	a.looking[shop] = true
	return true
}

func (a *App) end(shop string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.looking, shop)
}

// look waits for its turn: so many shops are read at once and no more.
func (a *App) look(ctx context.Context, i store.Installation) error {
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return a.reconcile(ctx, i)
}

func (a *App) reconcile(ctx context.Context, i store.Installation) error {
	// There is no queue behind this, so it tries again itself, and waits when Tagalong asks it to.
	client, err := a.chat(i, tagalong.WithRetries(lookRetries), tagalong.WithTimeout(time.Minute))
	if err != nil {
		return err
	}
	c := &catchUp{app: a, from: i, client: client, began: a.now()}
	if err := a.admin(i.Shop).Changes(ctx, c.since(), func(change admin.Change) error { return c.order(ctx, change) }); err != nil {
		return err
	}
	if !i.Backfilled {
		if err := a.admin(i.Shop).EachProduct(ctx, func(list []admin.ProductNode) error { return c.products(ctx, list) }); err != nil {
			return err
		}
	}
	if c.pushed > 0 {
		a.log.Info("a shop is caught up", "shop", i.Shop, "events", c.pushed, "backfill", !i.Backfilled)
	}
	return a.store.Reconciled(ctx, i.Shop, c.began, a.now(), true)
}

// catchUp is one look at one shop.
type catchUp struct {
	app    *App
	from   store.Installation
	client *tagalong.Client
	began  time.Time
	pushed int
}

func (c *catchUp) since() time.Time {
	if !c.from.Backfilled || c.from.Reconciled.IsZero() {
		return c.began.Add(-past)
	}
	return c.from.Reconciled.Add(-overlap)
}

// order reads and pushes an order whose state is not known there yet. The list that it comes from names no people, so of the known
// ones nothing is read.
func (c *catchUp) order(ctx context.Context, change admin.Change) error {
	known, err := c.app.store.Pushed(ctx, c.from.Shop, change.ID, change.Updated)
	if err != nil || known {
		return err
	}
	order, err := c.app.admin(c.from.Shop).Order(ctx, change.ID)
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	events, err := mapping.Order(order, c.read("order:"+change.ID, change.Updated))
	if err != nil {
		c.app.log.Error("an order cannot be mapped", "shop", c.from.Shop, "order", change.ID, "error", err)
		return nil
	}
	return c.push(ctx, events)
}

// read: what changed before the shop was connected is its past, and starts no message.
func (c *catchUp) read(name string, updated time.Time) mapping.Read {
	return mapping.Read{
		ID: name + ":" + strconv.FormatInt(updated.UnixMilli(), 10), Hint: "reconciliation", Backfill: updated.Before(c.from.Connected),
		Shop: c.from.Shop, StoreURL: c.from.Profile.StoreURL, Currency: c.from.Profile.Currency,
	}
}

func (c *catchUp) products(ctx context.Context, list []admin.ProductNode) error {
	var events []tagalong.Event
	for _, p := range list {
		event, err := mapping.Product(p, c.read("product:"+string(p.LegacyResourceId), p.UpdatedAt))
		if err != nil {
			c.app.log.Error("a product cannot be mapped", "shop", c.from.Shop, "error", err)
			continue
		}
		events = append(events, event)
	}
	return c.push(ctx, events)
}

func (c *catchUp) push(ctx context.Context, events []tagalong.Event) error {
	results, err := c.client.PushEvents(ctx, events)
	if err != nil {
		return fmt.Errorf("push what was read: %w", err)
	}
	c.pushed += len(results)
	if err := c.app.check(ctx, c.from.Shop, events, results); err != nil {
		c.app.log.Error("what was read is not taken", "shop", c.from.Shop, "error", err)
	}
	return nil
}
