package chat

// Form is how a message goes to an address.
type Form string

// Forms.
const (
	FormWeb      Form = "web"         // nothing is sent: the shopper reads it on the site
	FormFree     Form = "free"        // as it was written
	FormHuman    Form = "human_agent" // as it was written, with the tag for people's answers after the window
	FormTemplate Form = "template"    // an approved template alone
	FormHold     Form = "hold"        // not now: the reason says why
)

// Reason is a stable code for why a message goes where, and how. Each has words in the inbox.
type Reason string

// Reasons of a plan.
const (
	WhyHere             Reason = "here"              // the shopper is on the site
	WhyOnWeb            Reason = "on_web"            // there is no other address, or they have not been gone for long
	WhyWindowOpen       Reason = "window_open"       // free text is allowed
	WhyNoWindow         Reason = "no_window"         // the channel has none: always allowed
	WhyHumanTag         Reason = "human_tag"         // the window is closed, the tag for people's answers is allowed
	WhyTemplate         Reason = "template"          // the window is closed, a template is at hand
	WhyUnknown          Reason = "presence_unknown"  // it can't be said whether they are gone: wait and ask again
	WhyTemplateNeeded   Reason = "template_needed"   // the window is closed: choose a template
	WhyTemplateRefused  Reason = "template_refused"  // the template is paused, rejected or disabled
	WhyTemplateCategory Reason = "template_category" // the template was re-classed: what it costs and needs has changed
	WhyWindowClosed     Reason = "window_closed"     // and the channel has no templates
	WhyNoConsent        Reason = "no_consent"        // they have not agreed to be written to
	WhyStopped          Reason = "stopped"           // they said STOP
	WhyNoMarketing      Reason = "no_marketing"      // they do not want marketing
	WhyUnconfirmed      Reason = "unconfirmed"       // it is not sure who is there: nothing of their orders is told
	WhyUnreachable      Reason = "unreachable"       // the provider says so
	WhyAccount          Reason = "account_problem"   // the account can't be used now
	WhyCap              Reason = "cap_reached"       // the shop's monthly limit
	WhyNoAddress        Reason = "no_address"        // nothing is known where to write to
	WhyNotHuman         Reason = "not_human"         // a bot's message may not use the human agent's tag
)

// Plan says where the next message goes, in which form, and why.
type Plan struct {
	Address AddressID // empty for web and for a hold that concerns no address
	Channel Channel
	Form    Form
	Reason  Reason
	Until   Millis           // until when the form is allowed; 0: no end is known
	Cost    *Money           // by the merchant's price list; nil: nothing, or unknown
	Paid    bool             // the provider charges for it
	Charged TemplateCategory // as what
}

// Way is an address with all that the planner must know of it.
type Way struct {
	Address Address
	Account Account
	Rules   ChannelRules
}

// Planning is what a plan is made of. It is plain data: the planner asks nobody.
type Planning struct {
	Now      Millis
	Route    AddressID // where the conversation is now; empty: on the web
	Presence Presence  // of the shopper, on the site
	Ways     []Way     // all addresses of the shopper, the route among them
	Order    []Channel // the shop's order of channels
	Consents []Consent // the ledger's lines of this shopper
	Spent    int64     // this month, in the cap's currency
	Cap      *Money    // nil: none
	Draft    Planned
	Asked    AddressID // an agent has asked for this address; empty: the planner chooses
}

// Planned is what the planner must know of a message.
type Planned struct {
	By       AuthorKind
	Purpose  ConsentPurpose
	Private  bool // it tells of an order, a cart or what was said before
	Template *Template
}
