package rest

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestAShopperAsksForALink(t *testing.T) {
	w := newWorld(t)
	ask := func(body string) *answer {
		return w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/handoffs", body: body})
	}
	offer := into[openapi.HandoffOffer](ask(fmt.Sprintf(`{"channel":"whatsapp","conversation":%q,"language":"de"}`, w.a.conversation)).want(201).
		lacks(string(w.a.account), string(w.a.address), accountToken))
	if !strings.Contains(offer.Text, offer.Code) || !strings.HasPrefix(offer.URL, "https://wa.me/15550783881?text=") || offer.State != "offered" {
		t.Errorf("%+v", offer)
	}
	if offer.Notice == "" {
		t.Error("nothing tells the shopper what they agree to")
	}
	if offer.Qr.Size < 21 || !strings.HasPrefix(offer.Qr.Path, "M0 0h7v1h-7z") {
		t.Errorf("the code has no finder: %d %.40s", offer.Qr.Size, offer.Qr.Path)
	}
	ask(`{"channel":"messenger"}`).refused(409, "channel_off")
	ask(`{"channel":"web"}`).refused(409, "channel_off")
	ask(`{"channel":"fax"}`).refused(422, "invalid")
	ask(`{"channel":"whatsapp","conversation":"x"}`).refused(422, "invalid")
	ask(`{"channel":"whatsapp","code":"K7Q-4MXP"}`).refused(400, "unknown_field")

	at := "/v1/shops/{key}/shopper/handoffs/" + offer.ID
	w.do(req{as: "shopper", call: "POST " + at + "/click"}).want(204)
	w.do(req{as: "shopper", call: "POST " + at + "/click"}).want(204)
	w.do(req{as: "shopper", call: "POST " + at + "/confirm", body: `{"mine":true}`}).refused(409, "conflict") // nobody has come yet
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/handoffs"}).want(200, offer.ID, `"state":"clicked"`).
		lacks(string(w.a.account), string(w.a.address), "account", "wa.me", offer.Code)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/handoffs"}).want(200, offer.ID, string(w.a.account)).lacks(offer.Code)

	other := *w.a
	other.shopper, other.token = w.newShopper(w.a)
	for _, q := range []req{
		{call: "POST " + at + "/click"},
		{call: "POST " + at + "/confirm", body: `{"mine":true}`},
		{call: "POST /v1/shops/{key}/shopper/handoffs", body: `{"channel":"whatsapp","conversation":"` + string(w.a.conversation) + `"}`},
	} {
		q.ten, q.as = &other, "shopper"
		w.do(q).refused(404, "not_found")
	}
	w.do(req{ten: &other, as: "shopper", call: "GET /v1/shops/{key}/shopper/handoffs"}).want(200, `"items":[]`)
}

func TestAShopperLeavesANumber(t *testing.T) {
	w := newWorld(t)
	give := func(value, purposes string) *answer {
		return w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/consents", body: fmt.Sprintf(
			`{"channel":"whatsapp","value":%q,"purposes":[%s],"granted":true,"wording":"Answer me there","version":"1","language":"en"}`, value, purposes)})
	}
	give("+34 600 000 009", `"conversation","order_updates"`).want(204)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/consents"}).want(200, `"+34600000009"`, `"order_updates"`, `"Answer me there"`)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/addresses"}).want(200, string(w.a.address))
	give("12", `"conversation"`).refused(422, "bad_address")
	give("nobody@nowhere", `"conversation"`).refused(422, "bad_address")
	give("+34 600 000 009", `"everything"`).refused(422, "invalid")
	give("+34 600 000 009", `"conversation"`).want(204)
	give("+34 600 000 009", `"conversation"`).refused(429, "rate_limited") // the sixth that came so far, of five a minute
}

func TestFormsWithANumberAreLimitedPerAddressToo(t *testing.T) {
	w := newWorld(t)
	body := sample["POST /v1/shops/{key}/shopper/consents"]
	for i := range 21 {
		ten := *w.a
		ten.shopper, ten.token = w.newShopper(w.a)
		a := w.do(req{ten: &ten, as: "shopper", call: "POST /v1/shops/{key}/shopper/consents", body: body})
		if want := map[bool]int{true: 204, false: 429}[i < 20]; a.status != want {
			t.Fatalf("form %d: %d %s", i, a.status, a.body)
		}
	}
	w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/consents", body: body, from: "198.51.100.7:1"}).want(204)
}

