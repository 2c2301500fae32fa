package store

import (
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// The body of an event for webhooks tells of people, and is kept for as long as it may be sent again. Its subjects lead to it, so that
// it can go with them: shoppers and conversations, which their ids tell, and the shop's records, which stand under their kind's name.

// subject is one of whom or of which an event tells: an id of ours, or the kind of a record and its external id.
type subject struct{ kind, id string }

func ofShopper(id chat.ShopperID) subject           { return subject{"", string(id)} }
func ofConversation(id chat.ConversationID) subject { return subject{"", string(id)} }

func ofRecord(kind chat.RecordKind, externalID string) subject {
	return subject{string(kind), externalID}
}

// subjectsOf finds the subjects of an event's body.
func subjectsOf(body json.RawMessage) (map[subject]bool, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, fmt.Errorf("decode webhook event: %w", err)
	}
	found := map[subject]bool{}
	findSubjects(found, "", v)
	return found, nil
}

// findSubjects looks through a value that stands under a name.
func findSubjects(found map[subject]bool, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			id, ok := inner.(string)
			switch {
			case ok && k == "external_id":
				found[subject{name, id}] = true
			case ok && k == "order_external_id":
				found[ofRecord(chat.RecordOrder, id)] = true
			default:
				findSubjects(found, k, inner)
			}
		}
	case []any:
		for _, inner := range v {
			findSubjects(found, name, inner)
		}
	case string:
		if chat.ValidID(chat.PrefixShopper, v) || chat.ValidID(chat.PrefixConversation, v) {
			found[subject{"", v}] = true
		}
	}
}

func (g *group) subjectHash(shop chat.ShopID, s subject) []byte {
	return g.c.db.trace(shop, "subject:"+s.kind, s.id)[:16]
}

func (g *group) addHookSubjects(e chat.HookEvent, subjects map[subject]bool) error {
	for s := range subjects {
		_, err := g.exec(`INSERT INTO hook_subjects (shop, subject, event) VALUES ($1, $2, $3)`, e.Shop, g.subjectHash(e.Shop, s), e.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseHookEvents removes the events that tell of a subject, sent or not, with their deliveries.
func (g *group) eraseHookEvents(shop chat.ShopID, s subject) error {
	_, err := g.exec(`DELETE FROM hook_events WHERE id IN (SELECT event FROM hook_subjects WHERE shop = $1 AND subject = $2)`,
		shop, g.subjectHash(shop, s))
	if err != nil {
		return fmt.Errorf("webhook events: %w", err)
	}
	return nil
}
