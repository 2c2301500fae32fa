package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Erase implements chat.Shoppers. Pages are overwritten as rows go (secure_delete), and the write-ahead log, which still holds the
// old pages, is cut back soon after. Uploads' rows stay, empty and unreachable, until their files are gone.
func (d *DB) Erase(ctx context.Context, shop chat.ShopID, id chat.ShopperID, now chat.Millis) (e chat.ErasedShopper, err error) {
	err = d.doLog(ctx, func(g *group) error {
		e = chat.ErasedShopper{}
		s, err := shopper(g, shop, id)
		if err != nil || s.ErasedAt != 0 {
			return err
		}
		ids, err := many(g, scanValue[chat.ShopperID], `SELECT id FROM shoppers WHERE id = $1 OR alias_of = $1 AND alias_of <> ''`, s.ID)
		if err != nil {
			return err
		}
		return g.erase(s, ids, now, &e)
	}, nil)
	if err != nil {
		return chat.ErasedShopper{}, doing("erase shopper", err)
	}
	d.scrub()
	return e, nil
}

// scrub has the write-ahead log emptied soon, which still holds what was there.
func (d *DB) scrub() {
	d.commits.scrub.Store(true)
	d.commits.touch()
}

func (g *group) erase(s chat.Shopper, ids []chat.ShopperID, now chat.Millis, e *chat.ErasedShopper) error {
	if err := g.eraseRecords(s, ids); err != nil {
		return fmt.Errorf("records: %w", err)
	}
	if err := g.eraseConversations(ids, now, e); err != nil {
		return fmt.Errorf("conversations: %w", err)
	}
	if err := g.erasePrivacyRequests(s); err != nil {
		return fmt.Errorf("privacy requests: %w", err)
	}
	for _, id := range ids {
		if err := g.eraseHookEvents(s.Shop, ofShopper(id)); err != nil {
			return err
		}
		if err := g.eraseContacts(id, now); err != nil {
			return fmt.Errorf("contacts: %w", err)
		}
		uploads, err := many(g, scanValue[chat.AttachmentID], `UPDATE uploads SET conversation = '', author_id = '', created_at = 0, data = '{}'
			WHERE author_id = $1 RETURNING id`, id)
		if err != nil {
			return fmt.Errorf("uploads: %w", err)
		}
		e.Uploads = append(e.Uploads, uploads...)
		if _, err := g.exec(`DELETE FROM shopper_sessions WHERE shopper = $1`, id); err != nil {
			return fmt.Errorf("sessions: %w", err)
		}
		_, err = g.exec(`UPDATE shoppers SET customer = '', email = '', seen_at = 0, erased_at = $1, data = '{}' WHERE id = $2`, now, id)
		if err != nil {
			return fmt.Errorf("shoppers: %w", err)
		}
	}
	return g.leaveTraces(s, now)
}

// trace is what is left of an identifier after erasure: enough to know it again, not enough to tell it.
func (d *DB) trace(shop chat.ShopID, kind, value string) []byte {
	h := sha256.New()
	h.Write(d.salt)
	h.Write([]byte(strings.Join([]string{string(shop), kind, value}, "\x00")))
	return h.Sum(nil)
}

