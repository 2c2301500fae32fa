package realtime

import (
	"context"
	"errors"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// features tells clients what this server takes beyond protocol 1.
var features = []string{"amend", "typing", "read", "page"}

// greet takes the first frame: it proves a shopper, and answers with welcome.
func (c *conn) greet(ctx context.Context, f openapi.ClientFrame) {
	if f.Protocol != wire.Protocol {
		c.close(closeForbidden, "unsupported_protocol")
		return
	}
	if err := c.prove(ctx, f.Token); err != nil {
		c.dismiss(err)
		return
	}
	err := c.sit()
	if err == nil {
		err = c.settle(ctx)
	}
	if err != nil {
		c.dismiss(err)
	}
}

// prove finds out who a shopper is. An agent was proven by their cookie, before the socket was opened.
func (c *conn) prove(ctx context.Context, token string) error {
	if c.kind != chat.AuthorShopper {
		return nil
	}
	caller, session, err := c.door.o.Auth.ShopperByToken(ctx, c.key, token)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token, c.caller, c.session = token, caller, session
	return nil
}

// sit takes one of the places that a session has.
func (c *conn) sit() (err error) {
	most := 0
	if c.kind == chat.AuthorShopper {
		most = c.door.o.Limits.PerSession
	}
	c.guest, err = c.door.guests.enter(c.session, most)
	return err
}

// settle gives a proven caller their place: from then on they hear what concerns them, and others see them.
func (c *conn) settle(ctx context.Context) error {
	d, by := c.door, c.who()
	if by.Kind == chat.AuthorShopper {
		d.hub.take(chat.TopicShopper(by.Shopper), &c.self, c)
		d.hub.take(chat.TopicAgents(by.Shop), &c.agents, c)
	} else {
		d.hub.take(chat.TopicAgent(by.Agent), &c.self, c)
	}
	w, err := c.welcome(ctx, by)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.greeted = true
	c.welcomed()
	c.mu.Unlock()
	c.send(encode(w))
	c.attend(ctx, by)
	return nil
}

// welcome says who the caller is and how far everything is.
func (c *conn) welcome(ctx context.Context, by chat.Caller) (openapi.ServerFrame, error) {
	d := c.door
	if by.Kind == chat.AuthorShopper {
		own, err := d.o.Service.Own(ctx, by)
		return wire.WelcomeShopper(d.o.Shops.Epoch(), by, features, own), err
	}
	shops, err := d.o.Shops.Shops(ctx, by.Merchant)
	if err != nil {
		return openapi.ServerFrame{}, err
	}
	c.desk.shops, c.desk.shopsAt = shops, time.Now()
	heads := make([]openapi.FeedHead, len(shops))
	for i, s := range shops {
		position, err := d.o.Shops.FeedPosition(ctx, s.ID)
		if err != nil {
			return openapi.ServerFrame{}, err
		}
		heads[i] = openapi.FeedHead{Shop: string(s.ID), Position: position}
	}
	return wire.WelcomeAgent(d.o.Shops.Epoch(), by, features, heads), nil
}

// attend lets others see that the caller is here, and tells a shopper which agents are.
func (c *conn) attend(ctx context.Context, by chat.Caller) {
	d := c.door
	if by.Kind == chat.AuthorShopper {
		c.attended = append(c.attended, d.o.Fanout.Attend(by.Shop, by.Author()))
		for _, who := range d.o.Fanout.Attending(ctx, by.Shop, chat.AuthorAgent) {
			c.send(d.codec.attendance(by.Shop, who, chat.Here, "", chat.ForShopper))
		}
		return
	}
	for _, s := range c.desk.shops {
		c.attended = append(c.attended, d.o.Fanout.Attend(s.ID, by.Author()))
	}
}

// dismiss ends a connection that cannot be greeted.
func (c *conn) dismiss(err error) {
	e, again := transient(err)
	switch {
	case errors.Is(err, errTooMany), e.Kind == chat.KindRateLimited:
		c.bye(closeRate, e.Code, e.RetryAfter)
	case again:
		if e.Kind == chat.KindInternal {
			c.door.o.Log.Error("a hello failed", "error", err)
		}
		c.bye(closeTryAgain, "try_again", e.RetryAfter)
	case e.Kind == chat.KindUnauthorized:
		c.bye(closeToken, e.Code, 0)
	default:
		c.bye(closeForbidden, e.Code, 0)
	}
}
