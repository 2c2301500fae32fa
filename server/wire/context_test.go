package wire_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

const shop = chat.ShopID("shop_marlmarlmarlmarlmarlmarlma")

// now is a little after the golden events.
var now = time.UnixMilli(1795289656123).Add(time.Minute)

// TestTheShopsNounsHaveTheSameNamesHereAndThere lets a record go straight from the store into the contract's types.
func TestTheShopsNounsHaveTheSameNamesHereAndThere(t *testing.T) {
	for _, pair := range []struct{ domain, contract any }{
		{chat.Order{}, openapi.Order{}},
		{chat.Shipment{}, openapi.Shipment{}},
		{chat.Cart{}, openapi.Cart{}},
		{chat.Customer{}, openapi.Customer{}},
		{chat.Product{}, openapi.Product{}},
		{chat.Coupon{}, openapi.Coupon{}},
	} {
		sameNames(t, reflect.TypeOf(pair.domain).Name(), reflect.TypeOf(pair.domain), reflect.TypeOf(pair.contract))
	}
}

func sameNames(t *testing.T, path string, domain, contract reflect.Type) {
	t.Helper()
	for domain.Kind() == reflect.Pointer || domain.Kind() == reflect.Slice {
		domain = domain.Elem()
	}
	for contract.Kind() == reflect.Pointer || contract.Kind() == reflect.Slice {
		contract = contract.Elem()
	}
	if domain.Kind() != contract.Kind() {
		t.Errorf("%s is %s in the domain and %s in the contract", path, domain, contract)
	}
	if domain.Kind() != reflect.Struct || contract.Kind() != reflect.Struct {
		return
	}
	there := names(contract)
	for name, field := range names(domain) {
		other, ok := there[name]
		if !ok {
			t.Errorf("%s.%s is not in the contract", path, name)
			continue
		}
		sameNames(t, path+"."+name, field, other)
		delete(there, name)
	}
	delete(there, "shipments") // filled by the server
	delete(there, "abandoned_at")
	for name := range there {
		t.Errorf("%s.%s is not in the domain", path, name)
	}
}

func names(t reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all[name] = f.Type
	}
	return all
}

func TestEveryGoldenEventIsOneThatTheDomainTakes(t *testing.T) {
	batch := golden[openapi.EventBatch](t, "pushEvents.request")
	kinds := map[openapi.ContextEventType]bool{}
	for _, in := range batch.Events {
		ev, err := wire.Event(in)
		if err != nil {
			t.Errorf("%s: %v", in.Type, err)
			continue
		}
		kinds[in.Type] = true
		folded, err := chat.Fold(shop, nil, ev, now)
		if err != nil || folded.Outcome != chat.OutcomeApplied {
			t.Errorf("%s: %v %v", in.Type, folded.Outcome, err)
		}
	}
	if len(kinds) != 11 {
		t.Errorf("golden events of %d types, want all 11", len(kinds))
	}
}

func TestAnOrderIsReadBackAsItWasPushed(t *testing.T) {
	want := golden[openapi.Order](t, "getOrder.response")
	want.Shipments = nil
	got, err := wire.Order(pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: &want}))
	if err != nil || mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("%v\ngot  %s\nwant %s", err, mustJSON(t, got), mustJSON(t, want))
	}
}

// pushed gives the record that an event makes.
func pushed(t *testing.T, in openapi.ContextEvent) chat.Record {
	t.Helper()
	in.ID, in.OccurredAt, in.Version = "e1", "2026-11-21T19:34:16.123456Z", 1795289656123
	ev, err := wire.Event(in)
	if err != nil {
		t.Fatal(err)
	}
	folded, err := chat.Fold(shop, nil, ev, now)
	if err != nil {
		t.Fatal(err)
	}
	return folded.Record
}

