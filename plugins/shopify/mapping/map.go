package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Version of the plugin, told with each event.
const Version = "0.1.0"

// Delivery is one verified webhook, and what has to be known of its shop to read it.
type Delivery struct {
	ID          string
	Topic       string
	Shop        string // its myshopify name
	TriggeredAt time.Time
	Body        []byte
	// Currency is the shop's own; a product's webhook gives prices without one.
	Currency string
	// StoreURL is where the shop sells, without a slash at its end; the shop's own name when empty.
	StoreURL string
	// CheckoutToken names the checkout of checkouts/delete, which Shopify tells by its id alone; see [Checkout].
	CheckoutToken string
}

// Mapped is what a delivery says.
type Mapped struct {
	Events []tagalong.Event
	// Reread is the order that has changed where the delivery does not carry it whole: a refund, a return, an edit.
	Reread string
	// Checkout has its id and token, for the delivery that will tell of its end.
	Checkout *Checkout
}

// Checkout pairs the two names of a checkout. The token is the one that orders refer to.
type Checkout struct{ ID, Token string }

var topics = map[string]func(*mapper) error{
	"orders/create":              (*mapper).order,
	"orders/updated":             (*mapper).order,
	"orders/paid":                (*mapper).order,
	"orders/cancelled":           (*mapper).order,
	"orders/fulfilled":           (*mapper).order,
	"orders/partially_fulfilled": (*mapper).order,
	"orders/delete":              (*mapper).orderDeleted,
	"orders/edited":              (*mapper).orderEdited,
	"refunds/create":             (*mapper).refunded,
	"returns/request":            (*mapper).returned,
	"returns/approve":            (*mapper).returned,
	"returns/decline":            (*mapper).returned,
	"returns/cancel":             (*mapper).returned,
	"returns/close":              (*mapper).returned,
	"returns/reopen":             (*mapper).returned,
	"returns/update":             (*mapper).returned,
	"fulfillments/create":        (*mapper).parcel,
	"fulfillments/update":        (*mapper).parcel,
	"fulfillment_events/create":  (*mapper).scan,
	"carts/create":               (*mapper).cart,
	"carts/update":               (*mapper).cart,
	"checkouts/create":           (*mapper).checkout,
	"checkouts/update":           (*mapper).checkout,
	"checkouts/delete":           (*mapper).checkoutDeleted,
	"customers/create":           (*mapper).buyer,
	"customers/update":           (*mapper).buyer,
	"customers/enable":           (*mapper).buyer,
	"customers/disable":          (*mapper).buyer,
	"customers/delete":           (*mapper).buyerDeleted,
	"products/create":            (*mapper).product,
	"products/update":            (*mapper).product,
	"products/delete":            (*mapper).productDeleted,

	"customers_email_marketing_consent/update":     (*mapper).consentEmail,
	"customers_marketing_consent/update":           (*mapper).consentSMS,
	"customers_whats_app_marketing_consent/update": (*mapper).consentWhatsApp,
}

// Known tells whether a topic is one that [Map] reads.
func Known(topic string) bool { return topics[topic] != nil }

// Topics are all that [Map] reads, in order.
func Topics() []string { return slices.Sorted(maps.Keys(topics)) }

// Map maps one delivery; nothing for a topic that it does not know. An error means that the same delivery will never map.
func Map(d Delivery) (Mapped, error) {
	read := topics[d.Topic]
	if read == nil {
		return Mapped{}, nil
	}
	m := mapper{
		shop: shopAt(d.Shop, d.StoreURL), currency: d.Currency, d: d,
		stamp: stamp{id: "shopify:" + d.ID, at: d.TriggeredAt, hint: d.Topic},
	}
	if err := read(&m); err != nil {
		return Mapped{}, fmt.Errorf("%s: %w", d.Topic, err)
	}
	return m.out, nil
}

// mapper is the mapping of one delivery.
type mapper struct {
	shop     shop
	currency string
	stamp    stamp
	d        Delivery
	out      Mapped
}

// shop makes the addresses of things.
type shop struct{ admin, store string }

func shopAt(name, store string) shop {
	s := shop{admin: "https://" + name + "/admin", store: store}
	if store == "" {
		s.store = "https://" + name
	}
	return s
}

// stamp is what makes an event of an object: who tells it, and when.
type stamp struct {
	id       string
	at       time.Time
	hint     string
	backfill bool
}

// event begins an event about the state of an object at updated; without such a time it is the state at the telling.
func (s stamp) event(suffix string, kind api.ContextEventType, updated time.Time) tagalong.Event {
	if updated.IsZero() {
		updated = s.at
	}
	return tagalong.Event{
		ID: s.id + suffix, Type: kind, OccurredAt: tagalong.OccurredAt(s.at), Version: tagalong.VersionFromTime(updated),
		Backfill: s.backfill, Hint: s.hint, Source: &api.EventSource{Platform: "shopify", Plugin: Version},
	}
}

func (s stamp) deleted(kind api.ContextEventType, id ID) (tagalong.Event, error) {
	if !id.ok() {
		return tagalong.Event{}, errNoID
	}
	event := s.event("", kind, time.Time{})
	event.ExternalID = string(id)
	return event, nil
}

var errNoID = errors.New("the object has no id")

func (m *mapper) read(into any) error { return json.Unmarshal(m.d.Body, into) }

func (m *mapper) add(events ...tagalong.Event) { m.out.Events = append(m.out.Events, events...) }

// gone reads a body that is little more than an id.
func (m *mapper) gone(kind api.ContextEventType) error {
	var o struct {
		ID ID `json:"id"`
	}
	if err := m.read(&o); err != nil {
		return err
	}
	event, err := m.stamp.deleted(kind, o.ID)
	if err == nil {
		m.add(event)
	}
	return err
}
