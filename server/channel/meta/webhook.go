package meta

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// What a webhook may be at most. Meta's documentation says 3 MB; batches have up to 1,000 updates.
const (
	maxBody  = 3 << 20
	maxItems = 10_000
)

// envelope is the outside of every webhook, for all of Meta's channels.
type envelope struct {
	Object  word `json:"object"`
	Entries list `json:"entry"`
}

// entry is what happened to one business account, page or Instagram account. A webhook may have several.
type entry struct {
	ID        ident `json:"id"`
	Time      stamp `json:"time"`
	Changes   list  `json:"changes"`
	Messaging list  `json:"messaging"`
	Standby   list  `json:"standby"` // events of threads that another app has
}

// change is one piece of news, of the kind that field says.
type change struct {
	Field word            `json:"field"`
	Value json.RawMessage `json:"value"`
}

var errTooDeep, errTooMany = errors.New("meta: webhook nests too deep"), errors.New("meta: webhook has too many items")

// Parse reads a webhook's body into its items, in the order in which they stand there. Every entry, change and event is read for itself:
// what is wrong with one, its Why says, and the others are none the worse.
func (*Platform) Parse(body []byte) ([]chat.Inbound, error) {
	if tooDeep(body) {
		return nil, errTooDeep
	}
	var e envelope
	if err := decode(body, &e); err != nil {
		return nil, fmt.Errorf("meta: webhook: %w", err)
	}
	read, channel := readerOf(string(e.Object))
	if read == nil {
		return []chat.Inbound{{Kind: chat.InboundIgnored, Why: "of an object that is not a channel: " + short(string(e.Object))}}, nil
	}
	var items []chat.Inbound
	for _, raw := range e.Entries {
		items = append(items, readEntry(raw, channel, read)...)
		if len(items) > maxItems {
			return nil, errTooMany
		}
	}
	if len(items) == 0 {
		items = append(items, ignored(chat.Inbound{Channel: channel}, "nothing in it"))
	}
	return items, nil
}

type entryReader func(entry) []chat.Inbound

func readerOf(object string) (entryReader, chat.Channel) {
	switch object {
	case "whatsapp_business_account":
		return readWhatsApp, chat.ChannelWhatsApp
	case "page":
		return messengerEvents.read, chat.ChannelMessenger
	case "instagram":
		return instagramEvents.read, chat.ChannelInstagram
	}
	return nil, ""
}

func readEntry(raw json.RawMessage, ch chat.Channel, read entryReader) []chat.Inbound {
	var e entry
	if err := decode(raw, &e); err != nil {
		return []chat.Inbound{ignored(chat.Inbound{Channel: ch}, "broken entry: "+err.Error())}
	}
	items := read(e)
	if len(items) == 0 {
		items = []chat.Inbound{ignored(chat.Inbound{Channel: ch, Account: string(e.ID), At: chat.Millis(e.Time)}, "an entry with nothing in it")}
	}
	return items
}

// ignored gives an item that has no effect, and says why.
func ignored(in chat.Inbound, why string) chat.Inbound {
	in.Kind, in.Why, in.From, in.ID = chat.InboundIgnored, why, nil, ""
	return in
}

// short cuts what came from outside to a length that a log or a list can take.
func short(s string) string {
	const most = 80
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
