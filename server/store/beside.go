package store

import (
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// atOnce writes what a change holds beside the log's head and entries, which are written when the group is flushed: what it binds,
// its tasks, and what concerns channels. A change that is refused leaves nothing of that behind.
func (g *group) atOnce(num int64, ch chat.Change) (err error) {
	if len(ch.Addresses)+len(ch.Handoffs)+len(ch.Deliveries)+len(ch.Consents) > 0 || ch.Inbound != nil {
		if _, err := g.exec(`SAVEPOINT beside`); err != nil {
			return err
		}
		defer func() {
			end := `RELEASE beside`
			if err != nil {
				end = `ROLLBACK TO beside`
			}
			if _, e := g.exec(end); e != nil {
				g.fail(e)
			}
		}()
		if err := g.besideLog(num, ch); err != nil {
			return err
		}
	}
	if err := g.bind(ch.Conversation, ch.Bind); err != nil {
		return err
	}
	return g.addTasks(ch.Tasks)
}

// besideLog writes what concerns channels.
func (g *group) besideLog(num int64, ch chat.Change) error {
	for _, a := range ch.Addresses {
		if err := g.putAddress(a); err != nil {
			return fmt.Errorf("write address: %w", err)
		}
	}
	for _, h := range ch.Handoffs {
		if err := g.putHandoff(h); err != nil {
			return fmt.Errorf("write handoff: %w", err)
		}
	}
	for _, d := range ch.Deliveries {
		if err := g.putDelivery(num, d); err != nil {
			return fmt.Errorf("write delivery: %w", err)
		}
	}
	if err := g.addConsents(ch.Consents); err != nil {
		return fmt.Errorf("write consents: %w", err)
	}
	if ch.Inbound != nil {
		return g.takenFor(*ch.Inbound, effect(num, *ch.Inbound, ch))
	}
	return nil
}

// see gives what a write wants its decision to see beside the head, with what earlier members of the group have written.
func (g *group) see(shop chat.ShopID, b chat.Beside) (s chat.Seen, err error) {
	if b.Delivery != "" {
		if s.Delivery, err = delivery(g, shop, b.Delivery); err != nil {
			return s, err
		}
	}
	if b.Handoff != "" {
		if s.Handoff, err = handoff(g, shop, b.Handoff); err != nil {
			return s, err
		}
	}
	if b.Address != "" {
		if s.Address, err = address(g, shop, b.Address); err != nil {
			return s, err
		}
	}
	if b.Spent != "" {
		s.Spent, err = spent(g, shop, b.Spent, b.SpentAt)
	}
	return s, err
}
