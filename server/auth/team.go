package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Lifetimes of the links that bring somebody in.
const (
	invitationFor = 7 * 24 * time.Hour
	resetFor      = 24 * time.Hour
)

// Invite makes an invitation and its link, which is shown this once. A newer invitation of the same person replaces an older one.
func (a *Agents) Invite(ctx context.Context, by chat.Caller, email string, role chat.Role) (chat.Invitation, string, error) {
	if err := mayGrant(by, role); err != nil {
		return chat.Invitation{}, "", err
	}
	email, err := Email(email)
	if err != nil {
		return chat.Invitation{}, "", err
	}
	// That the address belongs to an agent of another merchant is told to nobody but its owner, when they accept.
	switch known, _, err := a.store.AgentByEmail(ctx, email); {
	case err == nil && known.Merchant == by.Merchant:
		return chat.Invitation{}, "", ErrAlreadyExists
	case err != nil && !errors.Is(err, chat.ErrNotFound):
		return chat.Invitation{}, "", err
	}
	now := chat.At(a.now())
	if err := a.replaceInvitation(ctx, by, email, now); err != nil {
		return chat.Invitation{}, "", err
	}
	token := newSecret("", a.random)
	hash, _ := hashSecret("", token)
	i := chat.Invitation{
		ID: chat.NewID[chat.InvitationID](chat.PrefixInvitation, a.random), Merchant: by.Merchant, Email: email, Role: role,
		InvitedBy: by.Agent, Hash: hash, CreatedAt: now, ExpiresAt: now.Add(invitationFor),
	}
	return i, a.inbox + "/inbox/#/invite/" + token, a.store.CreateInvitation(ctx, i)
}

func (a *Agents) replaceInvitation(ctx context.Context, by chat.Caller, email string, now chat.Millis) error {
	open, err := a.store.Invitations(ctx, by.Merchant, now)
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.Email != email {
			continue
		}
		if err := mayGrant(by, i.Role); err != nil { // an admin cannot take an owner's invitation back by another
			return err
		}
		if err := a.store.DeleteInvitation(ctx, by.Merchant, i.ID); err != nil && !errors.Is(err, chat.ErrNotFound) {
			return err
		}
	}
	return nil
}

// mayGrant refuses roles that the caller may not give: admins give all but owner.
func mayGrant(by chat.Caller, role chat.Role) error {
	if !role.Valid() {
		return chat.ErrInvalid.With(chat.Field{Path: "role", Message: "must be owner, admin or agent"})
	}
	if !by.Role.Manages() || role == chat.RoleOwner && by.Role != chat.RoleOwner {
		return chat.ErrForbidden
	}
	return nil
}

// LookAtInvitation tells what an invitation is for. ErrLinkUsed: it is over, or there never was one.
func (a *Agents) LookAtInvitation(ctx context.Context, token string) (chat.Invitation, chat.Merchant, error) {
	hash, ok := hashSecret("", token)
	if !ok {
		return chat.Invitation{}, chat.Merchant{}, ErrLinkUsed
	}
	i, m, err := a.store.InvitationByHash(ctx, hash, chat.At(a.now()))
	return i, m, linkError(err)
}

// AcceptInvitation makes the invited person an agent and signs them in.
func (a *Agents) AcceptInvitation(ctx context.Context, token, name, password, language string) (chat.Agent, *http.Cookie, error) {
	name, err := validName(name)
	if err != nil {
		return chat.Agent{}, nil, err
	}
	if err := validPassword(password); err != nil {
		return chat.Agent{}, nil, err
	}
	if !validLanguage(language) {
		return chat.Agent{}, nil, chat.ErrInvalid.With(chat.Field{Path: "language", Message: "must be a BCP 47 tag"})
	}
	i, _, err := a.LookAtInvitation(ctx, token) // before the password is hashed: a bad token must cost nothing
	if err != nil {
		return chat.Agent{}, nil, err
	}
	stored, err := a.passwords.hash(ctx, password)
	if err != nil {
		return chat.Agent{}, nil, err
	}
	now := chat.At(a.now())
	agent := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, a.random), Merchant: i.Merchant, Email: i.Email, Name: name, Role: i.Role,
		Language: language, Active: true, CreatedAt: now,
	}
	if err := a.store.AcceptInvitation(ctx, i.Hash, agent, stored, now); err != nil {
		if errors.Is(err, chat.ErrConflict) {
			return chat.Agent{}, nil, ErrAlreadyExists
		}
		return chat.Agent{}, nil, linkError(err)
	}
	cookie, err := a.open(ctx, agent)
	return agent, cookie, err
}

