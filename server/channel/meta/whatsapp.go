package meta

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// whatsApp is the adapter of WhatsApp's Cloud API.
type whatsApp struct{ *Platform }

// WhatsApp gives the adapter of WhatsApp.
func (p *Platform) WhatsApp() channel.Adapter { return whatsApp{p} }

var (
	_ channel.Adapter   = whatsApp{}
	_ channel.Fetcher   = whatsApp{}
	_ channel.Seer      = whatsApp{}
	_ channel.Connector = whatsApp{}
	_ channel.Templater = whatsApp{}
	_ channel.Pacer     = whatsApp{}
)

const customerWindow = 24 * time.Hour

// Rules implements channel.Adapter.
func (whatsApp) Rules() chat.ChannelRules {
	return chat.ChannelRules{
		Channel: chat.ChannelWhatsApp, Provider: chat.ProviderMeta,
		Window: customerWindow, Templates: true, Unasked: true, Typing: true, Links: true,
	}
}

// Pace implements channel.Pacer. A pair of number and person has 1 message in 6 s, of which 45 can be had at once.
// https://developers.facebook.com/docs/whatsapp/cloud-api/overview#throughput
func (whatsApp) Pace() channel.Pace {
	return channel.Pace{PerSecond: 80, PairBurst: 45, PairEvery: 6 * time.Second}
}

// Parts implements channel.Adapter.
func (w whatsApp) Parts(e chat.Envelope) (int, error) {
	parts, err := w.render(e)
	return len(parts), err
}

// Link implements channel.Adapter. The text is a draft, which they may change before they send it.
func (w whatsApp) Link(a chat.Account, text, code string) string {
	number := digits(a.Handle)
	if number == "" {
		return ""
	}
	return w.o.WhatsAppLinks + "/" + number + "?text=" + escape(withCode(text, code))
}

// Send implements channel.Adapter.
func (w whatsApp) Send(ctx context.Context, e chat.Envelope, n int) (chat.Accepted, error) {
	p, err := pick(w.render, e, n)
	if err != nil {
		return chat.Accepted{}, err
	}
	if err := recipient(p.body, e.To); err != nil {
		return chat.Accepted{}, err
	}
	if p.file != nil {
		id, err := w.upload(ctx, e, *p.file)
		if err != nil {
			return chat.Accepted{}, err
		}
		p.body[p.kind].(object)["id"] = id //nolint:errcheck // render makes it
	}
	p.body["messaging_product"], p.body["recipient_type"] = "whatsapp", "individual"
	p.body["biz_opaque_callback_data"] = callback(e, n)
	if n == 0 && e.ReplyTo != "" {
		p.body["context"] = object{"message_id": e.ReplyTo}
	}
	var answer waAccepted
	c := w.to(e.Account, e.App, http.MethodPost, "messages")
	c.body, c.harm = p.body, true
	if err := w.do(ctx, c, &answer); err != nil {
		return chat.Accepted{}, err
	}
	return answer.accepted()
}

// to begins a call about the account's number.
func (w whatsApp) to(a chat.Account, app chat.ProviderApp, method, what string) call {
	p := url.PathEscape(a.ExternalID)
	if what != "" {
		p += "/" + what
	}
	return call{method: method, path: p, account: a, app: app, verdict: whatsAppVerdict}
}

// pick renders a message and gives one of its parts.
func pick(render func(chat.Envelope) ([]part, error), e chat.Envelope, n int) (part, error) {
	parts, err := render(e)
	if err != nil {
		return part{}, err
	}
	if n < 0 || n >= len(parts) {
		return part{}, &chat.SendError{Class: chat.SendRejected, Code: "empty", Detail: fmt.Sprintf("the message has no part %d", n)}
	}
	return parts[n], nil
}

func callback(e chat.Envelope, part int) string { return fmt.Sprintf("%s.%d", e.Delivery, part) }

// recipient says whom a request goes to: a number with its plus, without which Meta would put the business's own country before it; or,
// where none is known, a business-scoped user id.
func recipient(body object, to chat.Address) error {
	switch number := digits(to.Phone); {
	case number != "":
		body["to"] = "+" + number
	case businessScoped.MatchString(to.UserID):
		body["recipient"] = to.UserID
	default:
		return &chat.SendError{Class: chat.SendUnreachable, Code: "no_recipient", Detail: "neither a number nor an id is known"}
	}
	return nil
}