func TestAPatchKeepsWhatItLeavesOutAndClearsWhatItNames(t *testing.T) {
	whole := golden[openapi.Order](t, "getOrder.response")
	whole.Shipments = nil
	cur := pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: &whole})
	ev, err := wire.Event(openapi.ContextEvent{
		ID: "e2", Type: "order.upserted", OccurredAt: "2026-11-21T19:34:17Z", Version: 1795289657000, Mode: openapi.EventModePatch,
		Clear: []string{"note", "totals.discount"},
		Order: &openapi.Order{
			ExternalID: whole.ExternalID, FinancialStatus: "refunded", Totals: &openapi.Totals{Refunded: &openapi.Money{Amount: 9007199254740991, Currency: "EUR"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	folded, err := chat.Fold(shop, &cur, ev, now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := wire.Order(folded.Record)
	if err != nil {
		t.Fatal(err)
	}
	want := whole
	totals := *whole.Totals
	totals.Discount, totals.Refunded = nil, &openapi.Money{Amount: 9007199254740991, Currency: "EUR"}
	want.Note, want.FinancialStatus, want.Totals = "", "refunded", &totals
	if mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want))
	}
}

func TestAnEventThatDoesNotFitItsTypeIsInvalid(t *testing.T) {
	order := &openapi.Order{ExternalID: "1"}
	for name, c := range map[string]struct {
		event openapi.ContextEvent
		path  string
	}{
		"without its object":           {openapi.ContextEvent{Type: "order.upserted"}, "order"},
		"with another object":          {openapi.ContextEvent{Type: "order.upserted", Order: order, Cart: &openapi.Cart{ExternalID: "1"}}, "cart"},
		"with only another object":     {openapi.ContextEvent{Type: "cart.upserted", Order: order}, "order"},
		"a deletion with an object":    {openapi.ContextEvent{Type: "order.deleted", ExternalID: "1", Order: order}, "order"},
		"an id beside the object":      {openapi.ContextEvent{Type: "order.upserted", ExternalID: "1", Order: order}, "external_id"},
		"clear in a snapshot":          {openapi.ContextEvent{Type: "order.upserted", Order: order, Clear: []string{"note"}}, "clear"},
		"clear in a deletion":          {openapi.ContextEvent{Type: "order.deleted", ExternalID: "1", Mode: "patch", Clear: []string{"note"}}, "clear"},
		"clear of what is there":       {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: &openapi.Order{ExternalID: "1", Note: "x"}, Clear: []string{"note"}}, "clear[0]"},
		"clear of the id":              {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: order, Clear: []string{"external_id"}}, "clear[0]"},
		"clear of what is not known":   {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: order, Clear: []string{"note", "nonsense"}}, "clear[1]"},
		"clear inside a text":          {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: order, Clear: []string{"note.x"}}, "clear[0]"},
		"clear of an amount":           {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: order, Clear: []string{"totals.total.amount"}}, "clear[0]"},
		"clear of nothing":             {openapi.ContextEvent{Type: "order.upserted", Mode: "patch", Order: order, Clear: []string{""}}, "clear[0]"},
		"shipments inside an order":    {openapi.ContextEvent{Type: "order.upserted", Order: &openapi.Order{ExternalID: "1", Shipments: []openapi.Shipment{}}}, "order.shipments"},
		"a time of abandonment":        {openapi.ContextEvent{Type: "cart.upserted", Cart: &openapi.Cart{ExternalID: "1", AbandonedAt: 1}}, "cart.abandoned_at"},
		"a time that is none":          {openapi.ContextEvent{Type: "order.upserted", Order: order, OccurredAt: "yesterday"}, "occurred_at"},
		"a time before there were any": {openapi.ContextEvent{Type: "order.upserted", Order: order, OccurredAt: "0001-01-01T00:00:00Z"}, "occurred_at"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.event.OccurredAt == "" {
				c.event.OccurredAt = "2026-11-21T19:34:16Z"
			}
			_, err := wire.Event(c.event)
			e, ok := chat.AsError(err)
			if !ok || len(e.Fields) != 1 || e.Fields[0].Path != c.path {
				t.Errorf("got %v %+v, want a fault at %s", err, e, c.path)
			}
		})
	}
}

func TestAnEventsTimeKeepsItsMicroseconds(t *testing.T) {
	ev, err := wire.Event(openapi.ContextEvent{Type: "order.deleted", ExternalID: "1", OccurredAt: "2026-11-21T20:34:16.123456+01:00"})
	if want := time.Date(2026, 11, 21, 19, 34, 16, 123456000, time.UTC).UnixMicro(); err != nil || ev.OccurredAt != want {
		t.Errorf("got %d %v, want %d", ev.OccurredAt, err, want)
	}
	if !ev.Deleted || ev.Kind != chat.RecordOrder || ev.ExternalID != "1" {
		t.Errorf("got %+v", ev)
	}
}