// WithdrawInvitation ends an invitation.
func (a *Agents) WithdrawInvitation(ctx context.Context, by chat.Caller, id chat.InvitationID) error {
	open, err := a.store.Invitations(ctx, by.Merchant, chat.At(a.now()))
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.ID == id {
			if err := mayGrant(by, i.Role); err != nil {
				return err
			}
		}
	}
	return a.store.DeleteInvitation(ctx, by.Merchant, id)
}

// OfferReset makes a link with which an agent chooses a new password; whoever holds it becomes that agent, so for an owner only an
// owner may make it.
func (a *Agents) OfferReset(ctx context.Context, by chat.Caller, id chat.AgentID) (string, chat.Millis, error) {
	agent, err := a.store.Agent(ctx, by.Merchant, id)
	if err != nil {
		return "", 0, err
	}
	if err := mayGrant(by, agent.Role); err != nil {
		return "", 0, err
	}
	token := newSecret("", a.random)
	hash, _ := hashSecret("", token)
	expires := chat.At(a.now()).Add(resetFor)
	err = a.store.CreatePasswordReset(ctx, chat.PasswordReset{Hash: hash, Agent: agent.ID, Merchant: agent.Merchant, ExpiresAt: expires})
	return a.inbox + "/inbox/#/reset/" + token, expires, err
}

// CompleteReset sets a new password with a reset's token and ends all of the agent's sessions.
func (a *Agents) CompleteReset(ctx context.Context, token, password, from string) error {
	if err := validPassword(password); err != nil {
		return err
	}
	hash, ok := hashSecret("", token)
	if !ok {
		return ErrLinkUsed
	}
	// There is no way to look at a reset without using it up, so a password is hashed for every token: few of them per address.
	if ok, wait := a.addresses.Allow(from); !ok {
		return chat.ErrRateLimited.After(wait)
	}
	stored, err := a.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	agent, err := a.store.UsePasswordReset(ctx, hash, stored, chat.At(a.now()))
	if err != nil {
		return linkError(err)
	}
	a.addresses.Refund(from)
	a.revoked(agent.Merchant, agent.ID)
	return nil
}

// UpdateAgent changes a colleague's role, or (de)activates them; nil leaves a thing as it is. Deactivation ends their sessions.
func (a *Agents) UpdateAgent(ctx context.Context, by chat.Caller, id chat.AgentID, role *chat.Role, active *bool) (chat.Agent, error) {
	agent, err := a.store.Agent(ctx, by.Merchant, id)
	if err != nil {
		return agent, err
	}
	if err := mayGrant(by, agent.Role); err != nil {
		return agent, err
	}
	if role != nil {
		if err := mayGrant(by, *role); err != nil {
			return agent, err
		}
		agent.Role = *role
	}
	if active != nil {
		agent.Active = *active
	}
	if err := a.store.UpdateAgent(ctx, agent); err != nil {
		if errors.Is(err, chat.ErrConflict) {
			return agent, ErrLastOwner
		}
		return agent, err
	}
	if !agent.Active {
		a.revoked(agent.Merchant, agent.ID)
	}
	return agent, nil
}

// linkError gives what the store says of a link its name in the contract.
func linkError(err error) error {
	if errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrNotFound) {
		return ErrLinkUsed
	}
	return err
}
