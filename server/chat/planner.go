package chat

import (
	"cmp"
	"slices"
)

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
	Away    bool             // the form is the way's own template, in the message's place
	Cost    *Money           // by the merchant's price list; nil: nothing, or unknown
	Paid    bool             // the provider charges for it
	Charged TemplateCategory // as what
}

// Way is an address with all that the planner must know of it.
type Way struct {
	Address Address
	Account Account
	Rules   ChannelRules
	Away    *Template // what may go out there by itself in a message's place where free text may not; nil: none is configured
	Closed  Form      // the provider has refused this form there since the person's last word: free text, or the human agent's tag
	Told    bool      // the away template is out, and they have not answered: the planner leaves it to who sends to wait
	Since   Millis    // what was said before is history there, and private
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
	Private  bool   // it tells of an order or a cart
	At       Millis // when it was said; 0: now
	Template *Template
}

// PlanSend decides where a message goes next, in which form, and why. It is the one way to a channel: agents, bots, plugins and
// fallbacks all go through it. It is pure.
//
// The route needs no presence: the shopper's own word, or an agent's choice, has led there. To leave the site, or a route that can't
// be used, the shopper must be known to be gone.
func PlanSend(p Planning) Plan {
	if p.Asked != "" {
		return p.asked()
	}
	plans := p.plans()
	first, held := plans.first()
	route, onRoute := plans.at(p.Route)
	switch {
	case onRoute && route.Form != FormHold && !route.Away:
		return route
	case p.Presence == Here:
		return Plan{Channel: ChannelWeb, Form: FormWeb, Reason: WhyHere}
	case len(plans) == 0:
		return Plan{Channel: ChannelWeb, Form: FormWeb, Reason: WhyOnWeb}
	case p.Presence != Gone:
		return Plan{Form: FormHold, Reason: WhyUnknown}
	case !held:
		return first
	case onRoute:
		return route
	}
	return first
}

// asked plans for the one address that an agent wants.
func (p Planning) asked() Plan {
	for _, w := range p.Ways {
		if w.Address.ID == p.Asked {
			return p.plan(w)
		}
	}
	return Plan{Form: FormHold, Reason: WhyNoAddress}
}

type plans []Plan

// plans gives a plan for each way, in the shop's order of channels; on one channel, whoever wrote last comes first.
func (p Planning) plans() (all plans) {
	ways := slices.Clone(p.Ways)
	slices.SortStableFunc(ways, func(a, b Way) int {
		return cmp.Or(
			cmp.Compare(p.place(a.Address.Channel), p.place(b.Address.Channel)),
			cmp.Compare(b.Address.LastInboundAt, a.Address.LastInboundAt),
			cmp.Compare(b.Address.CreatedAt, a.Address.CreatedAt),
			cmp.Compare(a.Address.ID, b.Address.ID),
		)
	})
	for _, w := range ways {
		all = append(all, p.plan(w))
	}
	return all
}

// place gives a channel's place in the shop's order; those that the shop does not name come last.
func (p Planning) place(c Channel) int {
	if i := slices.Index(p.Order, c); i >= 0 {
		return i
	}
	return len(p.Order)
}

// first gives the first plan that is allowed, else the first that is held.
func (ps plans) first() (_ Plan, held bool) {
	for _, p := range ps {
		if p.Form != FormHold {
			return p, false
		}
	}
	if len(ps) == 0 {
		return Plan{}, true
	}
	return ps[0], true
}

func (ps plans) at(a AddressID) (Plan, bool) {
	i := slices.IndexFunc(ps, func(p Plan) bool { return p.Address == a && a != "" })
	if i < 0 {
		return Plan{}, false
	}
	return ps[i], true
}

// plan decides the form for one way, or why there is none.
func (p Planning) plan(w Way) Plan {
	plan := Plan{Address: w.Address.ID, Channel: w.Address.Channel}
	if plan.Reason = p.forbidden(w); plan.Reason != "" {
		plan.Form = FormHold
		return plan
	}
	plan = p.form(w, plan)
	if plan.Form == FormHold {
		return plan
	}
	return p.priced(w, plan)
}

