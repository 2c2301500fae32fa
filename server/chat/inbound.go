package chat

// Raw is a webhook as it came: kept before it is understood, so that nothing a provider was thanked for can be lost.
type Raw struct {
	ID       RawID
	App      ProviderAppID
	Merchant MerchantID
	Provider Provider
	Hash     [32]byte // of the body: unique per app
	Body     []byte   // sealed at rest; gone once it is done and older than RawFor
	At       Millis
	State    RawState
	Attempt  int
	Error    string
}

// RawState says what became of a webhook.
type RawState string

// States of a raw webhook.
const (
	RawPending RawState = "pending"
	RawDone    RawState = "done"
	RawDead    RawState = "dead" // it could not be understood or taken in; kept for a person to look at
)

// InboundKind says what one item of a webhook is.
type InboundKind string

// Kinds of inbound items.
const (
	InboundMessage    InboundKind = "message"    // a person said something
	InboundEcho       InboundKind = "echo"       // the merchant said something, by us or by another app of theirs
	InboundAmend      InboundKind = "amend"      // an edit, a revocation or a reaction
	InboundStatus     InboundKind = "status"     // what became of what we sent
	InboundOpened     InboundKind = "opened"     // a person opened the chat by a link or an ad, or pressed Get Started
	InboundIdentity   InboundKind = "identity"   // a person's number or id has changed
	InboundPreference InboundKind = "preference" // a person's switch at the provider
	InboundTemplate   InboundKind = "template"   // a template's status, quality or category has changed
	InboundAccount    InboundKind = "account"    // something about the account itself
	InboundIgnored    InboundKind = "ignored"    // known and of no effect here; Why says so
)

// Inbound is one item of a webhook, as an adapter has read it: whatever the channel, the same form. Exactly the field of its kind
// is set. Outside text is as it came; the domain checks it.
type Inbound struct {
	Kind     InboundKind `json:"kind"`
	Channel  Channel     `json:"channel"`
	Account  string      `json:"account,omitempty"`  // external id of the account that it is about
	Business string      `json:"business,omitempty"` // or of the business account, for templates and account news
	ID       string      `json:"id,omitempty"`       // natural key, unique per account: the provider's message id, or one made of what the item says
	At       Millis      `json:"at,omitempty"`       // the provider's time
	From     *Person     `json:"from,omitempty"`     // the person, of whichever direction

	Message    *InboundSaid       `json:"message,omitempty"` // of message and echo
	Amend      *InboundChange     `json:"amend,omitempty"`
	Status     *InboundFate       `json:"status,omitempty"`
	Opened     *InboundReferral   `json:"opened,omitempty"`
	Identity   *InboundNewID      `json:"identity,omitempty"`
	Preference *InboundSwitch     `json:"preference,omitempty"`
	Template   *InboundTemplating `json:"template,omitempty"`
	News       *InboundNews       `json:"news,omitempty"` // of account
	Why        string             `json:"why,omitempty"`  // of ignored
}

// InboundSaid is what a person, or the merchant elsewhere, said.
type InboundSaid struct {
	Text        string           `json:"text,omitempty"`
	Choice      string           `json:"choice,omitempty"` // payload of the quick reply, button or row that was tapped
	Media       []MediaRef       `json:"media,omitempty"`
	Cards       []Card           `json:"cards,omitempty"`       // a location, an order from the catalogue, a shared post
	Order       string           `json:"order,omitempty"`       // external id, when the provider names one of the shop's
	ReplyTo     string           `json:"reply_to,omitempty"`    // provider id of the message it answers
	Forwarded   bool             `json:"forwarded,omitempty"`   // it was said elsewhere first
	Unsupported string           `json:"unsupported,omitempty"` // something that cannot be shown: the provider's word for it
	Referral    *InboundReferral `json:"referral,omitempty"`    // the ad, post or link that it came by
	Shared      *Person          `json:"shared,omitempty"`      // their own number, shared because we asked
	Quiet       bool             `json:"quiet,omitempty"`       // it does not open the window: a welcome request

	// Of an echo: by whom. App is the provider's id of the app that sent it, where told; Callback is what we gave with it, if it was us.
	App      string `json:"app,omitempty"`
	Callback string `json:"callback,omitempty"`
	Author   string `json:"author,omitempty"` // "Business app", "Page inbox"
}

// MediaRef names a file at the provider. It is fetched by id, or from the provider's own hosts; no other URL is ever followed.
type MediaRef struct {
	Kind        string `json:"kind"` // image, video, audio, voice, document, sticker
	ID          string `json:"id,omitempty"`
	URL         string `json:"url,omitempty"` // on one of the provider's hosts
	Name        string `json:"name,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	SHA256      string `json:"sha256,omitempty"` // base64 of the digest, where told
	Caption     string `json:"caption,omitempty"`
}

// InboundReferral is what a person came by.
type InboundReferral struct {
	Ref    string `json:"ref,omitempty"`    // our link code, or a campaign's word
	Source string `json:"source,omitempty"` // link, ad, post, get_started, plugin
	URL    string `json:"url,omitempty"`
	Title  string `json:"title,omitempty"`
	Body   string `json:"body,omitempty"`
	AdID   string `json:"ad_id,omitempty"`
	Click  string `json:"click,omitempty"` // click id
	Free   bool   `json:"free,omitempty"`  // it opens a free entry point
}

// InboundChange amends an earlier message.
type InboundChange struct {
	Target string      `json:"target"` // provider id
	Action AmendAction `json:"action"`
	Text   string      `json:"text,omitempty"`
	Emoji  string      `json:"emoji,omitempty"`
	ByUs   bool        `json:"by_us,omitempty"` // by the merchant, elsewhere
}

// InboundFate is what became of something we sent.
type InboundFate struct {
	Message  string           `json:"message,omitempty"`  // provider id; or
	Upto     Millis           `json:"upto,omitempty"`     // everything sent to the person at or before
	Callback string           `json:"callback,omitempty"` // what we gave with it: "<delivery>.<part>"
	State    DeliveryState    `json:"state"`              // sent, delivered, read or failed
	Error    *SendError       `json:"error,omitempty"`
	Category TemplateCategory `json:"category,omitempty"`
	Billable *bool            `json:"billable,omitempty"`
	Free     Millis           `json:"free,omitempty"` // a free entry point lasts until then
}

// InboundNewID says that a person is called by other keys from now on.
type InboundNewID struct {
	Old []string `json:"old"`
	New Person   `json:"new"`
	Key bool     `json:"key,omitempty"` // only their device's key has changed: agents are told, nothing is moved
}

// InboundSwitch is a person's preference at the provider.
type InboundSwitch struct {
	Purpose ConsentPurpose `json:"purpose"`
	Granted bool           `json:"granted"`
	Detail  string         `json:"detail,omitempty"`
}

// InboundTemplating is news of a template.
type InboundTemplating struct {
	ExternalID string           `json:"external_id,omitempty"`
	Name       string           `json:"name,omitempty"`
	Language   string           `json:"language,omitempty"`
	Status     TemplateStatus   `json:"status,omitempty"` // empty: not changed
	Category   TemplateCategory `json:"category,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	Resync     bool             `json:"resync,omitempty"` // its text has changed: fetch it again
}

// InboundNews is news of an account.
type InboundNews struct {
	Code   string `json:"code"` // stable: restricted, banned, reinstated, offboarded, deleted, quality, limit, name, …
	Stops  bool   `json:"stops,omitempty"`
	Mends  bool   `json:"mends,omitempty"` // what stopped it is over
	Detail string `json:"detail,omitempty"`
}
