package chat_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// sold is a shop that knows Ana, by several of her names, and Bob.
func sold(t *testing.T) (d *depot, v visitor) {
	d = newDepot(t)
	v = d.visit()
	ana := &chat.CustomerRef{ExternalID: "c1", Email: "ana@shop.example", Phone: "+4930901820"}
	d.push(v, chat.RecordOrder, chat.Order{
		ExternalID: "1", Number: "#1", Customer: ana, Note: "for Ana's mother", URLStatus: "https://shop.example/status/key",
		ShippingAddress: &chat.PostalAddress{Name: "Ana Marl", City: "Lehm"}, Attributes: map[string]string{"gift": "Ana"},
		Lines: []chat.Line{{Title: "Jug", Quantity: 1}}, Totals: &chat.Totals{Total: &chat.Money{Amount: 4990, Currency: "EUR"}},
	})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{ExternalID: "s1", OrderExternalID: "1", Tracking: []chat.Tracking{{Number: "ANA123"}}})
	d.push(visitor{}, chat.RecordCart, chat.Cart{ExternalID: "k1", Email: "ANA@shop.example", Lines: []chat.Line{{Title: "Cup", Quantity: 1}}})
	d.push(visitor{}, chat.RecordCustomer, chat.Customer{ExternalID: "c1", Email: "ana@shop.example", FirstName: "Ana"})
	d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "2", Customer: &chat.CustomerRef{ExternalID: "c2", Email: "bob@shop.example"}})
	return d, v
}

func (d *depot) asks(r chat.PrivacyRequest) chat.PrivacyRequest {
	d.t.Helper()
	r.Shop = d.shop.ID
	r, err := d.AskPrivacy(d.t.Context(), d.plugin(), r)
	must(d.t, err)
	d.run()
	r, err = d.PrivacyRequestOf(d.t.Context(), d.agent(), d.shop.ID, r.ID)
	must(d.t, err)
	if r.State != chat.PrivacyDone || r.DoneAt == 0 {
		d.t.Fatalf("the request is %s", r.State)
	}
	return r
}

func TestARedactionTakesThePersonAndLeavesWhatWasSold(t *testing.T) {
	for name, who := range map[string]chat.CustomerRef{"by id": {ExternalID: "c1", Email: "ana@shop.example"}, "by e-mail and phone": {Email: " Ana@Shop.example", Phone: "+4930901820"}} {
		t.Run(name, func(t *testing.T) {
			d, _ := sold(t)
			r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyRedact, Reference: "shopify:1", Customer: who})
			if c := r.Counts; c.Orders != 1 || c.Shipments != 1 || c.Carts != 1 || c.Customers != 1 {
				t.Errorf("found %+v", c)
			}
			if r.Customer != (chat.CustomerRef{}) {
				t.Error("the request still names her")
			}
			for kind, id := range map[chat.RecordKind]string{chat.RecordOrder: "1", chat.RecordShipment: "s1", chat.RecordCart: "k1"} {
				rec, err := d.store.Record(t.Context(), d.shop.ID, kind, id)
				must(t, err)
				all := strings.ToLower(string(rec.Body) + string(rec.History) + strings.Join(rec.Keys, " ") + string(rec.Shopper) + rec.CustomerID)
				for _, marker := range []string{"ana", "4930", "status/key", "shp_", "c1"} {
					if strings.Contains(all, marker) {
						t.Errorf("%q is left of %s: %s", marker, kind, all)
					}
				}
			}
			o, err := d.store.Record(t.Context(), d.shop.ID, chat.RecordOrder, "1")
			must(t, err)
			if order, err := o.Order(); err != nil || order.Totals.Total.Amount != 4990 || len(order.Lines) != 1 {
				t.Errorf("what was sold is gone: %+v, %v", order, err)
			}
			if _, err := d.store.Record(t.Context(), d.shop.ID, chat.RecordCustomer, "c1"); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("the customer: %v", err)
			}
			bob, err := d.store.Record(t.Context(), d.shop.ID, chat.RecordOrder, "2")
			if err != nil || bob.Redacted {
				t.Errorf("somebody else was redacted, %v", err)
			}
		})
	}
}

