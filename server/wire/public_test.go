package wire_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// goldenOrder gives the golden order and its parcel as records.
func goldenOrder(t *testing.T) (order, parcel chat.Record) {
	t.Helper()
	whole := golden[openapi.ShopperContext](t, "getShopperContext.response").Orders[0]
	shipment := whole.Shipments[0]
	whole.Shipments = nil
	return pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: &whole}), pushed(t, openapi.ContextEvent{Type: "shipment.upserted", Shipment: &shipment})
}

func TestABuyerSeesTheGoldenOrder(t *testing.T) {
	want := golden[openapi.PublicOrder](t, "lookUpOrder.response")
	order, parcel := goldenOrder(t)
	got, err := wire.PublicOrder(order, []chat.Record{parcel})
	if err != nil || mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("%v\ngot  %s\nwant %s", err, mustJSON(t, got), mustJSON(t, want))
	}
}

// TestWhatABuyerMaySeeIsListedHere fails when somebody adds a field to what a shopper sees, so that they think about it.
func TestWhatABuyerMaySeeIsListedHere(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{openapi.PublicOrder{}, "cancelled_at currency external_id financial_status fulfillment_status lines number placed_at shipments totals"},
		{openapi.PublicLine{}, "image_url quantity title total variant_title"},
		{openapi.PublicShipment{}, "carrier delivered_at estimated_delivery_at events shipped_at status tracking"},
		{openapi.PublicShipmentEvent{}, "at location message status"},
		{openapi.Tracking{}, "number url"},
		{openapi.OrderCard{}, "cancelled external_id financial_status fulfillment_status items more number placed_at shipment total"},
		{openapi.OrderCardItem{}, "image_url quantity title"},
		{openapi.OrderCardShipment{}, "carrier number status url"},
	} {
		var have []string
		for name := range names(reflect.TypeOf(c.value)) {
			have = append(have, name)
		}
		if slices.Sort(have); strings.Join(have, " ") != c.want {
			t.Errorf("%T has %v", c.value, have)
		}
	}
}

func TestOnlyLivingOrdersAreShownEachWithItsOwnParcels(t *testing.T) {
	order, parcel := goldenOrder(t)
	gone, erased, lost := order, order, parcel
	gone.Deleted, gone.ExternalID = true, "2"
	erased.Redacted, erased.ExternalID = true, "3"
	lost.Parent = "9"
	got, err := wire.PublicOrders([]chat.Record{parcel, gone, order, erased, lost, {Kind: chat.RecordCart, ExternalID: "c"}})
	if err != nil || len(got) != 1 || len(got[0].Shipments) != 1 || got[0].ExternalID != order.ExternalID {
		t.Errorf("%v %s", err, mustJSON(t, got))
	}
	if none, err := wire.PublicOrders(nil); err != nil || mustJSON(t, none) != "[]" {
		t.Errorf("%v %s", err, mustJSON(t, none))
	}
	parcel.Redacted = true
	if got, err := wire.PublicOrder(order, []chat.Record{parcel}); err != nil || len(got.Shipments) != 0 {
		t.Errorf("an erased parcel is shown: %v %s", err, mustJSON(t, got))
	}
}

// TestAnOldRecordsLinksAreLookedAtAgain gives records that were stored before links were checked.
func TestAnOldRecordsLinksAreLookedAtAgain(t *testing.T) {
	order := chat.Record{Kind: chat.RecordOrder, ExternalID: "1", Body: []byte(`{"external_id":"1","lines":[{"title":"Mug","quantity":1,"image_url":"javascript:alert(1)"}]}`)}
	parcel := chat.Record{Kind: chat.RecordShipment, Parent: "1", Body: []byte(`{"external_id":"f","order_external_id":"1","tracking":[{"number":"7","url":"javascript:alert(1)"}]}`)}
	got, err := wire.PublicOrder(order, []chat.Record{parcel})
	if err != nil || strings.Contains(mustJSON(t, got), "javascript") || got.Shipments[0].Tracking[0].Number != "7" {
		t.Errorf("%v %s", err, mustJSON(t, got))
	}
	m := wire.View{Audience: chat.ForShopper}.Message(chat.Message{OrderCard: &chat.OrderCard{
		ExternalID: "1", Items: []chat.CardItem{{Title: "Mug", ImageURL: "data:x"}}, Shipment: &chat.CardShipment{URL: "javascript:alert(1)"},
	}})
	if s := mustJSON(t, m.OrderCard); s != `{"external_id":"1","items":[{"quantity":0,"title":"Mug"}],"more":0,"number":"1","shipment":{}}` {
		t.Errorf("card %s", s)
	}
}

func TestAnOrderCardIsForBothSides(t *testing.T) {
	want := golden[openapi.ServerFrame](t, "server.entry.order").Entry
	order, parcel := goldenOrder(t)
	o, err := order.Order()
	if err != nil {
		t.Fatal(err)
	}
	s, err := parcel.Shipment()
	if err != nil {
		t.Fatal(err)
	}
	card := o.Card([]chat.Shipment{s})
	for _, a := range []chat.Audience{chat.ForAgents, chat.ForShopper} {
		got := wire.View{Audience: a}.Message(chat.Message{Text: want.Message.Text, Order: "1001", OrderCard: card})
		if mustJSON(t, got) != mustJSON(t, want.Message) {
			t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want.Message))
		}
	}
}

func TestAnAbandonedCartIsForAgentsAlone(t *testing.T) {
	want := golden[openapi.ServerFrame](t, "server.entry.cart").Entry
	c := want.Event.Cart
	e := chat.Entry{
		Seq: want.Seq, At: chat.Millis(want.At), Kind: chat.EntryEvent, Author: chat.Author{Kind: chat.AuthorSystem}, Channel: chat.ChannelWeb,
		Event: &chat.Event{Name: chat.EventCartAbandoned, Cart: &chat.CartBrief{
			ExternalID: c.ExternalID, Total: &chat.Money{Amount: c.Total.Amount, Currency: "EUR"}, Items: c.Items, RecoveryURL: c.RecoveryURL, At: chat.Millis(c.At),
		}},
	}
	if got, ok := (wire.View{}).Entry(e); !ok || mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("agents see %s", mustJSON(t, got))
	}
	e.ShopperSeq = 4 // even if it had a number of theirs
	if got, ok := (wire.View{Audience: chat.ForShopper}).Entry(e); ok {
		t.Errorf("a shopper sees %s", mustJSON(t, got))
	}
}
