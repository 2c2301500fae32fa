package mapping

import (
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// buyer is Shopify's customer. What the buyer agreed to is not in it: that comes by topics of its own.
type buyer struct {
	ID       ID         `json:"id"`
	Email    string     `json:"email"`
	Verified bool       `json:"verified_email"`
	Phone    string     `json:"phone"`
	First    string     `json:"first_name"`
	Last     string     `json:"last_name"`
	Locale   string     `json:"locale"`
	Tags     *string    `json:"tags"`
	Created  *time.Time `json:"created_at"`
	Updated  *time.Time `json:"updated_at"`
	Address  *address   `json:"default_address"`
}

// buyer is a patch, so that it leaves the consent alone.
func (m *mapper) buyer() error {
	var b buyer
	if err := m.read(&b); err != nil {
		return err
	}
	if !b.ID.ok() {
		return errNoID
	}
	event := m.stamp.event("", api.ContextEventTypeCustomerUpserted, at(b.Updated))
	event.Mode = api.EventModePatch
	event.Customer = &api.Customer{
		ExternalID: string(b.ID), Email: email(b.Email), EmailVerified: b.Verified && b.Email != "", Phone: phone(b.Phone),
		FirstName: text(b.First), LastName: text(b.Last), Locale: text(b.Locale), Address: shipTo(b.Address),
		CreatedAt: millis(b.Created), UpdatedAt: millis(b.Updated),
	}
	c := event.Customer
	fields := []field{
		{"email", c.Email != ""},
		{"email_verified", c.EmailVerified},
		{"phone", c.Phone != ""},
		{"first_name", c.FirstName != ""},
		{"last_name", c.LastName != ""},
		{"address", c.Address != nil},
	}
	if b.Tags != nil {
		c.Tags = tags(*b.Tags)
		fields = append(fields, field{"tags", len(c.Tags) > 0})
	}
	event.Clear = empty(fields...)
	m.add(event)
	return nil
}

func (m *mapper) buyerDeleted() error { return m.gone(api.ContextEventTypeCustomerDeleted) }

// consent is what the three topics of consent have in common.
type consent struct {
	State     string     `json:"state"`
	Updated   *time.Time `json:"consent_updated_at"`
	UpdatedWA *time.Time `json:"updated_at"` // WhatsApp's
}

func (m *mapper) consentEmail() error {
	var c struct {
		Customer ID      `json:"customer_id"`
		Consent  consent `json:"email_marketing_consent"`
	}
	if err := m.read(&c); err != nil {
		return err
	}
	return m.agreed(c.Customer, c.Consent, "consent.email", func(to *api.MarketingConsent) { to.Email = true })
}

func (m *mapper) consentSMS() error {
	var c struct {
		Customer ID      `json:"customer_id"`
		ID       ID      `json:"id"` // its older name
		Consent  consent `json:"sms_marketing_consent"`
	}
	if err := m.read(&c); err != nil {
		return err
	}
	id := ID(pick(string(c.Customer), string(c.ID)))
	return m.agreed(id, c.Consent, "consent.sms", func(to *api.MarketingConsent) { to.Sms = true })
}

func (m *mapper) consentWhatsApp() error {
	var c struct {
		Customer ID      `json:"customer_id"`
		Consent  consent `json:"whats_app_marketing_consent"`
	}
	if err := m.read(&c); err != nil {
		return err
	}
	return m.agreed(c.Customer, c.Consent, "consent.whatsapp", func(to *api.MarketingConsent) { to.Whatsapp = true })
}

// agreed sets or empties one channel's consent: anything but "subscribed" is none.
func (m *mapper) agreed(id ID, c consent, name string, set func(*api.MarketingConsent)) error {
	if !id.ok() {
		return errNoID
	}
	updated := c.Updated
	if updated == nil {
		updated = c.UpdatedWA
	}
	event := m.stamp.event("", api.ContextEventTypeCustomerUpserted, at(updated))
	event.Mode = api.EventModePatch
	event.Customer = &api.Customer{ExternalID: string(id), Consent: &api.MarketingConsent{UpdatedAt: event.Version}}
	if c.State == "subscribed" {
		set(event.Customer.Consent)
	} else {
		event.Clear = []string{name}
	}
	m.add(event)
	return nil
}