// waAccepted is the answer to a message. It means that Meta has taken it, not that anybody has got it.
type waAccepted struct {
	Contacts []struct {
		WaID   ident `json:"wa_id"`
		UserID ident `json:"user_id"`
	} `json:"contacts"`
	Messages []struct {
		ID     ident `json:"id"`
		Status word  `json:"message_status"`
	} `json:"messages"`
}

func (a waAccepted) accepted() (chat.Accepted, error) {
	if len(a.Messages) == 0 || a.Messages[0].ID == "" {
		return chat.Accepted{}, channel.Lost(errors.New("the answer has no id"), true)
	}
	out := chat.Accepted{ProviderID: string(a.Messages[0].ID)}
	if s := a.Messages[0].Status; s != "" && s != "accepted" {
		out.Held = short(string(s))
	}
	if len(a.Contacts) > 0 {
		if p := whoIs(a.Contacts[0].WaID, a.Contacts[0].UserID).person("", ""); p != nil {
			out.Phone, out.UserID, out.Keys = p.Phone, p.UserID, p.Keys
		}
	}
	return out, nil
}

// upload gives Meta a file and gets an id for it. To do so twice does no harm: the one that nobody asks for is gone after 30 days.
func (w whatsApp) upload(ctx context.Context, e chat.Envelope, a chat.Attachment) (string, error) {
	f, err := w.open(ctx, a)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	var answer struct {
		ID ident `json:"id"`
	}
	c := w.to(e.Account, e.App, http.MethodPost, "media")
	c.form = &form{
		fields: [][2]string{{"messaging_product", "whatsapp"}, {"type", a.ContentType}},
		name:   "file", file: a.Name, kind: a.ContentType, size: a.Size, bytes: f,
	}
	if err := w.do(ctx, c, &answer); err != nil {
		return "", err
	}
	if answer.ID == "" {
		return "", &chat.SendError{Class: chat.SendRetry, Code: codeMedia, Detail: "the answer to the upload has no id"}
	}
	return string(answer.ID), nil
}

// open opens a file of ours.
func (p *Platform) open(ctx context.Context, a chat.Attachment) (io.ReadCloser, error) {
	f, err := p.o.Blobs.Open(ctx, a.ID)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, &chat.SendError{Class: chat.SendGiveUp, Code: codeMedia, Detail: "the file is gone"}
	}
	if err != nil {
		return nil, &chat.SendError{Class: chat.SendRetry, Code: codeMedia, Detail: "the file can't be read now"}
	}
	return f, nil
}

// Fetch implements channel.Fetcher. The address of a file lives for five minutes, so it is asked for each time.
func (w whatsApp) Fetch(ctx context.Context, a chat.Account, app chat.ProviderApp, ref chat.MediaRef) (io.ReadCloser, error) {
	var answer struct {
		URL    word `json:"url"`
		SHA256 word `json:"sha256"`
	}
	c := w.to(a, app, http.MethodGet, "")
	c.path, c.query = url.PathEscape(ref.ID), url.Values{"phone_number_id": {a.ExternalID}}
	if err := w.do(ctx, c, &answer); err != nil {
		return nil, err
	}
	r, err := w.download(ctx, string(answer.URL), a.Token)
	if err != nil {
		return nil, err
	}
	return check(r, ref.SHA256), nil
}

// Seen implements channel.Seer. To show that somebody types marks the message as read too.
func (w whatsApp) Seen(ctx context.Context, a chat.Account, app chat.ProviderApp, _ chat.Address, providerID string, typing bool) error {
	if providerID == "" {
		return nil
	}
	c := w.to(a, app, http.MethodPost, "messages")
	body := object{"messaging_product": "whatsapp", "status": "read", "message_id": providerID}
	if typing {
		body["typing_indicator"] = object{"type": "text"}
	}
	c.body = body
	return w.do(ctx, c, &struct{}{})
}
