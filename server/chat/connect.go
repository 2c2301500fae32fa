package chat

import (
	"context"
	"slices"
	"strings"
)

// Connecting a merchant to channels.

// SaveProviderApp writes a provider app. The verify token is ours to make; without new secrets the old ones stay.
func (s *Service) SaveProviderApp(ctx context.Context, by Caller, a ProviderApp, create bool) (ProviderApp, error) {
	if !by.Role.Manages() {
		return ProviderApp{}, ErrForbidden
	}
	a.Merchant = by.Merchant
	if create {
		a.ID, a.CreatedAt = NewID[ProviderAppID](PrefixProviderApp, s.random), At(s.now())
		a.VerifyToken = NewID[string]("", s.random)
	} else {
		old, err := s.store.ProviderApp(ctx, by.Merchant, a.ID)
		if err != nil {
			return ProviderApp{}, err
		}
		a.Provider, a.VerifyToken, a.CreatedAt = old.Provider, old.VerifyToken, old.CreatedAt
		if a.Secrets == nil {
			a.Secrets = old.Secrets
		}
	}
	if err := a.validate(); err != nil {
		return ProviderApp{}, err
	}
	if create {
		return a, s.store.CreateProviderApp(ctx, a)
	}
	return a, s.store.UpdateProviderApp(ctx, a)
}

func (a *ProviderApp) validate() error {
	var bad []Field
	if a.Name = strings.TrimSpace(a.Name); !label(a.Name) {
		bad = append(bad, Field{"name", "must have 1 to 120 characters"})
	}
	if a.Provider != ProviderMeta {
		bad = append(bad, Field{"provider", "is not built in"})
	}
	if a.AppID = strings.TrimSpace(a.AppID); !digits(a.AppID) || len(a.AppID) > 40 {
		bad = append(bad, Field{"app_id", "must be the app's number"})
	}
	if len(a.Secrets) > MaxAppSecrets {
		bad = append(bad, Field{"secrets", "at most 3"})
	}
	for i, secret := range a.Secrets {
		if a.Secrets[i] = strings.TrimSpace(secret); len(a.Secrets[i]) < 8 || len(a.Secrets[i]) > 200 {
			bad = append(bad, Field{"secrets", "each must have 8 to 200 characters"})
		}
	}
	if bad != nil {
		return ErrInvalid.With(bad...)
	}
	return nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// SaveAccount writes an account. Without a new token the old one stays.
func (s *Service) SaveAccount(ctx context.Context, by Caller, a Account, create bool) (Account, error) {
	if !by.Role.Manages() {
		return Account{}, ErrForbidden
	}
	a.Merchant = by.Merchant
	var old Account
	if create {
		a.ID, a.CreatedAt, a.State = NewID[AccountID](PrefixAccount, s.random), At(s.now()), AccountActive
	} else {
		var err error
		if old, err = s.store.Account(ctx, by.Merchant, a.ID); err != nil {
			return Account{}, err
		}
		a.Channel, a.CreatedAt = old.Channel, old.CreatedAt
		if a.Token == "" {
			a.Token = old.Token
		} else if a.State == AccountAttention { // a new token may mend it; a check will tell
			a.State, a.Problem, a.Detail = AccountActive, "", ""
		}
	}
	if err := s.validAccount(ctx, &a); err != nil {
		return Account{}, err
	}
	if create {
		return a, s.store.CreateAccount(ctx, a)
	}
	if err := s.store.UpdateAccount(ctx, a); err != nil {
		return Account{}, err
	}
	if a.State == AccountActive && old.State != AccountActive {
		return a, s.resumeAccount(ctx, a)
	}
	return a, nil
}

const maxAccountShops = 200

func (s *Service) validAccount(ctx context.Context, a *Account) error {
	var bad []Field
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	a.Name, a.ExternalID, a.Handle, a.BusinessID, a.Token = strings.TrimSpace(a.Name), strings.TrimSpace(a.ExternalID),
		strings.TrimSpace(a.Handle), strings.TrimSpace(a.BusinessID), strings.TrimSpace(a.Token)
	rules, known := s.rules(a.Channel)
	add(known, "channel", "is not built in")
	add(label(a.Name), "name", "must have 1 to 120 characters")
	add(a.ExternalID != "" && len(a.ExternalID) <= 254, "external_id", "is needed")
	add(len(a.Handle) <= 254 && len(a.BusinessID) <= 80, "handle", "is too long")
	add(len(a.Token) <= 2000, "token", "is too long")
	add(a.State == AccountActive || a.State == AccountAttention || a.State == AccountOff, "state", "must be active or off")
	add(a.PerSecond >= 0 && a.PerSecond <= 1000, "per_second", "must be 0 to 1000")
	if rules.Provider == ProviderMeta {
		add(digits(a.ExternalID), "external_id", "must be a number of the provider's")
		add(a.Token != "", "token", "is needed")
	}
	if a.Channel == ChannelWhatsApp {
		a.Handle = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, a.Handle)
		add(len(a.Handle) >= 6, "handle", "must be the number with its country code")
	}
	for category, price := range a.Prices {
		bad = append(bad, price.problems("prices."+string(category))...)
		add(price.Amount >= 0, "prices."+string(category)+".amount", "must not be negative")
	}
	if bad == nil {
		more, err := s.accountPlaces(ctx, a, rules)
		if err != nil {
			return err
		}
		bad = more
	}
	if bad != nil {
		return ErrInvalid.With(bad...)
	}
	return nil
}

