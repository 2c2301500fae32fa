package chat

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// HandoffSettings say how a shop's conversations go along to other channels.
type HandoffSettings struct {
	Channels     []HandoffChannel         `json:"channels,omitempty"`       // offered, in the shop's order, which is the planner's too
	OfferOnLeave bool                     `json:"offer_on_leave,omitempty"` // a gentle offer to who is about to leave with an open question
	Wording      map[string]string        `json:"wording,omitempty"`        // of the consent, by language; empty: the widget's own
	Version      string                   `json:"version,omitempty"`        // of the wording: changed with it
	LeaveAfter   int                      `json:"leave_after,omitempty"`    // seconds after which an unread message may follow the shopper; 0: LeaveAfter
	Templates    map[Channel]AwayTemplate `json:"templates,omitempty"`      // what tells a shopper of an answer when the window is closed
	Cap          *Money                   `json:"cap,omitempty"`            // the most that channels may cost in a calendar month of the shop's time zone
}

// HandoffChannel is one way that the widget offers.
type HandoffChannel struct {
	Channel Channel           `json:"channel"`
	Account AccountID         `json:"account"`
	Label   map[string]string `json:"label,omitempty"` // of the button, by language; empty: the widget's own
	Link    bool              `json:"link,omitempty"`  // "Continue on …"
	Ask     bool              `json:"ask,omitempty"`   // the form for a number or address, with consent
}

// AwayTemplate is the template that goes out by itself, by language, with what stands in its places. A value may be a text with the
// words {shopper}, {shop}, {message} and {link}.
type AwayTemplate struct {
	Name   string            `json:"name"`
	Params map[string]string `json:"params,omitempty"`
	Button string            `json:"button,omitempty"` // end of the url of its first url button: usually {link}
}

// LeaveAfter is how long a message waits to be read on the site before it may follow the shopper.
const LeaveAfter = 45 * time.Second

const (
	maxHandoffChannels = 6
	maxLeaveAfter      = 3600 // seconds
	maxWording         = 1_000
)

// problems checks the settings' form. That the accounts are the shop's is found out when they are used: they may come and go.
func (h HandoffSettings) problems() (bad []Field) {
	const root = "settings.handoff."
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{root + path, message})
		}
	}
	add(len(h.Channels) <= maxHandoffChannels, "channels", "at most 6")
	seen := map[Channel]bool{}
	for i, c := range h.Channels {
		path := fmt.Sprintf("channels[%d]", i)
		add(c.Channel.away(), path+".channel", "must be whatsapp, messenger, instagram, email or sms")
		add(!seen[c.Channel], path+".channel", "is there twice")
		seen[c.Channel] = true
		add(ValidID(PrefixAccount, string(c.Account)), path+".account", "must be an account")
		for lang, text := range c.Label {
			add(language(lang) && utf8.RuneCountInString(text) <= 40, path+".label", "each must have a language and at most 40 characters")
		}
	}
	for lang, text := range h.Wording {
		add(language(lang) && utf8.RuneCountInString(text) <= maxWording, "wording", "each must have a language and at most 1,000 characters")
	}
	add(len(h.Wording) == 0 || h.Version != "", "version", "is needed with a wording of your own")
	add(utf8.RuneCountInString(h.Version) <= 40, "version", "is too long")
	add(h.LeaveAfter >= 0 && h.LeaveAfter <= maxLeaveAfter, "leave_after", "must be 0 to 3600 seconds")
	for ch, t := range h.Templates {
		path := "templates." + string(ch)
		add(ch.away(), path, "is no channel that has templates")
		add(t.Name != "" && len(t.Name) <= 512, path+".name", "is needed")
		add(len(t.Params) <= 20 && utf8.RuneCountInString(t.Button) <= 200, path+".params", "are too many or too long")
		for name, value := range t.Params {
			add(name != "" && len(name) <= 60 && utf8.RuneCountInString(value) <= 500, path+".params", "each must have a name and at most 500 characters")
		}
	}
	if h.Cap != nil {
		bad = append(bad, h.Cap.problems(root+"cap")...)
		add(h.Cap.Amount >= 0, "cap.amount", "must not be negative")
	}
	return bad
}

func language(tag string) bool {
	return tag != "" && len(tag) <= 35 && !strings.ContainsAny(tag, " \n")
}

// away tells whether the channel leads away from the site.
func (c Channel) away() bool {
	switch c {
	case ChannelWhatsApp, ChannelMessenger, ChannelInstagram, ChannelEmail, ChannelSMS:
		return true
	}
	return false
}
