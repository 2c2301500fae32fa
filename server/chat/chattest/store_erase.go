package chattest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var erasureCases = []storeCase{
	{"nothing that was said or known is left", eraseAll},
	{"erasing twice does no more, and an alias is erased with who it stands for", eraseTwice},
	{"the log keeps its numbers, and its clients are told by the generation", eraseKeepsNumbers},
	{"late news of an erased shopper's objects fill nothing again", eraseLateNews},
	{"who comes back with the same identity is a new contact", eraseComesBack},
	{"nothing is left of where they could be reached, and that address is a new contact", eraseChannels},
	{"others' conversations, records and sessions stay", eraseOthers},
}

const secret = "planted-7Hq2"

// planted is a shopper who has left the secret wherever one can.
func (w *place) planted(t *testing.T) (chat.Shopper, chat.ShopperSession, chat.Conversation) {
	t.Helper()
	_, s := w.walkIn(t, w.shop)
	p := got(w.Identify(t.Context(), s.Hash, chat.Identity{
		Subject: secret + "-customer", Name: secret, Email: strings.ToLower(secret) + "@example.org",
	}, chat.At(w.now)))(t).Shopper
	must(t, w.SetShopperPage(t.Context(), w.shop.ID, p.ID, chat.Page{URL: "https://marl.example/?" + secret}))
	upload := w.upload(t, byShopper(p))
	d := draft(byShopper(p), "s1", "I am "+secret)
	d.Message.Attachments = []chat.Attachment{upload.Attachment}
	c := w.change(t, w.starting(w.shop, p, "s1", d)).Conversation
	w.post(t, c, note(byAgent(w.owner), "n1", "she is "+secret))
	w.post(t, c, draft(byAgent(w.owner), "a1", "Dear "+secret))
	es := w.log(t, c)
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		return c.Amend(chat.Amend{Action: chat.AmendEdit, Text: secret + " edited"}, es[0], byShopper(p), "e1", w.now)
	})
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		return c.Tag([]string{secret}, byAgent(w.owner), w.now)
	})
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		return c.NoteOrder(chat.OrderBrief{ExternalID: "1001", Number: secret}, "o1", w.now)
	})
	w.push(t, w.shop,
		event("e1", chat.RecordOrder, "1001", 1, chat.Order{
			ExternalID: "1001", Note: secret, Customer: &chat.CustomerRef{ExternalID: p.CustomerID, Email: secret + "@example.org"},
		}),
		event("e2", chat.RecordCart, "cart-1", 1, chat.Cart{ExternalID: "cart-1", Email: secret + "@example.org", Shopper: p.ID}),
		event("e3", chat.RecordShipment, "ship-1", 1, chat.Shipment{ExternalID: "ship-1", OrderExternalID: "1001", Carrier: secret}),
		event("e4", chat.RecordCustomer, p.CustomerID, 1, chat.Customer{ExternalID: p.CustomerID, FirstName: secret}),
	)
	h := w.hook(t, w.shop)
	for _, body := range []string{
		fmt.Sprintf(`{"shopper":{"id":%q,"name":%q}}`, p.ID, secret), fmt.Sprintf(`{"conversation":{"id":%q},"text":%q}`, c.ID, secret),
		fmt.Sprintf(`{"order":{"external_id":"1001","note":%q}}`, secret), fmt.Sprintf(`{"cart":{"external_id":"cart-1","email":"%s@example.org"}}`, secret),
	} {
		w.tell(t, w.happened(w.shop, body), h)
	}
	return p, s, got(w.Conversation(t.Context(), c.Shop, c.ID))(t)
}

// Plant puts a shopper who leaves the marker wherever one can into a store, and erases them again; the same with orders of somebody
// who was never here. A store's own tests look for
// the marker in its files.
func Plant(t *testing.T, s chat.Store) (marker string) {
	t.Helper()
	w := settle(t, s)
	p, _, _ := w.planted(t)
	a, _ := w.plantedPhone(t, w.connect(t, w.shop))
	for _, id := range []chat.ShopperID{p.ID, a.Shopper} {
		got(w.Erase(t.Context(), w.shop.ID, id, chat.At(w.now)))(t)
	}
	w.push(t, w.shop, bought("r1", "2001", 1, secret+"@example.org"), event("r2", chat.RecordCustomer, secret, 1, chat.Customer{ExternalID: secret}))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "2001"))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordCustomer, secret))
	return secret
}

