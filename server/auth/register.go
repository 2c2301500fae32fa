package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// How many merchants one address may make.
const (
	registrations      = 5
	registrationWindow = time.Hour
)

var errEmailTaken = &chat.Error{Kind: chat.KindConflict, Code: "conflict", Message: "This e-mail address belongs to an agent already."}

// Registration is what somebody says who makes a merchant of their own. The shop is valid and whole but for its merchant.
type Registration struct {
	Merchant string
	Name     string
	Email    string
	Password string
	Language string
	Shop     chat.Shop
}

// RegistrationOpen tells whether anybody may register.
func (a *Agents) RegistrationOpen() bool { return a.anybody }

// Register makes a merchant with its first shop and owner, and signs the owner in. from is the client's address. ErrNotFound:
// registering is not open.
func (a *Agents) Register(ctx context.Context, r Registration, from string) (chat.Agent, *http.Cookie, error) {
	if !a.anybody {
		return chat.Agent{}, nil, chat.ErrNotFound
	}
	if err := r.check(); err != nil {
		return chat.Agent{}, nil, err
	}
	if ok, wait := a.newcomers.Allow(from); !ok { // before the password is hashed
		return chat.Agent{}, nil, chat.ErrRateLimited.After(wait)
	}
	stored, err := a.passwords.hash(ctx, r.Password)
	if err != nil {
		return chat.Agent{}, nil, err
	}
	now := chat.At(a.now())
	m := chat.Merchant{ID: chat.NewID[chat.MerchantID](chat.PrefixMerchant, a.random), Name: r.Merchant, CreatedAt: now}
	owner := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, a.random), Merchant: m.ID, Email: r.Email, Name: r.Name, Role: chat.RoleOwner,
		Language: r.Language, Active: true, CreatedAt: now,
	}
	r.Shop.Merchant = m.ID
	if err := a.store.CreateMerchant(ctx, m, r.Shop, owner, stored); err != nil {
		if errors.Is(err, chat.ErrConflict) {
			err = errEmailTaken
		}
		return chat.Agent{}, nil, err
	}
	cookie, err := a.open(ctx, owner)
	return owner, cookie, err
}

func (r *Registration) check() (err error) {
	if r.Merchant = strings.TrimSpace(r.Merchant); r.Merchant == "" || utf8.RuneCountInString(r.Merchant) > 120 ||
		strings.ContainsFunc(r.Merchant, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return chat.ErrInvalid.With(chat.Field{Path: "merchant", Message: "must have 1 to 120 characters"})
	}
	if r.Name, err = validName(r.Name); err != nil {
		return err
	}
	if r.Email, err = Email(r.Email); err != nil {
		return err
	}
	if !validLanguage(r.Language) {
		return chat.ErrInvalid.With(chat.Field{Path: "language", Message: "must be a BCP 47 tag"})
	}
	return validPassword(r.Password)
}
