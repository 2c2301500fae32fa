package chat

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// RecordKind is the kind of a shop's noun.
type RecordKind string

// Kinds of records.
const (
	RecordOrder    RecordKind = "order"
	RecordShipment RecordKind = "shipment"
	RecordCart     RecordKind = "cart"
	RecordCustomer RecordKind = "customer"
	RecordProduct  RecordKind = "product"
	RecordCoupon   RecordKind = "coupon"
)

// Record is the newest known form of one of the shop's nouns, named by (shop, kind, external id).
type Record struct {
	Shop       ShopID
	Kind       RecordKind
	ExternalID string
	Version    int64 // the platform's updated_at in ms; only grows
	OccurredAt int64 // µs since 1970; decides between equal versions
	Hash       [32]byte
	Deleted    bool // a tombstone
	Redacted   bool // a tombstone that takes no personal data any more
	Shopper    ShopperID
	CustomerID string // the customer's external id
	Parent     string // of a shipment: the order's external id
	Position   int64  // feed position; given by the store
	Body       json.RawMessage

	Keys        []string        // what it can be found by, e.g. "email:ana@shop.example"; see keys.go
	History     json.RawMessage // what older news are folded into; see history.go
	AbandonedAt Millis          // of a cart: when the server has found it left
}

// ContextEvent is one thing that a plugin pushes.
type ContextEvent struct {
	ID         string // unique per shop, repeated by a retry
	Kind       RecordKind
	ExternalID string
	Deleted    bool
	Patch      bool // the body is an RFC 7386 merge patch, else a snapshot
	Version    int64
	OccurredAt int64 // µs since 1970
	Backfill   bool  // history: no entry in a log, no trigger
	Body       json.RawMessage
}

// Outcome of a pushed event.
type Outcome string

// Outcomes.
const (
	OutcomeApplied   Outcome = "applied"
	OutcomeDuplicate Outcome = "duplicate" // this id, or exactly this content, was applied before
	OutcomeStale     Outcome = "stale"     // something newer is known
	OutcomeInvalid   Outcome = "invalid"
)

// EventResult answers one event of a batch; one bad event does not hold up the others.
type EventResult struct {
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	Error   *Error  `json:"error,omitempty"`
}

// Folded is what a pushed event does to a record.
type Folded struct {
	Outcome Outcome
	Record  Record // to be written when applied
	Tasks   []Task
}

const maxAhead = 5 * time.Minute // further in the future is a broken clock, and would block all later versions

// Fold decides what an event does to the record known so far (nil: none). The newest by (version, occurred_at, content hash) wins,
// and patches are applied in that order whatever order they come in, so replays and reorderings are harmless. An error makes the
// event invalid.
func Fold(shop ShopID, cur *Record, ev ContextEvent, now time.Time) (Folded, error) {
	if err := ev.validate(now); err != nil {
		return Folded{}, err
	}
	if cur != nil && cur.Redacted {
		return Folded{Outcome: OutcomeStale}, nil
	}
	h, err := cur.history()
	if err != nil {
		return Folded{}, err
	}
	outcome, err := h.take(ev)
	if err != nil || outcome != OutcomeApplied {
		return Folded{Outcome: outcome}, err
	}
	next := Record{Shop: shop, Kind: ev.Kind, ExternalID: ev.ExternalID}
	n, err := next.fold(&h)
	if err != nil {
		return Folded{}, err
	}
	next.keepAbandoned(cur, n)
	f := Folded{Outcome: OutcomeApplied, Record: next}
	if !ev.Backfill {
		f.Tasks = transitions(cur, next, n, now)
	}
	return f, nil
}

func (ev ContextEvent) validate(now time.Time) error {
	var bad []Field
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	add(printable(ev.ID, MaxExternalID), "id", "must have 1 to 200 printable characters")
	add(printable(ev.ExternalID, MaxExternalID), "external_id", "must have 1 to 200 printable characters")
	limit := now.Add(maxAhead)
	add(ev.Version > 0 && ev.Version <= limit.UnixMilli(), "version", "must be a time in ms that is not in the future")
	add(ev.OccurredAt > 0 && ev.OccurredAt <= limit.UnixMicro(), "occurred_at", "must be a time that is not in the future")
	if bad != nil {
		return ErrInvalid.With(bad...)
	}
	return nil
}

func printable(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return false
		}
	}
	return true
}

func (ev ContextEvent) hash() [32]byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%t %t ", ev.Deleted, ev.Patch)
	if err := json.Compact(&b, ev.Body); err != nil {
		b.Write(ev.Body) // no JSON; it will be refused
	}
	return sha256.Sum256(b.Bytes())
}

