package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestALateParcelOfARedactedOrderTellsOfNobody(t *testing.T) {
	d, _ := sold(t)
	d.asks(chat.PrivacyRequest{Kind: chat.PrivacyRedact, Customer: chat.CustomerRef{ExternalID: "c1"}})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{
		ExternalID: "s9", OrderExternalID: "1", Status: "in_transit", Tracking: []chat.Tracking{{Number: "ANA999"}},
	})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{ExternalID: "s8", OrderExternalID: "2", Tracking: []chat.Tracking{{Number: "BOB"}}})
	parcel, err := d.store.Record(t.Context(), d.shop.ID, chat.RecordShipment, "s9")
	if err != nil || !parcel.Redacted || strings.Contains(string(parcel.Body)+string(parcel.History), "ANA999") {
		t.Errorf("the parcel is %s, %v", parcel.Body, err)
	}
	if other, err := d.store.Record(t.Context(), d.shop.ID, chat.RecordShipment, "s8"); err != nil || other.Redacted {
		t.Errorf("somebody else's parcel is redacted, %v", err)
	}
}

func TestAnErasedShopperIsNotToldOfAnyMore(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	must(t, d.Erase(t.Context(), d.agent(), d.shop.ID, v.Shopper))
	d.run()
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1", Number: "#1"}) // their browser still names them to the shop
	d.pass(time.Hour)
	if got := d.orderEvents(v); len(got) != 0 {
		t.Errorf("the blank conversation tells %q", got)
	}
}

func TestARecordDoesNotGrowWithoutBound(t *testing.T) {
	d := newDepot(t)
	d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "1"})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{ExternalID: "s1", OrderExternalID: "1"})
	long := strings.Repeat("x", 60<<10)
	for kind, body := range map[chat.RecordKind]string{
		chat.RecordOrder:    `{"external_id":"1","attributes":{"k%d":"` + long + `"}}`,
		chat.RecordShipment: `{"external_id":"s1","order_external_id":"1","events":[{"id":"e%d","message":"` + long + `"}]}`,
	} {
		external := map[chat.RecordKind]string{chat.RecordOrder: "1", chat.RecordShipment: "s1"}[kind]
		refused := 0
		for i := range 30 {
			d.pushes++
			done, err := d.Push(t.Context(), d.plugin(), d.shop.ID, nil, []chat.ContextEvent{{
				ID: fmt.Sprintf("test:%d", d.pushes), Kind: kind, ExternalID: external, Patch: true,
				Version: d.now.UnixMilli() + int64(d.pushes), OccurredAt: d.now.UnixMicro(), Body: fmt.Appendf(nil, body, i),
			}})
			must(t, err)
			if e := done.Results[0].Error; e != nil && errors.Is(e, chat.ErrInvalid) {
				refused++
			}
		}
		r, err := d.store.Record(t.Context(), d.shop.ID, kind, external)
		must(t, err)
		if size := len(r.Body) + len(r.History); refused == 0 || size > 2<<20 {
			t.Errorf("%s: %d refused, %d bytes", kind, refused, size)
		}
	}
}
