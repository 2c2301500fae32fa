package meta

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// events reads the webhooks of Messenger and of whatever speaks its dialect.
// https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
type events struct {
	channel chat.Channel
	key     string // before a person's id
	author  string // who says what no app has said
	starts  bool   // there is a Get Started button; elsewhere a postback is what a person has asked
}

var messengerEvents = events{channel: chat.ChannelMessenger, key: "psid:", author: "Page inbox", starts: true}

// event is one thing that happened in a thread.
type event struct {
	Sender    party `json:"sender"`
	Recipient party `json:"recipient"`
	Timestamp stamp `json:"timestamp"`

	Message  *mMessage `json:"message"`
	Postback *struct {
		ID       ident      `json:"mid"`
		Title    word       `json:"title"`
		Payload  word       `json:"payload"`
		Referral *mReferral `json:"referral"`
	} `json:"postback"`
	Referral *mReferral `json:"referral"`
	Optin    *struct {
		Type    word `json:"type"`
		Ref     word `json:"ref"`
		UserRef word `json:"user_ref"`
	} `json:"optin"`
	Delivery *struct {
		IDs       []ident `json:"mids"`
		Watermark stamp   `json:"watermark"`
	} `json:"delivery"`
	Read *struct {
		Watermark stamp `json:"watermark"`
		ID        ident `json:"mid"` // Instagram names the message instead
	} `json:"read"`
	Reaction *struct {
		ID     ident `json:"mid"`
		Action word  `json:"action"`
		Emoji  word  `json:"emoji"`
		Name   word  `json:"reaction"`
	} `json:"reaction"`
	Edit *struct {
		ID    ident `json:"mid"`
		Text  word  `json:"text"`
		Count word  `json:"num_edit"`
	} `json:"message_edit"`
	Pass    *control `json:"pass_thread_control"`
	Take    *control `json:"take_thread_control"`
	Request *control `json:"request_thread_control"`
	Policy  *struct {
		Action word `json:"action"`
		Reason word `json:"reason"`
	} `json:"policy_enforcement"`
}

type party struct {
	ID ident `json:"id"`
}

// control says which app has a thread from now on.
type control struct {
	New       ident `json:"new_owner_app_id"`
	Requested ident `json:"requested_owner_app_id"`
}

// read reads an entry: events, events of threads that another app has, and changes.
func (d events) read(e entry) []chat.Inbound {
	var items []chat.Inbound
	about := chat.Inbound{Channel: d.channel, Account: string(e.ID), At: chat.Millis(e.Time)}
	for _, raw := range e.Messaging {
		items = append(items, d.event(about, raw)...)
	}
	for range e.Standby {
		items = append(items, ignored(about, "standby: another app has the thread"))
	}
	for _, raw := range e.Changes {
		items = append(items, d.change(about, raw))
	}
	return items
}

func (d events) change(about chat.Inbound, raw json.RawMessage) chat.Inbound {
	var c change
	if err := decode(raw, &c); err != nil {
		return ignored(about, "broken change: "+err.Error())
	}
	if c.Field == "messenger_template_status_update" {
		return readTemplateNews(about, c)
	}
	return ignored(about, "of no effect here: "+short(string(c.Field)))
}

func (d events) event(about chat.Inbound, raw json.RawMessage) []chat.Inbound {
	var ev event
	if err := decode(raw, &ev); err != nil {
		return []chat.Inbound{ignored(about, "broken event: "+err.Error())}
	}
	if ev.Timestamp != 0 {
		about.At = chat.Millis(ev.Timestamp)
	}
	person, byUs := ev.sides(&about)
	if person != "" {
		about.From = &chat.Person{Keys: []string{d.key + person}, UserID: person}
	}
	if ev.Policy == nil && about.From == nil {
		return []chat.Inbound{ignored(about, "names nobody")}
	}
	items, err := d.items(ev, about, byUs)
	if err != nil {
		return []chat.Inbound{ignored(about, "broken event: "+err.Error())}
	}
	return items
}

// sides tells who of the two is the person. The account is who the entry is about; when that is neither of them, as in the test events
// of Meta's dashboard, it is where a message goes to, or an echo comes from.
func (ev event) sides(about *chat.Inbound) (person string, byUs bool) {
	sender, recipient := string(ev.Sender.ID), string(ev.Recipient.ID)
	byUs = ev.Message != nil && ev.Message.Echo
	switch {
	case about.Account != "" && sender == about.Account:
		return recipient, true
	case about.Account != "" && recipient == about.Account || recipient == "":
		return sender, byUs
	case byUs:
		about.Account = sender
		return recipient, true
	}
	about.Account = recipient
	return sender, false
}

func (d events) items(ev event, in chat.Inbound, byUs bool) ([]chat.Inbound, error) {
	switch {
	case ev.Message != nil:
		return one(d.message(ev, in, byUs))
	case ev.Postback != nil:
		return one(d.postback(ev, in))
	case ev.Referral != nil:
		in.Kind, in.ID = chat.InboundOpened, "referral:"+in.From.UserID+":"+decimal(ev.Timestamp)
		in.Opened = ev.Referral.inbound()
		return one(in, nil)
	case ev.Optin != nil:
		return one(ev.optin(in))
	case ev.Delivery != nil || ev.Read != nil:
		return ev.fates(in)
	case ev.Reaction != nil || ev.Edit != nil:
		return one(ev.amend(in, byUs))
	}
	return one(ev.news(in), nil)
}

