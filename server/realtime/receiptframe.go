package realtime

import (
	"strconv"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// appendReceipt writes what wire's Receipt and encoding/json would: each message brings one along, so that it is worth a writer of
// its own. Ids need no escapes.
func appendReceipt(b []byte, id chat.ConversationID, w chat.Watermark, a chat.Audience) []byte {
	b = append(append(b, `{"conversation":"`...), id...)
	b = strconv.AppendInt(append(b, `","delivered":`...), w.Delivered.Number(a), 10)
	b = append(b, `,"participant":{`...)
	if w.ID != "" {
		b = append(append(append(b, `"id":"`...), w.ID...), `",`...)
	}
	b = append(append(b, `"kind":"`...), w.Kind...)
	b = strconv.AppendInt(append(b, `"},"read":`...), w.Read.Number(a), 10)
	return append(b, `,"type":"receipt"}`...)
}
