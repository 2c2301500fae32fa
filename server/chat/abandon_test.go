package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (d *depot) basket(v visitor, id string, more ...func(*chat.Cart)) {
	d.t.Helper()
	c := chat.Cart{
		ExternalID: id, Email: "ana@shop.example", LastActivityAt: chat.At(d.now), Lines: []chat.Line{{Title: "Jug", Quantity: 2}},
	}
	for _, m := range more {
		m(&c)
	}
	d.push(v, chat.RecordCart, c)
}

func (d *depot) abandonedAt(id string) chat.Millis {
	d.t.Helper()
	r, err := d.store.Record(d.t.Context(), d.shop.ID, chat.RecordCart, id)
	must(d.t, err)
	return r.AbandonedAt
}

func TestACartLeftAloneIsAbandonedOnce(t *testing.T) {
	d := newDepot(t)
	d.subscribe(chat.NoticeCartAbandoned)
	v := d.visit()
	d.basket(v, "c1")
	d.pass(59 * time.Minute)
	if d.abandonedAt("c1") != 0 {
		t.Fatal("abandoned too soon")
	}
	d.basket(v, "c1") // something happens to it
	d.pass(59 * time.Minute)
	if d.abandonedAt("c1") != 0 {
		t.Fatal("a cart in use is abandoned")
	}
	d.pass(2 * time.Minute)
	if d.abandonedAt("c1") == 0 {
		t.Fatal("not abandoned")
	}
	d.basket(v, "c1")
	if d.abandonedAt("c1") != 0 {
		t.Error("its shopper is back, and it is still abandoned")
	}
	d.pass(3 * time.Hour)
	if got := d.orderEvents(v); !slices.Equal(got, []string{"cart_abandoned c1 2"}) {
		t.Errorf("the log tells %q", got)
	}
	if got := d.poster.types(); !slices.Equal(got, []string{"cart.abandoned"}) {
		t.Errorf("webhooks are told %q", got)
	}
}

func TestABusyCartIsLookedAtSeldom(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	for range 600 {
		d.basket(v, "c1")
		d.now = d.now.Add(time.Second)
	}
	d.basket(v, "c2", func(c *chat.Cart) { c.LastActivityAt = chat.At(d.now.AddDate(100, 0, 0)) })
	waiting := 0
	for {
		ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now.Add(3*time.Hour)), time.Minute, 100)
		must(t, err)
		if len(ts) == 0 {
			break
		}
		for _, task := range ts {
			if task.Kind == chat.TaskCartIdle {
				waiting++
			}
		}
	}
	if waiting < 3 || waiting > 4 {
		t.Errorf("%d tasks", waiting)
	}
}

func TestACartIsToldOfThoughTheServerDiedOnIt(t *testing.T) {
	d := newDepot(t)
	d.subscribe(chat.NoticeCartAbandoned)
	v := d.visit()
	d.basket(v, "c1")
	d.now = d.now.Add(2 * time.Hour)
	must(t, d.store.AmendRecord(t.Context(), d.shop.ID, chat.RecordCart, "c1", func(r chat.Record) (chat.Record, []chat.Task, bool) {
		r.AbandonedAt = chat.At(d.now) // it was marked, and no more
		return r, nil, true
	}, nil))
	d.pass(time.Minute)
	if got := d.orderEvents(v); !slices.Equal(got, []string{"cart_abandoned c1 2"}) {
		t.Errorf("the log tells %q", got)
	}
	if got := d.poster.types(); !slices.Equal(got, []string{"cart.abandoned"}) {
		t.Errorf("webhooks are told %q", got)
	}
}

func TestACartThatIsNotAbandoned(t *testing.T) {
	for name, c := range map[string]struct {
		cart  func(*chat.Cart)
		after func(d *depot, v visitor)
	}{
		"it became an order by its token": {nil, func(d *depot, v visitor) {
			d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "1001", CartToken: "c1"})
		}},
		"the same e-mail ordered since": {nil, func(d *depot, v visitor) {
			d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "1001", PlacedAt: chat.At(d.now), Customer: &chat.CustomerRef{Email: "Ana@Shop.example"}})
		}},
		"the same shopper ordered since": {func(c *chat.Cart) { c.Email = "" }, func(d *depot, v visitor) {
			d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1001", PlacedAt: chat.At(d.now)})
		}},
		"it is empty":      {func(c *chat.Cart) { c.Lines = nil }, nil},
		"it was completed": {func(c *chat.Cart) { c.CompletedAt = c.LastActivityAt }, nil},
		"it has its order": {func(c *chat.Cart) { c.OrderExternalID = "1001" }, nil},
		"it is emptied":    {nil, func(d *depot, v visitor) { d.basket(v, "c1", func(c *chat.Cart) { c.Lines = nil }) }},
		"nobody is known":  {func(c *chat.Cart) { c.Email = "" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDepot(t)
			v := d.visit()
			owner := v
			if name == "nobody is known" {
				owner = visitor{}
			}
			d.basket(owner, "c1", func(x *chat.Cart) {
				if c.cart != nil {
					c.cart(x)
				}
			})
			d.pass(10 * time.Minute)
			if c.after != nil {
				c.after(d, v)
			}
			d.pass(3 * time.Hour)
			if d.abandonedAt("c1") != 0 {
				t.Error("it is abandoned")
			}
		})
	}
}

func TestParcelsAreToldOneByOneAndOnce(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1", FulfillmentStatus: "partial"})
	d.push(v, chat.RecordShipment, chat.Shipment{ExternalID: "s1", OrderExternalID: "1", Status: "in_transit"})
	d.push(v, chat.RecordShipment, chat.Shipment{ExternalID: "s2", OrderExternalID: "1", Status: "out_for_delivery"})
	d.pass(time.Minute)
	d.push(v, chat.RecordShipment, chat.Shipment{ExternalID: "s2", OrderExternalID: "1", Status: "delivered"})
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1", FulfillmentStatus: "fulfilled"})
	d.pass(time.Hour)
	got := slices.Sorted(slices.Values(d.orderEvents(v)))
	want := []string{"delivered 1s2", "out_for_delivery 1s2", "placed 1", "shipped 1s1", "shipped 1s2"}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%q\nwant\n%q", got, want)
	}
}

func TestAnOrderWithoutParcelsIsToldAsShipped(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1", FulfillmentStatus: "fulfilled"})
	d.pass(time.Hour)
	if got := d.orderEvents(v); !slices.Equal(got, []string{"placed 1", "shipped 1"}) {
		t.Errorf("told %q", got)
	}
}