// forbidden gives the reason for which nothing may go to the address, in any form.
func (p Planning) forbidden(w Way) Reason {
	a, d := w.Address, p.Draft
	switch {
	case w.Account.State != AccountActive:
		return WhyAccount
	case a.UnreachableAt != 0:
		return WhyUnreachable
	case a.StoppedAt != 0:
		return WhyStopped
	case !a.Confirmed() && (d.Private || d.At != 0 && d.At < w.Since):
		return WhyUnconfirmed
	case d.Purpose == ForMarketing && a.NoMarketingAt != 0:
		return WhyNoMarketing
	case d.Purpose != ForConversation && !agreed(p.Consents, a, d.Purpose):
		return WhyNoConsent
	case a.LastInboundAt == 0 && d.Purpose == ForConversation && !agreed(p.Consents, a, ForConversation):
		return WhyNoConsent
	case a.LastInboundAt == 0 && !w.Rules.Unasked:
		return WhyWindowClosed
	}
	return ""
}

// form decides the form of what may go to the address.
func (p Planning) form(w Way, plan Plan) Plan {
	if t := p.Draft.Template; t != nil && t.Account == w.Account.ID && w.Rules.Templates {
		return p.template(w, *t, plan)
	}
	if until, open := w.window(p.Now); open {
		plan.Form, plan.Until, plan.Reason = FormFree, until, WhyWindowOpen
		if w.Rules.Window == 0 {
			plan.Reason = WhyNoWindow
		}
		return plan
	}
	until, tag := w.human(p.Now)
	if tag && p.Draft.By == AuthorAgent && p.Draft.Purpose == ForConversation {
		plan.Form, plan.Until, plan.Reason = FormHuman, until, WhyHumanTag
		return plan
	}
	plan.Form, plan.Reason = FormHold, WhyWindowClosed
	switch {
	case w.Rules.Templates && w.Away != nil:
		plan.Away = true
		return p.template(w, *w.Away, plan)
	case w.Rules.Templates:
		plan.Reason = WhyTemplateNeeded
	case tag:
		plan.Reason = WhyNotHuman
	}
	return plan
}

// template decides whether a template may go out. Within the window it answers; outside it is the shop that begins, which needs a
// consent. A template that the provider has re-classed is not the one that was chosen.
func (p Planning) template(w Way, t Template, plan Plan) Plan {
	_, open := w.window(p.Now)
	plan.Form, plan.Reason, plan.Charged = FormTemplate, WhyTemplate, t.Category
	switch {
	case t.Status != TemplateApproved:
		plan.Form, plan.Reason = FormHold, WhyTemplateRefused
	case t.Category != CategoryUtility && (t.Category != CategoryMarketing || p.Draft.Purpose != ForMarketing):
		plan.Form, plan.Reason = FormHold, WhyTemplateCategory
	case !open && p.Draft.Purpose == ForConversation && !agreed(p.Consents, w.Address, ForConversation):
		plan.Form, plan.Reason = FormHold, WhyNoConsent
	}
	return plan
}

// priced adds what the plan costs by the merchant's list, and holds it when the shop's limit would be passed. A price in another
// currency than the limit's can't be counted against it.
func (p Planning) priced(w Way, plan Plan) Plan {
	if plan.Form != FormTemplate {
		plan.Charged = CategoryService
	}
	price, listed := w.Account.Prices[plan.Charged]
	if w.Address.FreeUntil > p.Now || !listed && plan.Form != FormTemplate {
		return plan
	}
	plan.Paid = !listed || price.Amount > 0
	if !plan.Paid || !listed {
		return plan
	}
	plan.Cost = &price
	if p.Cap.allows(p.Spent, price) {
		return plan
	}
	plan.Form, plan.Reason, plan.Until, plan.Away = FormHold, WhyCap, 0, false
	return plan
}

// allows tells whether a limit leaves room for one more cost.
func (limit *Money) allows(spent int64, cost Money) bool {
	return limit == nil || limit.Currency != cost.Currency || spent+cost.Amount <= limit.Amount
}
