package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Redaction takes whose data is to be erased.
func Redaction(shop chat.ShopID, r openapi.Redaction) chat.PrivacyRequest {
	return chat.PrivacyRequest{
		Shop: shop, Kind: chat.PrivacyRedact, Reference: r.Reference, Customer: customerRef(r.Customer), Orders: r.Orders,
		Everything: r.Everything, Transcripts: r.Transcripts,
	}
}

// DataExport takes whose data is to be collected.
func DataExport(shop chat.ShopID, e openapi.DataExport) chat.PrivacyRequest {
	return chat.PrivacyRequest{
		Shop: shop, Kind: chat.PrivacyExport, Reference: e.Reference, Customer: customerRef(&e.Customer), Orders: e.Orders,
	}
}

func customerRef(c *openapi.CustomerRef) chat.CustomerRef {
	if c == nil {
		return chat.CustomerRef{}
	}
	return chat.CustomerRef{ExternalID: c.ExternalID, Email: c.Email, Phone: c.Phone}
}

// PrivacyRequest gives a request and how far it has come; url leads to an export's file, where there is one. Whom it names is not
// repeated.
func PrivacyRequest(r chat.PrivacyRequest, url string) openapi.PrivacyRequest {
	return openapi.PrivacyRequest{
		ID: string(r.ID), Kind: openapi.PrivacyKind(r.Kind), Reference: r.Reference, State: openapi.PrivacyState(r.State),
		CreatedAt: int64(r.CreatedAt), DueAt: int64(r.DueAt), DoneAt: int64(r.DoneAt), URL: url,
		Counts: openapi.PrivacyCounts{
			Customers: int64(r.Counts.Customers), Orders: int64(r.Counts.Orders), Shipments: int64(r.Counts.Shipments),
			Carts: int64(r.Counts.Carts), Shoppers: int64(r.Counts.Shoppers),
		},
	}
}