func TestLateNewsOfARedactedPersonAreRefused(t *testing.T) {
	d, _ := sold(t)
	d.asks(chat.PrivacyRequest{Kind: chat.PrivacyRedact, Customer: chat.CustomerRef{ExternalID: "c1"}, Orders: []string{"7"}})
	for _, ev := range []chat.ContextEvent{
		{ID: "a", Kind: chat.RecordOrder, ExternalID: "1", Body: []byte(`{"external_id":"1","note":"Ana"}`)},
		{ID: "b", Kind: chat.RecordCustomer, ExternalID: "c1", Body: []byte(`{"external_id":"c1","first_name":"Ana"}`)},
		{ID: "c", Kind: chat.RecordOrder, ExternalID: "7", Body: []byte(`{"external_id":"7","note":"Ana"}`)},
	} {
		ev.Version, ev.OccurredAt = d.now.UnixMilli(), d.now.UnixMicro()
		done, err := d.Push(t.Context(), d.plugin(), d.shop.ID, nil, []chat.ContextEvent{ev})
		if err != nil || done.Results[0].Outcome != chat.OutcomeStale {
			t.Errorf("%s %s is %s, %v", ev.Kind, ev.ExternalID, done.Results[0].Outcome, err)
		}
	}
}

func TestTheSameReferenceIsTheSameRequest(t *testing.T) {
	d, _ := sold(t)
	ask := chat.PrivacyRequest{Shop: d.shop.ID, Kind: chat.PrivacyExport, Reference: "shopify:9", Customer: chat.CustomerRef{ExternalID: "c1"}}
	a, err := d.AskPrivacy(t.Context(), d.plugin(), ask)
	must(t, err)
	b, err := d.AskPrivacy(t.Context(), d.plugin(), ask)
	must(t, err)
	ask.Kind = chat.PrivacyRedact
	c, err := d.AskPrivacy(t.Context(), d.plugin(), ask)
	must(t, err)
	if a.ID != b.ID || a.ID == c.ID {
		t.Errorf("got %s, %s, %s", a.ID, b.ID, c.ID)
	}
	if due := a.DueAt.Time().Sub(d.now); due != 30*24*time.Hour {
		t.Errorf("due in %v", due)
	}
}

func TestAnExportHoldsWhatIsKnownAndNothingOfOthers(t *testing.T) {
	d, v := sold(t)
	_, err := d.store.Identify(t.Context(), v.session, chat.Identity{Subject: "c1", Email: "ana@shop.example", Name: "Ana"}, chat.At(d.now))
	must(t, err)
	d.says(v, "Hello Ana.")
	d.says(v, "Is she difficult?", func(r *chat.SendRequest) { r.Kind = chat.EntryNote })
	r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyExport, Customer: chat.CustomerRef{ExternalID: "c1"}})
	if r.Counts.Shoppers != 1 || r.File == "" || r.FileUntil <= chat.At(d.now) {
		t.Fatalf("got %+v", r)
	}
	file := string(d.poster.files[r.File])
	for _, want := range []string{"for Ana's mother", "ANA123", "Is the blue jug back?", "Hello Ana.", `"first_name": "Ana"`} {
		if !strings.Contains(file, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, foreign := range []string{"bob@", "difficult"} {
		if strings.Contains(file, foreign) {
			t.Errorf("%q is inside", foreign)
		}
	}
}

func TestTheWholeShopCanBeRedacted(t *testing.T) {
	d, v := sold(t)
	r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyRedact, Everything: true, Transcripts: true})
	if c := r.Counts; c.Orders != 2 || c.Shoppers != 1 {
		t.Errorf("found %+v", c)
	}
	es, err := d.store.Entries(t.Context(), chat.EntryQuery{Shop: d.shop.ID, Conversation: v.c, Audience: chat.ForAgents, Limit: 50})
	must(t, err)
	for _, e := range es {
		if e.Message != nil && e.Message.Text != "" {
			t.Errorf("%q is left", e.Message.Text)
		}
	}
}

func TestWhoMayAskForPeoplesData(t *testing.T) {
	d, v := sold(t)
	low, narrow := d.agent(), d.plugin()
	low.Role, narrow.Scopes = chat.RoleAgent, []chat.Scope{chat.ScopeContextRead}
	ask := chat.PrivacyRequest{Shop: d.shop.ID, Kind: chat.PrivacyExport, Customer: chat.CustomerRef{ExternalID: "c1"}}
	for name, c := range map[string]struct {
		by   chat.Caller
		want error
	}{"an agent": {low, chat.ErrForbidden}, "a reading key": {narrow, chat.ErrForbidden}, "a shopper": {v.Caller, chat.ErrNotFound}} {
		if _, err := d.AskPrivacy(t.Context(), c.by, ask); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range map[string]chat.PrivacyRequest{
		"nobody": {Kind: chat.PrivacyRedact}, "all in an export": {Kind: chat.PrivacyExport, Everything: true},
		"an odd id": {Kind: chat.PrivacyRedact, Customer: chat.CustomerRef{ExternalID: "a\x00b"}},
	} {
		r.Shop = d.shop.ID
		if _, err := d.AskPrivacy(t.Context(), d.agent(), r); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
