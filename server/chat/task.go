package chat

import "encoding/json"

// TaskKind says what a task does.
type TaskKind string

// Kinds of tasks.
const (
	TaskOrderNews TaskKind = "order_news" // tell a conversation of an order's transition
	TaskMeet      TaskKind = "meet"       // move an identified shopper's conversations to who they are known as
	TaskErase     TaskKind = "erase"      // erase a shopper
	TaskSweep     TaskKind = "sweep"      // remove what nobody needs any more: unnamed uploads, old webhooks, lapsed offers
	TaskInbound   TaskKind = "inbound"    // take a webhook in
	TaskDeliver   TaskKind = "deliver"    // send a message on a channel
	TaskLeave     TaskKind = "leave"      // see whether the shopper has left before they read a message
	TaskCartIdle  TaskKind = "cart_idle"  // see whether a cart was abandoned
	TaskNotice    TaskKind = "notice"     // make a change an event for webhooks
	TaskHook      TaskKind = "hook"       // send an event to a webhook
	TaskPrivacy   TaskKind = "privacy"    // do a request about a person's data
)

// Task is work due later. It is written in the transaction of its cause and done at least once, so its effect must be idempotent.
// Only the head of a lane can be claimed, so the order within a lane holds.
type Task struct {
	ID      TaskID
	Kind    TaskKind
	Shop    ShopID // empty for the server's own
	DueAt   Millis
	Lane    string // tasks of one lane are done one after another; empty: alone
	LaneSeq int64  // given by the store
	Dedupe  string // at most one task with this key is ever written
	Attempt int    // claims so far
	Claim   string // the claim's token: only its holder can finish the task
	Payload json.RawMessage
}

// ShopperTask is the payload of TaskMeet and TaskErase.
type ShopperTask struct {
	Shopper ShopperID `json:"shopper"`
	Into    ShopperID `json:"into,omitempty"`

	Conversations []ConversationID `json:"conversations,omitempty"` // only these; none: all of the shopper's
}

// RawTask is the payload of TaskInbound.
type RawTask struct {
	Raw RawID `json:"raw"`
}

// DeliverTask is the payload of TaskDeliver.
type DeliverTask struct {
	Delivery DeliveryID `json:"delivery"`
}

// LeaveTask is the payload of TaskLeave: the message that may not have been read.
type LeaveTask struct {
	Conversation ConversationID `json:"conversation"`
	Entry        Ref            `json:"entry"`
	Round        int            `json:"round,omitempty"`
}

// Postponed is the error of a task that has not failed but is to be done later: it is no attempt that counts.
type Postponed struct {
	Until  Millis
	Reason string
}

func (p *Postponed) Error() string { return "postponed: " + p.Reason }
