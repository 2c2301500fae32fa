package chat

import (
	"context"
	"io"
	"time"
)

// The ports: what the domain needs of the outside. Each says what it guarantees; chattest proves it for every implementation.
// Methods that read one object of another shop or merchant return ErrNotFound, as if it did not exist.

// Log is the durable memory of conversations.
type Log interface {
	// Change runs the four steps' middle two: the write's Decide is called with the current head, inside the committer, and what
	// it returns is written in one transaction. When Change returns without an error, the change is on disk. Changes to one
	// conversation are decided one after another. An error of Decide comes back as it is and concerns this write alone.
	// ErrNotFound: no such conversation in this shop. ErrBadAttachment: one to bind is not there, or is bound elsewhere.
	// ErrIDConflict: see SendKey. ErrTryAgain, ErrStoreFull: nothing was written.
	Change(ctx context.Context, w Write) (Committed, error)

	Conversation(ctx context.Context, shop ShopID, id ConversationID) (Conversation, error)
	// ConversationsOf gives a shopper's conversations, last updated first, at most limit: those that carry the id, and, when the id
	// is an alias, those of the shopper it now stands for.
	ConversationsOf(ctx context.Context, shop ShopID, shopper ShopperID, limit int) ([]Conversation, error)
	ListConversations(ctx context.Context, q ConversationQuery) (ConversationPage, error)
	CountConversations(ctx context.Context, shop ShopID, me AgentID) (ConversationCounts, error)

	// Entries gives entries in the audience's numbering, ascending: those after q.After, or the last ones before q.Before.
	Entries(ctx context.Context, q EntryQuery) ([]Entry, error)
	// Locate gives the last entry at or below n in the audience's numbering, as both numbers; zero when there is none.
	Locate(ctx context.Context, shop ShopID, id ConversationID, a Audience, n int64) (Ref, error)
	// Unread counts messages that the participant has not read and did not write, at most limit.
	Unread(ctx context.Context, shop ShopID, id ConversationID, by Author, limit int) (int, error)

	// Feed gives what changed in the shop after a position, ascending, at most limit of each kind, and the shop's position.
	Feed(ctx context.Context, shop ShopID, after int64, limit int) (FeedPage, error)
	FeedPosition(ctx context.Context, shop ShopID) (int64, error)

	// Epoch names this database's history. It changes when a backup is restored, and never else.
	Epoch() string
}

// ConversationQuery selects conversations of one merchant's shops, by last update, newest first.
type ConversationQuery struct {
	Shop     ShopID
	State    State    // empty: all
	Assignee *AgentID // nil: any; empty: nobody
	UnreadBy AgentID  // only those with messages that this agent has not read
	Before   *ConversationCursor
	Limit    int
}

// ConversationCursor names a place in a list: everything older.
type ConversationCursor struct {
	UpdatedAt Millis
	ID        ConversationID
}

// ConversationPage is one page of a list.
type ConversationPage struct {
	Conversations []Conversation
	More          bool
}

// ConversationCounts are the sizes of a shop's queues.
type ConversationCounts struct{ Mine, Unassigned, Open, Closed int }

// EntryQuery selects entries of one log. Numbers are the audience's.
type EntryQuery struct {
	Shop         ShopID
	Conversation ConversationID
	Audience     Audience
	After        int64 // ascending from here, when Before is 0
	Before       int64 // the last ones below, else
	Limit        int
}

// FeedPage is what changed in a shop. Each object appears once, at the position of its last change.
type FeedPage struct {
	Conversations []Conversation
	Records       []Record
	Position      int64
	More          bool // there is more than the limit: the list is to be loaded afresh
}

