package chat

import (
	"errors"
	"fmt"
	"time"
)

// ChannelRules are what a channel allows. Each adapter gives its own; the planner knows no channel by name.
type ChannelRules struct {
	Channel   Channel
	Provider  Provider
	Window    time.Duration // free text is allowed for so long after the person's last word; 0: always
	Human     time.Duration // and for so long with the human agent's tag, where the account may use it; 0: no such tag
	Templates bool          // approved templates can be sent outside the window
	Unasked   bool          // somebody who has only left their number or address can be written to, given consent and a form
	Typing    bool          // the person can be shown that somebody types
	Links     bool          // a shopper can be led there by a link with a code
	Refs      bool          // the link carries the code beside the text, where it can't be edited
}

// WindowMargin is taken off every window, so that a message that is planned within it also arrives within it.
const WindowMargin = 2 * time.Minute

// SendClass says what an error of a provider means for what is to be sent.
type SendClass string

// Classes of a provider's errors.
const (
	SendRetry           SendClass = "retry"            // later, with backoff
	SendThrottleAccount SendClass = "throttle_account" // later; the whole account slows down
	SendThrottlePair    SendClass = "throttle_pair"    // later; this recipient alone
	SendStopAccount     SendClass = "stop_account"     // nothing more from this account until a person has looked at it
	SendReconnect       SendClass = "reconnect"        // the token or the permissions are over
	SendWindowClosed    SendClass = "window_closed"    // plan again as if the window were closed
	SendUnreachable     SendClass = "unreachable"      // this person can't be reached here: another channel
	SendOptedOut        SendClass = "opted_out"        // never again until they ask for it
	SendGiveUp          SendClass = "give_up"          // not this message
	SendUncertain       SendClass = "uncertain"        // it may have been sent: wait for news before anything else
	SendRejected        SendClass = "rejected"         // the request is wrong: ours to mend
)

// SendError is a provider's refusal, or its silence.
type SendError struct {
	Class      SendClass     `json:"class"`
	Code       string        `json:"code"`             // stable reason for agents: window_closed, not_on_whatsapp, blocked, template_paused …
	Provider   string        `json:"provider"`         // the provider's code: "131047", "10/2018278"
	Detail     string        `json:"detail,omitempty"` // the provider's words
	Trace      string        `json:"trace,omitempty"`  // the provider's trace id, for its support
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

func asSendError(err error) (*SendError, bool) {
	return errors.AsType[*SendError](err)
}

func (e *SendError) Error() string {
	return fmt.Sprintf("%s (%s, provider %s): %s", e.Code, e.Class, e.Provider, e.Detail)
}

// Envelope is all that an adapter needs to send a message.
type Envelope struct {
	Delivery DeliveryID // goes along as callback data "<delivery>.<part>", where the provider gives it back
	Account  Account    // with its token
	App      ProviderApp
	To       Address
	Form     Form
	Human    bool    // written by a person, not by a bot
	Message  Message // as it stands now, amends folded
	Template *Template
	Use      *TemplateUse
	ReplyTo  string // provider id of the message that this one answers; may be empty
	Shop     string // the shop's name
	ReturnTo string // a resume link; empty: none is asked for
	Words    Words  // in the shopper's language
}

// Words are what a rendered message may say beside the agent's own text.
type Words struct {
	Language   string
	BackToShop string // title of the button with the return link
	Choose     string // title of a list of choices
	Code       string // "Code"
	Order      string // "Order"
}

// Accepted is a provider's receipt for one part. It is not a delivery.
type Accepted struct {
	ProviderID string
	Keys       []string // of the person, in canonical form, where the provider tells: a number that was only typed becomes known by it
	Phone      string   // where the provider says the message goes to, in its own spelling
	UserID     string
	Held       string // the provider holds it back for now: its word
}
