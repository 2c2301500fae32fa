package example

import (
	"fmt"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
)

// forgotten passes on that a buyer wants their data gone. Whoever keeps a copy has to: the shop's own deletion does not reach
// Tagalong. The reference makes a repeat the same request.
func forgotten(d delivery) (news, error) {
	buyer := buyer(d.Customer)
	if buyer == nil || buyer.ExternalID == "" && buyer.Email == "" {
		return news{}, fmt.Errorf("%s: %w", d.Event, errNoObject)
	}
	redaction := tagalong.Redaction{Reference: "kiosk:" + d.ID, Customer: buyer}
	for _, id := range d.Orders {
		redaction.Orders = append(redaction.Orders, id.String())
	}
	return news{Redact: []tagalong.Redaction{redaction}}, nil
}
