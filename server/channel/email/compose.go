package email

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// messageID names a delivery's e-mail: the same each time it is tried, so that one which comes twice is shown once by most who read it.
func (a *Adapter) messageID(e chat.Envelope) string { return string(e.Delivery) + "@" + a.domain }

// thread names a conversation. No e-mail has this id, but all of the conversation refer to it, which keeps them together: RFC 5322
// §3.6.4. The conversation's own id is not told.
func (a *Adapter) thread(e chat.Envelope) string {
	about := string(e.To.Conversation)
	if about == "" {
		about = string(e.To.ID)
	}
	h := sha256.Sum256([]byte("thread " + about))
	return hex.EncodeToString(h[:16]) + "@" + a.domain
}

// refer places the e-mail in its conversation, behind the one that it answers, if that was one of ours.
func (a *Adapter) refer(m *mail.Msg, e chat.Envelope) {
	thread := "<" + a.thread(e) + ">"
	if answered, ok := strings.CutSuffix(e.ReplyTo, "@"+a.domain); ok && chat.ValidID(chat.PrefixDelivery, answered) {
		m.SetGenHeader(mail.HeaderInReplyTo, "<"+e.ReplyTo+">")
		m.SetGenHeader(mail.HeaderReferences, thread+" <"+e.ReplyTo+">")
		return
	}
	m.SetGenHeader(mail.HeaderInReplyTo, thread)
	m.SetGenHeader(mail.HeaderReferences, thread)
}

// compose makes the message.
func (a *Adapter) compose(e chat.Envelope, to, id string) (*mail.Msg, error) {
	l := a.write(e)
	page, err := l.html()
	if err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	from := a.from
	if name := oneLine(e.Shop); name != "" {
		from.Name = name
	}
	m.FromMailAddress(&from)
	m.ToMailAddress(&netmail.Address{Address: to})
	if box, ok := answersTo(e.Account); ok {
		m.ReplyToMailAddress(&netmail.Address{Name: oneLine(e.Shop), Address: box.Address})
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(a.o.Now())
	m.SetMessageIDWithValue(id)
	a.refer(m, e)
	if !e.Human {
		// RFC 3834 §5: what a bot says is automatic. What an agent has written is not, and a server that thinks so may hide it.
		m.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	if l.Stop != "" {
		m.SetListUnsubscribe(l.Stop)
	}
	m.SetBodyString(mail.TypeTextPlain, l.text())
	m.AddAlternativeString(mail.TypeTextHTML, page)
	return m, nil
}
