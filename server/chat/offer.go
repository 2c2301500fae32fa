package chat

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// OfferRequest is a shopper's wish to go on elsewhere.
type OfferRequest struct {
	Channel      Channel
	Conversation ConversationID // empty: they have written nothing yet
	Page         string         // URL where they are: the way back leads there
	Language     string
}

// Offered is a way elsewhere. URL and Code are told once.
type Offered struct {
	Handoff Handoff
	URL     string
	Text    string // that the link fills in, with the code in it
	Code    string
}

// Offer makes a link that takes a shopper's conversation to a channel.
func (s *Service) Offer(ctx context.Context, by Caller, r OfferRequest) (Offered, error) {
	shop, err := s.store.Shop(ctx, by.Merchant, by.Shop)
	if err != nil {
		return Offered{}, err
	}
	if r.Conversation != "" {
		if _, err := s.Conversation(ctx, by, by.Shop, r.Conversation); err != nil {
			return Offered{}, err
		}
	}
	acct, err := s.offered(ctx, shop, r.Channel)
	if err != nil {
		return Offered{}, err
	}
	now, code := At(s.now()), newLinkCode(s.random)
	page, _ := cleanURL(r.Page)
	h := Handoff{
		ID: NewID[HandoffID](PrefixHandoff, s.random), Merchant: by.Merchant, Shop: by.Shop, Shopper: by.Shopper, Conversation: r.Conversation,
		From: ChannelWeb, To: r.Channel, Account: acct.ID, Source: HandoffByLink, State: HandoffOffered, Page: page,
		ExpiresAt: now.Add(CodeFor), CreatedAt: now, UpdatedAt: now,
	}
	words := wordsIn(r.Language)
	h.Language = clip(r.Language, 35)
	h.Notice = strings.NewReplacer("{shop}", shop.Name, "{channel}", words[string(r.Channel)]).Replace(words["notice"])
	hash := code.Hash(acct.ID)
	if err := s.store.CreateHandoff(ctx, h, &hash); err != nil {
		return Offered{}, err
	}
	if err := s.tell(ctx, h); err != nil {
		return Offered{}, err
	}
	text := strings.ReplaceAll(words["continue"], "{shop}", shop.Name) + " (ref " + code.String() + ")"
	return Offered{Handoff: h, URL: s.carry.Link(acct, text, code.String()), Text: text, Code: code.String()}, nil
}

// offered finds the account by which a shop offers a channel.
func (s *Service) offered(ctx context.Context, shop Shop, ch Channel) (Account, error) {
	i := slices.IndexFunc(shop.Settings.Handoff.Channels, func(c HandoffChannel) bool { return c.Channel == ch && c.Link })
	if i < 0 || s.carry == nil {
		return Account{}, ErrChannelOff
	}
	acct, err := s.store.Account(ctx, shop.Merchant, shop.Settings.Handoff.Channels[i].Account)
	if isNotFound(err) || err == nil && (acct.State != AccountActive || acct.Channel != ch || !acct.Serves(shop.ID)) {
		return Account{}, ErrChannelOff
	}
	return acct, err
}

// tell writes a step of a handoff into its conversation's log, when there is one. Doing it again writes nothing.
func (s *Service) tell(ctx context.Context, h Handoff) error {
	if h.Conversation == "" {
		return nil
	}
	id := clip("handoff-"+string(h.State)+"-"+shortHash(string(h.ID)), MaxClientID)
	by := Author{Kind: AuthorSystem}
	_, err := s.change(ctx, Write{
		Shop: h.Shop, Conversation: h.Conversation, Key: &SendKey{Author: by, ClientID: id},
		Decide: func(c Conversation) (Change, error) {
			ch := c.begin(s.now())
			step := h.Step()
			ch.append(Entry{Kind: EntryEvent, Author: by, Channel: c.Channel, ClientID: id, Event: &Event{Name: EventHandoff, Handoff: &step}})
			return ch, nil
		},
	})
	if isNotFound(err) {
		return nil
	}
	return err
}

