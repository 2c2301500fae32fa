package chat

import (
	"encoding/json"
	"slices"
	"time"
)

// Outgoing webhooks: a merchant's own systems and bots are told what happens in a shop. What happened becomes a notice, in the
// transaction of its cause; a notice becomes one event with one body, and one delivery per webhook that asked for its type.

// NoticeType says what a notice tells.
type NoticeType string

// Types of notices, as the contract names them.
const (
	NoticeConversationStarted NoticeType = "conversation.started"
	NoticeConversationChanged NoticeType = "conversation.changed"
	NoticeMessageCreated      NoticeType = "message.created"
	NoticeHandoffChanged      NoticeType = "handoff.changed"
	NoticeOrderChanged        NoticeType = "order.changed"
	NoticeOrderLinked         NoticeType = "order.linked"
	NoticeCartAbandoned       NoticeType = "cart.abandoned"
	NoticeShopperIdentified   NoticeType = "shopper.identified"
	NoticePing                NoticeType = "ping"
)

// NoticeTypes lists what a webhook can ask for; a ping comes unasked.
func NoticeTypes() []NoticeType {
	return []NoticeType{
		NoticeConversationStarted, NoticeConversationChanged, NoticeMessageCreated, NoticeHandoffChanged, NoticeOrderChanged,
		NoticeOrderLinked, NoticeCartAbandoned, NoticeShopperIdentified,
	}
}

// scope is what a plugin must be allowed to read to be told of such notices; empty: anything.
func (t NoticeType) scope() Scope {
	switch t {
	case NoticePing:
		return ""
	case NoticeOrderChanged, NoticeOrderLinked, NoticeCartAbandoned:
		return ScopeContextRead
	}
	return ScopeConversationsRead
}

// Limits of outgoing webhooks.
const (
	MaxWebhooks  = 20 // of a shop
	HookAnswer   = 1 << 10
	HookKeep     = 30 * 24 * time.Hour // how long ended deliveries are kept
	HookOldKey   = 24 * time.Hour      // how long a rotated secret signs beside the new one
	hookParallel = 4                   // requests under way to one webhook
	hookOfShop   = 8                   // and to all of a shop
)

// Webhook is an address of the merchant's that is told what happens in a shop.
type Webhook struct {
	ID            WebhookID
	Merchant      MerchantID
	Shop          ShopID
	URL           string
	Description   string
	Events        []NoticeType
	Enabled       bool
	Secrets       []HookSecret // newest first; sealed at rest
	Problem       string       // why the server has paused it, e.g. HookGone
	PluginKey     PluginKeyID  // that made it, and with which it ends; empty: a person did
	CreatedAt     Millis
	LastSuccessAt Millis
	LastFailureAt Millis
}

// Problems of webhooks: why the server has paused them.
const (
	HookGone       = "gone"              // it has answered 410
	HookKeyRevoked = "key_revoked"       // the plugin key that made it was revoked
	HookUnreadable = "secret_unreadable" // its secret was sealed with a key that is lost: it needs a new one
)

// HookSecret signs what goes to a webhook, until it is over; 0 is for good.
type HookSecret struct {
	Secret string `json:"secret"` // whsec_ and base64, as Standard Webhooks has it
	Until  Millis `json:"until,omitempty"`
}

// Wants tells whether notices of the type go to the webhook.
func (w Webhook) Wants(t NoticeType) bool {
	return w.Enabled && (t == NoticePing || slices.Contains(w.Events, t))
}

// Live gives the secrets that sign now.
func (w Webhook) Live(now Millis) (live []string) {
	for _, s := range w.Secrets {
		if s.Until == 0 || s.Until > now {
			live = append(live, s.Secret)
		}
	}
	return live
}

// HookEvent is one thing that happened, with the body that every webhook gets: the same over all tries.
type HookEvent struct {
	ID   HookEventID
	Shop ShopID
	Type NoticeType
	At   Millis
	Body json.RawMessage
}

// HookState is where a delivery to a webhook stands.
type HookState string

// States of a delivery to a webhook.
const (
	HookPending   HookState = "pending"
	HookDelivered HookState = "delivered"
	HookDead      HookState = "dead" // given up after 24 h; it can be replayed
)

// HookDelivery is one event on its way to one webhook.
type HookDelivery struct {
	ID        HookDeliveryID
	Event     HookEventID
	Webhook   WebhookID
	Shop      ShopID
	Type      NoticeType
	State     HookState
	Round     int           // replays so far
	Attempts  []HookAttempt // the last ones of all rounds
	Tries     int           // of this round
	NextAt    Millis        // of the next try; 0: none
	CreatedAt Millis
	Body      json.RawMessage // the event's; only where it says so
}

// HookAttempt is one try.
type HookAttempt struct {
	At       Millis `json:"at"`
	Status   int    `json:"status,omitempty"` // 0: no answer
	Error    string `json:"error,omitempty"`  // a stable code
	Duration int64  `json:"duration_ms"`
	Answer   string `json:"answer,omitempty"` // the head of it
}

// HookQuery selects deliveries of one webhook, newest first.
type HookQuery struct {
	Shop    ShopID
	Webhook WebhookID
	State   HookState // empty: all
	Before  HookDeliveryID
	Limit   int
}
