package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// The shop's nouns have the same JSON names in the domain and in the contract (a test holds them together), and a record keeps its
// noun as JSON. So a record is read straight into the contract's type.

// Order gives a record as an order, without its shipments.
func Order(r chat.Record) (openapi.Order, error) { return read[openapi.Order](r, chat.RecordOrder) }

// Shipment gives a record as a shipment.
func Shipment(r chat.Record) (openapi.Shipment, error) {
	return read[openapi.Shipment](r, chat.RecordShipment)
}

// Cart gives a record as a cart.
func Cart(r chat.Record) (openapi.Cart, error) {
	c, err := read[openapi.Cart](r, chat.RecordCart)
	c.AbandonedAt = int64(r.AbandonedAt)
	return c, err
}

// Customer gives a record as a customer.
func Customer(r chat.Record) (openapi.Customer, error) {
	return read[openapi.Customer](r, chat.RecordCustomer)
}

// Product gives a record as a product.
func Product(r chat.Record) (openapi.Product, error) {
	return read[openapi.Product](r, chat.RecordProduct)
}

// Coupon gives a record as a coupon.
func Coupon(r chat.Record) (openapi.Coupon, error) {
	return read[openapi.Coupon](r, chat.RecordCoupon)
}

func read[T any](r chat.Record, want chat.RecordKind) (T, error) {
	var v T
	if r.Kind != want || r.Deleted {
		return v, chat.ErrNotFound
	}
	if err := json.Unmarshal(r.Body, &v); err != nil {
		return v, fmt.Errorf("stored %s does not fit the contract: %w", want, err)
	}
	return v, nil
}

// ShopperContext gives what stands beside a conversation: each order with its shipments, open carts, the customer and the page; and
// apart from it what belongs to an address that nobody has proved.
func ShopperContext(c chat.ShopperContext) (openapi.ShopperContext, error) {
	known, err := besideOf(c.Records)
	if err != nil {
		return openapi.ShopperContext{}, err
	}
	o := openapi.ShopperContext{Orders: known.orders, Carts: known.carts, Customer: known.customer, Page: Page(c.Shopper.Page)}
	if len(c.Claimed.Records) == 0 {
		return o, nil
	}
	claimed, err := besideOf(c.Claimed.Records)
	if err != nil {
		return openapi.ShopperContext{}, err
	}
	o.Claimed = &openapi.ClaimedContext{
		Email: c.Claimed.Email, Phone: c.Claimed.Phone, Customer: claimed.customer, Orders: claimed.orders, Carts: claimed.carts,
	}
	return o, nil
}

// beside is what records tell of a person.
type beside struct {
	orders   []openapi.Order
	carts    []openapi.Cart
	customer *openapi.Customer
}

func besideOf(records []chat.Record) (beside, error) {
	o := beside{orders: []openapi.Order{}, carts: []openapi.Cart{}}
	place := map[string]int{}
	var shipments []openapi.Shipment
	for _, r := range records {
		if r.Deleted {
			continue
		}
		var err error
		switch r.Kind {
		case chat.RecordOrder:
			place[r.ExternalID] = len(o.orders)
			o.orders, err = more(o.orders, r, Order)
		case chat.RecordCart:
			var cart openapi.Cart
			if cart, err = Cart(r); err == nil && cart.CompletedAt == 0 { // a completed one has become an order
				o.carts = append(o.carts, cart)
			}
		case chat.RecordShipment:
			shipments, err = more(shipments, r, Shipment)
		case chat.RecordCustomer:
			var customer openapi.Customer
			customer, err = Customer(r)
			o.customer = &customer
		}
		if err != nil {
			return beside{}, err
		}
	}
	for _, s := range shipments {
		if i, ok := place[s.OrderExternalID]; ok {
			o.orders[i].Shipments = append(o.orders[i].Shipments, s)
		}
	}
	return o, nil
}

func more[T any](list []T, r chat.Record, as func(chat.Record) (T, error)) ([]T, error) {
	v, err := as(r)
	if err != nil {
		return nil, err
	}
	return append(list, v), nil
}