func TestTheContextHasEachOrderWithItsShipmentsAndOpenCarts(t *testing.T) {
	var want openapi.ShopperContext
	record := func(in openapi.ContextEvent) chat.Record { return pushed(t, in) }
	whole := golden[openapi.ShopperContext](t, "getShopperContext.response")
	order, shipment := whole.Orders[0], whole.Orders[0].Shipments[0]
	order.Shipments = nil
	lost := shipment
	lost.ExternalID, lost.OrderExternalID = "f-9", "unknown"
	bought := whole.Carts[0]
	bought.ExternalID, bought.CompletedAt = "bought", 1795301473929
	claim := *whole.Claimed
	left := claim.Carts[0]
	left.AbandonedAt = 0
	claimedCart := record(openapi.ContextEvent{Type: "cart.upserted", Cart: &left})
	claimedCart.AbandonedAt = chat.Millis(claim.Carts[0].AbandonedAt)
	claimed := chat.Claimed{Email: claim.Email, Phone: claim.Phone, Records: []chat.Record{
		record(openapi.ContextEvent{Type: "order.upserted", Order: &claim.Orders[0]}), claimedCart,
		record(openapi.ContextEvent{Type: "customer.upserted", Customer: claim.Customer}),
	}}
	records := []chat.Record{
		record(openapi.ContextEvent{Type: "shipment.upserted", Shipment: &lost}),
		record(openapi.ContextEvent{Type: "shipment.upserted", Shipment: &shipment}),
		record(openapi.ContextEvent{Type: "order.upserted", Order: &order}),
		record(openapi.ContextEvent{Type: "cart.upserted", Cart: &whole.Carts[0]}),
		record(openapi.ContextEvent{Type: "cart.upserted", Cart: &bought}),
		record(openapi.ContextEvent{Type: "customer.upserted", Customer: whole.Customer}),
		{Kind: chat.RecordOrder, ExternalID: "2", Deleted: true},
	}
	page := wire.NewPage(*whole.Page)
	got, err := wire.ShopperContext(chat.ShopperContext{Records: records, Claimed: claimed, Shopper: chat.Shopper{Page: &page}})
	want = whole
	if err != nil || mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("%v\ngot  %s\nwant %s", err, mustJSON(t, got), mustJSON(t, want))
	}
	empty, err := wire.ShopperContext(chat.ShopperContext{})
	if err != nil || mustJSON(t, empty) != `{"carts":[],"orders":[]}` {
		t.Errorf("%v %s", err, mustJSON(t, empty))
	}
}

func TestARecordIsReadAsWhatItIs(t *testing.T) {
	r := pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: &openapi.Order{ExternalID: "1"}})
	if _, err := wire.Cart(r); err == nil {
		t.Error("an order is read as a cart")
	}
	r.Deleted = true
	if _, err := wire.Order(r); err == nil {
		t.Error("a deleted order is read")
	}
	r.Deleted, r.Body = false, json.RawMessage(`{"external_id":7}`)
	if _, err := wire.Order(r); err == nil || strings.Contains(wire.Problem(err, "").Message, "external") {
		t.Errorf("a broken record: %v", err)
	}
}

func TestAFeedFrameHasTheRecordThatChanged(t *testing.T) {
	whole := golden[openapi.ShopperContext](t, "getShopperContext.response")
	order := whole.Orders[0]
	shipment := order.Shipments[0]
	order.Shipments = nil
	for name, c := range map[string]struct {
		in   openapi.ContextEvent
		want func(openapi.ServerFrame) bool
	}{
		"order":    {openapi.ContextEvent{Type: "order.upserted", Order: &order}, func(f openapi.ServerFrame) bool { return f.Order != nil }},
		"shipment": {openapi.ContextEvent{Type: "shipment.upserted", Shipment: &shipment}, func(f openapi.ServerFrame) bool { return f.Shipment != nil }},
		"cart":     {openapi.ContextEvent{Type: "cart.upserted", Cart: &whole.Carts[0]}, func(f openapi.ServerFrame) bool { return f.Cart != nil }},
		"customer": {openapi.ContextEvent{Type: "customer.upserted", Customer: whole.Customer}, func(f openapi.ServerFrame) bool { return f.Customer != nil }},
	} {
		r := pushed(t, c.in)
		r.Position = 8
		f, err := wire.FeedRecord(r, 7)
		if err != nil || !c.want(f) || *f.Prev != 7 || *f.Position != 8 {
			t.Errorf("%s: %v %s", name, err, mustJSON(t, f))
		}
		r.Deleted = true
		if f, err := wire.FeedRecord(r, 7); err != nil || mustJSON(t, f) != `{"position":8,"prev":7,"shop":"`+string(shop)+`","type":"feed"}` {
			t.Errorf("a deleted %s: %v %s", name, err, mustJSON(t, f))
		}
	}
}

