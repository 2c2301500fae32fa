package chat

import (
	"fmt"
	"testing"
	"time"
)

// A whole grid of plans: whatever the clock, channel, consent, window, presence and kind of message, these must hold.

const (
	gridPhone = "+34600000001"
	gridMail  = "mara@marl.example"
)

var gridRules = map[Channel]ChannelRules{
	ChannelWhatsApp:  {Channel: ChannelWhatsApp, Window: 24 * time.Hour, Templates: true, Unasked: true},
	ChannelMessenger: {Channel: ChannelMessenger, Window: 24 * time.Hour, Human: 7 * 24 * time.Hour},
	ChannelEmail:     {Channel: ChannelEmail, Unasked: true},
}

func way(ch Channel, last Millis) Way {
	return Way{
		Address: Address{
			ID: AddressID("adr_" + ch), Channel: ch, Account: AccountID("acc_" + ch), Keys: []string{"key:" + string(ch)},
			Phone: gridPhone, UserID: gridMail, LastInboundAt: last,
		},
		Account: Account{ID: AccountID("acc_" + ch), Channel: ch, State: AccountActive, HumanAgent: true},
		Rules:   gridRules[ch],
	}
}

func utility(ch Channel) *Template {
	return &Template{ID: "tpl_1", Account: AccountID("acc_" + ch), Name: "answer", Category: CategoryUtility, Status: TemplateApproved}
}

func yes(ch Channel, purpose ConsentPurpose, at Millis) Consent {
	return Consent{Channel: ch, Value: gridPhone, Purpose: purpose, Granted: true, At: at}
}

var day = Millis(24 * time.Hour / time.Millisecond)

func planning(ways ...Way) Planning {
	return Planning{
		Now: At(noon), Presence: Gone, Ways: ways, Order: []Channel{ChannelWhatsApp, ChannelMessenger, ChannelEmail},
		Draft: Planned{By: AuthorAgent, Purpose: ForConversation},
	}
}

