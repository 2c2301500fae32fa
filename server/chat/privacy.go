package chat

import "time"

// PrivacyDue is within which time a request about a person's data is to be done.
const PrivacyDue = 30 * 24 * time.Hour

// PrivacyKind says what is asked for.
type PrivacyKind string

// Kinds of privacy requests.
const (
	PrivacyRedact PrivacyKind = "redact"
	PrivacyExport PrivacyKind = "export"
)

// PrivacyState is where a privacy request stands.
type PrivacyState string

// States of a privacy request.
const (
	PrivacyPending PrivacyState = "pending"
	PrivacyDone    PrivacyState = "done"
	PrivacyFailed  PrivacyState = "failed"
)

// PrivacyRequest asks for a person's data, or for its end. What named the person is blanked when a redaction is done.
type PrivacyRequest struct {
	ID          PrivacyID
	Merchant    MerchantID
	Shop        ShopID
	Kind        PrivacyKind
	Reference   string // the asker's own: the same one again is the same request
	Customer    CustomerRef
	Orders      []string // external ids
	Everything  bool     // all that plugins have told of the shop
	Transcripts bool     // what was said, too
	State       PrivacyState
	Counts      PrivacyCounts
	File        AttachmentID // of an export
	FileUntil   Millis
	CreatedAt   Millis
	DueAt       Millis
	DoneAt      Millis
}

// PrivacyCounts tells how much was found.
type PrivacyCounts struct {
	Customers int `json:"customers"`
	Orders    int `json:"orders"`
	Shipments int `json:"shipments"`
	Carts     int `json:"carts"`
	Shoppers  int `json:"shoppers"`
}

// names tells whether the request says whose data is meant.
func (r PrivacyRequest) names() bool {
	return r.Customer != CustomerRef{} || len(r.Orders) > 0 || r.Kind == PrivacyRedact && r.Everything
}

func (r *PrivacyRequest) validate() error {
	var bad []Field
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	add(r.Kind == PrivacyRedact || r.Kind == PrivacyExport, "kind", "must be redact or export")
	add(r.names(), "customer", "or orders must name whose data is meant")
	add(r.Reference == "" || printable(r.Reference, MaxExternalID), "reference", "must have at most 200 printable characters")
	c := r.Customer
	add(c.ExternalID == "" || printable(c.ExternalID, MaxExternalID), "customer.external_id", "must have at most 200 printable characters")
	add(len(c.Email) <= 254, "customer.email", "is too long")
	add(len(c.Phone) <= 40, "customer.phone", "is too long")
	add(len(r.Orders) <= maxPrivacyOrders, "orders", "at most 1,000")
	for _, id := range r.Orders {
		add(printable(id, MaxExternalID), "orders", "each must have 1 to 200 printable characters")
	}
	if bad != nil {
		return ErrInvalid.With(bad[:min(len(bad), 20)]...)
	}
	return nil
}

const maxPrivacyOrders = 1000
