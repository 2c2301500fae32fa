package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// moved is what a merge has taken over, so that it can be undone.
type moved struct {
	By            chat.Author           `json:"by"`
	Aliases       []chat.ShopperID      `json:"aliases,omitempty"`
	Addresses     []chat.AddressID      `json:"addresses,omitempty"`
	Sessions      [][]byte              `json:"sessions,omitempty"` // hashes
	Conversations []chat.ConversationID `json:"conversations,omitempty"`
	Customer      string                `json:"customer,omitempty"`
	Name          string                `json:"name,omitempty"`
	Email         string                `json:"email,omitempty"`
}

// MergeShoppers implements chat.Addresses. Records stay where they are: they are found through the alias.
func (d *DB) MergeShoppers(ctx context.Context, shop chat.ShopID, from, into chat.ShopperID, by chat.Author, now chat.Millis) error {
	return doing("merge shoppers", d.do(ctx, func(g *group) error {
		was, err := shopper(g, shop, from)
		if err != nil {
			return err
		}
		known, err := shopper(g, shop, into)
		if err != nil {
			return err
		}
		if was.ErasedAt != 0 || known.ErasedAt != 0 {
			return chat.ErrNotFound
		}
		if was.ID == known.ID {
			return nil
		}
		if was.CustomerID != "" && known.CustomerID != "" {
			return chat.ErrConflict
		}
		return g.merge(was, known, by, now)
	}))
}

func (g *group) merge(was, known chat.Shopper, by chat.Author, now chat.Millis) error {
	m := moved{By: by, Customer: was.CustomerID}
	var err error
	if m.Conversations, err = many(g, scanValue[chat.ConversationID], `SELECT id FROM conversations WHERE shopper IN (
		SELECT id FROM shoppers WHERE id = $1 UNION ALL SELECT id FROM shoppers WHERE alias_of = $1 AND alias_of <> '') ORDER BY id`, was.ID); err != nil {
		return err
	}
	if err := g.handOver(&m, was.ID, known.ID); err != nil {
		return err
	}
	if known.Name == "" {
		m.Name, known.Name = was.Name, was.Name
	}
	if known.Email == "" {
		m.Email, known.Email = was.Email, was.Email
	}
	known.CustomerID, was.CustomerID = cmp.Or(known.CustomerID, was.CustomerID), ""
	for _, s := range []chat.Shopper{was, known} { // in this order: a customer id is of one shopper at a time
		if err := g.writeShopper(s); err != nil {
			return err
		}
	}
	if err := g.alias(was.ID, known.ID); err != nil {
		return err
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = g.exec(`INSERT INTO merges (shopper, into_id, at, data) VALUES ($1, $2, $3, $4)`, was.ID, known.ID, now, string(data))
	if err != nil {
		return err
	}
	for _, id := range append(m.Aliases, was.ID) { // conversations that have not met yet carry an older id
		if err := g.addMeet(id, known.ID, now); err != nil {
			return err
		}
	}
	return nil
}

// handOver moves addresses and sessions, and who stood for was until now, and writes down which.
func (g *group) handOver(m *moved, was, known chat.ShopperID) (err error) {
	m.Aliases, err = many(g, scanValue[chat.ShopperID], `UPDATE shoppers SET alias_of = $1 WHERE alias_of = $2 AND alias_of <> '' RETURNING id`, known, was)
	if err != nil {
		return err
	}
	slices.Sort(m.Aliases)
	m.Addresses, err = many(g, scanValue[chat.AddressID], `UPDATE addresses SET shopper = $1 WHERE shopper = $2 RETURNING id`, known, was)
	if err != nil {
		return err
	}
	for _, id := range append(m.Aliases, was) {
		sessions, err := many(g, scanValue[[]byte], `UPDATE shopper_sessions SET shopper = $1 WHERE shopper = $2 RETURNING hash`, known, id)
		if err != nil {
			return err
		}
		m.Sessions = append(m.Sessions, sessions...)
	}
	return nil
}

// alias makes was an alias of known, and all who stood for was.
func (g *group) alias(was, known chat.ShopperID) error {
	_, err := g.exec(`UPDATE shoppers SET alias_of = $1 WHERE id = $2 OR alias_of = $2 AND alias_of <> ''`, known, was)
	return err
}

// UnmergeShopper implements chat.Addresses. What came after the merge stays with whom it came to.
func (d *DB) UnmergeShopper(ctx context.Context, shop chat.ShopID, from chat.ShopperID, now chat.Millis) (into chat.ShopperID, err error) {
	err = d.do(ctx, func(g *group) error {
		known, err := shopper(g, shop, from)
		if err != nil {
			return err
		}
		var data []byte
		err = g.row(`SELECT into_id, data FROM merges WHERE shopper = $1`, from).Scan(&into, &data)
		if errors.Is(missing(err), chat.ErrNotFound) {
			return chat.ErrConflict
		}
		if err != nil {
			return err
		}
		var m moved
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("decode merge: %w", err)
		}
		return g.unmerge(m, from, known, now)
	})
	if err != nil {
		return "", doing("unmerge shopper", err)
	}
	return into, nil
}

