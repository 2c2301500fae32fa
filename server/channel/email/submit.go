package email

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// server is the mail server that takes our e-mails.
type server struct {
	host, port     string
	tls            bool // from the first byte on; else by STARTTLS, where it is offered
	user, password string
	config         *tls.Config // nil: as usual; for tests
}

const (
	connectWithin = 15 * time.Second
	goodbyeWithin = 2 * time.Second
)

// submit hands a message over. Until the point at its end is sent, nothing has been taken; after that, only the server's answer tells.
func (s server) submit(ctx context.Context, from, to string, m io.WriterTo) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.leave()
	if err := c.Mail(angled(from)); err != nil {
		return refusal(err, atSender)
	}
	if err := c.Rcpt(angled(to)); err != nil {
		return refusal(err, atRecipient)
	}
	w, err := c.Data()
	if err != nil {
		return refusal(err, atContent)
	}
	if _, err := m.WriteTo(w); err != nil {
		return refusal(err, atContent)
	}
	if err := w.Close(); err != nil {
		return refusal(err, atEnd)
	}
	return nil
}

// angled writes an address as RFC 5321 §4.1.2 wants it.
func angled(address string) string { return (&netmail.Address{Address: address}).String() }

// session is a connection to the server.
type session struct {
	*smtp.Client
	conn   net.Conn
	forget func() bool
}

// leave says goodbye and hangs up. Whether the goodbye is heard changes nothing.
func (c *session) leave() {
	if c.conn.SetDeadline(time.Now().Add(goodbyeWithin)) == nil {
		_ = c.Quit()
	}
	c.hangUp()
}

func (c *session) hangUp() {
	c.forget()
	_ = c.conn.Close()
}

// connect greets the server and proves who we are. When ctx ends, so does the connection.
func (s server) connect(ctx context.Context) (*session, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, refusal(err, atGreeting)
	}
	c := &session{conn: conn, forget: context.AfterFunc(ctx, func() { _ = conn.Close() })} // whatever waits for the server then fails
	if c.Client, err = s.greet(conn); err != nil {
		c.hangUp()
		return nil, refusal(err, atGreeting)
	}
	return c, nil
}

func (s server) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	address := net.JoinHostPort(s.host, s.port)
	if s.tls {
		return (&tls.Dialer{Config: s.tlsConfig()}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func (s server) tlsConfig() *tls.Config {
	if s.config != nil {
		return s.config
	}
	return &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
}

func (s server) greet(conn net.Conn) (*smtp.Client, error) {
	if err := conn.SetDeadline(time.Now().Add(connectWithin)); err != nil {
		return nil, err
	}
	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return nil, err
	}
	if err := c.Hello("localhost"); err != nil { // RFC 5321 §4.1.4 lets a client without a name of its own say anything
		return nil, err
	}
	if offered, _ := c.Extension("STARTTLS"); offered && !s.tls {
		if err := c.StartTLS(s.tlsConfig()); err != nil {
			return nil, err
		}
	}
	if s.user != "" {
		if err := s.prove(c); err != nil {
			return nil, err
		}
	}
	return c, conn.SetDeadline(time.Time{}) // from here on ctx limits it
}

// prove logs in. The library refuses to tell a password to a server that is not on this machine when nothing hides it from others.
func (s server) prove(c *smtp.Client) error {
	_, ways := c.Extension("AUTH")
	if strings.Contains(ways, "PLAIN") || !strings.Contains(ways, "LOGIN") {
		return c.Auth(smtp.PlainAuth("", s.user, s.password, s.host, false))
	}
	return c.Auth(smtp.LoginAuth(s.user, s.password, s.host, false))
}

// stage is how far a submission has got.
type stage int

const (
	atGreeting stage = iota
	atSender
	atRecipient
	atContent
	atEnd // the whole message has left
)

// refusal gives what a failure at a stage means for the message: by the server's reply (RFC 5321 §4.2), else by whether anything of it
// can have been taken.
func refusal(err error, at stage) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return broken(err, at)
	}
	e := &chat.SendError{Code: "mail_refused", Provider: providerCode(reply), Detail: reply.Msg}
	status := enhanced(reply.Msg)
	switch {
	case reply.Code/100 == 4:
		e.Class, e.Code = chat.SendRetry, "mail_later"
	case at == atGreeting && (reply.Code == 530 || reply.Code == 534 || reply.Code == 535 || reply.Code == 538):
		e.Class, e.Code = chat.SendReconnect, "mail_login"
	case at == atGreeting:
		e.Class, e.Code = chat.SendRetry, "mail_later"
	case at == atSender:
		e.Class, e.Code = chat.SendStopAccount, "mail_sender"
	case at == atRecipient && !strings.HasPrefix(status, "5.7."): // 5.7: a matter of policy, RFC 3463 §3.8
		e.Class, e.Code = chat.SendUnreachable, "no_mailbox"
	default:
		e.Class = chat.SendGiveUp
	}
	return e
}

// broken gives what an end of the connection means. A server that cannot be understood is as good as none.
func broken(err error, at stage) error {
	if _, bad := errors.AsType[*tls.CertificateVerificationError](err); bad {
		return &chat.SendError{Class: chat.SendReconnect, Code: "mail_certificate", Detail: "the mail server's certificate is not valid"}
	}
	if errors.Is(err, smtp.ErrUnencrypted) {
		return &chat.SendError{Class: chat.SendReconnect, Code: "mail_login", Detail: "the mail server offers no encryption"}
	}
	return channel.Lost(err, at == atEnd)
}

func providerCode(reply *textproto.Error) string {
	code := strconv.Itoa(reply.Code)
	if status := enhanced(reply.Msg); status != "" {
		code += " " + status
	}
	return code
}

// enhanced finds the status code at the beginning of a reply's text: RFC 2034.
func enhanced(msg string) string {
	word, _, _ := strings.Cut(msg, " ")
	if parts := strings.Split(word, "."); len(parts) == 3 && len(word) <= 9 && strings.Trim(word, "0123456789.") == "" {
		return word
	}
	return ""
}
