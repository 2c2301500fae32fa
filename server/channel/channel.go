// Package channel is door 3: where messages of other networks come in, and from where ours go out.
//
// Start reading at Adapter, the port that a channel implements, and Provider, the port of whoever sends its webhooks. Door takes
// webhooks in; Carrier sends by whichever adapter a message's account needs. What a provider says and wants is known in the
// subfolders alone, one for each provider; what any of it means is the domain's.
package channel

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Adapter is a channel: it renders messages within the channel's limits and sends them. It keeps no state that must last, and may be
// used by many goroutines at a time. Its errors are *chat.SendError where the provider has spoken or fallen silent; any other error of
// Send counts as a refusal of ours, after which nothing is tried again.
//
// Pacing, time limits and panics are the Carrier's business.
type Adapter interface {
	// Rules are what the channel allows.
	Rules() chat.ChannelRules
	// Parts tells into how many requests a message falls. It is pure: the same envelope gives the same parts in the same order, since
	// a delivery that was cut off goes on with the first part that nobody has taken.
	Parts(e chat.Envelope) (int, error)
	// Send sends one part, once, and gives the provider's receipt. SendUncertain when the request may have arrived all the same.
	Send(ctx context.Context, e chat.Envelope, part int) (chat.Accepted, error)
	// Link gives the address that leads a shopper to the account's chat, with a text to send and a code. Empty: there is no such link.
	Link(a chat.Account, text, code string) string
}

// What follows are abilities that some channels have: an Adapter that also implements one of these has it.

// Fetcher opens files at the provider: by id, or at the provider's own hosts, and nowhere else.
type Fetcher interface {
	Fetch(ctx context.Context, a chat.Account, app chat.ProviderApp, ref chat.MediaRef) (io.ReadCloser, error)
}

// Profiler asks the provider for a person's name.
type Profiler interface {
	Profile(ctx context.Context, a chat.Account, app chat.ProviderApp, p chat.Person) (chat.Person, error)
}

// Seer tells a person that their message was read; typing: and that somebody is writing.
type Seer interface {
	Seen(ctx context.Context, a chat.Account, app chat.ProviderApp, to chat.Address, providerID string, typing bool) error
}

// Connector looks at a connection, and asks the provider to send an account's webhooks to us.
type Connector interface {
	Check(ctx context.Context, a chat.Account, app chat.ProviderApp) []chat.Check
	Subscribe(ctx context.Context, a chat.Account, app chat.ProviderApp) error
}

// Templater fetches an account's templates.
type Templater interface {
	Templates(ctx context.Context, a chat.Account, app chat.ProviderApp) ([]chat.Template, error)
}

// Pacer says how fast a channel may be spoken to. Without it, and without a rate of the account's own, nothing is slowed down.
type Pacer interface {
	Pace() Pace
}

// Pace is how fast a channel takes messages.
type Pace struct {
	PerSecond int           // of one account; the account's own rate goes before it
	PairBurst int           // to one recipient at once; 0: no limit of its own
	PairEvery time.Duration // and one more each time this has passed
}

// Provider is who sends the webhooks of one or more channels. All of it is pure.
type Provider interface {
	Name() chat.Provider
	// MaxBody is the size in bytes above which a webhook is refused.
	MaxBody() int64
	// Handshake answers a GET by which the provider asks whether the address is ours: what to answer, and whether the question was
	// asked rightly. isHandshake is false for a GET that asks nothing of the kind.
	Handshake(r *http.Request, app chat.ProviderApp) (body string, ok bool, isHandshake bool)
	// Verify tells whether one of the secrets signed the body, over its bytes as they came and in constant time. A header that is
	// missing, is there twice or is malformed is no signature, and neither is one by an empty secret.
	Verify(h http.Header, body []byte, secrets []string) bool
	// Parse reads a verified body into its items. An error concerns the whole body; an item that is not understood is an InboundIgnored.
	Parse(body []byte) ([]chat.Inbound, error)
}
