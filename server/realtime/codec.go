package realtime

import (
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// codec makes frames. What an audience may see is wire's to say.
type codec struct {
	fileURL func(chat.AttachmentID) string
}

func (k *codec) view(a chat.Audience) wire.View { return wire.View{Audience: a, FileURL: k.fileURL} }

// roomy gives an empty payload with room for a frame's header in front.
func roomy() []byte { return make([]byte, headRoom, 512) }

func (k *codec) entry(e chat.Entry, a chat.Audience) frame {
	b, ok := k.view(a).AppendEntryFrame(roomy(), e)
	if !ok {
		return nil
	}
	return header(b)
}

func (k *codec) receipt(id chat.ConversationID, w chat.Watermark, a chat.Audience) frame {
	return header(appendReceipt(roomy(), id, w, a))
}

func (k *codec) ack(e chat.Entry, generation int64, a chat.Audience) frame {
	return header(k.view(a).AppendAck(roomy(), e, generation))
}

func (k *codec) typing(l chat.Live, a chat.Audience) frame {
	f, ok := k.view(a).Typing(l.Conversation, l.Who, l.Note)
	if !ok {
		return nil
	}
	return encode(f)
}

// attendance tells which agents are here in a shop, and what they look at.
func (k *codec) attendance(shop chat.ShopID, who chat.Author, state chat.Presence, viewing chat.ConversationID, a chat.Audience) frame {
	return encode(k.view(a).AgentPresence(shop, who, state, viewing))
}

func (k *codec) bye(code string, after time.Duration) frame {
	return encode(openapi.ServerFrame{
		Type: openapi.ServerFrameTypeBye, Code: openapi.ErrorCode(code), RetryAfterMs: after.Milliseconds(),
	})
}

// beat is written by hand: a client may rely on heads being there, even if empty.
func (k *codec) beat(heads, positions map[string]int64) frame {
	b := append(roomy(), `{"type":"beat","heads":`...)
	b = appendNumbers(b, heads)
	if positions != nil {
		b = appendNumbers(append(b, `,"positions":`...), positions)
	}
	return header(append(b, '}'))
}
