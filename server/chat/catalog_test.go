package chat_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestProductsAreFoundByTheBeginningsOfTheirWords(t *testing.T) {
	d := newDepot(t)
	for i, p := range []chat.Product{
		{ExternalID: "1", Title: "Blue stoneware jug"},
		{ExternalID: "2", Title: "Blue cup", Variants: []chat.Variant{{ExternalID: "v", SKU: "CUP-01"}}},
		{ExternalID: "3", Title: "Grüner Krug", Handle: "green-jug"},
		{ExternalID: "4", Title: "إبريق أزرق"},
	} {
		d.now = d.now.Add(time.Duration(i) * time.Second)
		d.push(visitor{}, chat.RecordProduct, p)
	}
	for query, want := range map[string][]string{
		"": {"4", "3", "2", "1"}, "blue": {"2", "1"}, "BLU ju": {"1"}, "jug": {"3", "1"}, "cup-01": {"2"}, "grü": {"3"}, "أز": {"4"}, "oneware": nil,
		"%": {"4", "3", "2", "1"}, "blue zebra": nil,
	} {
		rs, err := d.Products(t.Context(), d.agent(), d.shop.ID, query, 10)
		must(t, err)
		var got []string
		for _, r := range rs {
			got = append(got, r.ExternalID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	v := d.visit()
	if _, err := d.Products(t.Context(), v.Caller, d.shop.ID, "", 10); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a shopper: %v", err)
	}
}

func TestOnlyCouponsThatAnybodyCanUseAreOffered(t *testing.T) {
	d := newDepot(t)
	now := chat.At(d.now)
	for _, c := range []chat.Coupon{
		{ExternalID: "1", Code: "SPRING", Kind: chat.CouponPercent, Percent: "7.5", EndsAt: now.Add(time.Hour)},
		{ExternalID: "2", Code: "OVER", EndsAt: now.Add(-time.Hour)},
		{ExternalID: "3", Code: "SOON", StartsAt: now.Add(time.Hour)},
		{ExternalID: "4", Code: "USED", UsageLimit: 3, Used: 3},
		{ExternalID: "5", Code: "HERS", BoundEmail: "ana@shop.example"},
	} {
		d.push(visitor{}, chat.RecordCoupon, c)
	}
	rs, err := d.Coupons(t.Context(), d.agent(), d.shop.ID, 10)
	if err != nil || len(rs) != 1 || rs[0].ExternalID != "1" {
		t.Fatalf("got %d, %v", len(rs), err)
	}
}

func TestAShopperSeesTheirOwnOrdersAndNoClaimedOnes(t *testing.T) {
	d := newDepot(t)
	v, other := d.visit(), d.visit()
	ana := &chat.CustomerRef{ExternalID: "c1", Email: "ana@shop.example"}
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1", Number: "#1001"})
	d.push(other, chat.RecordOrder, chat.Order{ExternalID: "2", Number: "#1002"})
	d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "3", Number: "#1003", Customer: ana})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{ExternalID: "s3", OrderExternalID: "3", Status: "in_transit"})
	must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelEmail, "ana@shop.example"))) // typed, which proves nothing
	given, err := d.store.AddressesOf(t.Context(), d.shop.ID, v.Shopper)
	if err != nil || len(given) != 1 {
		t.Fatalf("%d addresses, %v", len(given), err)
	}
	ana.Email = given[0].UserID
	d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "3", Number: "#1003", Customer: ana})

	own, err := d.OrdersOfShopper(t.Context(), v.Caller)
	if err != nil || len(own) != 1 || own[0].ExternalID != "1" {
		t.Fatalf("the shopper sees %d orders, %v", len(own), err)
	}
	ctx, err := d.ContextOf(t.Context(), d.agent(), d.shop.ID, v.Shopper)
	must(t, err)
	var claimed []string
	for _, r := range ctx.Claimed.Records {
		claimed = append(claimed, string(r.Kind)+" "+r.ExternalID)
	}
	if ctx.Claimed.Email != ana.Email || !slices.Equal(claimed, []string{"order 3", "shipment s3"}) {
		t.Errorf("claimed by %q: %q", ctx.Claimed.Email, claimed)
	}
	if bot, err := d.ContextOf(t.Context(), d.plugin(), d.shop.ID, v.Shopper); err != nil || bot.Claimed.Email != "" || len(bot.Claimed.Records) != 0 {
		t.Errorf("a bot is told what is claimed, %v", err)
	}
	for _, r := range ctx.Records {
		if r.ExternalID == "3" {
			t.Error("a claimed order stands among the verified ones")
		}
	}
	_, err = d.Send(t.Context(), v.Caller, chat.SendRequest{Conversation: v.c, ClientID: "a", Message: chat.Message{Text: "This one?", Order: "3"}})
	if !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("naming a claimed order: %v", err)
	}
	sent, err := d.Send(t.Context(), v.Caller, chat.SendRequest{Conversation: v.c, ClientID: "b", Message: chat.Message{Text: "This one?", Order: "1"}})
	if err != nil || sent.Entry.Message.OrderCard == nil || sent.Entry.Message.OrderCard.Number != "#1001" {
		t.Errorf("naming their own: %v", err)
	}
}

