package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
)

// PrivacyTask is the payload of a TaskPrivacy.
type PrivacyTask struct {
	Request PrivacyID `json:"request"`
}

// mayAskPrivacy tells whether the caller may ask for people's data of the shop.
func (s *Service) mayAskPrivacy(ctx context.Context, by Caller, shop ShopID) (Shop, error) {
	sh, err := s.Shop(ctx, by, shop)
	switch {
	case err != nil:
		return Shop{}, err
	case by.Kind == AuthorPlugin && by.Has(ScopeContextWrite), by.Kind == AuthorAgent && by.Role.Manages():
		return sh, nil
	case by.Kind == AuthorShopper:
		return Shop{}, ErrNotFound
	}
	return Shop{}, ErrForbidden
}

// AskPrivacy takes a request about a person's data. It is done soon, whatever happens; the same reference is the same request.
func (s *Service) AskPrivacy(ctx context.Context, by Caller, r PrivacyRequest) (PrivacyRequest, error) {
	shop, err := s.mayAskPrivacy(ctx, by, r.Shop)
	if err != nil {
		return PrivacyRequest{}, err
	}
	if err := r.validate(); err != nil {
		return PrivacyRequest{}, err
	}
	now := At(s.now())
	r.ID, r.Merchant, r.State = NewID[PrivacyID](PrefixPrivacy, s.random), shop.Merchant, PrivacyPending
	r.CreatedAt, r.DueAt = now, now.Add(PrivacyDue)
	r, err = s.store.CreatePrivacyRequest(ctx, r, Task{
		ID: NewID[TaskID](PrefixTask, s.random), Kind: TaskPrivacy, Shop: r.Shop, DueAt: now, Lane: "privacy:" + string(r.Shop),
		Payload: encode(PrivacyTask{Request: r.ID}),
	})
	s.wake()
	return r, err
}

const maxPrivacyList = 200

// PrivacyRequests lists a shop's requests about people's data, newest first.
func (s *Service) PrivacyRequests(ctx context.Context, by Caller, shop ShopID) ([]PrivacyRequest, error) {
	if _, err := s.mayAskPrivacy(ctx, by, shop); err != nil {
		return nil, err
	}
	return s.store.PrivacyRequests(ctx, shop, maxPrivacyList)
}

// PrivacyRequestOf gives one request.
func (s *Service) PrivacyRequestOf(ctx context.Context, by Caller, shop ShopID, id PrivacyID) (PrivacyRequest, error) {
	if _, err := s.mayAskPrivacy(ctx, by, shop); err != nil {
		return PrivacyRequest{}, err
	}
	return s.store.PrivacyRequest(ctx, shop, id)
}

// doPrivacy is the task that does a request. Doing it again finds less, or nothing.
func (s *Service) doPrivacy(ctx context.Context, t Task) error {
	var p PrivacyTask
	if err := payload(t, &p); err != nil {
		return err
	}
	r, err := s.store.PrivacyRequest(ctx, t.Shop, p.Request)
	if isNotFound(err) || err == nil && r.State != PrivacyPending {
		return nil
	}
	if err != nil {
		return err
	}
	found, err := s.find(ctx, r)
	if err != nil {
		return err
	}
	r.Counts = found.counts()
	if r.Kind == PrivacyExport {
		err = s.export(ctx, &r, found)
	} else {
		err = s.redact(ctx, &r, found)
	}
	if err != nil {
		return err
	}
	r.State, r.DoneAt = PrivacyDone, At(s.now())
	return s.store.UpdatePrivacyRequest(ctx, r)
}

// redact takes away what was found. The person's own names go from the request too.
func (s *Service) redact(ctx context.Context, r *PrivacyRequest, found person) error {
	for _, rec := range found.refs(*r) {
		if err := s.store.RedactRecord(ctx, r.Shop, rec.Kind, rec.ExternalID); err != nil {
			return err
		}
	}
	if r.Transcripts {
		for _, p := range found.shoppers {
			if err := s.erase(ctx, r.Shop, p.ID); err != nil {
				return err
			}
		}
	}
	r.Customer, r.Orders = CustomerRef{}, nil
	return nil
}

// exported is the file that an export gives.
type exported struct {
	Customers     []json.RawMessage      `json:"customers"`
	Orders        []json.RawMessage      `json:"orders"`
	Shipments     []json.RawMessage      `json:"shipments"`
	Carts         []json.RawMessage      `json:"carts"`
	Shoppers      []exportedShopper      `json:"shoppers"`
	Conversations []exportedConversation `json:"conversations"`
}

