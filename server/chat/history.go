package chat

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// A record is the fold of all that was told of it, and must not depend on the order in which it was told. A snapshot or a deletion
// stands for itself; a patch does not, so patches are kept, in the order of their stamps, until a newer snapshot makes them needless,
// and are applied again whenever an older event comes late.

// Patches that a record keeps. What comes later than that is merged into the base: news older than it are stale from then on.
const (
	maxPatches     = 64
	maxPatchesSize = 64 << 10
)

// maxRecordSize is the most bytes that an object may grow to by patches and scans; one event alone has less.
const maxRecordSize = 512 << 10

// stamp orders the events of one object: by version, then by when it happened, then by content, so that every order of arrival agrees.
type stamp struct {
	Version    int64  `json:"v"`
	OccurredAt int64  `json:"o"`
	Hash       []byte `json:"h"`
}

func (ev ContextEvent) stamp() stamp {
	h := ev.hash()
	return stamp{Version: ev.Version, OccurredAt: ev.OccurredAt, Hash: h[:]}
}

func (r *Record) stamp() stamp {
	return stamp{Version: r.Version, OccurredAt: r.OccurredAt, Hash: r.Hash[:]}
}

func (s stamp) compare(t stamp) int {
	return cmp.Or(cmp.Compare(s.Version, t.Version), cmp.Compare(s.OccurredAt, t.OccurredAt), bytes.Compare(s.Hash, t.Hash))
}

// history is what a record is folded from. Stored is only what the record itself does not say.
type history struct {
	Stamp   stamp           `json:"stamp"`             // of the base; zero: there is none yet, patches came first
	Gone    bool            `json:"gone,omitempty"`    // the base is a deletion
	Base    json.RawMessage `json:"base,omitempty"`    // the last snapshot
	Patches []patch         `json:"patches,omitempty"` // newer than the base, ascending
	Link    *link           `json:"link,omitempty"`    // the newest shopper that was named
	Scans   []ShipmentEvent `json:"scans,omitempty"`   // all ever seen, of a shipment

	told noun // by the base, when it has just been told: read once, since reading is most of the work
}

type patch struct {
	Stamp stamp           `json:"stamp"`
	Body  json.RawMessage `json:"body"`
}

// link is the shopper whom an event has named. Once made, it outlives a snapshot without it.
type link struct {
	Stamp   stamp     `json:"stamp"`
	Shopper ShopperID `json:"shopper"`
}

// history of what is known so far; of a record without a stored one it is the record.
func (r *Record) history() (h history, err error) {
	if r == nil {
		return history{}, nil
	}
	if len(r.History) > 0 {
		if err := json.Unmarshal(r.History, &h); err != nil {
			return h, fmt.Errorf("stored history of %s does not decode: %w", r.Kind, err)
		}
	} else {
		h = history{Stamp: r.stamp(), Gone: r.Deleted, Base: r.Body}
		if r.Shopper != "" {
			h.Link = &link{Stamp: h.Stamp, Shopper: r.Shopper}
		}
	}
	if s, err := r.Shipment(); err == nil {
		h.Scans = s.Events
	}
	return h, nil
}

func (h *history) based() bool { return h.Stamp.Version != 0 }

// take adds an event. What it tells of the shopper and of scans counts even when the rest of it is stale.
func (h *history) take(ev ContextEvent) (Outcome, error) {
	at := ev.stamp()
	n, err := ev.noun()
	if err != nil {
		return "", err
	}
	aside := h.takeAside(n, at)
	if order := at.compare(h.Stamp); h.based() && order <= 0 {
		switch {
		case order == 0:
			return OutcomeDuplicate, nil
		case aside:
			return OutcomeApplied, nil
		}
		return OutcomeStale, nil
	}
	if !ev.Patch {
		h.Stamp, h.Gone, h.Base, h.told = at, ev.Deleted, ev.Body, n
		h.Patches = slices.DeleteFunc(h.Patches, func(p patch) bool { return p.Stamp.compare(at) <= 0 })
		return OutcomeApplied, nil
	}
	i, known := slices.BinarySearchFunc(h.Patches, at, func(p patch, at stamp) int { return p.Stamp.compare(at) })
	if known {
		return OutcomeDuplicate, nil
	}
	h.Patches = slices.Insert(h.Patches, i, patch{Stamp: at, Body: ev.Body})
	return OutcomeApplied, h.shorten()
}

// noun reads the event's body; nil of a deletion.
func (ev ContextEvent) noun() (noun, error) {
	if ev.Deleted {
		return nil, nil
	}
	n, err := ev.Kind.noun()
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(ev.Body, n) != nil {
		return nil, ErrInvalid.With(Field{string(ev.Kind), "does not fit its schema"})
	}
	return n, nil
}

// takeAside takes the parts of an event that are no matter of the newest: it tells whether there was something new.
func (h *history) takeAside(n noun, at stamp) (news bool) {
	if n == nil {
		return false
	}
	var r Record
	n.link(&r)
	if r.Shopper != "" && (h.Link == nil || at.compare(h.Link.Stamp) > 0) {
		news = true
		h.Link = &link{Stamp: at, Shopper: r.Shopper}
	}
	if s, ok := n.(*Shipment); ok {
		united, more := uniteScans(h.Scans, s.Events)
		h.Scans, news = united, news || more
	}
	return news
}

// shorten merges the oldest patches into the base while there are too many.
func (h *history) shorten() error {
	size := 0
	for _, p := range h.Patches {
		size += len(p.Body)
	}
	for len(h.Patches) > maxPatches || size > maxPatchesSize && len(h.Patches) > 1 {
		oldest := h.Patches[0]
		body, err := mergePatch(h.Base, oldest.Body)
		if err != nil {
			return ErrInvalid.With(Field{"patch", "is not a JSON object"})
		}
		if len(body) > maxRecordSize {
			return ErrInvalid.With(Field{"patch", "makes the object too large"})
		}
		h.Stamp, h.Gone, h.Base, h.Patches = oldest.Stamp, false, body, slices.Clone(h.Patches[1:])
		size -= len(oldest.Body)
	}
	return nil
}

// last is the stamp of the newest event.
func (h *history) last() stamp {
	if n := len(h.Patches); n > 0 {
		return h.Patches[n-1].Stamp
	}
	return h.Stamp
}

// body applies the patches to the base; nil when the object is gone.
func (h *history) body() (body json.RawMessage, err error) {
	if !h.Gone {
		body = h.Base
	}
	for _, p := range h.Patches {
		if body, err = mergePatch(body, p.Body); err != nil {
			return nil, ErrInvalid.With(Field{"patch", "is not a JSON object"})
		}
	}
	return body, nil
}

// kept is the form in which a history is stored beside the record's own body: nil when the record says it all.
func (h *history) kept(r *Record) (json.RawMessage, error) {
	k := *h
	if !r.Deleted {
		k.Scans = nil // they are in the body
	}
	plain := len(h.Patches) == 0 && len(k.Scans) == 0 && h.Gone == r.Deleted && bytes.Equal(h.Base, r.Body)
	if plain && (h.Link == nil || h.Link.Stamp.compare(h.Stamp) == 0) {
		return nil, nil
	}
	return json.Marshal(k)
}