// Event takes one pushed event. Its error makes this event invalid and leaves the others of its batch alone.
func Event(e openapi.ContextEvent) (chat.ContextEvent, error) {
	noun, verb, _ := strings.Cut(string(e.Type), ".")
	out := chat.ContextEvent{
		ID: e.ID, Kind: chat.RecordKind(noun), Deleted: verb == "deleted", Patch: e.Mode == openapi.EventModePatch, Version: e.Version,
		Backfill: e.Backfill,
	}
	at, err := time.Parse(time.RFC3339Nano, e.OccurredAt)
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return out, invalid("occurred_at", "must be an RFC 3339 time")
	}
	out.OccurredAt = at.UnixMicro()
	objects := nouns(e)
	for name, there := range objects {
		if there.body != nil && (name != noun || out.Deleted) {
			return out, invalid(name, "does not belong to this type of event")
		}
	}
	switch object := objects[noun]; {
	case len(e.Clear) > 0 && (!out.Patch || out.Deleted):
		return out, invalid("clear", "belongs to a patch")
	case out.Deleted:
		out.ExternalID = e.ExternalID
		return out, nil
	case e.ExternalID != "":
		return out, invalid("external_id", "stands in the object, but for a deletion")
	case object.body == nil:
		return out, invalid(noun, "is missing")
	default:
		out.ExternalID = object.externalID
		out.Body, err = body(object.body, e.Clear)
		return out, err
	}
}

func invalid(path, message string) error {
	return chat.ErrInvalid.With(chat.Field{Path: path, Message: message})
}

// pushed is the noun that an event carries.
type pushed struct {
	externalID string
	body       any // nil: not there
}

func nouns(e openapi.ContextEvent) map[string]pushed {
	all := map[string]pushed{}
	if o := e.Order; o != nil {
		all["order"] = pushed{o.ExternalID, o}
	}
	if o := e.Shipment; o != nil {
		all["shipment"] = pushed{o.ExternalID, o}
	}
	if o := e.Cart; o != nil {
		all["cart"] = pushed{o.ExternalID, o}
	}
	if o := e.Customer; o != nil {
		all["customer"] = pushed{o.ExternalID, o}
	}
	if o := e.Product; o != nil {
		all["product"] = pushed{o.ExternalID, o}
	}
	if o := e.Coupon; o != nil {
		all["coupon"] = pushed{o.ExternalID, o}
	}
	return all
}

// body gives an object as JSON; what is to be cleared is null, as in an RFC 7386 merge patch.
func body(object any, clear []string) (json.RawMessage, error) {
	if o, ok := object.(*openapi.Order); ok && o.Shipments != nil {
		return nil, invalid("order.shipments", "are pushed as events of their own")
	}
	if c, ok := object.(*openapi.Cart); ok && c.AbandonedAt != 0 {
		return nil, invalid("cart.abandoned_at", "is found by the server")
	}
	raw, err := json.Marshal(object)
	if err != nil || len(clear) == 0 {
		return raw, err
	}
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber() // amounts stay exact
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	known := shapeOf(reflect.TypeOf(object))
	for i, path := range clear {
		if !clearAt(fields, known, path) {
			return nil, invalid(indexed("clear", i), "must name a field that the patch leaves out")
		}
	}
	return json.Marshal(fields)
}

// clearAt puts null at a path of one or two names that the shape knows. What is there cannot be cleared too, and an object is never
// without its id.
func clearAt(fields map[string]any, s *shape, path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	i, known := s.index[name]
	if !known || s.required.has(i) {
		return false
	}
	value, there := fields[name]
	if !nested {
		fields[name] = nil
		return !there
	}
	if !there {
		value = map[string]any{}
		fields[name] = value
	}
	inner, ok := value.(map[string]any)
	return ok && s.fields[i].shape.kind == object && clearAt(inner, s.fields[i].shape, rest)
}

// EventResults answers a batch.
func EventResults(rs []chat.EventResult) openapi.EventResults {
	return openapi.EventResults{Results: append([]openapi.EventResult{}, convert(rs, eventResult)...)}
}

func eventResult(r chat.EventResult) openapi.EventResult {
	o := openapi.EventResult{ID: r.ID, Outcome: openapi.EventOutcome(r.Outcome)}
	if r.Error != nil {
		o.Error = &openapi.EventError{
			Code: openapi.ErrorCode(r.Error.Code), Message: r.Error.Message, Fields: convert(r.Error.Fields, fieldProblem),
		}
	}
	return o
}
