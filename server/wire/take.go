package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/tagalong-chat/tagalong/openapi"
)

// Frames are taken out of the text where check has found their values: a third of the time of reading it a second time with
// encoding/json, which is left what is rare. What is taken is the same; a fuzz test holds it to that.

var draftShape = shapeOf(reflect.TypeFor[openapi.Draft]())

// frameTypes gives the known types without making strings.
var frameTypes = func() map[string]openapi.ClientFrameType {
	all := map[string]openapi.ClientFrameType{}
	for k := range rules {
		all[string(k.kind)] = k.kind
	}
	return all
}()

// field gives the text of a field of the outermost object.
func (c *scanner) field(i int) []byte { return c.data[c.spans[i].start:c.spans[i].end] }

// frame reads a frame that check has let through.
func (c *scanner) frame(seen fieldSet) (f openapi.ClientFrame, err error) {
	for i, field := range frameShape.fields {
		if !seen.has(i) {
			continue
		}
		raw := c.field(i)
		switch field.name {
		case "type":
			f.Type = frameType(raw)
		case "action":
			f.Action = openapi.AmendAction(str(raw))
		case "client_id":
			f.ClientID = str(raw)
		case "conversation":
			f.Conversation = str(raw)
		case "emoji":
			f.Emoji = str(raw)
		case "kind":
			f.Kind = openapi.NewEntryKind(str(raw))
		case "start":
			f.Start = str(raw)
		case "state":
			f.State = openapi.ReadState(str(raw))
		case "tab":
			f.Tab = str(raw)
		case "text":
			f.Text = str(raw)
		case "to":
			f.To = str(raw)
		case "token":
			f.Token = str(raw)
		case "note":
			f.Note = raw[0] == 't'
		case "after":
			f.After = num(raw)
		case "generation":
			f.Generation = num(raw)
		case "seq":
			f.Seq = num(raw)
		case "target":
			f.Target = num(raw)
		case "protocol":
			f.Protocol = int32(num(raw))
		case "message":
			f.Message, err = takeDraft(raw)
		case "page":
			err = json.Unmarshal(raw, &f.Page)
		case "feeds":
			err = json.Unmarshal(raw, &f.Feeds)
		}
		if err != nil {
			return openapi.ClientFrame{}, err
		}
	}
	return f, nil
}

func takeDraft(data []byte) (*openapi.Draft, error) {
	c := newScanner(data)
	defer c.release()
	seen, err := c.check(draftShape)
	if err != nil {
		return nil, err
	}
	d := &openapi.Draft{}
	for i, field := range draftShape.fields {
		if !seen.has(i) {
			continue
		}
		raw := c.field(i)
		switch field.name {
		case "text":
			d.Text = str(raw)
		case "language":
			d.Language = str(raw)
		case "choice":
			d.Choice = str(raw)
		case "order":
			d.Order = str(raw)
		case "reply_to":
			d.ReplyTo = num(raw)
		default:
			return d, json.Unmarshal(data, d) // cards, files and the like: all at once
		}
	}
	return d, nil
}

func frameType(raw []byte) openapi.ClientFrameType {
	if t, ok := frameTypes[string(raw[1:len(raw)-1])]; ok {
		return t
	}
	return openapi.ClientFrameType(str(raw))
}

// str reads a string that check has let through.
func str(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // checked before
	return s
}

// num reads an integer that check has let through.
func num(raw []byte) int64 {
	n, _ := strconv.ParseInt(string(raw), 10, 64) // checked before
	return n
}
