package meta

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// readWhatsApp reads an entry of a WhatsApp Business account.
// https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
func readWhatsApp(e entry) []chat.Inbound {
	var items []chat.Inbound
	about := chat.Inbound{Channel: chat.ChannelWhatsApp, Business: string(e.ID), At: chat.Millis(e.Time)}
	for _, raw := range e.Changes {
		var c change
		if err := decode(raw, &c); err != nil {
			items = append(items, ignored(about, "broken change: "+err.Error()))
			continue
		}
		items = append(items, readWhatsAppChange(about, c)...)
	}
	return items
}

func readWhatsAppChange(about chat.Inbound, c change) []chat.Inbound {
	if read := whatsAppNews(string(c.Field)); read != nil {
		return []chat.Inbound{read(about, c)}
	}
	switch c.Field {
	case "messages", "smb_message_echoes", "user_preferences":
	default: // history, smb_app_state_sync, calls, groups …: nothing of it is a conversation's
		return []chat.Inbound{ignored(about, "of no effect here: "+short(string(c.Field)))}
	}
	var v waValue
	if err := decode(c.Value, &v); err != nil {
		return []chat.Inbound{ignored(about, "broken value: "+err.Error())}
	}
	about.Account = string(v.Metadata.ID)
	return v.items(about, c)
}

// waValue is what a change of messages, echoes or preferences holds.
type waValue struct {
	Metadata struct {
		Display word  `json:"display_phone_number"`
		ID      ident `json:"phone_number_id"`
	} `json:"metadata"`
	Contacts    []waContact `json:"contacts"`
	Messages    list        `json:"messages"`
	Statuses    list        `json:"statuses"`
	Echoes      list        `json:"message_echoes"`
	Preferences list        `json:"user_preferences"`
	Errors      []waError   `json:"errors"`
}

func (v waValue) items(about chat.Inbound, c change) []chat.Inbound {
	var items []chat.Inbound
	each := func(all list, what string, read func(json.RawMessage) (chat.Inbound, error)) {
		for _, raw := range all {
			in, err := read(raw)
			if err != nil {
				in = ignored(about, "broken "+what+": "+err.Error())
			}
			items = append(items, in)
		}
	}
	each(v.Messages, "message", func(raw json.RawMessage) (chat.Inbound, error) { return v.message(about, raw) })
	each(v.Echoes, "echo", func(raw json.RawMessage) (chat.Inbound, error) { return v.echo(about, raw) })
	each(v.Statuses, "status", func(raw json.RawMessage) (chat.Inbound, error) { return v.status(about, raw) })
	each(v.Preferences, "preference", func(raw json.RawMessage) (chat.Inbound, error) { return v.preference(about, raw) })
	if len(items) == 0 {
		items = v.troubles(about, c)
	}
	if len(items) == 0 {
		items = []chat.Inbound{ignored(about, "a change with nothing in it: "+short(string(c.Field)))}
	}
	return items
}

// troubles are errors that concern the account. Beside messages and statuses they say nothing that is not said there too.
func (v waValue) troubles(about chat.Inbound, c change) []chat.Inbound {
	var items []chat.Inbound
	for i, e := range v.Errors {
		sent := e.sendError()
		in := about
		in.Kind, in.ID = chat.InboundAccount, "error:"+sent.Provider+":"+fingerprint(c.Value, i)
		stops := sent.Class == chat.SendStopAccount || sent.Class == chat.SendReconnect
		in.News = &chat.InboundNews{Code: sent.Code, Detail: sent.Detail, Stops: stops}
		items = append(items, in)
	}
	return items
}

// fingerprint names a piece of news that the provider has given no id.
func fingerprint(raw json.RawMessage, index int) string {
	h := sha256.New()
	h.Write([]byte{byte(index)})
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// waContact tells the name of somebody who is in the same value. Contacts are matched by what they are called, not by their place.
type waContact struct {
	WaID    ident `json:"wa_id"`
	UserID  ident `json:"user_id"`
	Profile struct {
		Name     word `json:"name"`
		Username word `json:"username"`
	} `json:"profile"`
}

// person says who is meant by a number and an id, either of which may be absent, with what the contacts know of them.
func (v waValue) person(number, user ident) *chat.Person {
	who := whoIs(number, user)
	contact := v.contact(who)
	if contact == nil {
		return who.person("", "")
	}
	more := whoIs(contact.WaID, contact.UserID)
	who.number, who.user = first(who.number, more.number), first(who.user, more.user)
	return who.person(string(contact.Profile.Name), string(contact.Profile.Username))
}

func (v waValue) contact(who waID) *waContact {
	for i, c := range v.Contacts {
		is := whoIs(c.WaID, c.UserID)
		if who.user != "" && who.user == is.user || who.number != "" && canonical(who.number) == canonical(is.number) {
			return &v.Contacts[i]
		}
	}
	if who == (waID{}) && len(v.Contacts) == 1 {
		return &v.Contacts[0] // nobody else can be meant
	}
	return nil
}

// waID is how WhatsApp names a person.
type waID struct{ number, user string }

// whoIs tells a number from a business-scoped user id, wherever they stand.
func whoIs(number, user ident) waID {
	id := waID{user: string(user)}
	if businessScoped.MatchString(string(number)) {
		id.user = first(id.user, string(number))
	} else {
		id.number = digits(string(number))
	}
	return id
}

// person is nil for an id that names nobody.
func (id waID) person(name, username string) *chat.Person {
	p := chat.Person{UserID: id.user, Name: name, Username: strings.TrimPrefix(username, "@")}
	if id.number != "" {
		p.Keys = append(p.Keys, "wa:"+canonical(id.number))
		p.Phone = "+" + id.number
	}
	if id.user != "" {
		p.Keys = append(p.Keys, "uid:"+id.user)
	}
	if p.Keys == nil {
		return nil
	}
	return &p
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
