package chat

import (
	"bytes"
	"context"
	"encoding/json"
)

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
