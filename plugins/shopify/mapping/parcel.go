package mapping

import (
	"slices"
	"strings"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// parcel is Shopify's fulfillment.
type parcel struct {
	ID       ID         `json:"id"`
	Order    ID         `json:"order_id"`
	Status   string     `json:"status"`
	Shipment string     `json:"shipment_status"`
	Created  *time.Time `json:"created_at"`
	Updated  *time.Time `json:"updated_at"`
	Company  string     `json:"tracking_company"`
	Numbers  []string   `json:"tracking_numbers"`
	URLs     []string   `json:"tracking_urls"`
	Lines    []struct {
		ID       ID    `json:"id"`
		Quantity int64 `json:"quantity"`
	} `json:"line_items"`

	// Only the Admin API tells these with a parcel; a webhook has them in scans of their own.
	Expected  *time.Time          `json:"-"`
	Delivered *time.Time          `json:"-"`
	Scans     []api.ShipmentEvent `json:"-"`
	LinesCut  bool                `json:"-"`
}

// shipment knows the words of a fulfillment's shipment_status, of a fulfillment event and of displayStatus, in lower case.
var shipment = map[string]api.ShipmentStatus{
	"label_printed": api.ShipmentStatusLabelCreated, "label_purchased": api.ShipmentStatusLabelCreated,
	"confirmed": api.ShipmentStatusConfirmed, "submitted": api.ShipmentStatusConfirmed,
	"in_transit": api.ShipmentStatusInTransit, "carrier_picked_up": api.ShipmentStatusInTransit,
	"out_for_delivery": api.ShipmentStatusOutForDelivery, "attempted_delivery": api.ShipmentStatusAttempted,
	"not_delivered": api.ShipmentStatusAttempted, "ready_for_pickup": api.ShipmentStatusReadyForPickup,
	"picked_up": api.ShipmentStatusPickedUp, "delivered": api.ShipmentStatusDelivered, "delayed": api.ShipmentStatusDelayed,
	"failure": api.ShipmentStatusFailure, "fulfilled": api.ShipmentStatusShipped, "marked_as_fulfilled": api.ShipmentStatusShipped,
	"canceled": api.ShipmentStatusCancelled, "label_voided": api.ShipmentStatusCancelled,
}

// state knows the words of a fulfillment's own status, for where nothing is known of its way.
var state = map[string]api.ShipmentStatus{
	"pending": api.ShipmentStatusConfirmed, "open": api.ShipmentStatusConfirmed, "success": api.ShipmentStatusShipped,
	"cancelled": api.ShipmentStatusCancelled, "error": api.ShipmentStatusFailure, "failure": api.ShipmentStatusFailure,
}

func (m *mapper) parcel() error {
	var f parcel
	if err := m.read(&f); err != nil {
		return err
	}
	event, err := f.event(m.stamp, "")
	if err == nil {
		m.add(event)
	}
	return err
}

// off tells that nothing is under way in it.
func (f parcel) off() bool {
	return f.Status == "cancelled" || f.Status == "error" || f.Status == "failure"
}

func (f parcel) status() api.ShipmentStatus {
	if known, ok := shipment[f.Shipment]; ok && !f.off() {
		return known
	}
	return state[f.Status]
}

// event is a patch: what a fulfillment does not say, its scans have said.
func (f parcel) event(st stamp, suffix string) (tagalong.Event, error) {
	if !f.ID.ok() || !f.Order.ok() {
		return tagalong.Event{}, errNoID
	}
	event := st.event(suffix, api.ContextEventTypeShipmentUpserted, at(f.Updated))
	event.Mode = api.EventModePatch
	event.Shipment = &api.Shipment{
		ExternalID: string(f.ID), OrderExternalID: string(f.Order),
		Status: f.status(), StatusRaw: text(f.Status + "/" + pick(f.Shipment, "null")),
		Carrier: text(f.Company), Tracking: f.tracking(), Lines: f.lines(), EstimatedDeliveryAt: millis(f.Expected),
		DeliveredAt: millis(f.Delivered), Events: f.Scans,
	}
	if f.Status == "success" {
		event.Shipment.ShippedAt = millis(f.Created)
	}
	if f.LinesCut {
		event.Shipment.Lines = nil
	}
	event.Clear = empty(field{"status", event.Shipment.Status != ""}, field{"carrier", f.Company != ""},
		field{"tracking", len(event.Shipment.Tracking) > 0})
	return event, nil
}

func (f parcel) tracking() []api.Tracking {
	var all []api.Tracking
	for i, number := range first(f.Numbers, maxList) {
		if number == "" {
			continue
		}
		one := api.Tracking{Number: text(number)}
		if i < len(f.URLs) {
			one.URL = link(f.URLs[i])
		}
		all = append(all, one)
	}
	return all
}

func (f parcel) lines() []api.LineQuantity {
	var all []api.LineQuantity
	for _, l := range first(f.Lines, maxLines) {
		if l.ID.ok() {
			all = append(all, api.LineQuantity{LineExternalID: string(l.ID), Quantity: count(l.Quantity)})
		}
	}
	return all
}

// scan is Shopify's fulfillment event: a parcel was seen somewhere.
type scan struct {
	ID       ID         `json:"id"`
	Parcel   ID         `json:"fulfillment_id"`
	Order    ID         `json:"order_id"`
	Status   string     `json:"status"`
	Message  string     `json:"message"`
	Happened *time.Time `json:"happened_at"`
	Updated  *time.Time `json:"updated_at"`
	Expected *time.Time `json:"estimated_delivery_at"`
	City     string     `json:"city"`
	Province string     `json:"province"`
	Country  string     `json:"country"`
}

func (m *mapper) scan() error {
	var s scan
	if err := m.read(&s); err != nil {
		return err
	}
	if !s.ID.ok() || !s.Parcel.ok() || !s.Order.ok() {
		return errNoID
	}
	event := m.stamp.event("", api.ContextEventTypeShipmentUpserted, at(s.Updated))
	event.Mode = api.EventModePatch
	event.Shipment = &api.Shipment{
		ExternalID: string(s.Parcel), OrderExternalID: string(s.Order), Status: shipment[s.Status], StatusRaw: text("success/" + s.Status),
		EstimatedDeliveryAt: millis(s.Expected),
	}
	if one, ok := s.neutral(); ok {
		event.Shipment.Events = []api.ShipmentEvent{one}
		if one.Status == api.ShipmentStatusDelivered {
			event.Shipment.DeliveredAt = one.At
		}
	}
	m.add(event)
	return nil
}

// neutral has none for a word that is not known, or no time: the contract's list has no place for it.
func (s scan) neutral() (api.ShipmentEvent, bool) {
	status, known := shipment[s.Status]
	place := slices.DeleteFunc([]string{s.City, s.Province, s.Country}, func(p string) bool { return p == "" })
	return api.ShipmentEvent{
		ID: string(s.ID), Status: status, Message: text(s.Message), At: millis(s.Happened), Location: text(strings.Join(place, ", ")),
	}, known && s.Happened != nil
}

// field names one that may be empty.
type field struct {
	name string
	full bool
}

// empty lists what a patch must say is empty, since an absent field stays as it was.
func empty(fields ...field) []string {
	var names []string
	for _, f := range fields {
		if !f.full {
			names = append(names, f.name)
		}
	}
	return names
}