// unmerge gives back what was taken over, as far as it is still there.
func (g *group) unmerge(m moved, from chat.ShopperID, known chat.Shopper, now chat.Millis) error {
	if _, err := g.exec(`DELETE FROM merges WHERE shopper = $1`, from); err != nil {
		return err
	}
	if _, err := g.exec(`UPDATE shoppers SET alias_of = '' WHERE id = $1`, from); err != nil {
		return err
	}
	for _, id := range m.Aliases { // but for who was merged into somebody else meanwhile
		_, err := g.exec(`UPDATE shoppers SET alias_of = $1 WHERE id = $2 AND alias_of = $3
			AND NOT EXISTS (SELECT 1 FROM merges WHERE shopper = $2 AND into_id <> $1)`, from, id, known.ID)
		if err != nil {
			return err
		}
	}
	for _, id := range m.Addresses {
		if _, err := g.exec(`UPDATE addresses SET shopper = $1 WHERE id = $2 AND shopper = $3`, from, id, known.ID); err != nil {
			return err
		}
	}
	for _, hash := range m.Sessions {
		if _, err := g.exec(`UPDATE shopper_sessions SET shopper = $1 WHERE hash = $2 AND shopper = $3`, from, hash, known.ID); err != nil {
			return err
		}
	}
	if err := g.giveBackNames(m, from, known); err != nil {
		return err
	}
	return g.addMeetOf(known.Shop, known.ID, from, m.Conversations, now)
}

// giveBackNames gives back the customer id and takes away the names that came with the merge.
func (g *group) giveBackNames(m moved, from chat.ShopperID, known chat.Shopper) error {
	was, err := shopper(g, known.Shop, from)
	if err != nil {
		return err
	}
	if m.Customer != "" && known.CustomerID == m.Customer {
		was.CustomerID, known.CustomerID = m.Customer, ""
	}
	if m.Name != "" && known.Name == m.Name {
		known.Name = ""
	}
	if m.Email != "" && known.Email == m.Email {
		known.Email = ""
	}
	if err := g.writeShopper(known); err != nil {
		return err
	}
	return g.writeShopper(was)
}

// addMeetOf has some conversations follow to another shopper.
func (g *group) addMeetOf(shop chat.ShopID, was, known chat.ShopperID, these []chat.ConversationID, now chat.Millis) error {
	if len(these) == 0 {
		return nil
	}
	payload, err := json.Marshal(chat.ShopperTask{Shopper: was, Into: known, Conversations: these})
	if err != nil {
		return err
	}
	return g.addTasks([]chat.Task{{Kind: chat.TaskMeet, Shop: shop, DueAt: now, Lane: "shopper:" + string(was), Payload: payload}})
}
