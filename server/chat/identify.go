package chat

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"
)

// SessionFor is how long a shopper's session lasts after it was last used.
const SessionFor = 90 * 24 * time.Hour

// NewSession makes an anonymous shopper with one browser. The token is the caller's; only its hash is kept.
func (s *Service) NewSession(ctx context.Context, shop Shop, token, language string) (Shopper, ShopperSession, error) {
	now := At(s.now())
	p := Shopper{
		ID: NewID[ShopperID](PrefixShopper, s.random), Merchant: shop.Merchant, Shop: shop.ID, Language: clip(language, 35),
		CreatedAt: now, SeenAt: now,
	}
	session := ShopperSession{
		Hash: sha256.Sum256([]byte(token)), Merchant: shop.Merchant, Shop: shop.ID, Shopper: p.ID,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionFor),
	}
	return p, session, s.store.CreateShopper(ctx, p, session)
}

// EndSession revokes a shopper's session; its sockets close.
func (s *Service) EndSession(ctx context.Context, by Caller, hash [32]byte) error {
	if err := s.store.RevokeShopperSession(ctx, hash); err != nil {
		return err
	}
	s.fanout.Publish(Live{Kind: LiveRevoked, Merchant: by.Merchant, Shop: by.Shop, Shopper: by.Shopper, Session: hash})
	return nil
}

// Identify joins an anonymous shopper to the one whom the shop vouches for. The identity must have been verified before.
func (s *Service) Identify(ctx context.Context, by Caller, hash [32]byte, identity Identity) (Shopper, error) {
	identity.Name, identity.Email = clip(identity.Name, 120), clip(identity.Email, 254)
	done, err := s.store.Identify(ctx, hash, identity, At(s.now()))
	if err != nil {
		return Shopper{}, err
	}
	if err := s.meet(ctx, by.Shop, done.Was, done.Shopper); err != nil {
		return Shopper{}, err
	}
	who := by.Author()
	who.ID, who.Name = string(done.Shopper.ID), done.Shopper.Name
	err = s.announce(ctx, noticeTask{
		Key: string(NoticeShopperIdentified) + ":" + string(done.Shopper.ID) + ":" + shortHash(string(hash[:])), Type: NoticeShopperIdentified,
		Shop: by.Shop, Shopper: done.Shopper.ID, At: At(s.now()),
	})
	if err != nil {
		return Shopper{}, err
	}
	for _, id := range []ShopperID{done.Was, done.Shopper.ID} {
		s.fanout.Publish(Live{Kind: LiveShopper, Merchant: by.Merchant, Shop: by.Shop, Shopper: id, Who: who})
		if done.Was == done.Shopper.ID {
			break
		}
	}
	return done.Shopper, nil
}

// meet moves the conversations of who a shopper was to who they are known as. It is also the task that finishes the work when the
// server died in between: doing it again changes nothing.
func (s *Service) meet(ctx context.Context, shop ShopID, was ShopperID, known Shopper, only ...ConversationID) error {
	cs, err := s.store.ConversationsOf(ctx, shop, was, contextLimit)
	if err != nil {
		return err
	}
	if len(cs) == 0 {
		return nil
	}
	latest, err := s.latestOrder(ctx, known)
	if err != nil {
		return err
	}
	for _, c := range cs {
		if len(only) > 0 && !slices.Contains(only, c.ID) {
			continue
		}
		_, err := s.change(ctx, Write{
			Shop: shop, Conversation: c.ID,
			Decide: func(c Conversation) (Change, error) { return c.Meet(known, latest, s.now()) },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Erase removes what is known of a shopper, and what they wrote. It is a task, so that it is finished whatever happens.
func (s *Service) Erase(ctx context.Context, by Caller, shop ShopID, id ShopperID) error {
	if !by.Role.Manages() {
		return ErrForbidden
	}
	p, err := s.Shopper(ctx, by, shop, id)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(ShopperTask{Shopper: p.ID})
	if err != nil {
		return err
	}
	err = s.store.AddTasks(ctx, Task{
		ID: NewID[TaskID](PrefixTask, s.random), Kind: TaskErase, Shop: shop, DueAt: At(s.now()), Lane: "shopper:" + string(p.ID), Payload: payload,
	})
	s.wake()
	return err
}

func (s *Service) erase(ctx context.Context, shop ShopID, id ShopperID) error {
	done, err := s.store.Erase(ctx, shop, id, At(s.now()))
	if err != nil {
		return err
	}
	for _, a := range done.Uploads {
		if err := s.blobs.Remove(ctx, a); err != nil {
			return err
		}
	}
	for _, c := range done.Conversations {
		s.publish(Committed{Conversation: c, Prev: c.Position - 1})
	}
	s.fanout.Publish(Live{Kind: LiveRevoked, Shop: shop, Shopper: id})
	return nil
}
