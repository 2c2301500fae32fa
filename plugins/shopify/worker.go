package shopify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

const (
	claimSize = 50
	claimTime = 5 * time.Minute // longer than any work on what was claimed
	shopsAt   = 4               // worked at once, so that one that does not answer does not hold up all
	idle      = 30 * time.Second

	firstRetry = 5 * time.Second
	lastRetry  = time.Hour
	giveUp     = 24 * time.Hour
	// What the law asks for is tried for as long as it may be kept.
	giveUpDuty = 6 * 24 * time.Hour
)

// errDead says that trying again will not help.
var errDead = errors.New("given up")

// Work takes up what is due until nothing is, and tells how many deliveries that were. It is what [App.Run] runs.
func (a *App) Work(ctx context.Context) (total int, err error) {
	for {
		claimed, err := a.store.Claim(ctx, a.now(), claimTime, claimSize)
		if err != nil || len(claimed) == 0 {
			return total, err
		}
		total += len(claimed)
		a.workAll(ctx, claimed)
		if ctx.Err() != nil {
			return total, ctx.Err()
		}
	}
}

func (a *App) workAll(ctx context.Context, claimed []store.Delivery) {
	byShop := map[string][]store.Delivery{}
	for _, d := range claimed {
		byShop[d.Shop] = append(byShop[d.Shop], d)
	}
	slots := make(chan struct{}, shopsAt)
	var wg sync.WaitGroup
	for _, list := range byShop {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a.workShop(ctx, list)
		})
	}
	wg.Wait()
}

// job is a delivery and what it was mapped to.
type job struct {
	store.Delivery
	mapped mapping.Mapped
}

func (a *App) workShop(ctx context.Context, list []store.Delivery) {
	i, err := a.store.Installation(ctx, list[0].Shop)
	if err != nil && !errors.Is(err, store.ErrNone) {
		a.settle(ctx, list, err)
		return
	}
	var jobs []job
	for _, d := range list {
		if len(d.Body) == 0 {
			a.settle(ctx, []store.Delivery{d}, fmt.Errorf("%w: its body does not open", errDead))
			continue
		}
		if owned(d.Topic) {
			a.settle(ctx, []store.Delivery{d}, a.handle(ctx, i, d))
			continue
		}
		// What happens before a shop is connected is caught up when it is.
		if !i.Chat.Ready() || !i.Uninstalled.IsZero() {
			a.settle(ctx, []store.Delivery{d}, nil)
			continue
		}
		m, err := a.mapped(ctx, i, d)
		if err != nil {
			a.settle(ctx, []store.Delivery{d}, err)
			continue
		}
		jobs = append(jobs, job{d, m})
	}
	if len(jobs) > 0 {
		a.push(ctx, i, jobs)
	}
}

func (a *App) mapped(ctx context.Context, i store.Installation, d store.Delivery) (mapping.Mapped, error) {
	in := mapping.Delivery{
		ID: d.ID, Topic: d.Topic, Shop: d.Shop, TriggeredAt: d.Triggered, Body: d.Body,
		Currency: i.Profile.Currency, StoreURL: i.Profile.StoreURL,
	}
	if d.Topic == "checkouts/delete" {
		var err error
		if in.CheckoutToken, err = a.store.CheckoutToken(ctx, d.Shop, mapping.CheckoutID(d.Body)); err != nil {
			return mapping.Mapped{}, err
		}
	}
	m, err := mapping.Map(in)
	if err != nil {
		return m, fmt.Errorf("%w: %w", errDead, err)
	}
	if m.Checkout != nil {
		if err := a.store.SetCheckout(ctx, d.Shop, m.Checkout.ID, m.Checkout.Token, a.now()); err != nil {
			return m, err
		}
	}
	return m, nil
}

// push sends the events of all jobs in one call, and settles each job by what became of its own.
func (a *App) push(ctx context.Context, i store.Installation, jobs []job) {
	client, err := a.chat(i)
	if err != nil {
		a.settle(ctx, deliveries(jobs), err)
		return
	}
	jobs = a.whole(ctx, i, jobs)
	var events []tagalong.Event
	for _, j := range jobs {
		events = append(events, j.mapped.Events...)
	}
	results, err := client.PushEvents(ctx, events)
	if err == nil && len(results) < len(events) {
		err = errors.New("tagalong answered for fewer events than it got")
	}
	for _, j := range jobs {
		n := len(j.mapped.Events)
		if n > len(results) { // where a request failed, the results stop
			a.settle(ctx, []store.Delivery{j.Delivery}, err)
			results = nil
			continue
		}
		a.settle(ctx, []store.Delivery{j.Delivery}, a.check(ctx, i.Shop, j.mapped.Events, results[:n]))
		results = results[n:]
	}
}

