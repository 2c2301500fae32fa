package chat

import "time"

// HandoffState says how far a handoff has come.
type HandoffState string

// States of a handoff.
const (
	HandoffOffered  HandoffState = "offered"  // the shopper has a link, or has left a number
	HandoffClicked  HandoffState = "clicked"  // they opened the link
	HandoffLinked   HandoffState = "linked"   // the channel's user came with the link's code
	HandoffActive   HandoffState = "active"   // the conversation goes on there
	HandoffReturned HandoffState = "returned" // they are back on the site
	HandoffExpired  HandoffState = "expired"  // the code was not used in time
	HandoffFailed   HandoffState = "failed"   // nothing could be sent there; Reason says why
)

// HandoffSource says what began a handoff.
type HandoffSource string

// Sources of a handoff.
const (
	HandoffByLink    HandoffSource = "link"    // the widget's link or QR code
	HandoffByConsent HandoffSource = "consent" // a number or address that the shopper left, and an answer after they were gone
	HandoffByAgent   HandoffSource = "agent"   // an agent chose "continue on …"
	HandoffByShopper HandoffSource = "shopper" // they wrote there by themselves, known from before
)

// CodeFor is how long a link code can be used.
const CodeFor = 30 * time.Minute

// Handoff is one move of a conversation from one address to another, with its own states.
type Handoff struct {
	ID           HandoffID      `json:"id"`
	Merchant     MerchantID     `json:"merchant"`
	Shop         ShopID         `json:"shop"`
	Shopper      ShopperID      `json:"shopper"`
	Conversation ConversationID `json:"conversation,omitempty"` // empty until the shopper has written something
	From         Channel        `json:"from"`
	To           Channel        `json:"to"`
	Account      AccountID      `json:"account"`
	Address      AddressID      `json:"address,omitempty"` // once it is known
	Source       HandoffSource  `json:"source"`
	State        HandoffState   `json:"state"`
	Reason       string         `json:"reason,omitempty"`
	Page         string         `json:"page,omitempty"`     // where on the site it began: the return link leads there
	Notice       string         `json:"notice,omitempty"`   // of an offer: what the shopper read beside the link, and agrees to by using it
	Language     string         `json:"language,omitempty"` // of the notice
	ExpiresAt    Millis         `json:"expires_at,omitempty"`
	CreatedAt    Millis         `json:"created_at"`
	UpdatedAt    Millis         `json:"updated_at"`
	ConfirmedAt  Millis         `json:"confirmed_at,omitempty"`
}

// HandoffStep is what an entry tells of a handoff.
type HandoffStep struct {
	ID     HandoffID    `json:"id"`
	From   Channel      `json:"from"`
	To     Channel      `json:"to"`
	State  HandoffState `json:"state"`
	Reason string       `json:"reason,omitempty"`
	Name   string       `json:"name,omitempty"` // of the person on the channel, once linked
}

// Step gives what an entry tells of the handoff as it is.
func (h Handoff) Step() HandoffStep {
	return HandoffStep{ID: h.ID, From: h.From, To: h.To, State: h.State, Reason: h.Reason}
}

// visible tells whether the shopper sees the step in the log: what they did elsewhere, not what was offered or lapsed.
func (s HandoffStep) visible() bool {
	switch s.State {
	case HandoffLinked, HandoffActive, HandoffReturned:
		return true
	}
	return false
}

// ResumeLink leads back to the conversation on the shop's site. Only the hash of its token is kept.
type ResumeLink struct {
	Hash         [32]byte
	Merchant     MerchantID
	Shop         ShopID
	Shopper      ShopperID
	Conversation ConversationID
	Address      AddressID // whom it was sent to
	CreatedAt    Millis
	ExpiresAt    Millis
	UsedAt       Millis
	UsedBy       [32]byte // the session that used it
}

// ResumeFor is how long a resume link works.
const ResumeFor = 7 * 24 * time.Hour
