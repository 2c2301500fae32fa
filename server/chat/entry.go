package chat

// Channel is the way an entry came or goes.
type Channel string

// Channels.
const (
	ChannelWeb       Channel = "web"
	ChannelWhatsApp  Channel = "whatsapp"
	ChannelMessenger Channel = "messenger"
	ChannelInstagram Channel = "instagram"
	ChannelEmail     Channel = "email"
	ChannelSMS       Channel = "sms"
)

// AuthorKind is the kind of party that wrote an entry.
type AuthorKind string

// Kinds of authors.
const (
	AuthorShopper AuthorKind = "shopper"
	AuthorAgent   AuthorKind = "agent"
	AuthorBot     AuthorKind = "bot"
	AuthorPlugin  AuthorKind = "plugin"
	AuthorSystem  AuthorKind = "system"
)

// Author wrote an entry. The name is the one at the time of writing.
type Author struct {
	Kind AuthorKind `json:"kind"`
	ID   string     `json:"id,omitempty"`
	Name string     `json:"name,omitempty"`
}

// Key is the author within one conversation, for taking out repeats. A conversation has one shopper, whose id may change when
// they are identified; their repeats must still be found.
func (a Author) Key() string {
	if a.Kind == AuthorShopper {
		return string(AuthorShopper)
	}
	return string(a.Kind) + ":" + a.ID
}

// EntryKind says what an entry of a log is.
type EntryKind string

// Kinds of entries.
const (
	EntryMessage EntryKind = "message"
	EntryNote    EntryKind = "note"
	EntryEvent   EntryKind = "event"
	EntryAmend   EntryKind = "amend"
)

// Entry is one line of a conversation's log. Entries are never removed or rewritten, except that a body may be blanked.
type Entry struct {
	Conversation ConversationID
	Seq          int64 // dense from the conversation's first_seq; what agents and plugins see
	ShopperSeq   int64 // dense over what the shopper may see; 0 when they may not. Fixed at commit
	At           Millis
	Kind         EntryKind
	Author       Author
	Channel      Channel
	ClientID     string
	Message      *Message // of a message or note
	Event        *Event   // of an event
	Amend        *Amend   // of an amend
	Blanked      bool     // the body was erased
}

// Number gives the entry's number for the audience; 0 when it may not see the entry.
func (e Entry) Number(a Audience) int64 {
	if a == ForShopper {
		return e.ShopperSeq
	}
	return e.Seq
}

// Ref names an earlier entry of the same conversation, in both numberings.
type Ref struct {
	Seq        int64 `json:"seq"`
	ShopperSeq int64 `json:"shopper_seq,omitempty"`
}

// Number gives the named entry's number for the audience.
func (r Ref) Number(a Audience) int64 {
	if a == ForShopper {
		return r.ShopperSeq
	}
	return r.Seq
}

// EventName says what happened.
type EventName string

// Names of events. Those in visibleEvents are seen by the shopper too.
const (
	EventStarted       EventName = "started"
	EventJoined        EventName = "joined"
	EventAssigned      EventName = "assigned"
	EventUnassigned    EventName = "unassigned"
	EventClosed        EventName = "closed"
	EventReopened      EventName = "reopened"
	EventTagged        EventName = "tagged"
	EventOrderChanged  EventName = "order_changed"
	EventIdentified    EventName = "identified"
	EventRouteChanged  EventName = "route_changed"
	EventHandoff       EventName = "handoff"
	EventHint          EventName = "hint"
	EventCartAbandoned EventName = "cart_abandoned"
)

// Visible tells whether the shopper sees such an event. Of a handoff they see some steps alone: see HandoffStep.
func (n EventName) Visible() bool {
	switch n {
	case EventJoined, EventClosed, EventReopened:
		return true
	}
	return false
}

// Event is the body of an event entry.
type Event struct {
	Name  EventName   `json:"name"`
	Agent *AgentBrief `json:"agent,omitempty"` // who joined, was assigned …
	Tags  []string    `json:"tags,omitempty"`  // the tags after a change
	Order *OrderBrief `json:"order,omitempty"`
	Cart  *CartBrief  `json:"cart,omitempty"`

	Handoff *HandoffStep `json:"handoff,omitempty"`
	Route   *RouteStep   `json:"route,omitempty"`
	Hint    *Hint        `json:"hint,omitempty"`
}

// RouteStep says where the next message goes from now on.
type RouteStep struct {
	From    Channel   `json:"from"`
	To      Channel   `json:"to"`
	Address AddressID `json:"address,omitempty"`
	Reason  Reason    `json:"reason,omitempty"`
}

// Hint tells agents of something that was not done by itself, because it might be wrong.
type Hint struct {
	Code         string         `json:"code"` // code_used, code_expired, code_elsewhere, code_missing, identity_changed, referral, stopped, started, merged, unmerged, media_lost
	Handoff      HandoffID      `json:"handoff,omitempty"`
	Conversation ConversationID `json:"conversation,omitempty"` // that it may belong to
	Detail       string         `json:"detail,omitempty"`
}

// AmendAction says how an amend changes its target.
type AmendAction string

// Actions of an amend.
const (
	AmendEdit   AmendAction = "edit"
	AmendRevoke AmendAction = "revoke"
	AmendReact  AmendAction = "react"
)

// Amend is the body of an amend entry; readers fold it into its target.
type Amend struct {
	Target Ref         `json:"target"`
	Action AmendAction `json:"action"`
	Text   string      `json:"text,omitempty"`  // of an edit
	Emoji  string      `json:"emoji,omitempty"` // of a reaction; empty takes it back
}
