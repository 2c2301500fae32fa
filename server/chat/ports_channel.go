package chat

import (
	"context"
	"io"
	"time"
)

// The ports of the channels: what the domain needs to remember of them, and who carries messages there.

// Accounts is the durable memory of provider apps, accounts and templates. Secrets and tokens are sealed at rest.
type Accounts interface {
	CreateProviderApp(ctx context.Context, a ProviderApp) error
	UpdateProviderApp(ctx context.Context, a ProviderApp) error
	// DeleteProviderApp removes an app; ErrConflict while accounts use it.
	DeleteProviderApp(ctx context.Context, merchant MerchantID, id ProviderAppID) error
	ProviderApp(ctx context.Context, merchant MerchantID, id ProviderAppID) (ProviderApp, error)
	ProviderApps(ctx context.Context, merchant MerchantID) ([]ProviderApp, error)
	// ProviderAppByID gives an app whatever its merchant: for webhooks alone.
	ProviderAppByID(ctx context.Context, id ProviderAppID) (ProviderApp, error)

	// CreateAccount writes an account; ErrConflict when the merchant has connected it already.
	CreateAccount(ctx context.Context, a Account) error
	UpdateAccount(ctx context.Context, a Account) error
	// DeleteAccount removes an account's token and switches it off for good; its addresses stay for the log's sake.
	DeleteAccount(ctx context.Context, merchant MerchantID, id AccountID) error
	Account(ctx context.Context, merchant MerchantID, id AccountID) (Account, error)
	Accounts(ctx context.Context, merchant MerchantID) ([]Account, error)
	// AccountsOf gives the accounts that serve a shop.
	AccountsOf(ctx context.Context, shop ShopID) ([]Account, error)
	// AccountByExternal finds the account that a webhook of the app is about.
	AccountByExternal(ctx context.Context, app ProviderAppID, ch Channel, externalID string) (Account, error)
	AccountsByBusiness(ctx context.Context, app ProviderAppID, businessID string) ([]Account, error)

	// PutTemplates replaces what is known of an account's templates; ids stay with (name, language).
	PutTemplates(ctx context.Context, account AccountID, all []Template) error
	// UpdateTemplate writes one template's status, category and reason.
	UpdateTemplate(ctx context.Context, t Template) error
	Template(ctx context.Context, merchant MerchantID, id TemplateID) (Template, error)
	Templates(ctx context.Context, account AccountID) ([]Template, error)
}

// Addresses is the durable memory of where shoppers can be reached, and of what they agreed to.
type Addresses interface {
	// EnsureAddress finds the address of (account, shop) that has any of want's keys, or creates want with its shopper, in one
	// transaction. A stranger without an id: want's shopper is there already. Found, it takes want's keys, phone, user id and names
	// over, and stays its shopper's; when the keys name two addresses, the one with the user id keeps them all, and one that is
	// known by another user id is not found: a phone number changes hands.
	EnsureAddress(ctx context.Context, want Address, stranger Shopper) (a Address, created bool, err error)
	Address(ctx context.Context, shop ShopID, id AddressID) (Address, error)
	// AddressesOf gives a shopper's addresses, those of their aliases among them.
	AddressesOf(ctx context.Context, shop ShopID, shopper ShopperID) ([]Address, error)
	// AddressesByKeys gives the addresses of an account that have any of the keys, one at most per shop.
	AddressesByKeys(ctx context.Context, account AccountID, keys []string) ([]Address, error)
	// Rekey gives addresses of an account that have any of the old keys the new ones, in all shops; it tells which.
	Rekey(ctx context.Context, account AccountID, old []string, now Person) ([]Address, error)
	// UpdateAddress changes an address inside the committer. LastInboundAt never goes back. ErrConflict: another address has one of
	// its new keys.
	UpdateAddress(ctx context.Context, shop ShopID, id AddressID, change func(*Address) error) (Address, error)

	// MergeShoppers makes from an alias of into: addresses, sessions and records go over, conversations follow by a TaskMeet. What
	// moved is kept, so that it can be undone. ErrConflict: both are identified, as different customers.
	MergeShoppers(ctx context.Context, shop ShopID, from, into ShopperID, by Author, now Millis) error
	// UnmergeShopper undoes the merge of from: what moved then goes back. It tells into whom it was merged. ErrConflict: it is no
	// alias by a merge.
	UnmergeShopper(ctx context.Context, shop ShopID, from ShopperID, now Millis) (into ShopperID, err error)

	AddConsents(ctx context.Context, lines ...Consent) error
	// ConsentsOf gives a shopper's lines, oldest first, those of their aliases among them.
	ConsentsOf(ctx context.Context, shop ShopID, shopper ShopperID) ([]Consent, error)
}