func TestAPlanSaysWhereInWhichFormAndWhy(t *testing.T) {
	now := At(noon)
	hour := Millis(time.Hour / time.Millisecond)
	for _, c := range []struct {
		name   string
		p      func() Planning
		form   Form
		ch     Channel
		reason Reason
	}{
		{"who is on the site reads it there", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Presence = Here
			return p
		}, FormWeb, ChannelWeb, WhyHere},
		{"of whom nothing is known, the message waits", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Presence = Unknown
			return p
		}, FormHold, "", WhyUnknown},
		{"who has no other address reads it on the site some day", func() Planning { return planning() }, FormWeb, ChannelWeb, WhyOnWeb},
		{"who is gone and wrote within a day gets it as it was written", func() Planning {
			return planning(way(ChannelWhatsApp, now-hour))
		}, FormFree, ChannelWhatsApp, WhyWindowOpen},
		{"a window is two minutes shorter than the provider's", func() Planning {
			return planning(way(ChannelWhatsApp, now-day+Millis(time.Minute/time.Millisecond)))
		}, FormHold, ChannelWhatsApp, WhyTemplateNeeded},
		{"a route that allows free text needs no presence", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour), way(ChannelEmail, now))
			p.Route, p.Presence, p.Order = "adr_whatsapp", Here, []Channel{ChannelEmail}
			return p
		}, FormFree, ChannelWhatsApp, WhyWindowOpen},
		{"a route whose window is closed is left for the next way of the shop's order", func() Planning {
			p := planning(way(ChannelWhatsApp, now-2*day), way(ChannelEmail, now))
			p.Route = "adr_whatsapp"
			return p
		}, FormFree, ChannelEmail, WhyNoWindow},
		{"a route is left for the site when they are there", func() Planning {
			p := planning(way(ChannelWhatsApp, now-2*day), way(ChannelEmail, now))
			p.Route, p.Presence = "adr_whatsapp", Here
			return p
		}, FormWeb, ChannelWeb, WhyHere},
		{"where nothing is allowed, the route's own reason is told", func() Planning {
			p := planning(way(ChannelWhatsApp, 0), way(ChannelMessenger, now-8*day))
			p.Route = "adr_messenger"
			return p
		}, FormHold, ChannelMessenger, WhyWindowClosed},
		{"a way that is held is passed over", func() Planning {
			return planning(way(ChannelWhatsApp, 0), way(ChannelMessenger, now-hour))
		}, FormFree, ChannelMessenger, WhyWindowOpen},
		{"people's answers may use the human agent's tag for a week", func() Planning {
			return planning(way(ChannelMessenger, now-6*day))
		}, FormHuman, ChannelMessenger, WhyHumanTag},
		{"a bot's may not", func() Planning {
			p := planning(way(ChannelMessenger, now-6*day))
			p.Draft.By = AuthorBot
			return p
		}, FormHold, ChannelMessenger, WhyNotHuman},
		{"nor may anybody's where the app has no such right", func() Planning {
			w := way(ChannelMessenger, now-6*day)
			w.Account.HumanAgent = false
			return planning(w)
		}, FormHold, ChannelMessenger, WhyWindowClosed},
		{"nor may marketing", func() Planning {
			p := planning(way(ChannelMessenger, now-6*day))
			p.Draft.Purpose, p.Consents = ForMarketing, []Consent{yes(ChannelMessenger, ForMarketing, 1)}
			return p
		}, FormHold, ChannelMessenger, WhyNotHuman},
		{"the shop's own template goes out by itself, given consent", func() Planning {
			w := way(ChannelWhatsApp, now-2*day)
			w.Away = utility(ChannelWhatsApp)
			p := planning(w)
			p.Consents = []Consent{yes(ChannelWhatsApp, ForConversation, 1)}
			return p
		}, FormTemplate, ChannelWhatsApp, WhyTemplate},
		{"and not without", func() Planning {
			w := way(ChannelWhatsApp, now-2*day)
			w.Away = utility(ChannelWhatsApp)
			return planning(w)
		}, FormHold, ChannelWhatsApp, WhyNoConsent},
		{"a consent that was taken back is none", func() Planning {
			w := way(ChannelWhatsApp, now-2*day)
			w.Away = utility(ChannelWhatsApp)
			p := planning(w)
			p.Consents = []Consent{yes(ChannelWhatsApp, ForConversation, 1), {Channel: ChannelWhatsApp, Value: gridPhone, Purpose: ForConversation, At: 2}}
			return p
		}, FormHold, ChannelWhatsApp, WhyNoConsent},
		{"a consent for another channel is none", func() Planning {
			p := planning(way(ChannelEmail, 0))
			p.Consents = []Consent{yes(ChannelWhatsApp, ForConversation, 1)}
			return p
		}, FormHold, ChannelEmail, WhyNoConsent},
		{"who has left a number and never wrote can be written to, given consent", func() Planning {
			p := planning(way(ChannelEmail, 0))
			p.Consents = []Consent{yes(ChannelEmail, ForConversation, 1)}
			return p
		}, FormFree, ChannelEmail, WhyNoWindow},
		{"not even where the channel has no window", func() Planning {
			w := way(ChannelEmail, 0)
			w.Rules.Unasked = false
			p := planning(w)
			p.Consents = []Consent{yes(ChannelEmail, ForConversation, 1)}
			return p
		}, FormHold, ChannelEmail, WhyWindowClosed},
		{"not where the channel lets nobody begin", func() Planning {
			p := planning(way(ChannelMessenger, 0))
			p.Consents = []Consent{yes(ChannelMessenger, ForConversation, 1)}
			return p
		}, FormHold, ChannelMessenger, WhyWindowClosed},
		{"a template that an agent chose goes out within the window too, without consent", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Template = utility(ChannelWhatsApp)
			return p
		}, FormTemplate, ChannelWhatsApp, WhyTemplate},
		{"a template of another account is none", func() Planning {
			p := planning(way(ChannelWhatsApp, now-2*day))
			p.Draft.Template = utility(ChannelMessenger)
			return p
		}, FormHold, ChannelWhatsApp, WhyTemplateNeeded},
		{"a paused template is refused", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Template = utility(ChannelWhatsApp)
			p.Draft.Template.Status = TemplatePaused
			return p
		}, FormHold, ChannelWhatsApp, WhyTemplateRefused},
		{"one that the provider has made marketing is not what was chosen", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Template = utility(ChannelWhatsApp)
			p.Draft.Template.Was, p.Draft.Template.Category = CategoryUtility, CategoryMarketing
			return p
		}, FormHold, ChannelWhatsApp, WhyTemplateCategory},
		{"marketing needs its own consent", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Purpose, p.Consents = ForMarketing, []Consent{yes(ChannelWhatsApp, ForConversation, 1)}
			return p
		}, FormHold, ChannelWhatsApp, WhyNoConsent},
		{"and the provider's switch turns it off", func() Planning {
			w := way(ChannelWhatsApp, now-hour)
			w.Address.NoMarketingAt = 1
			p := planning(w)
			p.Draft.Purpose, p.Consents = ForMarketing, []Consent{yes(ChannelWhatsApp, ForMarketing, 1)}
			return p
		}, FormHold, ChannelWhatsApp, WhyNoMarketing},
		{"news of an order needs consent for it even within the window", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Purpose = ForOrderUpdates
			return p
		}, FormHold, ChannelWhatsApp, WhyNoConsent},
		{"what tells of an order waits until it is sure who is there", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Draft.Private = true
			return p
		}, FormHold, ChannelWhatsApp, WhyUnconfirmed},
		{"who said STOP gets nothing", func() Planning {
			w := way(ChannelWhatsApp, now-hour)
			w.Address.StoppedAt = 1
			return planning(w)
		}, FormHold, ChannelWhatsApp, WhyStopped},
		{"where nothing can be sent, nothing is", func() Planning {
			w := way(ChannelWhatsApp, now-hour)
			w.Address.UnreachableAt = 1
			return planning(w)
		}, FormHold, ChannelWhatsApp, WhyUnreachable},
		{"an account with a problem sends nothing", func() Planning {
			w := way(ChannelWhatsApp, now-hour)
			w.Account.State = AccountAttention
			return planning(w)
		}, FormHold, ChannelWhatsApp, WhyAccount},
		{"a window that the provider calls closed is", func() Planning {
			w := way(ChannelWhatsApp, now-hour)
			w.Closed = FormFree
			return planning(w)
		}, FormHold, ChannelWhatsApp, WhyTemplateNeeded},
		{"a closed window leaves the human agent's tag", func() Planning {
			w := way(ChannelMessenger, now-hour)
			w.Closed = FormFree
			return planning(w)
		}, FormHuman, ChannelMessenger, WhyHumanTag},
		{"unless that was refused too", func() Planning {
			w := way(ChannelMessenger, now-hour)
			w.Closed = FormHuman
			return planning(w)
		}, FormHold, ChannelMessenger, WhyWindowClosed},
		{"an agent's choice needs no presence", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour), way(ChannelEmail, now-hour))
			p.Asked, p.Presence = "adr_email", Unknown
			return p
		}, FormFree, ChannelEmail, WhyNoWindow},
		{"an agent's choice of nobody's address is none", func() Planning {
			p := planning(way(ChannelWhatsApp, now-hour))
			p.Asked = "adr_other"
			return p
		}, FormHold, "", WhyNoAddress},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := PlanSend(c.p())
			if got.Form != c.form || got.Channel != c.ch || got.Reason != c.reason {
				t.Fatalf("plan is %s on %q because %s; want %s on %q because %s", got.Form, got.Channel, got.Reason, c.form, c.ch, c.reason)
			}
		})
	}
}