// Context is the durable memory of what plugins push.
type Context interface {
	// Fold applies a batch in one transaction: an event whose id is known is a duplicate; each other is handed to b.Fold with the
	// current record (nil: none), inside the committer, and an applied record is written with the next feed position, its tasks
	// beside it. An error of b.Fold that is an *Error makes its event invalid and leaves the others alone. When b.Once is set and
	// known, the stored results come back and nothing is done; with another request hash it is ErrIdempotency.
	Fold(ctx context.Context, b Batch) (FoldResult, error)

	Record(ctx context.Context, shop ShopID, kind RecordKind, externalID string) (Record, error)
	// RecordsOf gives the records that belong to a shopper, directly, through an alias or through their verified customer id, newest
	// first; with the shipments of their orders. Tombstones are left out.
	RecordsOf(ctx context.Context, shop ShopID, shopper ShopperID, customerID string, limit int) ([]Record, error)
	// ShipmentsOf gives the shipments of an order, oldest first.
	ShipmentsOf(ctx context.Context, shop ShopID, order string, limit int) ([]Record, error)
	// ListRecords gives a shop's records of a kind by feed position, newest first, below the given one (0: from the top).
	ListRecords(ctx context.Context, shop ShopID, kind RecordKind, before int64, limit int) ([]Record, error)
	// RecordsByKey gives records of a kind that carry the key, or with prefix one that begins with it, last changed first, each
	// once. Tombstones are left out.
	RecordsByKey(ctx context.Context, shop ShopID, kind RecordKind, key string, prefix bool, limit int) ([]Record, error)
	// AmendRecord changes a record by the server's own doing: decide is called inside the committer with the record as it is, and
	// what it gives is written with the next feed position and its tasks; false writes nothing. then is like Batch.Then.
	AmendRecord(ctx context.Context, shop ShopID, kind RecordKind, externalID string, decide func(Record) (Record, []Task, bool), then func(Record)) error
	// RedactRecord takes away what tells of a person: of a customer only a trace is left, another record stays as its Redact gives
	// it. Either takes no news any more. One that is not there leaves a trace, so that late news of it are refused too.
	RedactRecord(ctx context.Context, shop ShopID, kind RecordKind, externalID string) error
}

// Once makes a request's effect happen once within 24 h: unique per credential, route and key.
type Once struct {
	Credential string
	Route      string
	Key        string
	Hash       [32]byte // of the request
}

// Batch is a plugin's push.
type Batch struct {
	Shop   ShopID
	Once   *Once // nil: not asked for
	Events []ContextEvent
	Fold   func(cur *Record, ev ContextEvent) (Folded, error)
	Then   func(Record) // like Write.Then, for each record that was written; its Position-1 is the shop's position before it
}

// FoldResult answers a batch, in the order of its events.
type FoldResult struct {
	Results []EventResult
	Replay  bool
}

// Shoppers is the durable memory of shoppers and their browsers.
type Shoppers interface {
	CreateShopper(ctx context.Context, s Shopper, session ShopperSession) error
	// Shopper gives a shopper; an alias gives the one it stands for.
	Shopper(ctx context.Context, shop ShopID, id ShopperID) (Shopper, error)
	// ShopperByCustomer gives the shopper with a verified customer id.
	ShopperByCustomer(ctx context.Context, shop ShopID, customerID string) (Shopper, error)
	// ShopperSession finds a session by its token's hash. ErrInvalidToken: unknown, over or revoked.
	ShopperSession(ctx context.Context, hash [32]byte, now Millis) (ShopperSession, error)
	// TouchShopperSession slides the session's end and its shopper's last sight.
	TouchShopperSession(ctx context.Context, hash [32]byte, seen, expires Millis) error
	RevokeShopperSession(ctx context.Context, hash [32]byte) error
	SetShopperPage(ctx context.Context, shop ShopID, id ShopperID, p Page) error
	// Identify makes the session's shopper the one whom the shop knows as identity.Subject: the same shopper, now with a customer
	// id, when nobody has it yet; else the session moves to the known shopper, the old id becomes an alias, and a TaskMeet for the
	// old one's conversations is written. ErrIdentity: the session belongs to another subject already.
	Identify(ctx context.Context, hash [32]byte, identity Identity, now Millis) (IdentifyResult, error)
	// Erase blanks what a shopper wrote and what is known of them: bodies, names, addresses, uploads' rows, records, sessions;
	// conversations get a new generation. It gives the uploads whose files are to be removed. Doing it twice does no more.
	Erase(ctx context.Context, shop ShopID, id ShopperID, now Millis) (ErasedShopper, error)
}

