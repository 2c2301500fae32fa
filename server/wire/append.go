package wire

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// The two frames that make up nearly all traffic are written by hand, straight from the domain: a sixth of the time and none of the
// garbage of encoding/json. What they write is byte for byte what encoding/json makes of EntryFrame and Ack; tests hold them to it.

// AppendEntryFrame appends the entry frame to dst; false, and dst as it was, when the audience may not see the entry.
func (v View) AppendEntryFrame(dst []byte, e chat.Entry) ([]byte, bool) {
	if !v.Sees(e) {
		return dst, false
	}
	dst = appendString(append(dst, `{"conversation":`...), string(e.Conversation))
	dst = v.appendEntry(append(dst, `,"entry":`...), e)
	return append(dst, `,"type":"entry"}`...), true
}

// AppendAck appends the ack of an entry to dst.
func (v View) AppendAck(dst []byte, e chat.Entry, generation int64) []byte {
	dst = append(dst, '{')
	if e.At != 0 {
		dst = strconv.AppendInt(append(dst, `"at":`...), int64(e.At), 10)
		dst = append(dst, ',')
	}
	dst = appendField(dst, "client_id", e.ClientID)
	dst = appendField(dst, "conversation", string(e.Conversation))
	dst = appendNumber(dst, "generation", generation)
	dst = appendNumber(dst, "seq", e.Number(v.Audience))
	return append(dst, `"type":"ack"}`...)
}

// appendField appends a member and a comma after it; nothing when it is empty.
func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(append(dst, '"'), name...), `":`...)
	return append(appendString(dst, value), ',')
}

func appendNumber(dst []byte, name string, value int64) []byte {
	if value == 0 {
		return dst
	}
	dst = append(append(append(dst, '"'), name...), `":`...)
	return append(strconv.AppendInt(dst, value, 10), ',')
}

func (v View) appendEntry(dst []byte, e chat.Entry) []byte {
	dst = append(dst, '{')
	body := !e.Blanked
	if body && e.Message == nil && e.Event == nil && e.Amend != nil {
		dst = append(v.appendAmend(append(dst, `"amend":`...), *e.Amend), ',')
	}
	dst = strconv.AppendInt(append(dst, `"at":`...), int64(e.At), 10)
	dst = appendAuthor(append(dst, `,"author":`...), v.Author(e.Author))
	if e.Blanked {
		dst = append(dst, `,"blanked":true`...)
	}
	dst = append(appendString(append(dst, `,"channel":`...), string(e.Channel)), ',')
	dst = appendField(dst, "client_id", v.clientID(e))
	if body && e.Message == nil && e.Event != nil {
		dst = append(appendRare(append(dst, `"event":`...), v.event(*e.Event)), ',')
	}
	dst = append(appendString(append(dst, `"kind":`...), string(e.Kind)), ',')
	if body && e.Message != nil {
		dst = append(v.appendMessage(append(dst, `"message":`...), *e.Message), ',')
	}
	dst = strconv.AppendInt(append(dst, `"seq":`...), e.Number(v.Audience), 10)
	return append(dst, '}')
}

func appendAuthor(dst []byte, a openapi.Author) []byte {
	dst = appendField(append(dst, '{'), "id", a.ID)
	dst = append(appendString(append(dst, `"kind":`...), string(a.Kind)), ',')
	return closed(appendField(dst, "name", a.Name))
}

func (v View) appendAmend(dst []byte, a chat.Amend) []byte {
	dst = append(appendString(append(dst, `{"action":`...), string(a.Action)), ',')
	dst = appendField(dst, "emoji", a.Emoji)
	dst = append(strconv.AppendInt(append(dst, `"target":`...), a.Target.Number(v.Audience), 10), ',')
	return closed(appendField(dst, "text", a.Text))
}

func (v View) appendMessage(dst []byte, m chat.Message) []byte {
	if len(m.Attachments)+len(m.Cards)+len(m.Choices)+len(m.Unsupported) > 0 || m.Coupon != nil || m.OrderCard != nil || m.Template != nil ||
		m.ReturnLink || m.Forwarded {
		return appendRare(dst, v.Message(m))
	}
	dst = appendField(append(dst, '{'), "choice", m.Choice)
	dst = appendField(dst, "language", m.Language)
	dst = appendField(dst, "order", m.Order)
	if m.ReplyTo != nil {
		dst = appendNumber(dst, "reply_to", m.ReplyTo.Number(v.Audience))
	}
	return closed(appendField(dst, "text", m.Text))
}

// closed ends an object whose last member may have left a comma.
func closed(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '}')
}

// appendRare appends what is too rare for a writer of its own.
func appendRare(dst []byte, value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return append(dst, "null"...) // plain data always encodes
	}
	return append(dst, raw...)
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, escaped as encoding/json does: also <, > and &, so that a frame may stand in HTML.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			if plain(b) {
				i++
				continue
			}
			dst = appendEscape(append(dst, s[start:i]...), b)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029': // line ends in JavaScript
			dst = append(append(append(dst, s[start:i]...), `\u202`...), hexDigits[r&0xf])
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

func plain(b byte) bool {
	return b >= ' ' && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&0xf])
}
