package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) RedactPersonalData(ctx context.Context, q openapi.RedactPersonalDataRequestObject) (openapi.RedactPersonalDataResponseObject, error) {
	s := sessionOf(ctx)
	r, err := a.chat.AskPrivacy(ctx, s.caller, wire.Redaction(s.shop.ID, *q.Body))
	if err != nil {
		return nil, err
	}
	return openapi.RedactPersonalData202JSONResponse(a.privacyRequest(r)), nil
}

func (a *api) ExportPersonalData(ctx context.Context, q openapi.ExportPersonalDataRequestObject) (openapi.ExportPersonalDataResponseObject, error) {
	s := sessionOf(ctx)
	r, err := a.chat.AskPrivacy(ctx, s.caller, wire.DataExport(s.shop.ID, *q.Body))
	if err != nil {
		return nil, err
	}
	return openapi.ExportPersonalData202JSONResponse(a.privacyRequest(r)), nil
}

func (a *api) ListPrivacyRequests(ctx context.Context, _ openapi.ListPrivacyRequestsRequestObject) (openapi.ListPrivacyRequestsResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.PrivacyRequests(ctx, s.caller, s.shop.ID)
	if err != nil {
		return nil, err
	}
	return openapi.ListPrivacyRequests200JSONResponse{Items: each(all, a.privacyRequest)}, nil
}

func (a *api) GetPrivacyRequest(ctx context.Context, q openapi.GetPrivacyRequestRequestObject) (openapi.GetPrivacyRequestResponseObject, error) {
	s := sessionOf(ctx)
	r, err := a.chat.PrivacyRequestOf(ctx, s.caller, s.shop.ID, chat.PrivacyID(q.PrivacyRequest))
	if err != nil {
		return nil, err
	}
	return openapi.GetPrivacyRequest200JSONResponse(a.privacyRequest(r)), nil
}

// privacyRequest gives a request with a link to its file, as long as there is one.
func (a *api) privacyRequest(r chat.PrivacyRequest) openapi.PrivacyRequest {
	link := ""
	if until := r.FileUntil.Time(); r.File != "" && until.After(a.now()) {
		link = a.auth.FileURLUntil(r.File, until)
	}
	return wire.PrivacyRequest(r, link)
}
