package chat

import "slices"

// DeliveryState says how far a message has come on a channel.
type DeliveryState string

// States of a delivery. They only rise, in this order; failed and held are left by another try, and failed by the news that it has
// come after all.
const (
	DeliveryHeld      DeliveryState = "held"      // not to be sent now: Reason says why
	DeliveryQueued    DeliveryState = "queued"    // waits for its turn
	DeliverySending   DeliveryState = "sending"   // given to the provider, not answered yet
	DeliveryUncertain DeliveryState = "uncertain" // the answer was lost: it may have been sent
	DeliveryAccepted  DeliveryState = "accepted"  // the provider has taken it; nothing is delivered yet
	DeliverySent      DeliveryState = "sent"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryRead      DeliveryState = "read"
	DeliveryFailed    DeliveryState = "failed" // Reason says why; only from what is not delivered
)

// Delivery takes one message of a conversation to one address. A message may fall into several parts, each one request.
type Delivery struct {
	ID           DeliveryID
	Merchant     MerchantID
	Shop         ShopID
	Conversation ConversationID
	Entry        Ref // the message's
	Account      AccountID
	Address      AddressID
	Channel      Channel
	Form         Form // as it was last planned
	State        DeliveryState
	Reason       string // a stable code, of held, failed and uncertain
	Detail       string // the provider's words
	Parts        []Part
	Attempt      int    // of the part that is being sent
	Cost         *Money // what the merchant's price list says; nil: nothing, or unknown
	Category     TemplateCategory
	CostAt       Millis // when the cost was taken on, for the monthly cap
	Template     *TemplateUse
	QueuedAt     Millis
	SendingAt    Millis // when the last request began
	UpdatedAt    Millis
}

// Part is one request of a delivery and what became of it.
type Part struct {
	ProviderID string        `json:"provider_id,omitempty"`
	State      DeliveryState `json:"state"`
	At         Millis        `json:"at,omitempty"`    // provider's time of the state
	Again      bool          `json:"again,omitempty"` // an answer was lost and no news came, so it was sent once more: it may have come twice
}

var deliveryRank = []DeliveryState{
	DeliveryHeld, DeliveryQueued, DeliverySending, DeliveryUncertain, DeliveryAccepted, DeliverySent, DeliveryDelivered, DeliveryRead,
}

// rank orders the states that only rise; failed stands beside them.
func (s DeliveryState) rank() int { return slices.Index(deliveryRank, s) }

// Settled tells whether nothing more is to be done for the delivery.
func (d Delivery) Settled() bool {
	return d.State == DeliveryFailed || d.State.rank() >= DeliveryAccepted.rank() && d.unsent() < 0
}

// unsent gives the first part that the provider has not taken yet; -1 when there is none.
func (d Delivery) unsent() int {
	return slices.IndexFunc(d.Parts, func(p Part) bool { return p.State.rank() < DeliveryAccepted.rank() })
}
