package chattest

import (
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// eraseContacts takes away where shoppers could be reached, what they agreed to but that they did, and the links to them.
func (m *memory) eraseContacts(is func(chat.ShopperID) bool, now chat.Millis) {
	for i, a := range m.addresses {
		if !is(a.Shopper) {
			continue
		}
		m.parked = slices.DeleteFunc(m.parked, func(p parkedRow) bool {
			return p.message.Account == a.Account && p.news.From != nil &&
				slices.ContainsFunc(p.news.From.Keys, func(k string) bool { return slices.Contains(a.Keys, k) })
		})
		m.addresses[i] = chat.Address{
			ID: a.ID, Merchant: a.Merchant, Shop: a.Shop, Shopper: a.Shopper, Account: a.Account, Channel: a.Channel, CreatedAt: a.CreatedAt,
			UnreachableAt: now, UnreachableWhy: "erased",
		}
	}
	for i := range m.consents {
		if c := &m.consents[i]; is(c.Shopper) {
			c.Value, c.Page = "", ""
		}
	}
	for id, h := range m.handoffs {
		if !is(h.Shopper) {
			continue
		}
		h.Page, h.code = "", nil
		if unclaimed(h.Handoff) {
			h.State, h.UpdatedAt = chat.HandoffExpired, now
		}
		m.handoffs[id] = h
	}
	for hash, l := range m.links {
		if is(l.Shopper) {
			delete(m.links, hash)
		}
	}
	for id, r := range m.merges {
		if is(id) || is(r.into) {
			delete(m.merges, id)
		}
	}
}

// eraseDeliveries takes away what deliveries of a conversation say, and ends those that are not sent.
func (m *memory) eraseDeliveries(id chat.ConversationID, now chat.Millis) {
	for i, d := range m.deliveries {
		if d.Conversation != id {
			continue
		}
		d.Detail, d.Parts = "", slices.Clone(d.Parts)
		if u := d.Template; u != nil {
			d.Template = &chat.TemplateUse{Template: u.Template, Name: u.Name, Language: u.Language, Category: u.Category}
		}
		for k := range d.Parts {
			d.Parts[k].ProviderID = ""
		}
		if d.State != chat.DeliveryFailed && !slices.Contains(rising, d.State) && d.State != chat.DeliveryRead {
			d.State, d.Reason, d.UpdatedAt = chat.DeliveryFailed, "erased", now
		}
		m.deliveries[i] = d
	}
	for key, n := range m.natural {
		if n.conversation == id {
			n.id = ""
			m.natural[key] = n
		}
	}
}