func one(in chat.Inbound, err error) ([]chat.Inbound, error) { return []chat.Inbound{in}, err }

// getStarted is the payload that we give to a page's Get Started button.
const getStarted = "GET_STARTED"

// postback reads a tap on a button. Get Started says that somebody has come, by what link if it was one; any other says something.
func (d events) postback(ev event, in chat.Inbound) (chat.Inbound, error) {
	p := ev.Postback
	in.ID = first(string(p.ID), "postback:"+in.From.UserID+":"+decimal(ev.Timestamp))
	started := p.Referral != nil || strings.EqualFold(string(p.Payload), getStarted) || strings.EqualFold(string(p.Title), "Get Started")
	if d.starts && started {
		in.Kind, in.Opened = chat.InboundOpened, p.Referral.inbound()
		return in, nil
	}
	said := tapped(p.Title, p.Payload)
	if said == nil {
		return in, errors.New("an empty postback")
	}
	in.Kind, in.Message = chat.InboundMessage, said
	if p.Referral != nil {
		said.Referral = p.Referral.inbound()
	}
	return in, nil
}

// optin reads what a plugin on a web page has passed on.
func (ev event) optin(in chat.Inbound) (chat.Inbound, error) {
	if ev.Optin.Type != "" || ev.Optin.Ref == "" {
		return ignored(in, "optin of no effect here: "+short(string(ev.Optin.Type))), nil
	}
	in.Kind, in.ID = chat.InboundOpened, "optin:"+in.From.UserID+":"+decimal(ev.Timestamp)
	in.Opened = &chat.InboundReferral{Ref: string(ev.Optin.Ref), Source: "plugin"}
	return in, nil
}

// fates reads that messages were delivered or read: those that are named, and all up to a time.
func (ev event) fates(in chat.Inbound) ([]chat.Inbound, error) {
	in.Kind = chat.InboundStatus
	state, upto := chat.DeliveryDelivered, stamp(0)
	var named []ident
	if ev.Delivery != nil {
		named, upto = ev.Delivery.IDs, ev.Delivery.Watermark
	} else {
		state, upto = chat.DeliveryRead, ev.Read.Watermark
		named = []ident{ev.Read.ID}
	}
	var items []chat.Inbound
	for _, id := range named {
		if id == "" {
			continue
		}
		in.ID, in.Status = "status:"+string(id)+":"+string(state), &chat.InboundFate{Message: string(id), State: state}
		items = append(items, in)
	}
	if upto != 0 {
		in.ID = "status:" + in.From.UserID + ":" + string(state) + ":" + decimal(upto)
		in.Status = &chat.InboundFate{Upto: chat.Millis(upto), State: state}
		items = append(items, in)
	}
	if items == nil {
		return nil, errors.New("a status of nothing")
	}
	return items, nil
}

// amend reads a reaction or an edit.
func (ev event) amend(in chat.Inbound, byUs bool) (chat.Inbound, error) {
	in.Kind = chat.InboundAmend
	if r := ev.Reaction; r != nil {
		in.Amend = &chat.InboundChange{Target: string(r.ID), Action: chat.AmendReact, ByUs: byUs}
		if r.Action != "unreact" {
			in.Amend.Emoji = first(string(r.Emoji), emojiOf(string(r.Name)))
		}
		in.ID = "reaction:" + string(r.ID) + ":" + in.From.UserID + ":" + decimal(ev.Timestamp)
	} else {
		in.Amend = &chat.InboundChange{Target: string(ev.Edit.ID), Action: chat.AmendEdit, Text: string(ev.Edit.Text), ByUs: byUs}
		in.ID = "edit:" + string(ev.Edit.ID) + ":" + first(string(ev.Edit.Count), decimal(ev.Timestamp))
	}
	if in.Amend.Target == "" {
		return in, errors.New("changes no message")
	}
	return in, nil
}

// emojiOf gives the emoji of a reaction that is only named.
func emojiOf(name string) string {
	emoji := map[string]string{
		"love": "❤️", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎",
	}[name]
	return first(emoji, "👍")
}

// news reads what concerns the thread or the page and says nothing in the conversation.
func (ev event) news(in chat.Inbound) chat.Inbound {
	tell := func(code string, detail ident) chat.Inbound {
		in.Kind, in.News = chat.InboundAccount, &chat.InboundNews{Code: code, Detail: string(detail)}
		in.ID = code + ":" + decimal(ev.Timestamp)
		if in.From != nil {
			in.ID = code + ":" + in.From.UserID + ":" + decimal(ev.Timestamp)
		}
		return in
	}
	switch {
	case ev.Pass != nil:
		return tell("thread_passed", ev.Pass.New)
	case ev.Take != nil:
		return tell("thread_taken", ev.Take.New)
	case ev.Request != nil:
		return tell("thread_requested", ev.Request.Requested)
	case ev.Policy != nil:
		in = tell("policy_"+strings.ToLower(short(string(ev.Policy.Action))), ident(short(string(ev.Policy.Reason))))
		in.News.Stops, in.News.Mends = ev.Policy.Action == "block", ev.Policy.Action == "unblock"
		return in
	}
	return ignored(in, "an event of no kind that is known")
}