func TestTheShopsLimitHoldsWhatWouldPassIt(t *testing.T) {
	w := way(ChannelWhatsApp, At(noon)-10)
	w.Account.Prices = Prices{CategoryService: {Amount: 40, Currency: "EUR"}}
	p := planning(w)
	p.Cap, p.Spent = &Money{Amount: 100, Currency: "EUR"}, 60
	if got := PlanSend(p); got.Form != FormFree || !got.Paid || got.Cost == nil || got.Cost.Amount != 40 || got.Charged != CategoryService {
		t.Fatalf("just within the limit: %+v", got)
	}
	p.Spent = 61
	if got := PlanSend(p); got.Form != FormHold || got.Reason != WhyCap || got.Until != 0 {
		t.Fatalf("over the limit: %+v", got)
	}
	p.Ways[0].Address.FreeUntil = p.Now + 1
	if got := PlanSend(p); got.Form != FormFree || got.Paid || got.Cost != nil {
		t.Fatalf("at a free entry point nothing costs: %+v", got)
	}
}

func TestUntilIsTheWindowsEndLessTheMargin(t *testing.T) {
	last := At(noon) - 1000
	got := PlanSend(planning(way(ChannelWhatsApp, last)))
	if want := last.Add(24*time.Hour - WindowMargin); got.Until != want {
		t.Fatalf("until %d, want %d", got.Until, want)
	}
}

