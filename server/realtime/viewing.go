package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// view tells the merchant's other agents which conversation this one looks at, so that two do not answer at once.
func (c *conn) view(ctx context.Context, f openapi.ClientFrame) {
	id := chat.ConversationID(f.Conversation)
	by := c.who()
	if c.desk.viewing != "" && c.desk.viewing != id {
		c.door.o.Service.View(by, c.desk.viewedIn, "")
		c.desk.viewing = ""
	}
	if id == "" {
		return
	}
	shop, err := c.shopOf(ctx, id)
	if err == nil {
		_, err = c.door.o.Service.Conversation(ctx, by, shop, id)
	}
	if err != nil {
		c.refuse(err, "", id)
		return
	}
	c.desk.viewing, c.desk.viewedIn = id, shop
	c.door.o.Service.View(by, shop, id)
}
