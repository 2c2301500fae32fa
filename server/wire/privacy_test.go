package wire_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestAPrivacyRequestIsTakenAndShownWithoutWhomItNames(t *testing.T) {
	in := golden[openapi.Redaction](t, "redactPersonalData.request")
	r := wire.Redaction(shop, in)
	if r.Kind != chat.PrivacyRedact || r.Customer.ExternalID != "cust-77" || r.Customer.Email != "lia@example.org" || len(r.Orders) != 1 || !r.Transcripts || r.Everything || r.Shop != shop {
		t.Errorf("taken %+v", r)
	}
	if x := wire.DataExport(shop, golden[openapi.DataExport](t, "exportPersonalData.request")); x.Kind != chat.PrivacyExport || x.Customer.Email == "" || x.Reference == "" {
		t.Errorf("taken %+v", x)
	}
	want := golden[openapi.PrivacyRequest](t, "getPrivacyRequest.response")
	got := wire.PrivacyRequest(chat.PrivacyRequest{
		ID: chat.PrivacyID(want.ID), Kind: chat.PrivacyExport, Reference: want.Reference, State: chat.PrivacyDone, CreatedAt: chat.Millis(want.CreatedAt),
		DueAt: chat.Millis(want.DueAt), DoneAt: chat.Millis(want.DoneAt), Customer: chat.CustomerRef{Email: "lia@example.org"},
		Counts: chat.PrivacyCounts{Customers: 1, Orders: 2, Shipments: 1, Carts: 1, Shoppers: 1},
	}, want.URL)
	if mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want))
	}
}

func TestAConnectRequestIsTakenAsItIs(t *testing.T) {
	in := golden[openapi.ConnectRequest](t, "checkConnect.request")
	r := wire.ConnectRequest(in)
	if r.Challenge != in.CodeChallenge || r.Method != "S256" || r.State != in.State || r.ReturnURL != in.ReturnURL || !r.Identity || len(r.Scopes) != 2 {
		t.Errorf("taken %+v", r)
	}
	if got := mustJSON(t, wire.ConnectLook(chat.ConnectLook{ReturnOrigin: "https://x.example"})); got != `{"return_origin":"https://x.example","shops":[]}` {
		t.Errorf("look %s", got)
	}
}
