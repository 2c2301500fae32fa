package chat

import "context"

// Limits of a resume.
const (
	ReplayLimit   = 500 // entries that are replayed after a cursor
	SnapshotLimit = 50  // entries of a snapshot
	maxOwn        = 20  // conversations that a shopper is told of
)

// Resumed is what a client gets that names its cursor.
type Resumed struct {
	Conversation Conversation
	Entries      []Entry // after the cursor; or the last ones, of a snapshot
	Snapshot     bool    // the cursor is of no use: what the client has is to be thrown away
}

// Resume reads what follows a cursor. Another generation, a cursor beyond the head or before what is kept, or more than
// ReplayLimit entries to replay give a snapshot instead. The caller subscribes first, reads then, and drops what it gets twice.
func (s *Service) Resume(ctx context.Context, by Caller, shop ShopID, id ConversationID, generation, after int64) (Resumed, error) {
	if by.Kind == AuthorShopper {
		shop = by.Shop
	}
	c, err := s.Conversation(ctx, by, shop, id)
	if err != nil {
		return Resumed{}, err
	}
	if after < 0 {
		return Resumed{}, ErrBadCursor
	}
	a, head := by.Audience(), c.HeadFor(by.Audience())
	q := EntryQuery{Shop: shop, Conversation: id, Audience: a, After: after, Limit: ReplayLimit}
	lost := generation != c.Generation || after > head || head-after > ReplayLimit || a == ForAgents && after > 0 && after < c.FirstSeq-1
	if lost && after == 0 && head <= SnapshotLimit && generation == 0 {
		lost = false // a client that has nothing loses nothing
	}
	if lost {
		q = EntryQuery{Shop: shop, Conversation: id, Audience: a, Before: head + 1, Limit: SnapshotLimit}
	}
	if !lost && after == head {
		return Resumed{Conversation: c}, nil // the common case needs no query
	}
	es, err := s.store.Entries(ctx, q)
	if err != nil {
		return Resumed{}, err
	}
	return Resumed{Conversation: c, Entries: es, Snapshot: lost}, nil
}

// HeadFor gives the last entry's number for the audience.
func (c Conversation) HeadFor(a Audience) int64 {
	if a == ForShopper {
		return c.ShopperHead
	}
	return c.Head
}

// Own is one of a shopper's conversations, with what they have not read.
type Own struct {
	Conversation
	Unread int
}

const unreadLimit = 100

// Own lists the shopper's conversations for their welcome, newest first.
func (s *Service) Own(ctx context.Context, by Caller) ([]Own, error) {
	cs, err := s.store.ConversationsOf(ctx, by.Shop, by.Shopper, maxOwn)
	if err != nil {
		return nil, err
	}
	own := make([]Own, len(cs))
	for i, c := range cs {
		own[i].Conversation = c
		if own[i].Unread, err = s.Unread(ctx, by, c); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// Unread counts what the caller has not read in a conversation, at most 100.
func (s *Service) Unread(ctx context.Context, by Caller, c Conversation) (int, error) {
	if c.LastMessage == nil || c.LastMessage.Seq <= c.Watermark(by.Author()).Read.Seq {
		return 0, nil // the common case needs no query
	}
	return s.store.Unread(ctx, c.Shop, c.ID, by.Author(), unreadLimit)
}

// Feed gives an agent what changed in a shop after a position.
func (s *Service) Feed(ctx context.Context, by Caller, shop ShopID, after int64) (FeedPage, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return FeedPage{}, err
	}
	if after < 0 {
		return FeedPage{}, ErrBadCursor
	}
	return s.store.Feed(ctx, shop, after, ReplayLimit)
}

// History gives older or newer entries in the caller's view.
func (s *Service) History(ctx context.Context, by Caller, q EntryQuery) ([]Entry, error) {
	if by.Kind == AuthorShopper {
		q.Shop = by.Shop
	}
	if _, err := s.Conversation(ctx, by, q.Shop, q.Conversation); err != nil {
		return nil, err
	}
	q.Audience = by.Audience()
	return s.store.Entries(ctx, q)
}