// accountPlaces checks that an account's app and shops are the merchant's.
func (s *Service) accountPlaces(ctx context.Context, a *Account, rules ChannelRules) (bad []Field, _ error) {
	if rules.Provider == ProviderMeta {
		app, err := s.store.ProviderApp(ctx, a.Merchant, a.App)
		if isNotFound(err) || err == nil && app.Provider != rules.Provider {
			bad = append(bad, Field{"provider_app", "is none of yours for this channel"})
		} else if err != nil {
			return nil, err
		}
	} else {
		a.App = ""
	}
	slices.Sort(a.Shops)
	a.Shops = slices.Compact(a.Shops)
	if len(a.Shops) == 0 || len(a.Shops) > maxAccountShops {
		bad = append(bad, Field{"shops", "must be 1 to 200"})
	}
	for _, id := range a.Shops {
		shop, err := s.store.Shop(ctx, a.Merchant, id)
		switch {
		case isNotFound(err):
			bad = append(bad, Field{"shops", "one is none of yours"})
		case err != nil:
			return nil, err
		case shop.Test:
			bad = append(bad, Field{"shops", "a test shop has no channels but the web"})
		}
	}
	if !a.Serves(a.Default) {
		bad = append(bad, Field{"default_shop", "must be one of the shops"})
	}
	return bad, nil
}

// rules gives a channel's rules; false: it is not built in.
func (s *Service) rules(ch Channel) (ChannelRules, bool) {
	if s.carry != nil {
		for _, r := range s.carry.Channels() {
			if r.Channel == ch {
				return r, true
			}
		}
	}
	return ChannelRules{Channel: ch}, false
}

// account loads an account of the caller's with its app.
func (s *Service) account(ctx context.Context, by Caller, id AccountID) (Account, ProviderApp, error) {
	if !by.Role.Manages() {
		return Account{}, ProviderApp{}, ErrForbidden
	}
	a, err := s.store.Account(ctx, by.Merchant, id)
	if err != nil {
		return Account{}, ProviderApp{}, err
	}
	app, err := s.appOf(ctx, a)
	return a, app, err
}

// appOf gives an account's provider app; an empty one where the channel has none.
func (s *Service) appOf(ctx context.Context, a Account) (ProviderApp, error) {
	if a.App == "" {
		return ProviderApp{}, nil
	}
	return s.store.ProviderApp(ctx, a.Merchant, a.App)
}

// CheckAccount looks at a connection and writes down whether it can be used: a failed check stops what would be sent in vain.
func (s *Service) CheckAccount(ctx context.Context, by Caller, id AccountID) ([]Check, error) {
	a, app, err := s.account(ctx, by, id)
	if err != nil {
		return nil, err
	}
	checks := s.carry.Check(ctx, a, app)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	token := a.Token
	if a, err = s.store.Account(ctx, by.Merchant, id); err != nil { // as it is by now: looking takes a while
		return nil, err
	}
	if a.State == AccountOff || a.Token != token {
		return checks, nil
	}
	was := a.State
	a.State, a.Problem, a.Detail = AccountActive, "", ""
	if i := slices.IndexFunc(checks, func(c Check) bool { return c.State == "failed" && vital(c.Name) }); i >= 0 {
		a.State, a.Problem, a.Detail = AccountAttention, checks[i].Code, clip(checks[i].Detail, 300)
	}
	if err := s.store.UpdateAccount(ctx, a); err != nil {
		return nil, err
	}
	if was == AccountAttention && a.State == AccountActive {
		return checks, s.resumeAccount(ctx, a)
	}
	return checks, nil
}

