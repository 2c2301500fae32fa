package wire

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// ErrBadFrame refuses a frame that is out of its form; the fifth on one connection closes it.
var ErrBadFrame = &chat.Error{Kind: chat.KindMalformed, Code: "bad_frame", Message: "The frame is not valid."}

// rule says which fields a type of frame must and may have. What it may not have makes a bad frame: a field without effect would
// hide a misunderstanding.
type rule struct {
	need, may string // names, space between
}

type ruleKey struct {
	by   chat.AuthorKind
	kind openapi.ClientFrameType
}

var rules = map[ruleKey]rule{
	{chat.AuthorShopper, openapi.ClientFrameTypeHello}:  {"protocol token", "tab"},
	{chat.AuthorShopper, openapi.ClientFrameTypeJoin}:   {"conversation generation after", ""},
	{chat.AuthorShopper, openapi.ClientFrameTypeLeave}:  {"conversation", ""},
	{chat.AuthorShopper, openapi.ClientFrameTypeSend}:   {"client_id message", "conversation start"},
	{chat.AuthorShopper, openapi.ClientFrameTypeAmend}:  {"client_id conversation target action", "text emoji"},
	{chat.AuthorShopper, openapi.ClientFrameTypeTyping}: {"", "conversation"},
	{chat.AuthorShopper, openapi.ClientFrameTypeRead}:   {"conversation seq", "state"},
	{chat.AuthorShopper, openapi.ClientFrameTypePage}:   {"page", ""},
	{chat.AuthorShopper, openapi.ClientFrameTypePing}:   {"", ""},

	{chat.AuthorAgent, openapi.ClientFrameTypeHello}:   {"protocol", "tab"},
	{chat.AuthorAgent, openapi.ClientFrameTypeJoin}:    {"conversation generation after", ""},
	{chat.AuthorAgent, openapi.ClientFrameTypeLeave}:   {"conversation", ""},
	{chat.AuthorAgent, openapi.ClientFrameTypeSend}:    {"client_id message conversation", "kind to"},
	{chat.AuthorAgent, openapi.ClientFrameTypeAmend}:   {"client_id conversation target action", "text emoji"},
	{chat.AuthorAgent, openapi.ClientFrameTypeTyping}:  {"conversation", "note"},
	{chat.AuthorAgent, openapi.ClientFrameTypeRead}:    {"conversation seq", "state"},
	{chat.AuthorAgent, openapi.ClientFrameTypeFeed}:    {"feeds", ""},
	{chat.AuthorAgent, openapi.ClientFrameTypeViewing}: {"", "conversation"},
	{chat.AuthorAgent, openapi.ClientFrameTypePing}:    {"", ""},
}

var (
	frameShape = shapeOf(reflect.TypeFor[openapi.ClientFrame]())
	frameRules = compile(rules)
)

type compiled struct{ need, may fieldSet }

func compile(rules map[ruleKey]rule) map[ruleKey]compiled {
	set := func(names string) (s fieldSet) {
		for n := range strings.FieldsSeq(names) {
			s |= 1 << frameShape.index[n]
		}
		return s
	}
	out := map[ruleKey]compiled{}
	for k, r := range rules {
		need := set("type " + r.need)
		out[k] = compiled{need, need | set(r.may)}
	}
	return out
}

// ParseFrame reads a frame of a shopper or an agent: strictly as Decode does, with exactly the fields of its type, ids that can be
// ids and a number of an entry that can be one. The error is ErrBadFrame, or chat.ErrBadCursor for a number. Beside an error the
// frame holds the client_id and conversation, where they could be read: they say what is refused.
func ParseFrame(data []byte, by chat.AuthorKind) (openapi.ClientFrame, error) {
	c := newScanner(data)
	defer c.release()
	seen, err := c.check(frameShape)
	if err != nil {
		return named(data), badFrame(err)
	}
	f, err := c.frame(seen)
	if err != nil {
		return named(data), ErrBadFrame
	}
	if err := fits(f, by, seen); err != nil {
		return openapi.ClientFrame{Type: f.Type, ClientID: clientIDOf(f.ClientID), Conversation: conversationOf(f.Conversation)}, err
	}
	return f, nil
}