// resumeLink makes a return link to the tenant's conversation for who has an address.
func (w *world) resumeLink(to chat.AddressID) (token string) {
	w.t.Helper()
	token = chat.NewID[string]("", rand.Reader)
	now := chat.At(w.clock.now())
	err := w.store.CreateResumeLink(w.t.Context(), chat.ResumeLink{
		Hash: sha256.Sum256([]byte("resume/" + token)), Merchant: w.a.merchant, Shop: w.a.shop.ID, Shopper: w.a.shopper,
		Conversation: w.a.conversation, Address: to, CreatedAt: now, ExpiresAt: now.Add(chat.ResumeFor),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func TestAReturnLinkIsExchanged(t *testing.T) {
	w := newWorld(t)
	back := func(as string, ten *tenant, token string) *answer {
		return w.do(req{ten: ten, as: as, call: "POST /v1/shops/{key}/resume", body: `{"token":"` + token + `"}`})
	}
	link := w.resumeLink(w.a.address)
	back("", w.b, link).refused(410, "link_used") // another shop's page
	got := into[openapi.Resumed](back("", w.a, link).want(200))
	if got.State != "resumed" || got.Conversation != string(w.a.conversation) || got.Shopper.ID != string(w.a.shopper) || got.Token == "" {
		t.Fatalf("%+v", got)
	}
	there := *w.a
	there.token = got.Token
	w.do(req{ten: &there, as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}).want(200, "secret of marl")
	back("", w.a, link).refused(410, "link_used") // used elsewhere

	link = w.resumeLink(w.a.address)
	for range 2 { // the page was loaded again before the address bar was clean
		got = into[openapi.Resumed](back("shopper", w.a, link).want(200))
		if got.State != "confirmed" || got.Token != "" {
			t.Errorf("%+v", got)
		}
	}
	back("", w.a, "nonsense").refused(410, "link_used")
	link = w.resumeLink(w.a.address)
	w.clock.add(chat.ResumeFor + time.Second)
	back("", w.a, link).refused(410, "link_used")
}

func TestAReturnLinkOfWhoMayBeSomebodyElseOpensNothing(t *testing.T) {
	w := newWorld(t)
	stranger, _ := w.newShopper(w.a)
	a := w.newAddress(w.a, stranger, "wa:34600000009")
	link := w.resumeLink(a.ID)
	body := `{"token":"` + link + `"}`
	answer := w.do(req{call: "POST /v1/shops/{key}/resume", body: body}).want(200, `"state":"unconfirmed"`)
	answer.lacks(string(w.a.conversation), string(w.a.shopper), "tgs_", string(stranger))
	w.do(req{call: "POST /v1/shops/{key}/resume", body: body, header: map[string]string{"Authorization": "Bearer tgs_nonsense"}}).refused(401, "invalid_token")
	w.do(req{call: "POST /v1/shops/{key}/resume", body: body, header: map[string]string{"Origin": "https://evil.example"}}).refused(403, "origin_not_allowed")
	w.do(req{call: "POST /v1/shops/{key}/resume", body: `{"token":7}`}).refused(422, "invalid")
}

func TestTriesOfReturnLinksAreLimitedPerAddress(t *testing.T) {
	w := newWorld(t)
	for i := range 21 {
		as := []string{"", "shopper"}[i%2]
		a := w.do(req{as: as, call: "POST /v1/shops/{key}/resume", body: `{"token":"nonsense"}`})
		if want := map[bool]int{true: 410, false: 429}[i < 20]; a.status != want {
			t.Fatalf("try %d: %d %s", i, a.status, a.body)
		}
	}
	w.do(req{call: "POST /v1/shops/{key}/resume", body: `{"token":"nonsense"}`, from: "198.51.100.7:1"}).refused(410, "link_used")
}

func TestAnAgentSeesTheWaysAndChoosesOne(t *testing.T) {
	w := newWorld(t)
	r := into[openapi.Reach](w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/reach"}).want(200))
	if r.Channel != "web" || r.Route != "" || len(r.Ways) != 1 || r.Ways[0].Address.ID != string(w.a.address) || r.Ways[0].Plan.Form != "free" || r.Ways[0].WindowUntil == 0 {
		t.Fatalf("%+v", r)
	}
	route := "PUT /v1/shops/{shop}/conversations/{conversation}/route"
	w.do(req{as: "agent", call: route, body: `{"address":"` + string(w.a.address) + `"}`}).
		want(200, `"channel":"whatsapp"`, `"address":"`+string(w.a.address)+`"`, `"handoff":{`)
	w.do(req{as: "plugin", call: route, body: `{"address":null}`}).refused(401, "unauthenticated")
	for _, bad := range []string{`{}`, `{"address":""}`, `{"address":"cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`, `{"address":7}`} {
		w.do(req{as: "agent", call: route, body: bad}).refused(422, "invalid")
	}
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/entries"}).want(200, `"route_changed"`, `"asked"`)
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}).want(200).
		lacks("route", string(w.a.address), "asked")
	w.do(req{as: "agent", call: route, body: `{"address":null}`}).want(200, `"channel":"web"`).lacks(`"address"`)
}

func TestWhatIsSentElsewhereHasADelivery(t *testing.T) {
	w := newWorld(t)
	post := func(as, body string) *answer {
		return w.do(req{as: as, call: "POST /v1/shops/{shop}/conversations/{conversation}/entries", body: body})
	}
	to := `,"to":"` + string(w.a.address) + `"}`
	post("agent", `{"client_id":"a","kind":"message","message":{"text":"hello there","return_link":true}`+to).want(201, `"return_link":true`)
	e := into[openapi.Entry](post("plugin", `{"client_id":"p","kind":"message","message":{"template":{"id":"`+string(w.a.template)+`","body":{"1":"Lia"}}}`+to).want(201))
	if e.Message.Text != "Hello Lia" || e.Message.Template == nil || e.Message.Template.Name != "answer_waiting" {
		t.Errorf("%+v", e.Message)
	}
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}).want(200, "Hello Lia").
		lacks("answer_waiting", "tpl_", "return_link", "adr_", "route")
	list := into[openapi.DeliveryList](w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/conversations/{conversation}/deliveries", query: fmt.Sprintf("from=%d", e.Seq)}).want(200))
	if len(list.Items) != 1 || list.Items[0].Seq != e.Seq || list.Items[0].State != "queued" {
		t.Errorf("%+v", list)
	}
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/deliveries", query: "limit=1"}).want(200, string(w.a.delivery))
	for _, query := range []string{"from=-1", "limit=0", "limit=201", "from=x", "after=1", "from=9007199254740992"} {
		if a := w.do(req{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/deliveries", query: query}); a.status != 400 && query != "limit=0" {
			t.Errorf("%s: %d", query, a.status)
		}
	}
	for body, code := range map[string]string{
		`{"client_id":"x1","kind":"message","message":{"text":"x"},"to":"somewhere"}`:                                                   "invalid",
		`{"client_id":"x2","kind":"message","message":{"template":{"id":"hello_world"}}` + to:                                           "invalid",
		`{"client_id":"x3","kind":"message","message":{"template":{"id":"` + string(w.a.template) + `"}}` + to:                          "template_params",
		`{"client_id":"x4","kind":"message","message":{"template":{"id":"` + string(w.a.template) + `","body":{"1":"a","2":"b"}}}` + to: "template_params",
		`{"client_id":"x5","kind":"message","message":{"template":{"id":"` + string(w.a.template) + `","buttons":{"x":"b"}}}` + to:      "invalid",
	} {
		post("agent", body).refused(422, code)
	}
	post("agent", `{"client_id":"x6","kind":"message","message":{"template":{"id":"x","name":"y"}}`+to).refused(400, "unknown_field")
}

func TestADeliveryIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/conversations/{conversation}/deliveries/{delivery}/retry"}).want(200, string(w.a.delivery))
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/conversations/{conversation}/deliveries/{delivery}/retry"}).refused(401, "unauthenticated")
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/conversations/{conversation}/deliveries/dlv_x/retry"}).refused(404, "not_found")
}

func TestTwoShoppersAreMadeOneAndTwoAgain(t *testing.T) {
	w := newWorld(t)
	from, _ := w.newShopper(w.a)
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/shoppers/{shopper}/merge", body: `{"from":"` + string(from) + `"}`}).want(202)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/" + string(from)}).want(200, string(w.a.shopper))
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/shoppers/" + string(from) + "/unmerge"}).want(202)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/" + string(from)}).want(200, string(from))
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/shoppers/{shopper}/unmerge"}).refused(409, "conflict")
	w.do(req{as: "agent", call: "POST /v1/shops/{shop}/shoppers/{shopper}/merge", body: `{"from":"x"}`}).refused(422, "invalid")
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/shoppers/{shopper}/merge", body: `{"from":"` + string(from) + `"}`}).refused(401, "unauthenticated")
}