// whole reads the orders that some deliveries only tell of, settles those that cannot be read now, and gives the others.
func (a *App) whole(ctx context.Context, i store.Installation, jobs []job) []job {
	var ready []job
	for _, j := range jobs {
		if j.mapped.Reread != "" {
			events, err := a.reread(ctx, i, j)
			if err != nil {
				a.settle(ctx, []store.Delivery{j.Delivery}, err)
				continue
			}
			j.mapped.Events = events
		}
		ready = append(ready, j)
	}
	return ready
}

func deliveries(jobs []job) []store.Delivery {
	all := make([]store.Delivery, len(jobs))
	for n, j := range jobs {
		all[n] = j.Delivery
	}
	return all
}

// reread reads the order that a delivery has told of. It may be gone, or the app may have no token; then there is nothing to push,
// and a reconciliation looks again.
func (a *App) reread(ctx context.Context, i store.Installation, j job) ([]tagalong.Event, error) {
	order, err := a.admin(i.Shop).Order(ctx, j.mapped.Reread)
	switch {
	case errors.Is(err, admin.ErrNotFound), errors.Is(err, ErrNoToken), errors.Is(err, admin.ErrUnauthorized):
		a.log.Info("an order is not there to be read again", "shop", i.Shop, "order", j.mapped.Reread, "error", err)
		return nil, nil
	case err != nil:
		return nil, err
	}
	events, err := mapping.Order(order, mapping.Read{
		ID: j.ID, At: j.Triggered, Hint: j.Topic, Shop: i.Shop, StoreURL: i.Profile.StoreURL, Currency: i.Profile.Currency,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDead, err)
	}
	return events, nil
}

// check reads what became of events. Invalid ones will not be taken another time either.
func (a *App) check(ctx context.Context, shop string, events []tagalong.Event, results []tagalong.Result) error {
	for n, r := range results {
		if r.Outcome == api.EventOutcomeInvalid {
			return fmt.Errorf("%w: tagalong calls %s invalid%s", errDead, events[n].ID, problems(r))
		}
		if o := events[n].Order; o != nil && o.UpdatedAt > 0 {
			if err := a.store.SetPushed(ctx, shop, o.ExternalID, time.UnixMilli(o.UpdatedAt)); err != nil {
				return err
			}
		}
	}
	return nil
}

// problems names fields, never what is in them.
func problems(r tagalong.Result) (text string) {
	if r.Error == nil {
		return ""
	}
	text = ": " + string(r.Error.Code)
	for _, f := range r.Error.Fields {
		text += " " + f.Path
	}
	return text
}

// settle ends, buries or postpones deliveries that came to the same end.
func (a *App) settle(ctx context.Context, list []store.Delivery, cause error) {
	ctx = context.WithoutCancel(ctx)
	for _, d := range list {
		if err := a.settleOne(ctx, d, cause); err != nil {
			// It comes again when its claim is over.
			a.log.Error("a delivery is not settled", "shop", d.Shop, "delivery", d.ID, "error", err)
		}
	}
}

func (a *App) settleOne(ctx context.Context, d store.Delivery, cause error) error {
	log := a.log.With("shop", d.Shop, "topic", d.Topic, "delivery", d.ID, "attempt", d.Attempts)
	patience := giveUp
	if duty(d.Topic) {
		patience = giveUpDuty
	}
	switch {
	case cause == nil:
		log.Debug("done")
		return a.store.Finish(ctx, d.Shop, d.ID)
	case errors.Is(cause, errDead), a.now().Sub(d.Received) > patience:
		log.Error("a delivery is given up", "error", cause)
		return a.store.Bury(ctx, d.Shop, d.ID, cause.Error())
	}
	wait := backoff(d.Attempts)
	log.Warn("a delivery is tried again", "in", wait.String(), "error", cause)
	return a.store.Retry(ctx, d.Shop, d.ID, a.now().Add(wait), cause.Error())
}

// backoff doubles, with up to a quarter more, so that what failed together does not come back together.
func backoff(attempts int) time.Duration {
	wait := lastRetry
	if attempts < 11 {
		wait = min(firstRetry<<max(attempts-1, 0), lastRetry)
	}
	return wait + time.Duration(rand.Int64N(int64(wait/4)))
}