// fits checks a frame's fields against its type.
func fits(f openapi.ClientFrame, by chat.AuthorKind, seen fieldSet) error {
	r, ok := frameRules[ruleKey{by, f.Type}]
	switch {
	case !ok:
		return bad("type", "is not for this kind of client")
	case r.need&^seen != 0:
		return bad(frameShape.first(r.need&^seen), "is missing")
	case seen&^r.may != 0:
		return bad(frameShape.first(seen&^r.may), "does not belong to this type of frame")
	case f.ClientID != "" && clientIDOf(f.ClientID) == "", seen.has(frameShape.index["client_id"]) && f.ClientID == "":
		return bad("client_id", "must be 1 to 64 printable ASCII characters")
	case f.Start != "" && clientIDOf(f.Start) == "":
		return bad("start", "must be a client_id")
	case f.Conversation != "" && conversationOf(f.Conversation) == "":
		return bad("conversation", "is no id of a conversation")
	case seen.has(frameShape.index["to"]) && !chat.ValidID(chat.PrefixAddress, f.To):
		return bad("to", "is no id of an address")
	case f.Type == openapi.ClientFrameTypeSend && (f.Conversation == "") == (f.Start == ""):
		return bad("conversation", "or start is needed, and only one of them")
	case f.After < 0 || f.Generation < 0 || f.Seq < 0 || f.Target < 0:
		return chat.ErrBadCursor
	}
	for _, feed := range f.Feeds {
		if !chat.ValidID(chat.PrefixShop, feed.Shop) {
			return bad("feeds", "must name shops by their ids")
		}
		if feed.After != nil && *feed.After < 0 {
			return chat.ErrBadCursor
		}
	}
	return nil
}

// first names one field of a set.
func (s *shape) first(set fieldSet) string {
	for i, f := range s.fields {
		if set.has(i) {
			return f.name
		}
	}
	return ""
}

func bad(path, message string) error {
	e := ErrBadFrame.With(chat.Field{Path: path, Message: message})
	e.Message = "The frame is not valid: " + path + " " + message + "."
	return e
}

// badFrame gives a fault of Decode's as one of a frame. A number of an entry that cannot be one is a bad cursor: it may come from
// an honest client's broken memory.
func badFrame(err error) error {
	e := Cause(err)
	if len(e.Fields) == 0 {
		return ErrBadFrame
	}
	if e.Code == chat.ErrInvalid.Code {
		cursors := 0
		for _, f := range e.Fields {
			if isCursor(f.Path) {
				cursors++
			}
		}
		if cursors == len(e.Fields) {
			return chat.ErrBadCursor
		}
	}
	return bad(e.Fields[0].Path, e.Fields[0].Message)
}

func isCursor(path string) bool {
	switch path {
	case "after", "seq", "target", "generation":
		return true
	}
	return strings.HasPrefix(path, "feeds[") && strings.HasSuffix(path, "].after")
}

// named reads what a broken frame was about, if that can be read at all.
func named(data []byte) openapi.ClientFrame {
	var f struct {
		ClientID     string `json:"client_id"`
		Conversation string `json:"conversation"`
	}
	_ = json.Unmarshal(data, &f) // what cannot be read stays empty
	return openapi.ClientFrame{ClientID: clientIDOf(f.ClientID), Conversation: conversationOf(f.Conversation)}
}

func clientIDOf(s string) string {
	if chat.ValidClientID(s) != nil {
		return ""
	}
	return s
}

func conversationOf(s string) string {
	if !chat.ValidID(chat.PrefixConversation, s) {
		return ""
	}
	return s
}
