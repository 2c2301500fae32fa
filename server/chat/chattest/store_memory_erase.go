package chattest

import (
	"cmp"
	"context"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) Erase(_ context.Context, shop chat.ShopID, id chat.ShopperID, now chat.Millis) (e chat.ErasedShopper, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.shopper(shop, id)
	if err != nil || s.ErasedAt != 0 {
		return e, err
	}
	is := func(id chat.ShopperID) bool { return id == s.ID || m.aliases[id] == s.ID }
	m.eraseRecords(s, is)
	m.erasePrivacyRequests(s)
	m.eraseHookEvents(shop, func(_, value string) bool {
		c, ok := m.conversations[chat.ConversationID(value)]
		return is(chat.ShopperID(value)) || ok && is(c.Shopper.ID)
	})
	theirs := m.filter(func(c chat.Conversation) bool { return is(c.Shopper.ID) })
	slices.SortFunc(theirs, func(a, b chat.Conversation) int { return cmp.Compare(a.Position, b.Position) })
	for _, c := range theirs {
		m.eraseDeliveries(c.ID, now)
		e.Conversations = append(e.Conversations, m.eraseConversation(c))
	}
	m.eraseContacts(is, now)
	for id, u := range m.uploads {
		c := m.conversations[u.Conversation]
		if is(c.Shopper.ID) || u.By.Kind == chat.AuthorShopper && is(chat.ShopperID(u.By.ID)) {
			m.uploads[id] = chat.Upload{Attachment: chat.Attachment{ID: id}, Merchant: u.Merchant, Shop: u.Shop}
			e.Uploads = append(e.Uploads, id)
		}
	}
	for hash, b := range m.browsers {
		if is(b.Shopper) {
			delete(m.browsers, hash)
		}
	}
	for _, p := range m.shoppers {
		if is(p.ID) {
			m.shoppers[p.ID] = chat.Shopper{ID: p.ID, Merchant: p.Merchant, Shop: p.Shop, CreatedAt: p.CreatedAt, ErasedAt: now}
		}
	}
	return e, nil
}

func (m *memory) eraseRecords(s chat.Shopper, is func(chat.ShopperID) bool) {
	mine := m.pick(func(r chat.Record) bool {
		return r.Shop == s.Shop && !r.Redacted && (is(r.Shopper) || r.CustomerID != "" && r.CustomerID == s.CustomerID)
	})
	for _, r := range mine {
		if r.Kind == chat.RecordOrder {
			mine = append(mine, m.pick(func(x chat.Record) bool {
				return x.Shop == s.Shop && x.Kind == chat.RecordShipment && x.Parent == r.ExternalID && !x.Redacted
			})...)
		}
	}
	slices.SortFunc(mine, func(a, b chat.Record) int { return cmp.Compare(a.Position, b.Position) })
	mine = slices.CompactFunc(mine, func(a, b chat.Record) bool { return a.Position == b.Position }) // found in two ways
	if s.CustomerID != "" {
		m.eraseHookEvents(s.Shop, ofRecord(chat.RecordCustomer, s.CustomerID))
		m.erasedRecords[recordKey{s.Shop, chat.RecordCustomer, s.CustomerID}] = true
	}
	for _, r := range mine {
		key := recordKey{r.Shop, r.Kind, r.ExternalID}
		m.eraseHookEvents(r.Shop, ofRecord(r.Kind, r.ExternalID))
		if r.Kind == chat.RecordCustomer {
			delete(m.records, key)
			m.erasedRecords[key] = true
			continue
		}
		m.records[key] = chat.Record{
			Shop: r.Shop, Kind: r.Kind, ExternalID: r.ExternalID, Version: r.Version, OccurredAt: r.OccurredAt, Deleted: true, Redacted: true,
			Position: m.position(r.Shop),
		}
	}
}

func (m *memory) eraseConversation(c chat.Conversation) chat.Conversation {
	entries := slices.Clone(m.entries[c.ID])
	for i := range entries {
		entries[i] = blanked(entries[i])
	}
	m.entries[c.ID] = entries
	for k := range m.hashes {
		if k.conversation == c.ID {
			m.hashes[k] = nil
		}
	}
	c.Shopper, c.Order, c.Tags = chat.ShopperBrief{ID: c.Shopper.ID}, nil, nil
	c.Channel, c.Address, c.Account, c.Away = chat.ChannelWeb, "", "", false
	if c.Handoff != nil {
		h := *c.Handoff
		h.Page = ""
		c.Handoff = &h
	}
	if l := c.LastMessage; l != nil {
		c.LastMessage = &chat.LastMessage{Ref: l.Ref, At: l.At, Author: l.Author}
		if l.Author.Kind == chat.AuthorShopper {
			c.LastMessage.Author.Name = ""
		}
	}
	c.Generation++
	c.Version++
	c.Position = m.position(c.Shop)
	m.conversations[c.ID] = c
	return c
}

func blanked(e chat.Entry) chat.Entry {
	if e.Author.Kind == chat.AuthorShopper {
		e.Author.Name = ""
	}
	switch e.Kind {
	case chat.EntryMessage, chat.EntryNote:
		e.Message, e.Blanked = &chat.Message{}, true
	case chat.EntryAmend:
		e.Blanked = e.Amend.Text != "" || e.Amend.Emoji != ""
		e.Amend = &chat.Amend{Target: e.Amend.Target, Action: e.Amend.Action}
	case chat.EntryEvent:
		was := e.Event
		e.Blanked = was.Order != nil || was.Tags != nil
		e.Event = &chat.Event{Name: was.Name, Agent: was.Agent, Route: was.Route}
		if h := was.Handoff; h != nil {
			e.Blanked = e.Blanked || h.Name != ""
			e.Event.Handoff = &chat.HandoffStep{ID: h.ID, From: h.From, To: h.To, State: h.State, Reason: h.Reason}
		}
		if h := was.Hint; h != nil {
			e.Blanked = e.Blanked || h.Detail != ""
			e.Event.Hint = &chat.Hint{Code: h.Code, Handoff: h.Handoff, Conversation: h.Conversation}
		}
	}
	return e
}

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