// Handoffs is the durable memory of moves between channels.
type Handoffs interface {
	// CreateHandoff writes an offer with its code's hash; nil: it has no code.
	CreateHandoff(ctx context.Context, h Handoff, code *[32]byte) error
	// HandoffByCode finds a handoff of an account by its code, used up or not.
	HandoffByCode(ctx context.Context, account AccountID, code [32]byte) (Handoff, error)
	Handoff(ctx context.Context, shop ShopID, id HandoffID) (Handoff, error)
	// UpdateHandoff changes a handoff that is not (or not yet) a conversation's current one; a conversation's goes by Change.
	UpdateHandoff(ctx context.Context, shop ShopID, id HandoffID, change func(*Handoff) error) (Handoff, error)
	// HandoffsOf gives the handoffs of a conversation, or of a shopper when conversation is empty, newest first.
	HandoffsOf(ctx context.Context, shop ShopID, shopper ShopperID, conversation ConversationID, limit int) ([]Handoff, error)
	// OpenOffers gives offers by an account's links, offered or clicked since, which nobody has claimed, newest first.
	OpenOffers(ctx context.Context, account AccountID, since Millis, limit int) ([]Handoff, error)
	// LapsedOffers gives offers that nobody claimed in time, and marks them expired.
	LapsedOffers(ctx context.Context, now Millis, limit int) ([]Handoff, error)

	CreateResumeLink(ctx context.Context, l ResumeLink) error
	// ResumeLink finds a link. ErrGone: unknown or expired.
	ResumeLink(ctx context.Context, hash [32]byte, now Millis) (ResumeLink, error)
	// UseResumeLink uses a link up for a session. The same session may do it again; ErrGone for another.
	UseResumeLink(ctx context.Context, hash, session [32]byte, now Millis) (ResumeLink, error)
	// AddShopperSession gives a shopper one more browser.
	AddShopperSession(ctx context.Context, s ShopperSession) error
}

// Deliveries is the durable memory of what was sent where. They are written by Change.
type Deliveries interface {
	Delivery(ctx context.Context, shop ShopID, id DeliveryID) (Delivery, error)
	// DeliveriesOf gives the deliveries of a conversation's entries from seq on, oldest first, at most limit.
	DeliveriesOf(ctx context.Context, shop ShopID, conversation ConversationID, from int64, limit int) ([]Delivery, error)
	// Held gives an account's deliveries that are held, oldest first.
	Held(ctx context.Context, account AccountID, limit int) ([]Delivery, error)
	// SeeNatural takes a natural key that concerns no conversation; false: it was seen before, whatever it went to.
	SeeNatural(ctx context.Context, n Natural) (fresh bool, err error)
	// Sent finds what a provider's message id stands for, of either direction: the entry, and the delivery when we sent it.
	Sent(ctx context.Context, account AccountID, providerID string) (SentRef, error)
	// SentUpto gives the deliveries to an address whose last state is from the provider's time upto or before, and below the state.
	SentUpto(ctx context.Context, address AddressID, upto Millis, below DeliveryState, limit int) ([]Delivery, error)
	// ProviderID gives the provider's id of an entry's first part on an address; empty: none.
	ProviderID(ctx context.Context, address AddressID, conversation ConversationID, seq int64) (string, error)
	// Park keeps news of a provider's message that nobody knows yet.
	Park(ctx context.Context, account AccountID, providerID string, news Inbound, now Millis) error
	// Parked gives what was parked for a message, oldest first; DropParked removes items of it, by their ids.
	Parked(ctx context.Context, account AccountID, providerID string) ([]Inbound, error)
	DropParked(ctx context.Context, account AccountID, providerID string, ids ...string) error
	// Spent adds up what deliveries of the shop have cost since, in a currency's minor units.
	Spent(ctx context.Context, shop ShopID, currency string, since Millis) (int64, error)
}

