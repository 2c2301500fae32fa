package chat

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"
)

// ConsentPurpose says what somebody agreed to be written to about.
type ConsentPurpose string

// Purposes of a consent.
const (
	ForConversation ConsentPurpose = "conversation"  // answers to what they asked
	ForOrderUpdates ConsentPurpose = "order_updates" // news of their orders
	ForMarketing    ConsentPurpose = "marketing"
)

// ConsentSource says how a consent, or its withdrawal, came to us.
type ConsentSource string

// Sources of a consent.
const (
	ConsentByForm     ConsentSource = "form"     // the widget's form
	ConsentByLink     ConsentSource = "link"     // they followed a link beside a notice, and wrote
	ConsentByWord     ConsentSource = "word"     // STOP or START, written on the channel
	ConsentByProvider ConsentSource = "provider" // the provider's own switch
	ConsentByPlugin   ConsentSource = "plugin"   // the shop's checkout, told by a plugin
	ConsentByAgent    ConsentSource = "agent"    // an agent wrote a withdrawal down
)

// Consent is one line of the ledger: who agreed to what, when, to which wording. It is never changed; taking it back is another
// line. The latest line per shopper, channel, value and purpose holds.
type Consent struct {
	ID       ConsentID
	Merchant MerchantID
	Shop     ShopID
	Shopper  ShopperID
	Channel  Channel
	Value    string // the phone (E.164) or e-mail address that it is about; the address's main key when it came over a channel
	Purpose  ConsentPurpose
	Granted  bool
	Wording  string // what was read
	Version  string // of the wording
	Language string
	Page     string // URL of the page where it was given
	Source   ConsentSource
	At       Millis
}

// Agreed tells whether the latest line about a channel, value and purpose is a yes. Lines come oldest first, as the ledger gives them.
func Agreed(consents []Consent, ch Channel, value string, purpose ConsentPurpose) bool {
	return latest(consents, ch, []string{value}, purpose)
}

// agreed is Agreed for an address, by whichever of its names the consent was written down.
func agreed(consents []Consent, a Address, purpose ConsentPurpose) bool {
	return latest(consents, a.Channel, append(slices.Clip(a.Keys), a.Phone, a.UserID), purpose)
}

func latest(consents []Consent, ch Channel, values []string, purpose ConsentPurpose) bool {
	var last Consent
	for _, c := range consents {
		if c.Channel == ch && c.Purpose == purpose && c.Value != "" && slices.Contains(values, c.Value) && c.At >= last.At {
			last = c
		}
	}
	return last.Granted
}

// ConsentRequest is a shopper's yes or no in the widget's form.
type ConsentRequest struct {
	Channel      Channel
	Value        string // the number or address that they typed
	Purposes     []ConsentPurpose
	Granted      bool
	Wording      string // what they read
	Version      string
	Language     string
	Page         string         // URL
	Conversation ConversationID // empty: they have written nothing yet
}

const maxConsentWording = 4_000

func (r ConsentRequest) problems() (bad []Field) {
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	add(len(r.Purposes) > 0 && len(r.Purposes) <= 3, "purposes", "needs 1 to 3")
	for _, p := range r.Purposes {
		add(p == ForConversation || p == ForOrderUpdates || p == ForMarketing, "purposes", "must be conversation, order_updates or marketing")
	}
	long := utf8.RuneCountInString(r.Wording) > maxConsentWording || ValidText(r.Wording) != nil
	add(!long && (!r.Granted || r.Wording != ""), "wording", "must be the text that was read, of at most 4,000 characters")
	add(len(r.Version) <= 60, "version", "is too long")
	add(len(r.Language) <= 35, "language", "must be a BCP 47 tag")
	return bad
}

// GiveConsent writes down what a shopper agreed to, or took back, in the widget's form. With a yes to answers the conversation can
// follow them there. The answer is the same whoever the number is known as: it tells nobody whose it is.
func (s *Service) GiveConsent(ctx context.Context, by Caller, r ConsentRequest) error {
	if by.Kind != AuthorShopper {
		return ErrNotFound
	}
	if bad := r.problems(); bad != nil {
		return ErrInvalid.With(bad...)
	}
	who, err := personAt(r.Channel, r.Value)
	if err != nil {
		return err
	}
	if r.Conversation != "" {
		if _, err := s.Conversation(ctx, by, by.Shop, r.Conversation); err != nil {
			return err
		}
	}
	acct, err := s.asked(ctx, by, r.Channel)
	if err != nil {
		return err
	}
	if err := s.store.AddConsents(ctx, s.lines(by, r, who)...); err != nil {
		return err
	}
	if !r.Granted {
		return nil
	}
	a, err := s.typed(ctx, by, acct, who)
	if err != nil {
		return err
	}
	return s.reachable(ctx, by, r, a)
}

// typed finds or makes the address of a shopper who has typed a number or address. Whose it is nobody knows: so it is found by no name
// of the provider's, and what its owner writes there by themselves is not led to whoever typed it.
func (s *Service) typed(ctx context.Context, by Caller, acct Account, who Person) (Address, error) {
	all, err := s.store.AddressesOf(ctx, by.Shop, by.Shopper)
	if err != nil {
		return Address{}, err
	}
	for _, a := range all {
		if a.Account == acct.ID && a.Phone == who.Phone && (who.Phone != "" || a.UserID == who.UserID) {
			return a, nil
		}
	}
	a, _, err := s.store.EnsureAddress(ctx, Address{
		ID: NewID[AddressID](PrefixAddress, s.random), Merchant: by.Merchant, Shop: by.Shop, Shopper: by.Shopper, Account: acct.ID,
		Channel: acct.Channel, Keys: []string{formKey + shortHash(string(by.Shopper)+"/"+who.Keys[0])}, Phone: who.Phone, UserID: who.UserID,
		CreatedAt: At(s.now()),
	}, Shopper{})
	return a, err
}