// Clicked takes in that a shopper has followed a link. Whatever else became of it since stays.
func (s *Service) Clicked(ctx context.Context, by Caller, id HandoffID) error {
	h, err := s.ownHandoff(ctx, by, id)
	if err != nil || h.State != HandoffOffered {
		return err
	}
	h, err = s.store.UpdateHandoff(ctx, by.Shop, id, func(h *Handoff) error {
		if h.State == HandoffOffered {
			h.State, h.UpdatedAt = HandoffClicked, At(s.now())
		}
		return nil
	})
	if err != nil || h.State != HandoffClicked {
		return err
	}
	return s.tell(ctx, h)
}

func (s *Service) ownHandoff(ctx context.Context, by Caller, id HandoffID) (Handoff, error) {
	h, err := s.store.Handoff(ctx, by.Shop, id)
	if err != nil {
		return Handoff{}, err
	}
	p, err := s.store.Shopper(ctx, by.Shop, h.Shopper) // who made it may have become somebody known
	if err != nil {
		return Handoff{}, err
	}
	if by.Kind != AuthorShopper || p.ID != by.Shopper {
		return Handoff{}, ErrNotFound
	}
	return h, nil
}

const maxHandoffs = 50

// MyHandoffs lists a shopper's own handoffs, newest first.
func (s *Service) MyHandoffs(ctx context.Context, by Caller) ([]Handoff, error) {
	return s.store.HandoffsOf(ctx, by.Shop, by.Shopper, "", maxHandoffs)
}

// HandoffsOf lists a conversation's handoffs for agents, newest first.
func (s *Service) HandoffsOf(ctx context.Context, by Caller, shop ShopID, id ConversationID) ([]Handoff, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	if _, err := s.Conversation(ctx, by, shop, id); err != nil {
		return nil, err
	}
	return s.store.HandoffsOf(ctx, shop, "", id, maxHandoffs)
}

// lapse tells of offers that nobody took.
func (s *Service) lapse(ctx context.Context) error {
	all, err := s.store.LapsedOffers(ctx, At(s.now()), sweepLimit)
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := s.tell(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// ResumeParam is the query parameter of a shop's page that carries a resume link's token.
const ResumeParam = "tagalong"

// resumeURL makes a link that leads back to the conversation on the shop's site, for who has an address. The page is one of the
// shop's own, so that the link can't be made to lead elsewhere.
func (s *Service) resumeURL(ctx context.Context, shop Shop, c Conversation, a Address) (string, error) {
	token := NewID[string]("", s.random)
	now := At(s.now())
	page := ""
	if c.Handoff != nil {
		page = c.Handoff.Page
	}
	if page == "" && a.Confirmed() { // where they are now is theirs to know
		if p, err := s.store.Shopper(ctx, c.Shop, c.Shopper.ID); err == nil && p.Page != nil {
			page = p.Page.URL
		}
	}
	u, ok := shop.page(page)
	if !ok { // a shop without a site of its own: the chat's hosted page
		u = &url.URL{Path: "/c/" + shop.Key}
		if base, err := url.Parse(s.public); err == nil {
			u = base.JoinPath("c", shop.Key)
		}
	}
	q := u.Query()
	for name, values := range q {
		if slices.Contains(values, hiddenParam) { // it opened something once
			q.Del(name)
		}
	}
	q.Set(ResumeParam, token)
	u.RawQuery = q.Encode()
	err := s.store.CreateResumeLink(ctx, ResumeLink{
		Hash: resumeHash(token), Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Conversation: c.ID, Address: a.ID,
		CreatedAt: now, ExpiresAt: now.Add(ResumeFor),
	})
	return u.String(), err
}

// page gives a page of the shop's own sites: the given one when it is, else the first site's front page.
func (s Shop) page(given string) (*url.URL, bool) {
	if u, err := url.Parse(given); err == nil && u.Host != "" {
		if origin, ok := Origin(u.Scheme + "://" + u.Host); ok && slices.Contains(s.Origins, origin) {
			return u, true
		}
	}
	if len(s.Origins) == 0 {
		return nil, false
	}
	u, err := url.Parse(s.Origins[0] + "/")
	return u, err == nil
}