func eraseAll(t *testing.T, w *place) {
	p, s, c := w.planted(t)
	w.later(time.Hour)
	e := got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	if len(e.Conversations) != 1 || len(e.Uploads) != 1 {
		t.Fatalf("erased %s", show(e))
	}
	_, err := w.ShopperSession(t.Context(), s.Hash, chat.At(w.now))
	want(t, err, chat.ErrInvalidToken)
	_, err = w.UploadByID(t.Context(), e.Uploads[0])
	want(t, err, chat.ErrNotFound)
	_, err = w.Upload(t.Context(), w.shop.ID, e.Uploads[0])
	want(t, err, chat.ErrNotFound)
	same(t, "files to sweep", got(w.UnboundUploads(t.Context(), chat.At(w.now), 10))(t), e.Uploads)
	have := got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t)
	same(t, "shopper", have, chat.Shopper{ID: p.ID, Merchant: p.Merchant, Shop: p.Shop, CreatedAt: p.CreatedAt, ErasedAt: chat.At(w.now)})
	want(t, w.SetShopperPage(t.Context(), w.shop.ID, p.ID, chat.Page{URL: "https://marl.example/"}), chat.ErrNotFound)

	f := got(w.Feed(t.Context(), w.shop.ID, 0, 100))(t)
	log := w.log(t, c)
	hook := got(w.Webhooks(t.Context(), w.shop.ID))(t)[0]
	same(t, "left for webhooks", len(w.deliveriesTo(t, hook)), 0)
	everything := show(f) + show(log) + show(e)
	if strings.Contains(everything, secret) || strings.Contains(everything, strings.ToLower(secret)) {
		t.Fatalf("left behind: %s", everything)
	}
	for _, entry := range log {
		if (entry.Kind == chat.EntryMessage || entry.Kind == chat.EntryNote) && (!entry.Blanked || entry.Message == nil) {
			t.Fatalf("entry %s", show(entry))
		}
	}
	for _, r := range f.Records {
		if !r.Deleted || !r.Redacted || r.Body != nil || r.Shopper != "" || r.CustomerID != "" {
			t.Fatalf("record %s", show(r))
		}
	}
	same(t, "records", len(f.Records), 3) // of the customer nothing is left
	same(t, "records of the shopper", len(got(w.RecordsOf(t.Context(), w.shop.ID, p.ID, p.CustomerID, 10))(t)), 0)
}

func eraseTwice(t *testing.T, w *place) {
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	old, laptop := w.walkIn(t, w.shop)
	c := w.change(t, w.starting(w.shop, old, "s1", draft(byShopper(old), "s1", "Hello"))).Conversation
	w.identify(t, laptop, "cust-1")
	e := got(w.Erase(t.Context(), w.shop.ID, old.ID, chat.At(w.now)))(t)
	same(t, "conversations", ids(e.Conversations), []chat.ConversationID{c.ID})
	for _, s := range []chat.ShopperSession{phone, laptop} {
		_, err := w.ShopperSession(t.Context(), s.Hash, chat.At(w.now))
		want(t, err, chat.ErrInvalidToken)
	}
	position := got(w.FeedPosition(t.Context(), w.shop.ID))(t)
	for _, id := range []chat.ShopperID{known.ID, old.ID} {
		same(t, "again", got(w.Erase(t.Context(), w.shop.ID, id, chat.At(w.now)))(t), chat.ErasedShopper{})
	}
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), position)
}