// vital tells whether nothing can be sent while a check fails.
func vital(check string) bool {
	return check == "token" || check == "permissions" || check == "account"
}

// SubscribeAccount asks the provider to send the account's webhooks here.
func (s *Service) SubscribeAccount(ctx context.Context, by Caller, id AccountID) error {
	a, app, err := s.account(ctx, by, id)
	if err != nil {
		return err
	}
	return refusedBy(s.carry.Subscribe(ctx, a, app))
}

// SyncTemplates fetches an account's templates.
func (s *Service) SyncTemplates(ctx context.Context, by Caller, id AccountID) ([]Template, error) {
	a, app, err := s.account(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := s.syncTemplates(ctx, a, app); err != nil {
		return nil, refusedBy(err)
	}
	if err := s.resumeFor(ctx, id, WhyTemplateRefused, WhyTemplateCategory); err != nil {
		return nil, err
	}
	return s.store.Templates(ctx, id)
}

func (s *Service) syncTemplates(ctx context.Context, a Account, app ProviderApp) error {
	if r, ok := s.rules(a.Channel); !ok || !r.Templates {
		return nil
	}
	all, err := s.carry.Templates(ctx, a, app)
	if err != nil {
		return err
	}
	old, err := s.store.Templates(ctx, a.ID)
	if err != nil {
		return err
	}
	for i := range all {
		t := &all[i]
		t.ID, t.Merchant, t.Account, t.SyncedAt = NewID[TemplateID](PrefixTemplate, s.random), a.Merchant, a.ID, At(s.now())
		for _, o := range old {
			if o.Name == t.Name && o.Language == t.Language {
				t.ID, t.Was = o.ID, o.Was
				if t.Category != o.Category && t.Was == "" {
					t.Was = o.Category
				}
			}
		}
	}
	return s.store.PutTemplates(ctx, a.ID, all)
}

// refusedBy gives a provider's refusal as an error that a caller can act on.
func refusedBy(err error) error {
	if e, ok := asSendError(err); ok {
		return ErrProvider.With(Field{e.Code, clip(e.Provider+" "+e.Detail, 300)})
	}
	return err
}

// DeadWebhooks lists what could not be taken in, for managers.
func (s *Service) DeadWebhooks(ctx context.Context, by Caller) ([]Raw, error) {
	if !by.Role.Manages() {
		return nil, ErrForbidden
	}
	return s.store.DeadRaws(ctx, by.Merchant, contextLimit)
}

// RetryWebhook has a dead webhook taken in once more.
func (s *Service) RetryWebhook(ctx context.Context, by Caller, id RawID) error {
	if !by.Role.Manages() {
		return ErrForbidden
	}
	err := s.store.RetryRaw(ctx, by.Merchant, id, At(s.now()))
	s.wake()
	return err
}

// DropWebhook removes a dead webhook.
func (s *Service) DropWebhook(ctx context.Context, by Caller, id RawID) error {
	if !by.Role.Manages() {
		return ErrForbidden
	}
	return s.store.DropRaw(ctx, by.Merchant, id)
}

// SeenOnChannel shows the shopper, where the conversation is, that an agent has read their last word, or is writing. It is best
// effort: whoever calls it does not wait for its success.
func (s *Service) SeenOnChannel(ctx context.Context, by Caller, shop ShopID, id ConversationID, typing bool) error {
	c, err := s.Conversation(ctx, by, shop, id)
	if err != nil || by.Kind != AuthorAgent || c.Address == "" || s.carry == nil {
		return err
	}
	rules, ok := s.rules(c.Channel)
	if !ok || !rules.Typing || c.LastMessage == nil || c.LastMessage.Author.Kind != AuthorShopper {
		return nil
	}
	acct, err := s.store.Account(ctx, c.Merchant, c.Account)
	if err != nil || acct.State != AccountActive {
		return err
	}
	app, err := s.appOf(ctx, acct)
	if err != nil {
		return err
	}
	a, err := s.store.Address(ctx, shop, c.Address)
	if err != nil {
		return err
	}
	said, err := s.store.ProviderID(ctx, a.ID, c.ID, c.LastMessage.Seq)
	if err != nil {
		return err
	}
	return s.carry.Seen(ctx, acct, app, a, said, typing)
}