// IdentifyResult tells what Identify did.
type IdentifyResult struct {
	Shopper Shopper
	Was     ShopperID // the session's shopper before; the same when nothing moved
}

// ErasedShopper tells what Erase took away.
type ErasedShopper struct {
	Conversations []Conversation // as they are now
	Uploads       []AttachmentID
}

// Directory is the durable memory of merchants, shops, agents and keys.
type Directory interface {
	// CreateMerchant writes a merchant with its first shop and owner; ErrConflict when the e-mail is taken.
	CreateMerchant(ctx context.Context, m Merchant, s Shop, owner Agent, passwordHash string) error
	Merchant(ctx context.Context, id MerchantID) (Merchant, error)
	HasMerchant(ctx context.Context) (bool, error)

	CreateShop(ctx context.Context, s Shop) error
	UpdateShop(ctx context.Context, s Shop) error
	Shop(ctx context.Context, merchant MerchantID, id ShopID) (Shop, error)
	ShopByKey(ctx context.Context, key string) (Shop, error)
	Shops(ctx context.Context, merchant MerchantID) ([]Shop, error)

	// AgentByEmail gives an agent with their password's hash.
	AgentByEmail(ctx context.Context, email string) (Agent, string, error)
	Agent(ctx context.Context, merchant MerchantID, id AgentID) (Agent, error)
	AgentPassword(ctx context.Context, merchant MerchantID, id AgentID) (string, error)
	Agents(ctx context.Context, merchant MerchantID) ([]Agent, error)
	// UpdateAgent writes name, language, role and active; it refuses with ErrConflict to leave a merchant without an active owner.
	// Deactivation ends the agent's sessions.
	UpdateAgent(ctx context.Context, a Agent) error
	// SetPassword writes a new hash and ends all of the agent's sessions but keep.
	SetPassword(ctx context.Context, merchant MerchantID, id AgentID, passwordHash string, keep [32]byte) error

	CreateAgentSession(ctx context.Context, s AgentSession) error
	// AgentSession finds a live session and its active agent. ErrUnauthenticated: there is none.
	AgentSession(ctx context.Context, hash [32]byte, now Millis) (AgentSession, Agent, error)
	TouchAgentSession(ctx context.Context, hash [32]byte, seen, expires Millis) error
	DeleteAgentSession(ctx context.Context, hash [32]byte) error

	CreateInvitation(ctx context.Context, i Invitation) error
	Invitations(ctx context.Context, merchant MerchantID, now Millis) ([]Invitation, error)
	// InvitationByHash gives a live invitation and its merchant's name. ErrGone: used, over or unknown.
	InvitationByHash(ctx context.Context, hash [32]byte, now Millis) (Invitation, Merchant, error)
	// AcceptInvitation uses the invitation up and writes its agent, in one transaction. ErrGone, ErrConflict (e-mail taken).
	AcceptInvitation(ctx context.Context, hash [32]byte, a Agent, passwordHash string, now Millis) error
	DeleteInvitation(ctx context.Context, merchant MerchantID, id InvitationID) error

	// CreatePasswordReset writes a reset; older ones of the same agent end in the same transaction.
	CreatePasswordReset(ctx context.Context, r PasswordReset) error
	// UsePasswordReset uses the reset up, writes the hash and ends all sessions. It gives the agent. ErrGone.
	UsePasswordReset(ctx context.Context, hash [32]byte, passwordHash string, now Millis) (Agent, error)

	CreatePluginKey(ctx context.Context, k PluginKey) error
	PluginKeys(ctx context.Context, shop ShopID) ([]PluginKey, error)
	// PluginKeyByHash gives a key that is not revoked. ErrUnauthenticated.
	PluginKeyByHash(ctx context.Context, hash [32]byte) (PluginKey, error)
	TouchPluginKey(ctx context.Context, id PluginKeyID, at Millis) error
	// RevokePluginKey ends a key and the identity secret that came with it, and pauses the webhooks that it has made, as HookKeyRevoked.
	RevokePluginKey(ctx context.Context, shop ShopID, id PluginKeyID, at Millis) error

	// CreateIdentitySecret writes a secret; ErrConflict when the shop has two already.
	CreateIdentitySecret(ctx context.Context, s IdentitySecret) error
	IdentitySecrets(ctx context.Context, shop ShopID) ([]IdentitySecret, error)
	DeleteIdentitySecret(ctx context.Context, shop ShopID, kid string) error
}