func eraseKeepsNumbers(t *testing.T, w *place) {
	p, _, c := w.planted(t)
	before := w.log(t, c)
	position := got(w.FeedPosition(t.Context(), w.shop.ID))(t)
	e := got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	after := w.log(t, c)
	dense(t, after)
	if len(after) != len(before) {
		t.Fatalf("%d entries of %d", len(after), len(before))
	}
	for i := range after {
		a, b := after[i], before[i]
		if a.ShopperSeq != b.ShopperSeq || a.At != b.At || a.Kind != b.Kind || a.Author.ID != b.Author.ID || a.ClientID != b.ClientID {
			t.Fatalf("entry %s was %s", show(a), show(b))
		}
	}
	head := got(w.Conversation(t.Context(), c.Shop, c.ID))(t)
	same(t, "head", head, e.Conversations[0])
	if head.Generation != c.Generation+1 || head.Version != c.Version+1 || head.Head != c.Head || head.Position <= position {
		t.Fatalf("head %s was %s", show(head), show(c))
	}
	done := w.post(t, c, draft(byAgent(w.owner), "a2", "Still here")) // the log goes on where it was
	same(t, "next", done.Entries[0].Seq, c.Head+1)
}

func eraseLateNews(t *testing.T, w *place) {
	p, _, _ := w.planted(t)
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	r := w.push(t, w.shop,
		event("l1", chat.RecordOrder, "1001", 99, chat.Order{ExternalID: "1001", Note: "late"}),
		event("l2", chat.RecordCustomer, p.CustomerID, 99, chat.Customer{ExternalID: p.CustomerID, FirstName: "late"}),
		event("l3", chat.RecordOrder, "1002", 99, chat.Order{ExternalID: "1002"}),
	)
	same(t, "outcomes", outcomes(r), []chat.Outcome{chat.OutcomeStale, chat.OutcomeStale, chat.OutcomeApplied})
	if have := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t); have.Body != nil {
		t.Fatalf("record %s", show(have))
	}
	_, err := w.Record(t.Context(), w.shop.ID, chat.RecordCustomer, p.CustomerID)
	want(t, err, chat.ErrNotFound)
}

func eraseComesBack(t *testing.T, w *place) {
	p, _, _ := w.planted(t)
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	back, s := w.walkIn(t, w.shop)
	r := w.identify(t, s, p.CustomerID)
	if r.Shopper.ID != back.ID || r.Shopper.ErasedAt != 0 {
		t.Fatalf("%+v", r)
	}
	same(t, "conversations", len(got(w.ConversationsOf(t.Context(), w.shop.ID, back.ID, 10))(t)), 0)
}

func eraseChannels(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, c := w.plantedPhone(t, account)
	other, b := w.talkOn(t, w.shop, account, "16505550002")
	theirs := w.consent(got(w.Shopper(t.Context(), w.shop.ID, b.Shopper))(t), chat.ForMarketing, true)
	must(t, w.AddConsents(t.Context(), theirs))
	w.later(time.Hour)
	got(w.Erase(t.Context(), w.shop.ID, a.Shopper, chat.At(w.now)))(t)

	head := got(w.Conversation(t.Context(), w.shop.ID, c.ID))(t)
	if head.Channel != chat.ChannelWeb || head.Address != "" || head.Account != "" || head.Away {
		t.Fatalf("head %s", show(head))
	}
	deliveries := got(w.DeliveriesOf(t.Context(), w.shop.ID, c.ID, 0, 10))(t)
	same(t, "states", []chat.DeliveryState{deliveries[0].State, deliveries[1].State}, []chat.DeliveryState{chat.DeliverySent, chat.DeliveryFailed})
	consents := got(w.ConsentsOf(t.Context(), w.shop.ID, a.Shopper))(t)
	if len(consents) != 1 || consents[0].Purpose != chat.ForMarketing || consents[0].Wording == "" {
		t.Fatalf("that there was a consent is to be known: %s", show(consents))
	}
	everything := show(head) + show(deliveries) + show(consents) + show(w.log(t, c)) +
		show(got(w.Address(t.Context(), w.shop.ID, a.ID))(t)) + show(got(w.HandoffsOf(t.Context(), w.shop.ID, a.Shopper, "", 10))(t)) +
		show(got(w.ProviderID(t.Context(), a.ID, c.ID, 2))(t)) + show(got(w.Parked(t.Context(), account.ID, "wamid.parked"))(t))
	if strings.Contains(everything, secret) {
		t.Fatalf("left behind: %s", everything)
	}
	same(t, "by its keys", len(got(w.AddressesByKeys(t.Context(), account.ID, a.Keys))(t)), 0)
	for _, h := range got(w.HandoffsOf(t.Context(), w.shop.ID, a.Shopper, "", 10))(t) {
		same(t, "handoff", h.State, chat.HandoffExpired)
	}
	_, err := w.HandoffByCode(t.Context(), account.ID, hashed("planted code"))
	want(t, err, chat.ErrNotFound)
	_, err = w.ResumeLink(t.Context(), hashed("planted link"), chat.At(w.now))
	want(t, err, chat.ErrGone)
	if again := w.change(t, w.arriving(c, a, secret+"-in", "told twice")); !again.Repeat {
		t.Fatal("what was told before is not known any more")
	}
	asked := a
	asked.ID = newID[chat.AddressID](chat.PrefixAddress)
	if back, created := w.ensure(t, w.shop, asked); !created || back.Shopper == a.Shopper {
		t.Fatalf("an erased shopper is back: %s", show(back))
	}

	same(t, "others' address", got(w.Address(t.Context(), w.shop.ID, b.ID))(t), b)
	same(t, "others' consent", got(w.ConsentsOf(t.Context(), w.shop.ID, b.Shopper))(t), []chat.Consent{theirs})
	same(t, "others' log", texts(w.log(t, other)), []string{"Hello"})
}

