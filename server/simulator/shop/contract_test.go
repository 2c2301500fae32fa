package shop

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestEventsFollowThePublishedContract holds every event that the plugin can
// send against the schema that plugin authors are given.
func TestEventsFollowThePublishedContract(t *testing.T) {
	contract, err := openapi3.NewLoader().LoadFromFile("../../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schema := contract.Components.Schemas["EventBatch"].Value
	locales, err := loadLocales()
	if err != nil {
		t.Fatal(err)
	}
	m := mapper{"http://shop.localhost:8081", locales["en"]}
	for name, e := range everyEvent(m) {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(map[string]any{"events": []event{e}})
			if err != nil {
				t.Fatal(err)
			}
			var value any
			if err := json.Unmarshal(raw, &value); err != nil {
				t.Fatal(err)
			}
			if err := schema.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors()); err != nil {
				t.Errorf("%v\n%s", err, raw)
			}
		})
	}
}

func everyEvent(m mapper) map[string]event {
	now := time.UnixMilli(1_795_289_656_123)
	shopper := "shp_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	var full cart
	for _, p := range catalogue {
		_ = full.add(p.Handle, "", 1, now) // the catalogue fits
	}
	full.id, full.coupon, full.version = "crt_1", "HELLO10", now.UnixMilli()
	mara := customers[0]
	o := order{
		id: "ord_1", number: "M-1", key: "k", cart: "crt_1", shopper: shopper, customer: mara.ID, email: mara.Email,
		phone: mara.Phone, note: "Please wrap it.", coupon: "HELLO10", address: mara.Address, lines: full.lines,
		totals: full.totals(), placed: now, updated: now, version: now.UnixMilli(),
	}
	guest := o
	guest.customer, guest.phone, guest.note, guest.shopper, guest.coupon = "", "", "", "", ""
	do := func(o order, steps ...action) order {
		for _, a := range steps {
			var err error
			if o, err = o.after(a, "shm_1", "JD1", now); err != nil {
				panic(err)
			}
		}
		return o
	}
	return map[string]event{
		"product":            m.product("e", catalogue[0], now),
		"cart":               m.cart("e", full, session{shopper: shopper, customer: mara.ID}, "checkout"),
		"empty cart":         m.cart("e", cart{id: "crt_2", at: now}, session{}, "cart"),
		"completed cart":     m.completed("e", full, session{}, o),
		"customer":           m.customer("e", mara, []order{o}, shopper, now),
		"order":              m.order("e", o),
		"order of a guest":   m.order("e", guest),
		"cancelled order":    m.order("e", do(o, actCancelled)),
		"refunded order":     m.order("e", do(o, actPaid, actRefunded)),
		"paid and cancelled": m.order("e", do(o, actPaid, actCancelled)),
		"shipment":           m.shipment("e", do(o, actShipped)),
		"with the driver":    m.shipment("e", do(o, actShipped, actOut)),
		"coupon":             m.coupon("e", "HELLO10", 10, now),
		"delivered shipment": m.shipment("e", do(o, actShipped, actDelivered)),
	}
}
