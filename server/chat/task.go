package chat

import "encoding/json"

// TaskKind says what a task does.
type TaskKind string

// Kinds of tasks.
const (
	TaskOrderNews TaskKind = "order_news" // tell a conversation of an order's transition
	TaskMeet      TaskKind = "meet"       // move an identified shopper's conversations to who they are known as
	TaskErase     TaskKind = "erase"      // erase a shopper
	TaskSweep     TaskKind = "sweep"      // remove uploads that no message named
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
}