// plantedPhone is a shopper who has left the secret wherever one can on a channel.
func (w *place) plantedPhone(t *testing.T, account chat.Account) (chat.Address, chat.Conversation) {
	t.Helper()
	c, a := w.talkOn(t, w.shop, account, secret)
	p := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	must(t, w.AddConsents(t.Context(), chat.Consent{
		Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, Channel: account.Channel, Value: secret, Purpose: chat.ForMarketing, Granted: true,
		Wording: "You may write to me.", Page: "https://marl.example/?" + secret, Source: chat.ConsentByForm, At: chat.At(w.now),
	}))
	h, code := w.offer(p, account), hashed("planted code")
	h.Page = "https://marl.example/?" + secret
	must(t, w.CreateHandoff(t.Context(), h, &code))
	must(t, w.CreateResumeLink(t.Context(), chat.ResumeLink{
		Hash: hashed("planted link"), Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, ExpiresAt: chat.At(w.now.Add(chat.ResumeFor)),
	}))
	must(t, w.Park(t.Context(), account.ID, "wamid.parked", chat.Inbound{
		Kind: chat.InboundStatus, ID: secret, From: &chat.Person{Keys: a.Keys, Name: secret},
	}, chat.At(w.now)))
	a.Name, a.Username = secret, secret
	w.change(t, w.arriving(c, a, secret+"-in", "I am "+secret))
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		ch, err := c.Tag([]string{secret}, byAgent(w.owner), w.now)
		sent, queued := w.send(c, a, 1, secret+"-out"), w.send(c, a, 1)
		sent.State, sent.Detail, sent.Template.Body["name"] = chat.DeliverySent, secret, secret
		queued.Template.Body["name"] = secret
		ch.Deliveries = []chat.Delivery{sent, queued}
		ch.Conversation.Channel, ch.Conversation.Address, ch.Conversation.Account, ch.Conversation.Away = a.Channel, a.ID, a.Account, true
		ch.Conversation.Handoff = &h
		step := h.Step()
		step.Name = secret
		ch.Entries[0].Event = &chat.Event{Name: chat.EventHandoff, Handoff: &step, Hint: &chat.Hint{Code: "x", Detail: secret}}
		return ch, err
	})
	return a, c
}

func eraseOthers(t *testing.T, w *place) {
	other, s := w.walkIn(t, w.shop)
	d := draft(byShopper(other), "s1", "I stay")
	c := w.change(t, w.starting(w.shop, other, "s1", d)).Conversation
	w.push(t, w.shop, event("o1", chat.RecordOrder, "2001", 1, chat.Order{ExternalID: "2001", Shopper: other.ID}))
	u := w.upload(t, byShopper(other))
	p, _, _ := w.planted(t)
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	same(t, "text", texts(w.log(t, c)), []string{"I stay"})
	same(t, "records", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, other.ID, "", 10))(t)), []string{"2001"})
	same(t, "session", got(w.ShopperSession(t.Context(), s.Hash, chat.At(w.now)))(t), s)
	same(t, "upload", got(w.Upload(t.Context(), w.shop.ID, u.ID))(t), u)
}
