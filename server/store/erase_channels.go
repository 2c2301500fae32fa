package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// erased is why nothing goes to an address, and why a delivery has failed, of somebody who was erased.
const erased = "erased"

// eraseContacts takes away where a shopper could be reached, what they agreed to but that they did, and the links that lead to them.
func (g *group) eraseContacts(id chat.ShopperID, now chat.Millis) error {
	addresses, err := many(g, scanAddress, `SELECT `+addressColumns+` FROM addresses a WHERE shopper = $1`, id)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if err := g.eraseAddress(a, now); err != nil {
			return fmt.Errorf("address: %w", err)
		}
	}
	consents, err := many(g, scanConsent, `SELECT `+consentColumns+` FROM consents c WHERE shopper = $1`, id)
	if err != nil {
		return err
	}
	for _, c := range consents {
		c.Value, c.Page = "", ""
		data, err := encodeConsent(c)
		if err != nil {
			return err
		}
		if _, err := g.exec(`UPDATE consents SET data = $1 WHERE id = $2`, data, c.ID); err != nil {
			return fmt.Errorf("consent: %w", err)
		}
	}
	handoffs, err := many(g, scanHandoff, `SELECT data FROM handoffs WHERE shopper = $1`, id)
	if err != nil {
		return err
	}
	for _, h := range handoffs {
		if err := g.eraseHandoff(h, now); err != nil {
			return fmt.Errorf("handoff: %w", err)
		}
	}
	if _, err := g.exec(`DELETE FROM resume_links WHERE shopper = $1`, id); err != nil {
		return fmt.Errorf("resume links: %w", err)
	}
	if _, err := g.exec(`DELETE FROM merges WHERE shopper = $1 OR into_id = $1`, id); err != nil {
		return fmt.Errorf("merges: %w", err)
	}
	return nil
}

// eraseAddress makes an address lead to nobody: whoever writes from there is a new contact.
func (g *group) eraseAddress(a chat.Address, now chat.Millis) error {
	if err := g.eraseParked(a); err != nil {
		return err
	}
	for _, key := range a.Keys {
		if err := g.leaveTrace(a.Shop, "address:"+string(a.Account), key, now); err != nil {
			return err
		}
	}
	data, err := encodeAddress(chat.Address{UnreachableAt: now, UnreachableWhy: erased})
	if err != nil {
		return err
	}
	if _, err := g.exec(`UPDATE addresses SET data = $1, email = '' WHERE id = $2`, data, a.ID); err != nil {
		return err
	}
	_, err = g.exec(`DELETE FROM address_keys WHERE address = $1`, a.ID)
	return err
}

// eraseParked removes news of what was sent to an address. There is little of it: what is a day old is gone.
func (g *group) eraseParked(a chat.Address) error {
	type row struct {
		message []byte
		at      chat.Millis
		id      string
		news    chat.Inbound
	}
	all, err := many(g, func(s scanner) (r row, err error) {
		var data []byte
		if err = s.Scan(&r.message, &r.at, &r.id, &data); err == nil {
			err = json.Unmarshal(data, &r.news)
		}
		return r, err
	}, `SELECT message, at, id, data FROM parked WHERE account = $1`, a.Account)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.news.From == nil || !slices.ContainsFunc(r.news.From.Keys, func(k string) bool { return slices.Contains(a.Keys, k) }) {
			continue
		}
		if _, err := g.exec(`DELETE FROM parked WHERE message = $1 AND at = $2 AND id = $3`, r.message, r.at, r.id); err != nil {
			return err
		}
	}
	return nil
}

// eraseHandoff takes away where a handoff began and the code that would claim it.
func (g *group) eraseHandoff(h chat.Handoff, now chat.Millis) error {
	h.Page = ""
	if h.State == chat.HandoffOffered || h.State == chat.HandoffClicked {
		h.State, h.UpdatedAt = chat.HandoffExpired, now
	}
	if err := g.updateHandoff(h); err != nil {
		return err
	}
	return g.must(`UPDATE handoffs SET code = NULL WHERE id = $1`, h.ID)
}

// eraseDeliveries takes away what deliveries of a conversation say, and ends those that are not sent. A provider's message ids may
// hold a phone number; what they lead to is kept as a hash.
func (g *group) eraseDeliveries(h head, now chat.Millis) error {
	all, err := many(g, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries d WHERE conversation = $1`, h.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		d.Detail = ""
		if u := d.Template; u != nil {
			d.Template = &chat.TemplateUse{Template: u.Template, Name: u.Name, Language: u.Language, Category: u.Category}
		}
		for i := range d.Parts {
			d.Parts[i].ProviderID = ""
		}
		switch d.State {
		case chat.DeliveryHeld, chat.DeliveryQueued, chat.DeliverySending, chat.DeliveryUncertain:
			d.State, d.Reason, d.UpdatedAt = chat.DeliveryFailed, erased, now
		}
		if err := g.putDelivery(h.num, d); err != nil {
			return err
		}
	}
	_, err = g.exec(`UPDATE provider_news SET id = '' WHERE conversation = $1 AND id <> ''`, h.num)
	return err
}

// atHome gives a conversation's head as it is on the web, with nothing of where it was.
func atHome(c chat.Conversation) chat.Conversation {
	c.Channel, c.Address, c.Account, c.Away = chat.ChannelWeb, "", "", false
	if c.Handoff != nil {
		h := *c.Handoff
		h.Page = ""
		c.Handoff = &h
	}
	return c
}