// SentRef is what a provider's message id stands for.
type SentRef struct {
	Shop         ShopID
	Conversation ConversationID
	Entry        Ref
	Delivery     DeliveryID // empty: it came in
	Part         int
}

// How long what comes from providers is kept: bodies that were taken in, bodies that could not be, and news of messages that
// nobody knows.
const (
	RawFor    = 7 * 24 * time.Hour
	DeadFor   = 30 * 24 * time.Hour
	ParkedFor = 24 * time.Hour
)

// Raws is the durable memory of webhooks as they came.
type Raws interface {
	// KeepRaw writes a webhook with the task that takes it in, in one transaction; false: it is known, and nothing was written.
	KeepRaw(ctx context.Context, r Raw) (bool, error)
	Raw(ctx context.Context, id RawID) (Raw, error)
	// SettleRaw writes what became of a webhook; done ones lose nothing but their place in the list.
	SettleRaw(ctx context.Context, id RawID, state RawState, attempt int, reason string) error
	// DeadRaws lists a merchant's webhooks that could not be taken in, newest first, with their bodies.
	DeadRaws(ctx context.Context, merchant MerchantID, limit int) ([]Raw, error)
	// RetryRaw makes a dead webhook pending again, with a task; DropRaw removes it.
	RetryRaw(ctx context.Context, merchant MerchantID, id RawID, now Millis) error
	DropRaw(ctx context.Context, merchant MerchantID, id RawID) error
	// SweepRaws removes bodies that are older than they may be: done ones after RawFor, dead ones after DeadFor; and parked news.
	SweepRaws(ctx context.Context, now Millis) error
}

// Carrier takes messages to where a channel's people are, and reads what comes from there. It knows the providers; the domain does
// not. Its errors are *SendError where the provider has spoken or fallen silent.
type Carrier interface {
	// Channels lists the rules of all channels that are built in.
	Channels() []ChannelRules
	// Parse reads a webhook's body into its items. An error concerns the whole body; an item that is not understood is InboundIgnored.
	Parse(p Provider, body []byte) ([]Inbound, error)
	// Parts tells into how many requests a message falls. It is pure.
	Parts(e Envelope) (int, error)
	// Send sends one part and gives the provider's receipt. It waits for its turn under the account's rates at most shortly, and
	// answers SendThrottleAccount or SendThrottlePair when the turn is further away.
	Send(ctx context.Context, e Envelope, part int) (Accepted, error)
	// Fetch opens a file at the provider.
	Fetch(ctx context.Context, a Account, app ProviderApp, ref MediaRef) (io.ReadCloser, error)
	// Profile asks the provider for a person's name.
	Profile(ctx context.Context, a Account, app ProviderApp, p Person) (Person, error)
	// Seen tells the person that their message was read; typing: and that somebody is writing.
	Seen(ctx context.Context, a Account, app ProviderApp, to Address, providerID string, typing bool) error
	// Check looks at a connection and says what is wrong with it.
	Check(ctx context.Context, a Account, app ProviderApp) []Check
	// Subscribe asks the provider to send the account's webhooks to us.
	Subscribe(ctx context.Context, a Account, app ProviderApp) error
	// Templates fetches the account's templates.
	Templates(ctx context.Context, a Account, app ProviderApp) ([]Template, error)
	// Link gives the address that leads a shopper to the account's chat, with a text to send and a code.
	Link(a Account, text, code string) string
}

// Intake takes a file in, whoever it comes from: it looks at what it is, takes out what must not stay, and stores it.
type Intake interface {
	// Take stores r under u's id and gives the upload as it is now: type, size, dimensions. ErrFileType, ErrTooLarge, ErrImageTooLarge.
	Take(ctx context.Context, u Upload, r io.Reader, limit int64) (Upload, error)
}
