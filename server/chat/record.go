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
// so replays and reorderings are harmless. An error makes the event invalid.
func Fold(shop ShopID, cur *Record, ev ContextEvent, now time.Time) (Folded, error) {
	if err := ev.validate(now); err != nil {
		return Folded{}, err
	}
	next := Record{
		Shop: shop, Kind: ev.Kind, ExternalID: ev.ExternalID, Version: ev.Version, OccurredAt: ev.OccurredAt,
		Deleted: ev.Deleted, Hash: ev.hash(),
	}
	if cur != nil {
		if outcome := cur.compare(next); outcome != OutcomeApplied {
			return Folded{Outcome: outcome}, nil
		}
		if cur.Redacted {
			return Folded{Outcome: OutcomeStale}, nil
		}
	}
	if !ev.Deleted {
		if err := next.fill(cur, ev); err != nil {
			return Folded{}, err
		}
	} else if cur != nil {
		next.Shopper, next.CustomerID, next.Parent = cur.Shopper, cur.CustomerID, cur.Parent
	}
	f := Folded{Outcome: OutcomeApplied, Record: next}
	if !ev.Backfill {
		f.Tasks = transitions(cur, next, now)
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

// compare tells whether next replaces r.
func (r *Record) compare(next Record) Outcome {
	switch {
	case next.Version != r.Version:
		return newer(next.Version > r.Version)
	case next.OccurredAt != r.OccurredAt:
		return newer(next.OccurredAt > r.OccurredAt)
	case next.Hash == r.Hash:
		return OutcomeDuplicate
	}
	return newer(bytes.Compare(next.Hash[:], r.Hash[:]) > 0) // any fixed rule will do, as long as every order of arrival agrees
}

func newer(yes bool) Outcome {
	if yes {
		return OutcomeApplied
	}
	return OutcomeStale
}

// fill takes the event's body into r: merged into what is known when it is a patch, read into its type, checked, and written back
// in canonical form.
func (r *Record) fill(cur *Record, ev ContextEvent) error {
	body := ev.Body
	if ev.Patch {
		var base json.RawMessage
		if cur != nil && !cur.Deleted {
			base = cur.Body
		}
		var err error
		if body, err = mergePatch(base, ev.Body); err != nil {
			return ErrInvalid.With(Field{string(ev.Kind), "is not a JSON object"})
		}
	}
	n, err := r.Kind.noun()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, n); err != nil {
		return ErrInvalid.With(Field{string(ev.Kind), "does not fit its schema"})
	}
	if cur != nil {
		n.unite(cur)
	}
	if n.externalID() != ev.ExternalID {
		return ErrInvalid.With(Field{string(ev.Kind) + ".external_id", "must not change"})
	}
	if bad := n.problems(); bad != nil {
		slices.SortFunc(bad, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
		return ErrInvalid.With(bad...)
	}
	if r.Body, err = json.Marshal(n); err != nil {
		return fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	n.link(r)
	if r.Shopper == "" && cur != nil {
		r.Shopper = cur.Shopper // a link, once made, outlives a snapshot without it
	}
	return nil
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
