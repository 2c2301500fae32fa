package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// page takes the page that the shopper is on.
func (c *conn) page(ctx context.Context, f openapi.ClientFrame) {
	if err := c.door.o.Service.See(ctx, c.who(), wire.NewPage(*f.Page)); err != nil {
		c.refuse(err, "", "")
	}
}
