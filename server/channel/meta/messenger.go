package meta

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// messenger is the adapter of Messenger, and of channels that speak its dialect.
type messenger struct {
	*Platform
	dialect
}

// dialect is in what such channels differ.
type dialect struct {
	events
	rules    chat.ChannelRules
	pace     channel.Pace
	text     int // most of a text, as size counts
	size     func(r rune) int
	files    func(contentType string) (fileType, bool)
	upload   bool                      // files go inside of the request; else by a link to them
	metadata bool                      // what we give with a message comes back in its echo
	profile  string                    // fields of a person
	self     func(chat.Account) string // fields of the account
	webhooks func(chat.Account) webhookFields
	scopes   []string // permissions that are needed
	links    func(Options) string
	node     func(o Options, a chat.Account) (base, id string) // where an account's requests go
}

// Messenger gives the adapter of Messenger.
func (p *Platform) Messenger() channel.Adapter {
	return messenger{p, dialect{
		events: messengerEvents,
		rules: chat.ChannelRules{
			Channel: chat.ChannelMessenger, Provider: chat.ProviderMeta,
			Window: customerWindow, Human: humanWindow, Templates: true, Typing: true, Links: true, Refs: true,
		},
		pace: channel.Pace{PerSecond: 300},
		text: 2000, size: units, files: messengerFiles, upload: true, metadata: true,
		profile:  "first_name,last_name",
		self:     func(chat.Account) string { return "id,name" },
		webhooks: func(chat.Account) webhookFields { return pageFields() },
		scopes:   []string{"pages_messaging", "pages_manage_metadata"},
		links:    func(o Options) string { return o.MessengerLinks },
		node:     func(_ Options, a chat.Account) (string, string) { return "", a.ExternalID },
	}}
}

// webhookFields are what webhooks are asked for.
type webhookFields struct {
	needed []string
	wished []string // asked for too, unless the provider refuses them: they are younger, or not for everybody
}

// pageFields are those of pages. https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
func pageFields() webhookFields {
	return webhookFields{
		needed: []string{
			"messages", "messaging_postbacks", "message_reads", "message_deliveries", "message_echoes", "messaging_referrals",
			"messaging_optins", "message_reactions",
		},
		wished: []string{"message_edits", "messaging_handovers", "standby", "messaging_policy_enforcement"},
	}
}

const humanWindow = 7 * 24 * time.Hour

var (
	_ channel.Adapter   = messenger{}
	_ channel.Fetcher   = messenger{}
	_ channel.Profiler  = messenger{}
	_ channel.Seer      = messenger{}
	_ channel.Connector = messenger{}
	_ channel.Templater = messenger{}
	_ channel.Pacer     = messenger{}
)

// Rules implements channel.Adapter.
func (m messenger) Rules() chat.ChannelRules { return m.rules }

// Pace implements channel.Pacer.
func (m messenger) Pace() channel.Pace { return m.pace }

// Parts implements channel.Adapter.
func (m messenger) Parts(e chat.Envelope) (int, error) {
	parts, err := m.render(e)
	return len(parts), err
}

// Link implements channel.Adapter. The code goes beside the draft, where it can't be changed; on some phones it gets lost there, so the
// draft has it too.
func (m messenger) Link(a chat.Account, text, code string) string {
	if a.Handle == "" {
		return ""
	}
	l := m.links(m.o) + "/" + url.PathEscape(a.Handle) + "?ref=" + escape(code)
	if text != "" {
		l += "&text=" + escape(text)
	}
	return l
}

// to begins a call about the account.
func (m messenger) to(a chat.Account, app chat.ProviderApp, method, what string) call {
	base, id := m.node(m.o, a)
	p := url.PathEscape(id)
	if what != "" {
		p += "/" + what
	}
	return call{method: method, base: base, path: p, account: a, app: app, verdict: messengerVerdict}
}