// asked finds the account by which a shop writes to who leaves a number or address for a channel.
func (s *Service) asked(ctx context.Context, by Caller, ch Channel) (Account, error) {
	shop, err := s.store.Shop(ctx, by.Merchant, by.Shop)
	if err != nil {
		return Account{}, err
	}
	i := slices.IndexFunc(shop.Settings.Handoff.Channels, func(c HandoffChannel) bool { return c.Channel == ch && c.Ask })
	rules, ok := s.rules(ch)
	if i < 0 || !ok || !rules.Unasked {
		return Account{}, ErrChannelOff
	}
	acct, err := s.store.Account(ctx, shop.Merchant, shop.Settings.Handoff.Channels[i].Account)
	if isNotFound(err) || err == nil && (acct.State == AccountOff || acct.Channel != ch || !acct.Serves(shop.ID)) {
		return Account{}, ErrChannelOff
	}
	return acct, err
}

// lines are the ledger's, one for each purpose.
func (s *Service) lines(by Caller, r ConsentRequest, who Person) (all []Consent) {
	page, _ := cleanURL(r.Page)
	value := who.Phone
	if value == "" {
		value = who.UserID
	}
	for _, p := range r.Purposes {
		all = append(all, Consent{
			ID: NewID[ConsentID](PrefixConsent, s.random), Merchant: by.Merchant, Shop: by.Shop, Shopper: by.Shopper, Channel: r.Channel,
			Value: value, Purpose: p, Granted: r.Granted, Wording: r.Wording, Version: r.Version, Language: r.Language, Page: page,
			Source: ConsentByForm, At: At(s.now()),
		})
	}
	return all
}

// reachable makes it known to the shopper's conversations that they have an address, to the one where they left it by a handoff that
// is offered; and gives what waited for a consent its turn.
func (s *Service) reachable(ctx context.Context, by Caller, r ConsentRequest, a Address) error {
	cs, err := s.store.ConversationsOf(ctx, by.Shop, by.Shopper, maxOwn)
	if err != nil {
		return err
	}
	for _, c := range cs {
		h := Handoff{}
		if c.ID == r.Conversation {
			if h, err = s.offeredByForm(ctx, c, a, r.Page); err != nil {
				return err
			}
		}
		_, err := s.change(ctx, Write{
			Shop: c.Shop, Conversation: c.ID,
			Decide: func(c Conversation) (Change, error) { return c.reachable(h, s.now()), nil },
		})
		if err != nil {
			return err
		}
		if err := s.releaseHeld(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// offeredByForm gives the handoff that a number left in the form offers; an empty one when it was offered before.
func (s *Service) offeredByForm(ctx context.Context, c Conversation, a Address, page string) (Handoff, error) {
	all, err := s.store.HandoffsOf(ctx, c.Shop, "", c.ID, maxHandoffs)
	if err != nil || slices.ContainsFunc(all, func(h Handoff) bool { return h.Address == a.ID && h.State != HandoffFailed }) {
		return Handoff{}, err
	}
	now := At(s.now())
	page, _ = cleanURL(page)
	return Handoff{
		ID: NewID[HandoffID](PrefixHandoff, s.random), Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Conversation: c.ID,
		From: ChannelWeb, To: a.Channel, Account: a.Account, Address: a.ID, Source: HandoffByConsent, State: HandoffOffered, Page: page,
		CreatedAt: now,
	}, nil
}

// reachable decides that the shopper can be reached elsewhere too. Of what they have not read yet, the last message waits from now on.
func (c Conversation) reachable(offered Handoff, now time.Time) Change {
	ch := c.begin(now)
	if offered.ID == "" && c.Away {
		return Change{}
	}
	ch.Conversation.Away = true
	if offered.ID != "" {
		h := ch.handoff(offered)
		step := h.Step()
		ch.event(Event{Name: EventHandoff, Handoff: &step}, system)
	}
	if l := c.LastMessage; l != nil && c.Address == "" && l.Author.Kind != AuthorShopper && c.readBy(AuthorShopper) < l.Seq {
		ch.Tasks = append(ch.Tasks, leaveTask(c, l.Ref, ch.now.Add(LeaveAfter)))
	}
	return ch
}

// ConsentsOf gives agents the ledger's lines about a shopper, oldest first.
func (s *Service) ConsentsOf(ctx context.Context, by Caller, shop ShopID, shopper ShopperID) ([]Consent, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	p, err := s.Shopper(ctx, by, shop, shopper)
	if err != nil {
		return nil, err
	}
	return s.store.ConsentsOf(ctx, shop, p.ID)
}

// noticeVersion is that of the notice beside links; it changes with its words.
const noticeVersion = "link-1"

// agree writes into the ledger what a shopper has agreed to by following a link beside a notice.
func (ch *Change) agree(w heard, a Address, h Handoff) {
	if h.Notice == "" {
		return
	}
	ch.Consents = append(ch.Consents, Consent{
		ID: w.lineID("notice"), Merchant: h.Merchant, Shop: h.Shop, Shopper: ch.Conversation.Shopper.ID, Channel: a.Channel, Value: a.value(),
		Purpose: ForConversation, Granted: true, Wording: h.Notice, Version: noticeVersion, Language: h.Language, Page: h.Page,
		Source: ConsentByLink, At: w.at,
	})
}

// lineID gives a line of the ledger an id: a decision is pure, so it draws none itself.
func (w heard) lineID(what string) ConsentID {
	return ConsentID(PrefixConsent + shortHash(string(w.seed)+"/"+what))
}
