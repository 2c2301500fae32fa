package example

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Version of the plugin, told with each event.
const Version = "0.1.0"

// news is what Tagalong is told of one delivery: events, or that a buyer wants to be forgotten.
type news struct {
	Events []tagalong.Event     `json:"events"`
	Redact []tagalong.Redaction `json:"redact,omitempty"`
}

// told maps one delivery; to nothing for a kind of change that is of no use to a conversation. It is pure: the same delivery
// gives the same news, so that a repeat is known as one.
func told(d delivery) (news, error) {
	if d.Event == "customer.forgotten" {
		return forgotten(d)
	}
	events, err := events(d)
	return news{Events: events}, err
}

func events(d delivery) ([]tagalong.Event, error) {
	event := tagalong.Event{
		// Kiosk repeats a delivery under its id, so the id is the event's too.
		ID:         "kiosk:" + d.ID,
		OccurredAt: tagalong.OccurredAt(d.SentAt),
		Mode:       api.EventModeSnapshot,
		Source:     &api.EventSource{Platform: "kiosk", Plugin: Version},
		Hint:       d.Event,
	}
	var err error
	switch d.Event {
	case "order.changed":
		err = orderChanged(&event, d.Order)
	case "order.removed":
		err = orderRemoved(&event, d.Order)
	case "parcel.changed":
		err = parcelChanged(&event, d.Parcel)
	case "basket.changed":
		err = basketChanged(&event, d.Basket)
	case "basket.emptied":
		err = basketEmptied(&event, d.Basket)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Event, err)
	}
	return []tagalong.Event{event}, nil
}

var errNoObject = errors.New("the object is missing, or has no id")

// shopperAttribute is where the widget leaves the shopper's id at checkout, so that an order finds its conversation.
const shopperAttribute = "_tagalong_shopper"

var (
	isShopper = regexp.MustCompile(`^shp_[a-z2-7]{26}$`).MatchString
	isE164    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString
)

// shopperOf trusts the attribute only in form; buyers can write to it.
func shopperOf(extra map[string]string) string {
	if id := extra[shopperAttribute]; isShopper(id) {
		return id
	}
	return ""
}

// attributes are the order's own, without ours.
func attributes(extra map[string]string) map[string]string {
	own := map[string]string{}
	for name, value := range extra {
		if name != shopperAttribute {
			own[name] = value
		}
	}
	return own
}

func millis(t *time.Time) int64 {
	if t == nil || t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// purse parses the amounts of one object and keeps the first error, so that a map reads as a list of fields.
type purse struct {
	currency string
	err      error
}

// money gives nil for an amount that Kiosk left out.
func (p *purse) money(decimal string) *tagalong.Money {
	if decimal == "" {
		return nil
	}
	m, err := tagalong.ParseMoney(decimal, p.currency)
	if p.err == nil {
		p.err = err
	}
	return &m
}
