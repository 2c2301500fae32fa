package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// CookieName of an agent's session. The prefix makes browsers keep it to this host, all paths and HTTPS: RFC 6265bis §4.1.3.
const CookieName = "__Host-tagalong"

const (
	sessionSlides = 14 * 24 * time.Hour // an agent's session ends so long after its last use …
	sessionLasts  = 90 * 24 * time.Hour // … and so long after its start at the latest
	sessionTouch  = time.Hour           // how often its use is written down
)

// Bad logins in a row that one address may make for one account, and for all accounts together.
const (
	loginsPerAccount = 10
	loginsPerAddress = 50
	loginWindow      = 15 * time.Minute
	loginKeys        = 20_000
)

// Agents signs agents in and out, and brings new ones in.
type Agents struct {
	store     chat.Directory
	passwords *passwords
	inbox     string // origin
	publish   func(chat.Live)
	now       func() time.Time
	random    io.Reader
	accounts  *Limiter
	addresses *Limiter
	newcomers *Limiter
	anybody   bool // may register
}

func newAgents(o Options, inbox string) (*Agents, error) {
	p, err := newPasswords(o.Hashers, o.Random)
	if err != nil {
		return nil, err
	}
	limiter := func(n int) *Limiter { return NewLimiter(float64(n)/loginWindow.Seconds(), n, loginKeys, o.Now) }
	return &Agents{
		store: o.Store, passwords: p, inbox: inbox, publish: o.Publish, now: o.Now, random: o.Random,
		accounts: limiter(loginsPerAccount), addresses: limiter(loginsPerAddress), anybody: o.Registration,
		newcomers: NewLimiter(registrations/registrationWindow.Seconds(), registrations, loginKeys, o.Now),
	}, nil
}

// Login checks an agent's password and opens a session; it gives the session's cookie. from is the client's address. An unknown
// e-mail, a wrong password and an agent who was deactivated take the same time and give the same ErrBadCredentials.
func (a *Agents) Login(ctx context.Context, email, password, from string) (chat.Agent, *http.Cookie, error) {
	email = normalEmail(email)
	if len(password) > MaxPassword {
		return chat.Agent{}, nil, errPasswordTooLong
	}
	account := accountKey(email, from)
	if err := a.throttle(account, from); err != nil {
		return chat.Agent{}, nil, err
	}
	agent, hash, err := a.store.AgentByEmail(ctx, email)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		return chat.Agent{}, nil, err
	}
	match, err := a.passwords.check(ctx, password, hash)
	if err != nil {
		return chat.Agent{}, nil, err
	}
	if !match || !agent.Active {
		return chat.Agent{}, nil, ErrBadCredentials
	}
	a.accounts.Refund(account)
	a.addresses.Refund(from)
	cookie, err := a.open(ctx, agent)
	return agent, cookie, err
}

// throttle takes a try before the password is looked at, so that many at a time are no way around it.
func (a *Agents) throttle(account, from string) error {
	if ok, wait := a.addresses.Allow(from); !ok {
		return chat.ErrRateLimited.After(wait)
	}
	if ok, wait := a.accounts.Allow(account); !ok {
		return chat.ErrRateLimited.After(wait)
	}
	return nil
}

// accountKey names an account tried from an address; a hash, so that it takes the same room whatever was typed.
func accountKey(email, from string) string {
	h := sha256.Sum256([]byte(from + "\n" + email))
	return string(h[:16])
}

// open starts a session and gives its cookie.
func (a *Agents) open(ctx context.Context, agent chat.Agent) (*http.Cookie, error) {
	secret := newSecret("", a.random)
	hash, _ := hashSecret("", secret)
	now := chat.At(a.now())
	err := a.store.CreateAgentSession(ctx, chat.AgentSession{
		Hash: hash, Agent: agent.ID, Merchant: agent.Merchant, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionSlides),
	})
	if err != nil {
		return nil, err
	}
	return cookie(secret, sessionLasts), nil
}

// cookie sets the session's cookie; when it ends is the server's to say, so the browser keeps it as long as it could last.
func cookie(value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: CookieName, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds()),
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// AgentByRequest finds the agent whose cookie the request carries, and the hash that names the session. The cookie counts on the
// inbox's host alone. ErrUnauthenticated: there is no session.
func (a *Agents) AgentByRequest(r *http.Request) (chat.Caller, [32]byte, error) {
	cookies := r.CookiesNamed(CookieName)
	if len(cookies) != 1 || !a.OnInbox(r) {
		return chat.Caller{}, [32]byte{}, chat.ErrUnauthenticated
	}
	hash, ok := hashSecret("", cookies[0].Value)
	if !ok {
		return chat.Caller{}, hash, chat.ErrUnauthenticated
	}
	now := chat.At(a.now())
	session, agent, err := a.store.AgentSession(r.Context(), hash, now)
	if err != nil {
		return chat.Caller{}, hash, err
	}
	last := session.CreatedAt.Add(sessionLasts)
	if now >= last {
		return chat.Caller{}, hash, chat.ErrUnauthenticated
	}
	if now >= session.SeenAt.Add(sessionTouch) {
		// A session that cannot be written down as used still is one: a full disk must not sign agents out.
		_ = a.store.TouchAgentSession(r.Context(), hash, now, min(now.Add(sessionSlides), last))
	}
	return callerOf(agent), hash, nil
}