// Send implements channel.Adapter.
func (m messenger) Send(ctx context.Context, e chat.Envelope, n int) (chat.Accepted, error) {
	p, err := pick(m.render, e, n)
	if err != nil {
		return chat.Accepted{}, err
	}
	if e.To.UserID == "" {
		return chat.Accepted{}, &chat.SendError{Class: chat.SendUnreachable, Code: "no_recipient", Detail: "no id is known"}
	}
	if m.metadata {
		p.body["metadata"] = callback(e, n)
	}
	body := m.kindOf(e)
	body["recipient"], body["message"] = object{"id": e.To.UserID}, p.body
	if n == 0 && e.ReplyTo != "" {
		body["reply_to"] = object{"mid": e.ReplyTo}
	}
	c := m.to(e.Account, e.App, http.MethodPost, "messages")
	c.body, c.harm = body, true
	if p.file != nil {
		f, err := m.open(ctx, *p.file)
		if err != nil {
			return chat.Accepted{}, err
		}
		defer func() { _ = f.Close() }() // it was only read
		if c.form, err = fileForm(body, *p.file, f); err != nil {
			return chat.Accepted{}, err
		}
	}
	var answer struct {
		Recipient ident `json:"recipient_id"`
		ID        ident `json:"message_id"`
	}
	if err := m.do(ctx, c, &answer); err != nil {
		return chat.Accepted{}, err
	}
	if answer.ID == "" {
		return chat.Accepted{}, channel.Lost(errors.New("the answer has no id"), true)
	}
	out := chat.Accepted{ProviderID: string(answer.ID), UserID: string(answer.Recipient)}
	if answer.Recipient != "" {
		out.Keys = []string{m.key + string(answer.Recipient)}
	}
	return out, nil
}

// kindOf says as what a message goes out: as an answer, as a person's late answer, or as a template.
// https://developers.facebook.com/docs/messenger-platform/send-messages#messaging_types
func (messenger) kindOf(e chat.Envelope) object {
	switch {
	case e.Use != nil:
		return object{"messaging_type": "UTILITY"}
	case e.Form == chat.FormHuman:
		return object{"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
	}
	return object{"messaging_type": "RESPONSE"}
}

// Fetch implements channel.Fetcher. Files have an address of their own, which needs no token and gets none.
func (m messenger) Fetch(ctx context.Context, _ chat.Account, _ chat.ProviderApp, ref chat.MediaRef) (io.ReadCloser, error) {
	r, err := m.download(ctx, ref.URL, "")
	if err != nil {
		return nil, err
	}
	return check(r, ref.SHA256), nil
}

// Profile implements channel.Profiler.
func (m messenger) Profile(ctx context.Context, a chat.Account, app chat.ProviderApp, p chat.Person) (chat.Person, error) {
	var answer struct {
		Name     word `json:"name"`
		First    word `json:"first_name"`
		Last     word `json:"last_name"`
		Username word `json:"username"`
	}
	c := m.to(a, app, http.MethodGet, "")
	c.path, c.query = url.PathEscape(p.UserID), url.Values{"fields": {m.profile}}
	if err := m.do(ctx, c, &answer); err != nil {
		return p, err
	}
	full := strings.TrimSpace(string(answer.First) + " " + string(answer.Last))
	p.Name, p.Username = first(string(answer.Name), full, p.Name), first(string(answer.Username), p.Username)
	return p, nil
}

// Seen implements channel.Seer.
func (m messenger) Seen(ctx context.Context, a chat.Account, app chat.ProviderApp, to chat.Address, _ string, typing bool) error {
	actions := []string{"mark_seen"}
	if typing {
		actions = append(actions, "typing_on")
	}
	for _, action := range actions {
		c := m.to(a, app, http.MethodPost, "messages")
		c.body = object{"recipient": object{"id": to.UserID}, "sender_action": action}
		if err := m.do(ctx, c, &struct{}{}); err != nil {
			return err
		}
	}
	return nil
}