// TestWhateverIsPlannedTheseHold goes through every combination and checks what may never happen.
func TestWhateverIsPlannedTheseHold(t *testing.T) {
	now := At(noon)
	n := 0
	for g := range grid() {
		p := g.planning(now)
		plan := PlanSend(p)
		n++
		if bad := g.broken(p, plan); bad != "" {
			t.Fatalf("%s\n%+v\nplan %+v", bad, g, plan)
		}
		if again := PlanSend(p); fmt.Sprint(again) != fmt.Sprint(plan) {
			t.Fatalf("planned twice, got two plans: %+v, %+v", plan, again)
		}
	}
	t.Logf("%d combinations", n)
}

type gridCell struct {
	ch       Channel
	age      time.Duration // since their last word; 0: they never wrote
	presence Presence
	purpose  ConsentPurpose
	by       AuthorKind
	consent  ConsentPurpose
	template string // "", "given", "away", "paused", "marketing"
	route    bool
	private  bool
	barred   string // "", "stopped", "unreachable", "account", "no marketing"
	second   bool   // another way, e-mail, whose person wrote just now
}

func grid() func(func(gridCell) bool) {
	return func(yield func(gridCell) bool) {
		for i := range 3 * 5 * 3 * 3 * 3 * 4 * 5 * 2 * 2 * 5 * 2 {
			pick := func(n int) int { k := i % n; i /= n; return k }
			if !yield(gridCell{
				ch:       []Channel{ChannelWhatsApp, ChannelMessenger, ChannelEmail}[pick(3)],
				age:      []time.Duration{0, time.Hour, 24*time.Hour - time.Minute, 6 * 24 * time.Hour, 9 * 24 * time.Hour}[pick(5)],
				presence: []Presence{Here, Gone, Unknown}[pick(3)],
				purpose:  []ConsentPurpose{ForConversation, ForOrderUpdates, ForMarketing}[pick(3)],
				by:       []AuthorKind{AuthorAgent, AuthorBot, AuthorPlugin}[pick(3)],
				consent:  []ConsentPurpose{"", ForConversation, ForOrderUpdates, ForMarketing}[pick(4)],
				template: []string{"", "given", "away", "paused", "marketing"}[pick(5)],
				route:    pick(2) == 1,
				private:  pick(2) == 1,
				barred:   []string{"", "stopped", "unreachable", "account", "no marketing"}[pick(5)],
				second:   pick(2) == 1,
			}) {
				return
			}
		}
	}
}