// leaveTraces keeps the hashes of what the shopper was known by.
func (g *group) leaveTraces(s chat.Shopper, now chat.Millis) error {
	for kind, value := range map[string]string{"customer": s.CustomerID, "email": strings.ToLower(s.Email)} {
		if value == "" {
			continue
		}
		if err := g.leaveTrace(s.Shop, kind, value, now); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) leaveTrace(shop chat.ShopID, kind, value string, now chat.Millis) error {
	_, err := g.exec(`INSERT INTO erased (hash, shop, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		g.c.db.trace(shop, kind, value), shop, now)
	if err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	return nil
}

// eraseConversations blanks all that was said with a shopper: agents' words tell of them too.
func (g *group) eraseConversations(ids []chat.ShopperID, now chat.Millis, e *chat.ErasedShopper) error {
	var all []head
	for _, id := range ids {
		some, err := many(g, scanHead, `SELECT `+headColumns+` FROM conversations c WHERE shopper = $1`, id)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b head) int { return cmp.Compare(a.Position, b.Position) })
	for _, h := range all {
		if err := g.eraseConversation(h, now, e); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) eraseConversation(h head, now chat.Millis, e *chat.ErasedShopper) error {
	if err := g.blankEntries(h.num); err != nil {
		return err
	}
	if err := g.eraseHookEvents(h.Shop, ofConversation(h.ID)); err != nil {
		return err
	}
	uploads, err := many(g, scanValue[chat.AttachmentID], `UPDATE uploads SET conversation = '', author_id = '', created_at = 0, data = '{}'
		WHERE conversation = $1 AND conversation <> '' RETURNING id`, h.ID)
	if err != nil {
		return err
	}
	e.Uploads = append(e.Uploads, uploads...)
	if err := g.eraseDeliveries(h, now); err != nil {
		return fmt.Errorf("deliveries: %w", err)
	}
	h.Conversation = atHome(h.Conversation)
	h.Shopper, h.Order, h.Tags = chat.ShopperBrief{ID: h.Shopper.ID}, nil, nil
	if l := h.LastMessage; l != nil {
		h.LastMessage = &chat.LastMessage{Ref: l.Ref, At: l.At, Author: nameless(l.Author)}
	}
	h.Generation++
	h.Version++
	if h.Position, err = g.position(h.Shop); err != nil {
		return err
	}
	h.dirty = true
	g.heads[h.ID] = &h
	e.Conversations = append(e.Conversations, h.Conversation)
	return nil
}

func nameless(a chat.Author) chat.Author {
	if a.Kind == chat.AuthorShopper {
		a.Name = ""
	}
	return a
}

// blankEntries takes away what a conversation's entries say. What is left is who wrote when, and what an amend amends.
func (g *group) blankEntries(conversation int64) error {
	_, err := g.exec(`UPDATE entries SET body = '{}', hash = NULL, blanked = 1 WHERE conversation = $1 AND kind IN ('message', 'note')`,
		conversation)
	if err != nil {
		return err
	}
	_, err = g.exec(`UPDATE entries SET author_name = '' WHERE conversation = $1 AND author_kind = 'shopper'`, conversation)
	if err != nil {
		return err
	}
	rest, err := many(g, func(s scanner) (chat.Entry, error) { return scanEntry(s, "") },
		`SELECT `+entryColumns+` FROM entries e WHERE conversation = $1 AND kind IN ('amend', 'event')`, conversation)
	if err != nil {
		return err
	}
	for _, e := range rest {
		body, told := blank(e)
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		_, err = g.exec(`UPDATE entries SET body = $1, hash = NULL, blanked = $2 WHERE conversation = $3 AND seq = $4`, string(b), told, conversation, e.Seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// blank gives what stays of an amend's or event's body, and whether that is less than it was.
func blank(e chat.Entry) (body any, less bool) {
	if a := e.Amend; a != nil {
		return chat.Amend{Target: a.Target, Action: a.Action}, a.Text != "" || a.Emoji != ""
	}
	v := chat.Event{Name: e.Event.Name, Agent: e.Event.Agent, Route: e.Event.Route}
	less = e.Event.Order != nil || e.Event.Cart != nil || e.Event.Tags != nil
	if h := e.Event.Handoff; h != nil {
		step := *h
		step.Name, v.Handoff = "", &step
		less = less || h.Name != ""
	}
	if h := e.Event.Hint; h != nil {
		v.Hint = &chat.Hint{Code: h.Code, Handoff: h.Handoff, Conversation: h.Conversation}
		less = less || h.Detail != ""
	}
	return v, less
}

// eraseRecords makes tombstones of what plugins told of a shopper, which later news of the same objects do not fill again. A
// customer's id may be an address, so of a customer only a trace is left.
func (g *group) eraseRecords(s chat.Shopper, ids []chat.ShopperID) error {
	var all []chat.Record
	for _, id := range ids {
		own, err := many(g, scanRecord, `SELECT `+recordColumns+` FROM records
			WHERE shop = $1 AND redacted = 0 AND shopper = $2 AND shopper <> ''`, s.Shop, id)
		if err != nil {
			return err
		}
		all = append(all, own...)
	}
	if s.CustomerID != "" {
		if err := g.eraseHookEvents(s.Shop, ofRecord(chat.RecordCustomer, s.CustomerID)); err != nil {
			return err
		}
		theirs, err := many(g, scanRecord, `SELECT `+recordColumns+` FROM records
			WHERE shop = $1 AND redacted = 0 AND customer = $2 AND customer <> ''`, s.Shop, s.CustomerID)
		if err != nil {
			return err
		}
		all = append(all, theirs...)
	}
	for _, r := range all {
		if r.Kind != chat.RecordOrder {
			continue
		}
		shipments, err := many(g, scanRecord, `SELECT `+recordColumns+` FROM records
			WHERE shop = $1 AND redacted = 0 AND kind = 'shipment' AND parent = $2 AND parent <> ''`, s.Shop, r.ExternalID)
		if err != nil {
			return err
		}
		all = append(all, shipments...)
	}
	slices.SortFunc(all, func(a, b chat.Record) int { return cmp.Compare(a.Position, b.Position) })
	all = slices.CompactFunc(all, func(a, b chat.Record) bool { return a.Position == b.Position }) // found in two ways
	for _, r := range all {
		if err := g.eraseRecord(r); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) eraseRecord(r chat.Record) error {
	if err := g.eraseHookEvents(r.Shop, ofRecord(r.Kind, r.ExternalID)); err != nil {
		return err
	}
	if r.Kind == chat.RecordCustomer {
		if err := g.leaveTrace(r.Shop, string(r.Kind), r.ExternalID, chat.At(g.c.db.now())); err != nil {
			return err
		}
		if err := g.rekey(&chat.Record{Shop: r.Shop, Kind: r.Kind, ExternalID: r.ExternalID}, r.Keys); err != nil {
			return err
		}
		_, err := g.exec(`DELETE FROM records WHERE shop = $1 AND kind = $2 AND external_id = $3`, r.Shop, r.Kind, r.ExternalID)
		return err
	}
	return g.writeRecord(&chat.Record{
		Shop: r.Shop, Kind: r.Kind, ExternalID: r.ExternalID, Version: r.Version, OccurredAt: r.OccurredAt, Deleted: true, Redacted: true,
	}, &r)
}