func TestAnOrderIsLookedUpByNumberAndEMail(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: "1", Number: "#1001", Customer: &chat.CustomerRef{Email: "Ana@Shop.example"}})
	d.push(visitor{}, chat.RecordShipment, chat.Shipment{ExternalID: "s1", OrderExternalID: "1", Status: "in_transit"})
	for _, c := range []struct{ number, email string }{{"#1001", "ana@shop.example"}, {" 1001 ", "ANA@SHOP.EXAMPLE "}} {
		r, parcels, err := d.LookUpOrder(t.Context(), v.Caller, c.number, c.email)
		if err != nil || r.ExternalID != "1" || len(parcels) != 1 {
			t.Errorf("%q %q: %v", c.number, c.email, err)
		}
	}
	for _, c := range []struct{ number, email string }{
		{"1001", "bob@shop.example"}, {"1002", "ana@shop.example"}, {"", ""}, {"1001", ""}, {"100", "ana@shop.example"}, {"1", "ana@shop.example"},
	} {
		if _, _, err := d.LookUpOrder(t.Context(), v.Caller, c.number, c.email); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%q %q: %v", c.number, c.email, err)
		}
	}
	if _, err := d.OrdersOfShopper(t.Context(), v.Caller); err != nil {
		t.Fatal(err)
	}
	own, _ := d.OrdersOfShopper(t.Context(), v.Caller)
	if len(own) != 0 {
		t.Error("looking an order up has made it theirs")
	}
	d.shop.Settings.HideOrders = true
	must(t, d.store.UpdateShop(t.Context(), d.shop))
	if _, _, err := d.LookUpOrder(t.Context(), v.Caller, "1001", "ana@shop.example"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a shop that wants no look-ups: %v", err)
	}
}

func TestAnOrderIsSaidInWordsWhereCardsCannotBeShown(t *testing.T) {
	card := chat.Order{ExternalID: "450789469", Number: "#1001"}.Card([]chat.Shipment{{
		Carrier: "DHL", Tracking: []chat.Tracking{{Number: "JD01", URL: "https://dhl.example/JD01"}},
	}})
	for want, m := range map[string]chat.Message{
		"Order: #1001|DHL JD01|https://dhl.example/JD01": {Order: "450789469", OrderCard: card},
		"Order: 450789469": {Order: "450789469"},
		"":                 {Text: "Hello"},
	} {
		if got := strings.Join(m.OrderLines("Order"), "|"); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}

func TestAButtonForTheCartStaysOnTheSite(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "This one?", func(r *chat.SendRequest) {
		r.Message.Cards = []chat.Card{{Title: "Jug", Product: "1", URL: "https://marl.example/jug", Buttons: []chat.Button{{Kind: "cart"}, {Kind: "reply", Title: "No"}}}}
	})
	d.says(v, "", func(r *chat.SendRequest) { r.Message.Cards = []chat.Card{{Title: "Jug"}, {Title: "Cup"}} })
	if l := d.conversation(v).LastMessage; l.Text != "Jug, Cup" {
		t.Errorf("lists show %q", l.Text)
	}
	d.run()
	if b := d.provider.requests[0].Message.Cards[0].Buttons; len(b) != 1 || b[0].Kind != "reply" {
		t.Errorf("the channel is given %+v", b)
	}
	c := d.conversation(v)
	es, err := d.store.Entries(t.Context(), chat.EntryQuery{Shop: d.shop.ID, Conversation: v.c, Audience: chat.ForShopper, After: 0, Limit: 50})
	must(t, err)
	if last := es[len(es)-2]; c.Head == 0 || len(last.Message.Cards[0].Buttons) != 2 {
		t.Error("the site has lost the button")
	}
	if _, err := d.trySay(v, "x", func(r *chat.SendRequest) {
		r.Message.Cards = []chat.Card{{Title: "Jug", Buttons: []chat.Button{{Kind: "cart"}}}}
	}); !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("a button for the cart without a product: %v", err)
	}
}
