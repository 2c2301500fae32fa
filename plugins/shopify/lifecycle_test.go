package shopify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

func TestARemovedAppAsksNothingAndPushesNothing(t *testing.T) {
	s := start(t)
	s.connect()
	s.clock.advance(time.Minute)
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w1", Body: []byte(`{"id":548380009}`)})
	if i := s.installation(); i.Active() || i.Token.Access != "" || !i.Chat.Ready() {
		t.Errorf("%+v", i)
	}
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w2", Body: payload(t, "orders_paid")})
	if err := s.app.Reconcile(t.Context()); err != nil || s.pushed() != 0 || s.shopify.Count("ChangedOrders") != 0 {
		t.Errorf("%d pushed, %v", s.pushed(), err)
	}
}

func TestAWordOfRemovalThatComesLateIsNotTaken(t *testing.T) {
	s := start(t)
	s.connect()
	removed := s.clock.Now().Add(time.Minute)
	s.clock.advance(2 * time.Hour)
	s.open() // the merchant has it again, and opens it
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w1", Triggered: removed, Body: []byte(`{}`)})
	if !s.installation().Active() {
		t.Error("the new installation is ended")
	}
}

func TestTheShopAndItsScopesChange(t *testing.T) {
	s := start(t)
	s.connect()
	s.deliver(shopifytest.Webhook{Topic: "app/scopes_update", ID: "w1", Body: []byte(`{"previous":["read_orders"],"current":["read_orders","read_returns"]}`)})
	s.deliver(shopifytest.Webhook{Topic: "shop/update", ID: "w2", Body: []byte(`{"name":"Lia & Co","domain":"shop.lia.example","currency":"CAD","iana_timezone":null}`)})
	i := s.installation()
	if i.Token.Scopes != "read_orders,read_returns" || i.Profile.Currency != "CAD" || i.Profile.StoreURL != "https://shop.lia.example" ||
		i.Profile.TimeZone != "Europe/Berlin" || i.Profile.OwnerID == "" {
		t.Errorf("%s %+v", i.Token.Scopes, i.Profile)
	}
}

func TestComplianceIsPassedOn(t *testing.T) {
	s := start(t)
	s.connect()
	request := []byte(`{"shop_id":954889,"shop_domain":"lia.myshopify.com","customer":{"id":9007199254740993,"email":"john@example.com","phone":"555-625-1199"},` +
		`"orders_requested":[299938,280263],"data_request":{"id":9999}}`)
	redact := []byte(`{"shop_id":954889,"shop_domain":"lia.myshopify.com","customer":{"id":9007199254740993,"email":"john@example.com","phone":"+15556251199"},` +
		`"orders_to_redact":[299938]}`)
	for _, w := range []shopifytest.Webhook{
		{Topic: "customers/data_request", ID: "w1", Triggered: started, Body: request},
		{Topic: "customers/redact", ID: "w2", Triggered: started, Body: redact},
	} {
		bad := w.Request(s.server.URL + "/webhooks/compliance")
		bad.Header.Set("X-Shopify-Hmac-Sha256", "bad")
		resp, err := http.DefaultClient.Do(bad)
		s.read(resp, err).is(t, w.Topic, http.StatusUnauthorized)
		resp, err = http.DefaultClient.Do(w.Request(s.server.URL + "/webhooks/compliance"))
		s.read(resp, err).is(t, w.Topic, http.StatusOK)
	}
	s.work()
	if len(s.chat.privacy) != 2 {
		t.Fatalf("%v", s.chat.privacy)
	}
	byKind := map[any]map[string]any{}
	for _, p := range s.chat.privacy {
		byKind[p["kind"]] = p
	}
	export, erase := byKind["export"], byKind["redact"]
	if who := export["customer"].(map[string]any); export["reference"] != "shopify:data_request:9999" || who["external_id"] != "9007199254740993" ||
		who["phone"] != nil || len(export["orders"].([]any)) != 2 {
		t.Errorf("%v", export)
	}
	if who := erase["customer"].(map[string]any); erase["reference"] != "shopify:redact:w2" || who["phone"] != "+15556251199" || erase["transcripts"] != true ||
		erase["everything"] != nil {
		t.Errorf("%v", erase)
	}
	if log := s.log.String(); strings.Contains(log, "john@example.com") || strings.Contains(log, "15556251199") {
		t.Error("a buyer stands in the log")
	}
}

