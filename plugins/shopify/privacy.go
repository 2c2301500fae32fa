package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"

	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// compliance is what Shopify asks for about a buyer or a whole shop
// (https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance).
type compliance struct {
	Domain   string `json:"shop_domain"`
	Customer struct {
		ID    mapping.ID `json:"id"`
		Email string     `json:"email"`
		Phone string     `json:"phone"`
	} `json:"customer"`
	Requested []mapping.ID `json:"orders_requested"`
	ToRedact  []mapping.ID `json:"orders_to_redact"`
	Request   struct {
		ID mapping.ID `json:"id"`
	} `json:"data_request"`
}

// readCompliance compares the shop in the signed body with the one in the headers, which are not signed.
func readCompliance(d store.Delivery) (compliance, error) {
	var c compliance
	if err := json.Unmarshal(d.Body, &c); err != nil {
		return c, fmt.Errorf("%w: %w", errDead, err)
	}
	if c.Domain != "" && !strings.EqualFold(c.Domain, d.Shop) {
		return c, fmt.Errorf("%w: the body names another shop than the header", errDead)
	}
	return c, nil
}

var isE164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString

func (c compliance) customer() api.CustomerRef {
	ref := api.CustomerRef{ExternalID: string(c.Customer.ID), Email: c.Customer.Email}
	if isE164(c.Customer.Phone) {
		ref.Phone = c.Customer.Phone
	}
	return ref
}

func texts(ids []mapping.ID) []api.ExternalID {
	var all []api.ExternalID
	for _, id := range ids {
		all = append(all, string(id))
	}
	return all
}

// dataRequest asks Tagalong to collect what it has of a buyer. It is for the merchant, who finds it in the inbox.
func (a *App) dataRequest(ctx context.Context, i store.Installation, d store.Delivery) error {
	c, err := readCompliance(d)
	if err != nil || !i.Chat.Ready() {
		return err
	}
	client, err := a.chat(i)
	if err != nil {
		return err
	}
	reference := "shopify:data_request:" + or(string(c.Request.ID), d.ID)
	_, err = client.ExportData(ctx, tagalong.DataExport{Customer: c.customer(), Orders: texts(c.Requested), Reference: reference})
	return verdict(err)
}

// customerRedact asks Tagalong to erase a buyer. What is still to be worked off about them is refused there from then on.
func (a *App) customerRedact(ctx context.Context, i store.Installation, d store.Delivery) error {
	c, err := readCompliance(d)
	if err != nil {
		return err
	}
	a.buyers.forget(d.Shop + "/" + string(c.Customer.ID))
	if !i.Chat.Ready() {
		return nil
	}
	client, err := a.chat(i)
	if err != nil {
		return err
	}
	customer := c.customer()
	_, err = client.Redact(ctx, tagalong.Redaction{
		Customer: &customer, Orders: texts(c.ToRedact), Transcripts: !a.o.KeepTranscripts, Reference: "shopify:redact:" + d.ID,
	})
	return verdict(err)
}

// shopRedact comes two days after the app was removed: everything goes, the key to Tagalong at last. A shop that has come back
// since begins anew and keeps what it has.
func (a *App) shopRedact(ctx context.Context, i store.Installation, d store.Delivery) error {
	if _, err := readCompliance(d); err != nil {
		return err
	}
	if i.Active() && !i.Installed.Before(d.Triggered.Add(-redactAfter)) {
		a.log.Info("a shop is to be erased that has the app again", "shop", d.Shop)
		return nil
	}
	if i.Chat.Ready() {
		client, err := a.chat(i)
		if err != nil {
			return err
		}
		_, err = client.Redact(ctx, tagalong.Redaction{
			Everything: true, Transcripts: !a.o.KeepTranscripts, Reference: "shopify:shop_redact:" + d.ID,
		})
		if err := verdict(err); err != nil {
			return err
		}
		if !keyGone(err) {
			a.revoke(ctx, i)
		}
	}
	a.log.Info("a shop is erased", "shop", d.Shop)
	return a.store.Forget(ctx, d.Shop, d.ID)
}

// verdict: when the key is gone, the merchant has ended the connection and answers for what is in Tagalong; what is refused as it
// is will be refused again; the rest is tried again.
func verdict(err error) error {
	var e *tagalong.Error
	switch {
	case err == nil, keyGone(err):
		return nil
	case errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity):
		return fmt.Errorf("%w: %w", errDead, err)
	}
	return err
}

func keyGone(err error) bool {
	var e *tagalong.Error
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized
}