func TestABatchIsAnsweredInItsOrder(t *testing.T) {
	got := wire.EventResults([]chat.EventResult{
		{ID: "a", Outcome: chat.OutcomeApplied},
		{ID: "b", Outcome: chat.OutcomeInvalid, Error: chat.ErrInvalid.With(chat.Field{Path: "order.number", Message: "is too long"})},
	})
	want := `{"results":[{"id":"a","outcome":"applied"},{"error":{"code":"invalid","fields":[{"message":"is too long","path":"order.number"}],` +
		`"message":"Some values are not valid."},"id":"b","outcome":"invalid"}]}`
	if mustJSON(t, got) != want {
		t.Errorf("got %s", mustJSON(t, got))
	}
	if got := mustJSON(t, wire.EventResults(nil)); got != `{"results":[]}` {
		t.Errorf("got %s", got)
	}
}

func TestEnumsOfTheDomainAreThoseOfTheContract(t *testing.T) {
	for _, s := range chat.Scopes() {
		if !openapi.Scope(s).Valid() {
			t.Errorf("the contract does not know the scope %q", s)
		}
	}
	var bad []string
	check := func(kind string, valid func(string) bool, values ...string) {
		for _, v := range values {
			if !valid(v) {
				bad = append(bad, kind+" "+v)
			}
		}
	}
	check("channel", func(s string) bool { return openapi.Channel(s).Valid() }, string(chat.ChannelWeb), string(chat.ChannelWhatsApp),
		string(chat.ChannelMessenger), string(chat.ChannelInstagram), string(chat.ChannelEmail), string(chat.ChannelSMS))
	check("author", func(s string) bool { return openapi.AuthorKind(s).Valid() }, string(chat.AuthorShopper), string(chat.AuthorAgent),
		string(chat.AuthorBot), string(chat.AuthorPlugin), string(chat.AuthorSystem))
	check("event", func(s string) bool { return openapi.EventName(s).Valid() }, string(chat.EventStarted), string(chat.EventJoined),
		string(chat.EventAssigned), string(chat.EventUnassigned), string(chat.EventClosed), string(chat.EventReopened), string(chat.EventTagged),
		string(chat.EventOrderChanged), string(chat.EventCartAbandoned), string(chat.EventIdentified), string(chat.EventRouteChanged), string(chat.EventHandoff))
	check("order change", func(s string) bool { return openapi.OrderTransition(s).Valid() }, string(chat.OrderPlaced), string(chat.OrderPaid),
		string(chat.OrderShipped), string(chat.OrderOutForDelivery), string(chat.OrderDelivered), string(chat.OrderRefunded), string(chat.OrderCancelled))
	check("outcome", func(s string) bool { return openapi.EventOutcome(s).Valid() }, string(chat.OutcomeApplied), string(chat.OutcomeDuplicate),
		string(chat.OutcomeStale), string(chat.OutcomeInvalid))
	check("presence", func(s string) bool { return openapi.PresenceState(s).Valid() }, string(chat.Here), string(chat.Gone), string(chat.Unknown))
	check("role", func(s string) bool { return openapi.Role(s).Valid() }, string(chat.RoleOwner), string(chat.RoleAdmin), string(chat.RoleAgent))
	for _, n := range append(chat.NoticeTypes(), chat.NoticePing) {
		check("webhook", func(s string) bool { return openapi.WebhookType(s).Valid() }, string(n))
	}
	check("webhook's delivery", func(s string) bool { return openapi.WebhookDeliveryState(s).Valid() }, string(chat.HookPending),
		string(chat.HookDelivered), string(chat.HookDead))
	check("privacy", func(s string) bool { return openapi.PrivacyKind(s).Valid() }, string(chat.PrivacyRedact), string(chat.PrivacyExport))
	check("privacy", func(s string) bool { return openapi.PrivacyState(s).Valid() }, string(chat.PrivacyPending), string(chat.PrivacyDone), string(chat.PrivacyFailed))
	check("coupon", func(s string) bool { return openapi.CouponKind(s).Valid() }, string(chat.CouponPercent), string(chat.CouponFixed), string(chat.CouponFreeShipping))
	if slices.Sort(bad); bad != nil {
		t.Errorf("the contract does not know %v", bad)
	}
}
