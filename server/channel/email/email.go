// Package email reaches people by e-mail: one way only, as a last resort when no other channel does. A letter carries the message's
// words and the link that leads back to the chat; answers to it go to the shop's own mailbox, if it has named one, and never come in
// here.
//
// Start reading at Adapter.Send. letter.go says what an e-mail says, compose.go makes a message of it, submit.go hands it to the mail
// server and tells what became of it.
package email

import (
	"cmp"
	"context"
	"errors"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Options of an Adapter. Server and From are needed.
type Options struct {
	Server string // smtp://user:password@host:587 or smtps://…:465
	From   string // the sender of all e-mails, such as "Chat <chat@example.com>"; a shop's name stands before its address
	// FileURL gives a link to a file that works for whoever has it, for some time: files never go along.
	FileURL func(chat.Attachment) string
	// Unsubscribe gives a link that ends e-mails to the envelope's address. Nil, or empty: there is none.
	Unsubscribe func(chat.Envelope) string
	Now         func() time.Time
}

// Adapter is the channel.
type Adapter struct {
	o      Options
	server server
	from   mail.Address
	domain string // of from
}

var (
	_ channel.Adapter   = (*Adapter)(nil)
	_ channel.Connector = (*Adapter)(nil)
)

// New makes an Adapter. It fails when the settings cannot be understood; it does not connect.
func New(o Options) (*Adapter, error) {
	s, err := parseServer(o.Server)
	if err != nil {
		return nil, err
	}
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("the sender of e-mails is no address")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.FileURL == nil {
		o.FileURL = func(chat.Attachment) string { return "" }
	}
	return &Adapter{o: o, server: s, from: *from, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:]}, nil
}

func parseServer(s string) (server, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return server{}, errors.New("the mail server must be smtp://host or smtps://host") // the URL holds a password: it is not repeated
	}
	out := server{host: u.Hostname(), port: u.Port(), tls: u.Scheme == "smtps", user: u.User.Username()}
	out.password, _ = u.User.Password()
	if out.port == "" {
		out.port = map[bool]string{false: "587", true: "465"}[out.tls] // RFC 6409 and RFC 8314
	}
	return out, nil
}

// Rules implements channel.Adapter. Whoever has left an address and agreed to it can be written to at any time.
func (a *Adapter) Rules() chat.ChannelRules {
	return chat.ChannelRules{Channel: chat.ChannelEmail, Provider: chat.ProviderSMTP, Unasked: true}
}

// Pace implements channel.Pacer: what a small mail server takes without complaint. An account may have a rate of its own.
func (a *Adapter) Pace() channel.Pace { return channel.Pace{PerSecond: 5} }

// Parts implements channel.Adapter: an e-mail holds everything, but for a provider's templates, which nobody has approved here.
func (a *Adapter) Parts(e chat.Envelope) (int, error) {
	switch {
	case e.Form == chat.FormTemplate:
		return 0, &chat.SendError{Class: chat.SendRejected, Code: "template_refused", Detail: "e-mail has no templates"}
	case a.write(e).empty():
		return 0, &chat.SendError{Class: chat.SendRejected, Code: "empty", Detail: "the message says nothing"}
	}
	return 1, nil
}

// Link implements channel.Adapter. Nobody is led here by a link, since nothing is taken in.
func (a *Adapter) Link(chat.Account, string, string) string { return "" }

// Send implements channel.Adapter.
func (a *Adapter) Send(ctx context.Context, e chat.Envelope, part int) (chat.Accepted, error) {
	if n, err := a.Parts(e); err != nil || part >= n {
		return chat.Accepted{}, cmp.Or(err, error(&chat.SendError{Class: chat.SendRejected, Code: "internal", Detail: "there is no such part"}))
	}
	to, ok := recipient(e.To)
	if !ok {
		return chat.Accepted{}, &chat.SendError{Class: chat.SendUnreachable, Code: "bad_address", Detail: "this is no e-mail address"}
	}
	id := a.messageID(e)
	m, err := a.compose(e, to, id)
	if err != nil {
		return chat.Accepted{}, err
	}
	if err := a.server.submit(ctx, a.from.Address, to, m); err != nil {
		return chat.Accepted{}, err
	}
	return chat.Accepted{ProviderID: id, UserID: to}, nil
}

// recipient gives where an address's e-mails go. A name or a second address in it would be another's.
func recipient(a chat.Address) (string, bool) {
	to := a.UserID
	for _, k := range a.Keys {
		if rest, ok := strings.CutPrefix(k, "mail:"); ok && to == "" {
			to = rest
		}
	}
	parsed, err := mail.ParseAddress(to)
	if err != nil || parsed.Address != to || parsed.Name != "" || oneLine(to) != to {
		return "", false
	}
	return to, true
}

// answersTo gives the mailbox of the shop's own that an account names.
func answersTo(a chat.Account) (*mail.Address, bool) {
	to, err := mail.ParseAddress(a.Handle)
	return to, err == nil && oneLine(to.Address) == to.Address
}

// Check implements channel.Connector: it greets the mail server and proves who we are, and sends nothing.
func (a *Adapter) Check(ctx context.Context, account chat.Account, _ chat.ProviderApp) []chat.Check {
	server := chat.Check{Name: "account", State: "ok"}
	c, err := a.server.connect(ctx)
	if err == nil {
		c.leave()
	}
	if e, ok := errors.AsType[*chat.SendError](err); ok {
		server = chat.Check{Name: "account", State: "failed", Code: e.Code, Detail: e.Detail}
	}
	if _, ok := answersTo(account); !ok {
		return []chat.Check{server, {Name: "answers", State: "warning", Code: "no_mailbox"}}
	}
	return []chat.Check{server, {Name: "answers", State: "ok"}}
}

// Subscribe implements channel.Connector: there are no webhooks.
func (a *Adapter) Subscribe(context.Context, chat.Account, chat.ProviderApp) error { return nil }
