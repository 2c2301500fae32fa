package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// read takes a receipt: everything up to seq was read, or only delivered.
func (c *conn) read(ctx context.Context, f openapi.ClientFrame) {
	id := chat.ConversationID(f.Conversation)
	shop, err := c.shopOf(ctx, id)
	if err == nil {
		err = c.door.o.Service.Receive(ctx, c.who(), shop, id, f.Seq, f.State != openapi.ReadStateDelivered)
	}
	if err != nil {
		c.refuse(err, "", id)
		return
	}
	if l := c.log(id); l != nil && f.State != openapi.ReadStateDelivered && l.isElsewhere() {
		c.door.nudges.read(c.who(), shop, id, f.Seq)
	}
}