func TestTranscriptsStayWhereTheyAreToBeKept(t *testing.T) {
	s := start(t, func(o *shopify.Options) { o.KeepTranscripts = true })
	s.connect()
	s.deliver(shopifytest.Webhook{Topic: "customers/redact", ID: "w1", Body: []byte(`{"customer":{"id":1},"orders_to_redact":[]}`)})
	if len(s.chat.privacy) != 1 || s.chat.privacy[0]["transcripts"] != nil {
		t.Errorf("%v", s.chat.privacy)
	}
}

func TestADutyIsTriedForDaysAndNotDropped(t *testing.T) {
	s := start(t)
	s.connect()
	s.chat.down = true
	s.send(shopifytest.Webhook{Topic: "customers/redact", ID: "w1", Body: []byte(`{"customer":{"id":1}}`)})
	for range 5 * 24 {
		s.clock.advance(time.Hour + 20*time.Minute)
		s.work()
		if s.clock.Now().Sub(started) > 5*24*time.Hour {
			break
		}
	}
	s.chat.do(func(f *fakeTagalong) { f.down = false })
	s.clock.advance(2 * time.Hour)
	s.work()
	if len(s.chat.privacy) != 1 {
		t.Error("it was given up")
	}
}

// The signature covers the body alone; the shop's name in it must be the one in the header.
func TestAComplianceWebhookForAnotherShopIsNotTaken(t *testing.T) {
	s := start(t)
	s.connect()
	s.clock.advance(50 * time.Hour)
	for _, topic := range []string{"customers/data_request", "customers/redact", "shop/redact"} {
		s.deliver(shopifytest.Webhook{Topic: topic, ID: topic, Body: []byte(`{"shop_domain":"eve.myshopify.com","customer":{"id":1}}`)})
	}
	if len(s.chat.privacy) != 0 || !s.installation().Chat.Ready() {
		t.Errorf("%v", s.chat.privacy)
	}
	if dead, _ := s.store.Dead(t.Context(), shopifytest.Shop, 10); len(dead) != 3 {
		t.Errorf("%d are noted", len(dead))
	}
}

func TestAShopIsErased(t *testing.T) {
	s := start(t)
	s.connect()
	s.clock.advance(time.Minute)
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w1", Body: []byte(`{}`)})
	s.clock.advance(48 * time.Hour)
	body := []byte(`{"shop_id":954889,"shop_domain":"lia.myshopify.com"}`)
	s.chat.do(func(f *fakeTagalong) { f.down = true })
	s.deliver(shopifytest.Webhook{Topic: "shop/redact", ID: "w2", Body: body})
	if s.installation().Chat.Key == "" {
		t.Fatal("the key is gone before it was used")
	}
	s.chat.do(func(f *fakeTagalong) { f.down = false })
	s.clock.advance(time.Minute)
	s.work()
	if len(s.chat.privacy) != 1 || s.chat.privacy[0]["everything"] != true || len(s.chat.revoked) != 1 {
		t.Errorf("%v, revoked %v", s.chat.privacy, s.chat.revoked)
	}
	if _, err := s.store.Installation(t.Context(), shopifytest.Shop); err == nil {
		t.Error("the shop is still known")
	}
	s.deliver(shopifytest.Webhook{Topic: "shop/redact", ID: "w2", Body: body})
	if len(s.chat.privacy) != 1 {
		t.Error("it was erased twice")
	}
}

func TestAShopThatHasTheAppAgainIsNotErased(t *testing.T) {
	s := start(t)
	s.connect()
	s.clock.advance(time.Minute)
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w1", Body: []byte(`{}`)})
	s.clock.advance(24 * time.Hour)
	s.open()
	s.clock.advance(24 * time.Hour)
	s.deliver(shopifytest.Webhook{Topic: "shop/redact", ID: "w2", Body: []byte(`{"shop_domain":"lia.myshopify.com"}`)})
	if len(s.chat.privacy) != 0 || !s.installation().Active() || !s.installation().Chat.Ready() {
		t.Errorf("%v", s.chat.privacy)
	}
}