// fold makes r of its history: patches are merged into the last snapshot, and the whole is read into its type, checked, and written
// back in canonical form. It gives what the record says; nil of a tombstone.
func (r *Record) fold(h *history) (n noun, err error) {
	last := h.last()
	r.Version, r.OccurredAt, r.Deleted = last.Version, last.OccurredAt, h.Gone && len(h.Patches) == 0
	copy(r.Hash[:], last.Hash)
	if h.Link != nil {
		r.Shopper = h.Link.Shopper
	}
	if !r.Deleted {
		if n, err = h.noun(r.Kind); err != nil {
			return nil, err
		}
		if err = r.fill(h, n); err != nil {
			return nil, err
		}
	}
	r.History, err = h.kept(r)
	return n, err
}

// noun reads what the history says the object is.
func (h *history) noun(kind RecordKind) (noun, error) {
	if h.told != nil && len(h.Patches) == 0 {
		return h.told, nil
	}
	body, err := h.body()
	if err != nil {
		return nil, err
	}
	return ContextEvent{Kind: kind, Body: body}.noun()
}

func (r *Record) fill(h *history, n noun) (err error) {
	var own json.RawMessage // the base, where the record will say more than it
	if s, ok := n.(*Shipment); ok && len(h.Scans) > 0 {
		if own, err = json.Marshal(s); err != nil {
			return fmt.Errorf("encode %s: %w", r.Kind, err)
		}
		s.Events = h.Scans
		s.settle(Millis(r.Version))
	}
	if n.externalID() != r.ExternalID {
		return ErrInvalid.With(Field{string(r.Kind) + ".external_id", "must not change"})
	}
	bad := n.problems()
	if !h.based() { // a patch that came before its object: what it does not name is still to come
		bad = slices.DeleteFunc(bad, func(f Field) bool { return f.Path == "shipment.order_external_id" })
	}
	if len(bad) > 0 {
		slices.SortFunc(bad, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
		return ErrInvalid.With(bad...)
	}
	if r.Body, err = json.Marshal(n); err != nil {
		return fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	if len(r.Body) > maxRecordSize {
		return ErrInvalid.With(Field{string(r.Kind), "is too large"})
	}
	if len(h.Patches) == 0 { // canonical, so that it can be seen to be the record's own
		h.Base = own
		if own == nil {
			h.Base = r.Body
		}
	}
	shopper := r.Shopper
	n.link(r)
	r.Shopper, r.Keys = shopper, n.keys()
	return nil
}

// keepAbandoned keeps that the server has found the cart left, until there is activity again.
func (r *Record) keepAbandoned(cur *Record, n noun) {
	if c, ok := n.(*Cart); ok && cur != nil && c.LastActivityAt < cur.AbandonedAt {
		r.AbandonedAt = cur.AbandonedAt
	}
}

// FindKeys gives the keys that the record is to be found by.
func (r Record) FindKeys() []string {
	n, err := ContextEvent{Kind: r.Kind, Body: r.Body, Deleted: r.Deleted || r.Redacted}.noun()
	if err != nil || n == nil {
		return nil
	}
	return n.keys()
}

// mergePatch applies an RFC 7386 merge patch.
func mergePatch(base, patch json.RawMessage) (json.RawMessage, error) {
	var to, from map[string]json.RawMessage
	if err := json.Unmarshal(patch, &from); err != nil || from == nil {
		return nil, fmt.Errorf("patch is no object: %w", err)
	}
	if json.Unmarshal(base, &to) != nil || to == nil {
		to = map[string]json.RawMessage{}
	}
	for k, v := range from {
		v = bytes.TrimSpace(v)
		switch {
		case string(v) == "null":
			delete(to, k)
		case len(v) > 0 && v[0] == '{':
			merged, err := mergePatch(to[k], v)
			if err != nil {
				return nil, err
			}
			to[k] = merged
		default:
			to[k] = v
		}
	}
	return json.Marshal(to)
}

// Order reads the record as an order.
func (r Record) Order() (Order, error) { return read[Order](r, RecordOrder) }

// Shipment reads the record as a shipment.
func (r Record) Shipment() (Shipment, error) { return read[Shipment](r, RecordShipment) }

// Cart reads the record as a cart.
func (r Record) Cart() (Cart, error) { return read[Cart](r, RecordCart) }

// Customer reads the record as a customer.
func (r Record) Customer() (Customer, error) { return read[Customer](r, RecordCustomer) }

// Product reads the record as a product.
func (r Record) Product() (Product, error) { return read[Product](r, RecordProduct) }

// Coupon reads the record as a coupon.
func (r Record) Coupon() (Coupon, error) { return read[Coupon](r, RecordCoupon) }

func read[T any](r Record, kind RecordKind) (T, error) {
	var v T
	if r.Kind != kind || r.Deleted {
		return v, ErrNotFound
	}
	if err := json.Unmarshal(r.Body, &v); err != nil {
		return v, fmt.Errorf("stored %s does not decode: %w", kind, err)
	}
	return v, nil
}