type exportedShopper struct {
	ID        ShopperID `json:"id"`
	Name      string    `json:"name,omitempty"`
	Email     string    `json:"email,omitempty"`
	Language  string    `json:"language,omitempty"`
	CreatedAt Millis    `json:"created_at"`
	SeenAt    Millis    `json:"seen_at"`
	Addresses []string  `json:"addresses,omitempty"`
}

type exportedConversation struct {
	ID      ConversationID  `json:"id"`
	Entries []exportedEntry `json:"entries"`
}

type exportedEntry struct {
	At     Millis     `json:"at"`
	Author AuthorKind `json:"author"`
	Text   string     `json:"text,omitempty"`
	Files  []string   `json:"files,omitempty"`
}

// export writes what was found to a file that the merchant can fetch for a day.
func (s *Service) export(ctx context.Context, r *PrivacyRequest, found person) error {
	x := exported{Shoppers: []exportedShopper{}, Conversations: []exportedConversation{}}
	for kind, list := range map[RecordKind]*[]json.RawMessage{
		RecordCustomer: &x.Customers, RecordOrder: &x.Orders, RecordShipment: &x.Shipments, RecordCart: &x.Carts,
	} {
		*list = []json.RawMessage{}
		for _, rec := range found.records {
			if rec.Kind == kind && len(rec.Body) > 0 {
				*list = append(*list, rec.Body)
			}
		}
	}
	for _, p := range found.shoppers {
		if err := s.exportShopper(ctx, p, &x); err != nil {
			return err
		}
	}
	body, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	now := At(s.now())
	id := NewID[AttachmentID](PrefixAttachment, s.random)
	size, err := s.blobs.Put(ctx, id, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.File, r.FileUntil = id, now.Add(UnboundFor)
	return s.store.CreateUpload(ctx, Upload{
		Attachment: Attachment{ID: id, Name: "export.json", ContentType: "application/json", Size: size},
		Merchant:   r.Merchant, Shop: r.Shop, By: Author{Kind: AuthorSystem}, CreatedAt: now,
	})
}

const maxExported = 500 // entries that are read at a time

func (s *Service) exportShopper(ctx context.Context, p Shopper, x *exported) error {
	addresses, err := s.store.AddressesOf(ctx, p.Shop, p.ID)
	if err != nil {
		return err
	}
	out := exportedShopper{ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, CreatedAt: p.CreatedAt, SeenAt: p.SeenAt}
	for _, a := range addresses {
		out.Addresses = append(out.Addresses, string(a.Channel)+" "+a.value())
	}
	x.Shoppers = append(x.Shoppers, out)
	cs, err := s.store.ConversationsOf(ctx, p.Shop, p.ID, maxExported)
	if err != nil {
		return err
	}
	for _, c := range cs {
		log, err := s.exportLog(ctx, c)
		if err != nil {
			return err
		}
		x.Conversations = append(x.Conversations, exportedConversation{ID: c.ID, Entries: log})
	}
	return nil
}

// exportLog gives what was said, as the shopper saw it.
func (s *Service) exportLog(ctx context.Context, c Conversation) ([]exportedEntry, error) {
	log := []exportedEntry{}
	for after := int64(0); ; {
		es, err := s.store.Entries(ctx, EntryQuery{Shop: c.Shop, Conversation: c.ID, Audience: ForShopper, After: after, Limit: maxExported})
		if err != nil || len(es) == 0 {
			return log, err
		}
		for _, e := range es {
			after = e.ShopperSeq
			if e.Kind != EntryMessage || e.Message == nil {
				continue
			}
			out := exportedEntry{At: e.At, Author: e.Author.Kind, Text: e.Message.Text}
			for _, a := range e.Message.Attachments {
				out.Files = append(out.Files, a.Name)
			}
			log = append(log, out)
		}
	}
}

// person is what is found of whom a privacy request names.
type person struct {
	records  []Record
	shoppers []Shopper
}

// find looks for everything that a request means: by the customer's id, by e-mail and phone, and by the orders that it names.
func (s *Service) find(ctx context.Context, r PrivacyRequest) (p person, err error) {
	if r.Everything {
		return s.findAll(ctx, r.Shop)
	}
	for _, k := range keyed(EmailKey(r.Customer.Email), PhoneKey(r.Customer.Phone)) {
		for _, kind := range []RecordKind{RecordOrder, RecordCart, RecordCustomer} {
			some, err := s.store.RecordsByKey(ctx, r.Shop, kind, k, false, maxPrivacyOrders)
			if err != nil {
				return p, err
			}
			p.add(some...)
		}
	}
	for _, id := range r.Orders {
		rec, err := s.store.Record(ctx, r.Shop, RecordOrder, id)
		if err != nil && !isNotFound(err) {
			return p, err
		}
		if err == nil {
			p.add(rec)
		}
	}
	if err := s.findCustomer(ctx, r, &p); err != nil {
		return p, err
	}
	return p, s.addShipments(ctx, r.Shop, &p)
}

// findCustomer finds who the shop knows by the request's customer id, and whoever is known by their e-mail.
func (s *Service) findCustomer(ctx context.Context, r PrivacyRequest, p *person) error {
	if id := r.Customer.ExternalID; id != "" {
		some, err := s.store.RecordsOf(ctx, r.Shop, "", id, maxPrivacyOrders)
		if err != nil {
			return err
		}
		p.add(some...)
		shopper, err := s.store.ShopperByCustomer(ctx, r.Shop, id)
		if err != nil && !isNotFound(err) {
			return err
		}
		if err == nil {
			p.addShopper(shopper)
		}
	}
	if r.Customer.Email == "" {
		return nil
	}
	shoppers, err := s.store.ShoppersByEmail(ctx, r.Shop, r.Customer.Email)
	for _, x := range shoppers {
		p.addShopper(x)
	}
	return err
}

func (s *Service) addShipments(ctx context.Context, shop ShopID, p *person) error {
	for _, r := range p.records {
		if r.Kind != RecordOrder {
			continue
		}
		parcels, err := s.store.ShipmentsOf(ctx, shop, r.ExternalID, maxPrivacyOrders)
		if err != nil {
			return err
		}
		p.add(parcels...)
	}
	return nil
}

// findAll finds all that plugins have told of people in the shop, and all its shoppers.
func (s *Service) findAll(ctx context.Context, shop ShopID) (p person, err error) {
	for _, kind := range []RecordKind{RecordOrder, RecordShipment, RecordCart, RecordCustomer} {
		for before := int64(0); ; {
			some, err := s.store.ListRecords(ctx, shop, kind, before, maxPrivacyOrders)
			if err != nil {
				return p, err
			}
			if len(some) == 0 {
				break
			}
			p.records = append(p.records, some...)
			before = some[len(some)-1].Position
		}
	}
	for after := ShopperID(""); ; {
		some, err := s.store.ListShoppers(ctx, shop, after, maxPrivacyOrders)
		if err != nil || len(some) == 0 {
			return p, err
		}
		p.shoppers = append(p.shoppers, some...)
		after = some[len(some)-1].ID
	}
}

func (p *person) add(rs ...Record) {
	for _, r := range rs {
		same := func(x Record) bool { return x.Kind == r.Kind && x.ExternalID == r.ExternalID }
		if !r.Redacted && !slices.ContainsFunc(p.records, same) {
			p.records = append(p.records, r)
		}
	}
}

func (p *person) addShopper(s Shopper) {
	if !slices.ContainsFunc(p.shoppers, func(x Shopper) bool { return x.ID == s.ID }) {
		p.shoppers = append(p.shoppers, s)
	}
}

func (p person) counts() (c PrivacyCounts) {
	for _, r := range p.records {
		switch r.Kind {
		case RecordCustomer:
			c.Customers++
		case RecordOrder:
			c.Orders++
		case RecordShipment:
			c.Shipments++
		case RecordCart:
			c.Carts++
		}
	}
	c.Shoppers = len(p.shoppers)
	return c
}

// refs names the records to be redacted: those found, and those named that are not there yet, so that late news of them are refused.
func (p person) refs(r PrivacyRequest) []Record {
	all := p.records
	if r.Everything {
		return all // what is not known yet may be told: a shop that comes back has new orders
	}
	named := person{records: slices.Clone(all)}
	if r.Customer.ExternalID != "" {
		named.add(Record{Kind: RecordCustomer, ExternalID: r.Customer.ExternalID})
	}
	for _, id := range r.Orders {
		named.add(Record{Kind: RecordOrder, ExternalID: id})
	}
	return named.records
}