// Uploads is the durable memory of what files there are; the files themselves are in a Blobs.
type Uploads interface {
	CreateUpload(ctx context.Context, u Upload) error
	// Upload gives an upload of the shop.
	Upload(ctx context.Context, shop ShopID, id AttachmentID) (Upload, error)
	// UploadByID gives an upload whatever its shop: for signed links alone.
	UploadByID(ctx context.Context, id AttachmentID) (Upload, error)
	// UnboundUploads gives uploads that no message has named since before the given time.
	UnboundUploads(ctx context.Context, before Millis, limit int) ([]AttachmentID, error)
	DeleteUpload(ctx context.Context, id AttachmentID) error
}

// Tasks is the durable memory of what is due.
type Tasks interface {
	// ClaimTasks takes due tasks, at most limit, for the given time: each the head of its lane, with a new claim token and one
	// attempt more; those of the kinds to skip stay. A claim that is not finished in time falls back.
	ClaimTasks(ctx context.Context, now Millis, lease time.Duration, limit int, skip ...TaskKind) ([]Task, error)
	// FinishTask removes a claimed task. ErrConflict: the claim was lost.
	FinishTask(ctx context.Context, t Task) error
	// RetryTask gives a claimed task back, due later, with why. ErrConflict: the claim was lost.
	RetryTask(ctx context.Context, t Task, due Millis, reason string) error
	// PostponeTask gives a claimed task back like RetryTask, and the claim's attempt with it: nothing was tried. ErrConflict: the claim
	// was lost.
	PostponeTask(ctx context.Context, t Task, due Millis, reason string) error
	// BuryTask sets a claimed task aside for good, with why, and frees its lane.
	BuryTask(ctx context.Context, t Task, reason string) error
	AddTasks(ctx context.Context, tasks ...Task) error
	// NextTask tells when the next task is due; zero when there is none.
	NextTask(ctx context.Context) (Millis, error)
}

// Store is the durable memory: the truth.
type Store interface {
	Log
	Context
	Shoppers
	Directory
	Uploads
	Tasks
	Accounts
	Addresses
	Handoffs
	Deliveries
	Raws
	Hooks
	Grants
	Privacy
	// Ready tells whether the store can commit right now.
	Ready(ctx context.Context) error
}

// Fanout is the live memory. It may lose anything at any moment without a message being lost: whoever misses something sees a gap
// in the numbers and reads the store. Within one node, what is published to a topic arrives in the order of publishing, at most
// once.
type Fanout interface {
	// Publish hands l to the subscribers of its topics. It never blocks and never fails.
	Publish(l Live)
	// Subscribe calls deliver for what is published to the topic until cancel is called; after cancel returns, deliver is not
	// called any more. deliver must not block and must not subscribe or cancel.
	Subscribe(t Topic, deliver func(Live)) (cancel func())
	// Attend tells that somebody is here until leave is called. Several attendances of one are one presence; it ends a grace after
	// the last has left, so that a page change is no absence. A change is published as LivePresence.
	Attend(shop ShopID, who Author) (leave func())
	// Presence tells whether somebody is here.
	Presence(ctx context.Context, shop ShopID, who Author) Presence
	// Attending lists who of a kind is here in the shop.
	Attending(ctx context.Context, shop ShopID, kind AuthorKind) []Author
}

// Blobs keeps files. Names are attachment ids; what is inside is never run.
type Blobs interface {
	// Put stores all of r under the id, durably, or nothing.
	Put(ctx context.Context, id AttachmentID, r io.Reader) (size int64, err error)
	// Open gives a file to read. ErrNotFound.
	Open(ctx context.Context, id AttachmentID) (io.ReadSeekCloser, error)
	// Remove removes a file; one that is not there is no error.
	Remove(ctx context.Context, id AttachmentID) error
}
