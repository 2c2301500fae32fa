package chat

import (
	"slices"
	"time"
)

// Watermark says how far one participant has received and read a log. Receipts are state, not entries. Each mark is held in both
// numberings, so that either audience is told its own.
type Watermark struct {
	Kind      AuthorKind `json:"kind"`         // shopper or agent
	ID        string     `json:"id,omitempty"` // of an agent
	Read      Ref        `json:"read"`
	Delivered Ref        `json:"delivered"`
}

// Receipt is a participant's word on how far they are.
type Receipt struct {
	By   Author
	Upto Ref  // resolved by Service: the last entry at or before what the participant named
	Read bool // else delivered only
}

// Receive decides what a receipt does: watermarks only rise; anything else is no change.
func (c Conversation) Receive(r Receipt, now time.Time) (Change, error) {
	if r.By.Kind != AuthorShopper && r.By.Kind != AuthorAgent {
		return Change{}, ErrForbidden
	}
	ch := c.begin(now)
	if !ch.mark(r.By, r.Upto, r.Read) {
		return Change{}, nil
	}
	return ch, nil
}

// Watermark gives a participant's marks; zero ones when they have none.
func (c Conversation) Watermark(by Author) Watermark {
	if i := c.watermark(by); i >= 0 {
		return c.Watermarks[i]
	}
	return newWatermark(by)
}

func (c Conversation) watermark(by Author) int {
	want := newWatermark(by)
	return slices.IndexFunc(c.Watermarks, func(w Watermark) bool { return w.Kind == want.Kind && w.ID == want.ID })
}

func newWatermark(by Author) Watermark {
	w := Watermark{Kind: by.Kind}
	if by.Kind != AuthorShopper { // a conversation has one shopper, whose id may change
		w.ID = by.ID
	}
	return w
}

// seen moves an author's own marks over what they just wrote.
func (ch *Change) seen(by Author, upto Ref) {
	if by.Kind == AuthorShopper || by.Kind == AuthorAgent && by.ID != "" {
		ch.mark(by, upto, true)
	}
}

// mark raises a participant's marks and tells whether anything rose.
func (ch *Change) mark(by Author, upto Ref, read bool) bool {
	w := ch.Conversation.Watermark(by)
	rose := w.Delivered.raise(upto)
	if read && w.Read.raise(upto) {
		rose = true
	}
	if !rose {
		return false
	}
	marks := slices.Clone(ch.Conversation.Watermarks) // the loaded head is shared with other decisions
	if i := ch.Conversation.watermark(by); i >= 0 {
		marks[i] = w
	} else {
		marks = append(marks, w)
	}
	ch.Conversation.Watermarks = marks
	ch.Receipts = append(ch.Receipts, w)
	return true
}

func (r *Ref) raise(to Ref) bool {
	if to.Seq <= r.Seq {
		return false
	}
	*r = Ref{to.Seq, max(r.ShopperSeq, to.ShopperSeq)}
	return true
}
