package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) Login(ctx context.Context, q openapi.LoginRequestObject) (openapi.LoginResponseObject, error) {
	agent, cookie, err := a.auth.Login(ctx, q.Body.Email, q.Body.Password, sessionOf(ctx).from)
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, agent)
	return openapi.Login200JSONResponse{Body: me, Headers: openapi.Login200ResponseHeaders{SetCookie: cookie.String()}}, err
}

func (a *api) Logout(ctx context.Context, _ openapi.LogoutRequestObject) (openapi.LogoutResponseObject, error) {
	s := sessionOf(ctx)
	cookie, err := a.auth.Logout(ctx, s.caller, s.hash)
	if err != nil {
		return nil, err
	}
	return openapi.Logout204Response{Headers: openapi.Logout204ResponseHeaders{SetCookie: cookie.String()}}, nil
}

func (a *api) GetMe(ctx context.Context, _ openapi.GetMeRequestObject) (openapi.GetMeResponseObject, error) {
	by := sessionOf(ctx).caller
	agent, err := a.store.Agent(ctx, by.Merchant, by.Agent)
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, agent)
	return openapi.GetMe200JSONResponse(me), err
}

func (a *api) UpdateMe(ctx context.Context, q openapi.UpdateMeRequestObject) (openapi.UpdateMeResponseObject, error) {
	s := sessionOf(ctx)
	agent, err := a.auth.UpdateProfile(ctx, s.caller, s.hash, auth.Profile{
		Name: q.Body.Name, Language: q.Body.Language, CurrentPassword: q.Body.CurrentPassword, NewPassword: q.Body.NewPassword,
	})
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, agent)
	return openapi.UpdateMe200JSONResponse(me), err
}

// me gathers what an inbox needs to begin.
func (d *Door) me(ctx context.Context, agent chat.Agent) (openapi.Me, error) {
	m, err := d.store.Merchant(ctx, agent.Merchant)
	if err != nil {
		return openapi.Me{}, err
	}
	shops, err := d.store.Shops(ctx, agent.Merchant)
	return wire.Me(agent, m, shops), err
}

func (a *api) ListAgents(ctx context.Context, q openapi.ListAgentsRequestObject) (openapi.ListAgentsResponseObject, error) {
	by := sessionOf(ctx).caller
	all, err := a.store.Agents(ctx, by.Merchant)
	if err != nil {
		return nil, err
	}
	place := func(x chat.Agent) string { return byName(x.Name, string(x.ID)) }
	page, next, err := shortList(a.Door, "agents", all, place, q.Params.Limit, q.Params.Cursor)
	return openapi.ListAgents200JSONResponse{Items: each(page, wire.Agent), Next: next}, err
}

func (a *api) UpdateAgent(ctx context.Context, q openapi.UpdateAgentRequestObject) (openapi.UpdateAgentResponseObject, error) {
	agent, err := a.auth.UpdateAgent(ctx, sessionOf(ctx).caller, chat.AgentID(q.Agent), (*chat.Role)(q.Body.Role), q.Body.Active)
	if err != nil {
		return nil, err
	}
	return openapi.UpdateAgent200JSONResponse(wire.Agent(agent)), nil
}

func (a *api) CreatePasswordReset(ctx context.Context, q openapi.CreatePasswordResetRequestObject) (openapi.CreatePasswordResetResponseObject, error) {
	url, expires, err := a.auth.OfferReset(ctx, sessionOf(ctx).caller, chat.AgentID(q.Agent))
	if err != nil {
		return nil, err
	}
	return openapi.CreatePasswordReset200JSONResponse{URL: url, ExpiresAt: int64(expires)}, nil
}

func (a *api) CompletePasswordReset(ctx context.Context, q openapi.CompletePasswordResetRequestObject) (openapi.CompletePasswordResetResponseObject, error) {
	if err := a.auth.CompleteReset(ctx, q.Body.Token, q.Body.Password, sessionOf(ctx).from); err != nil {
		return nil, err
	}
	return openapi.CompletePasswordReset204Response{}, nil
}

func (a *api) ListInvitations(ctx context.Context, q openapi.ListInvitationsRequestObject) (openapi.ListInvitationsResponseObject, error) {
	all, err := a.store.Invitations(ctx, sessionOf(ctx).caller.Merchant, chat.At(a.now()))
	if err != nil {
		return nil, err
	}
	place := func(x chat.Invitation) string { return newest(x.CreatedAt, string(x.ID)) }
	page, next, err := shortList(a.Door, "invitations", all, place, q.Params.Limit, q.Params.Cursor)
	shown := func(x chat.Invitation) openapi.Invitation { return wire.Invitation(x, "") }
	return openapi.ListInvitations200JSONResponse{Items: each(page, shown), Next: next}, err
}

func (a *api) CreateInvitation(ctx context.Context, q openapi.CreateInvitationRequestObject) (openapi.CreateInvitationResponseObject, error) {
	i, url, err := a.auth.Invite(ctx, sessionOf(ctx).caller, q.Body.Email, chat.Role(q.Body.Role))
	if err != nil {
		return nil, err
	}
	return openapi.CreateInvitation201JSONResponse(wire.Invitation(i, url)), nil
}

func (a *api) DeleteInvitation(ctx context.Context, q openapi.DeleteInvitationRequestObject) (openapi.DeleteInvitationResponseObject, error) {
	if err := a.auth.WithdrawInvitation(ctx, sessionOf(ctx).caller, chat.InvitationID(q.Invitation)); err != nil {
		return nil, err
	}
	return openapi.DeleteInvitation204Response{}, nil
}

func (a *api) LookAtInvitation(ctx context.Context, q openapi.LookAtInvitationRequestObject) (openapi.LookAtInvitationResponseObject, error) {
	i, m, err := a.auth.LookAtInvitation(ctx, q.Body.Token)
	if err != nil {
		return nil, err
	}
	return openapi.LookAtInvitation200JSONResponse{
		Merchant: wire.Merchant(m), Email: i.Email, Role: openapi.Role(i.Role), ExpiresAt: int64(i.ExpiresAt),
	}, nil
}

func (a *api) AcceptInvitation(ctx context.Context, q openapi.AcceptInvitationRequestObject) (openapi.AcceptInvitationResponseObject, error) {
	agent, cookie, err := a.auth.AcceptInvitation(ctx, q.Body.Token, q.Body.Name, q.Body.Password, q.Body.Language)
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, agent)
	return openapi.AcceptInvitation200JSONResponse{
		Body: me, Headers: openapi.AcceptInvitation200ResponseHeaders{SetCookie: cookie.String()},
	}, err
}