func callerOf(a chat.Agent) chat.Caller {
	return chat.Caller{Kind: chat.AuthorAgent, Merchant: a.Merchant, Agent: a.ID, Name: a.Name, Role: a.Role}
}

// Logout ends a session and gives the cookie that clears the browser's; the session's sockets close.
func (a *Agents) Logout(ctx context.Context, by chat.Caller, hash [32]byte) (*http.Cookie, error) {
	if err := a.store.DeleteAgentSession(ctx, hash); err != nil {
		return nil, err
	}
	a.publish(chat.Live{Kind: chat.LiveRevoked, Merchant: by.Merchant, Agent: by.Agent, Session: hash})
	return cookie("", 0), nil
}

// Profile is what an agent changes about themselves; nil leaves a thing as it is.
type Profile struct {
	Name, Language               *string
	CurrentPassword, NewPassword *string
}

// UpdateProfile changes the caller's own agent. A new password needs the current one and ends all other sessions.
func (a *Agents) UpdateProfile(ctx context.Context, by chat.Caller, hash [32]byte, p Profile) (chat.Agent, error) {
	agent, err := a.store.Agent(ctx, by.Merchant, by.Agent)
	if err != nil {
		return agent, err
	}
	if p.NewPassword != nil {
		if err := a.changePassword(ctx, by, hash, p); err != nil {
			return agent, err
		}
	}
	if p.Name == nil && p.Language == nil {
		return agent, nil
	}
	if p.Name != nil {
		if agent.Name, err = validName(*p.Name); err != nil {
			return agent, err
		}
	}
	if p.Language != nil {
		if agent.Language = *p.Language; !validLanguage(agent.Language) {
			return agent, chat.ErrInvalid.With(chat.Field{Path: "language", Message: "must be a BCP 47 tag"})
		}
	}
	return agent, a.store.UpdateAgent(ctx, agent)
}

func (a *Agents) changePassword(ctx context.Context, by chat.Caller, hash [32]byte, p Profile) error {
	if p.CurrentPassword == nil {
		return ErrWrongPassword
	}
	if err := validPassword(*p.NewPassword); err != nil {
		return fieldAs(err, "new_password")
	}
	account := accountKey(string(by.Agent), "")
	if ok, wait := a.accounts.Allow(account); !ok { // whoever finds an open inbox must not guess the password there
		return chat.ErrRateLimited.After(wait)
	}
	stored, err := a.store.AgentPassword(ctx, by.Merchant, by.Agent)
	if err != nil {
		return err
	}
	match, err := a.passwords.check(ctx, *p.CurrentPassword, stored)
	if err != nil {
		return err
	}
	if !match {
		return ErrWrongPassword
	}
	a.accounts.Refund(account)
	next, err := a.passwords.hash(ctx, *p.NewPassword)
	if err != nil {
		return err
	}
	if err := a.store.SetPassword(ctx, by.Merchant, by.Agent, next, hash); err != nil {
		return err
	}
	a.revoked(by.Merchant, by.Agent)
	return nil
}

// revoked tells the agent's sockets that sessions have ended: each looks whether its own is still there.
func (a *Agents) revoked(merchant chat.MerchantID, agent chat.AgentID) {
	a.publish(chat.Live{Kind: chat.LiveRevoked, Merchant: merchant, Agent: agent})
}

// HashPassword checks and hashes a password for an agent who is made or helped without this door: the first owner, or by whoever runs
// the server.
func (a *Agents) HashPassword(ctx context.Context, password string) (string, error) {
	if err := validPassword(password); err != nil {
		return "", err
	}
	return a.passwords.hash(ctx, password)
}

// Email checks an agent's e-mail address and gives the form in which it is stored and compared.
func Email(s string) (string, error) {
	if s = normalEmail(s); !validEmail(s) {
		return "", chat.ErrInvalid.With(chat.Field{Path: "email", Message: "must be an e-mail address"})
	}
	return s, nil
}

// normalEmail is the form in which e-mail addresses are compared.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func validEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || host == "" || len(s) > 254 || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>()[],;:\"`, r) }) &&
		!strings.Contains(host, "@")
}

func validName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", chat.ErrInvalid.With(chat.Field{Path: "name", Message: "must have 1 to 100 characters"})
	}
	return s, nil
}

func validLanguage(s string) bool {
	if len(s) > 35 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
}

// fieldAs renames the one field that an error names, for a door whose field has another name.
func fieldAs(err error, path string) error {
	e, ok := chat.AsError(err)
	if !ok || len(e.Fields) != 1 {
		return err
	}
	c := *e
	c.Fields = []chat.Field{{Path: path, Message: e.Fields[0].Message}}
	return &c
}