func (g gridCell) planning(now Millis) Planning {
	w := way(g.ch, 0)
	if g.age > 0 {
		w.Address.LastInboundAt = now.Add(-g.age)
	}
	switch g.barred {
	case "stopped":
		w.Address.StoppedAt = 1
	case "unreachable":
		w.Address.UnreachableAt = 1
	case "account":
		w.Account.State = AccountOff
	case "no marketing":
		w.Address.NoMarketingAt = 1
	}
	p := planning(w)
	t := utility(g.ch)
	switch g.template {
	case "given":
		p.Draft.Template = t
	case "away":
		p.Ways[0].Away = t
	case "paused":
		t.Status = TemplatePaused
		p.Draft.Template = t
	case "marketing":
		t.Category = CategoryMarketing
		p.Draft.Template = t
	}
	p.Presence, p.Draft.Purpose, p.Draft.By, p.Draft.Private = g.presence, g.purpose, g.by, g.private
	if g.consent != "" {
		p.Consents = []Consent{yes(g.ch, g.consent, 1)}
	}
	if g.route {
		p.Route = w.Address.ID
	}
	if g.second {
		other := way(ChannelEmail, now-1)
		other.Address.ID = "adr_second"
		p.Ways = append(p.Ways, other)
	}
	return p
}

// broken says which rule a plan breaks.
func (g gridCell) broken(p Planning, plan Plan) string {
	sends := plan.Form != FormHold && plan.Form != FormWeb
	if !sends {
		return g.idle(plan)
	}
	var w Way
	for _, w = range p.Ways {
		if w.Address.ID == plan.Address {
			break
		}
	}
	age := time.Duration(0)
	if w.Address.LastInboundAt != 0 {
		age = time.Duration(p.Now-w.Address.LastInboundAt) * time.Millisecond
	}
	asked := age == 0 || w.Rules.Window != 0 && age > w.Rules.Window
	for rule, is := range map[string]bool{
		"free text outside the window":           plan.Form == FormFree && w.Rules.Window != 0 && (age == 0 || age > w.Rules.Window-WindowMargin),
		"the tag of people's answers for others": plan.Form == FormHuman && (g.by != AuthorAgent || g.purpose == ForMarketing || age > w.Rules.Human),
		"something after STOP":                   w.Address.StoppedAt != 0,
		"something to who can't be reached":      w.Address.UnreachableAt != 0,
		"something from an account that is off":  w.Account.State != AccountActive,
		"marketing to who wants none":            g.purpose == ForMarketing && w.Address.NoMarketingAt != 0,
		"marketing without consent":              g.purpose == ForMarketing && g.consent != ForMarketing,
		"news of orders without consent":         g.purpose == ForOrderUpdates && g.consent != ForOrderUpdates,
		"beginning without any consent":          asked && plan.Form != FormHuman && g.consent == "",
		"private words to nobody knows whom":     g.private && !w.Address.Confirmed(),
		"leaving the site without being gone":    !g.route && g.presence != Gone,
		"leaving the route without being gone":   g.route && plan.Address != p.Route && g.presence != Gone,
		"a template by itself without presence":  plan.Away && g.presence != Gone,
		"a template that is not configured":      plan.Form == FormTemplate && g.template != "given" && g.template != "away" && g.template != "marketing",
		"a marketing template for something else": plan.Form == FormTemplate && g.template == "marketing" && g.purpose != ForMarketing &&
			plan.Address != "adr_second",
		"a form without a reason": plan.Reason == "",
	} {
		if is {
			return rule
		}
	}
	return ""
}

func (g gridCell) idle(plan Plan) string {
	switch {
	case plan.Reason == "":
		return "nothing is sent, and nobody knows why"
	case plan.Form == FormWeb && g.presence != Here:
		return "it stays on the web though there is another way"
	case plan.Form == FormHold && plan.Cost != nil && plan.Reason != WhyCap:
		return "a price for nothing"
	case plan.Form == FormHold && g.presence == Gone && g.second && !g.private && g.purpose == ForConversation:
		return "held though another way is open"
	}
	return ""
}
