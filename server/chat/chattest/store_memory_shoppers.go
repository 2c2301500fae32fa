package chattest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) Fold(ctx context.Context, b chat.Batch) (chat.FoldResult, error) {
	if err := ctx.Err(); err != nil {
		return chat.FoldResult{}, err
	}
	m.order.Lock()
	defer m.order.Unlock()
	r, written, err := m.fold(b)
	for _, record := range written {
		if b.Then != nil {
			b.Then(record)
		}
	}
	return r, err
}

func (m *memory) fold(b chat.Batch) (r chat.FoldResult, written []chat.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Once != nil {
		was, ok := m.answers[onceKey{b.Once.Credential, b.Once.Route, b.Once.Key}]
		if ok && time.Since(was.at) < 24*time.Hour {
			if was.hash != b.Once.Hash {
				return r, nil, chat.ErrIdempotency
			}
			return chat.FoldResult{Results: was.results, Replay: true}, nil, nil
		}
	}
	if _, ok := m.shops[b.Shop]; !ok {
		return r, nil, chat.ErrNotFound
	}
	staged, seen, tasks := map[recordKey]chat.Record{}, map[eventKey]bool{}, []chat.Task{}
	position := m.feeds[b.Shop]
	for _, ev := range b.Events {
		result := chat.EventResult{ID: ev.ID, Outcome: chat.OutcomeDuplicate}
		if id := (eventKey{b.Shop, ev.ID}); !m.events[id] && !seen[id] {
			key := recordKey{b.Shop, ev.Kind, ev.ExternalID}
			var f chat.Folded
			err := guard(func() (err error) { f, err = b.Fold(m.known(staged, key), ev); return err })
			if e, ok := chat.AsError(err); ok {
				r.Results = append(r.Results, chat.EventResult{ID: ev.ID, Outcome: chat.OutcomeInvalid, Error: e})
				continue
			}
			if err != nil {
				return chat.FoldResult{}, nil, err
			}
			seen[id] = true
			if result.Outcome = f.Outcome; f.Outcome == chat.OutcomeApplied {
				position++
				f.Record.Shop, f.Record.Kind, f.Record.ExternalID, f.Record.Position = key.shop, key.kind, key.id, position
				staged[key] = f.Record
				written = append(written, f.Record)
				tasks = append(tasks, f.Tasks...)
			}
		}
		r.Results = append(r.Results, result)
	}
	maps.Copy(m.records, staged)
	for id := range seen {
		m.events[id] = true
	}
	m.feeds[b.Shop] = position
	m.addTasks(tasks)
	if b.Once != nil {
		m.answers[onceKey{b.Once.Credential, b.Once.Route, b.Once.Key}] = answer{b.Once.Hash, r.Results, time.Now()}
	}
	return r, written, nil
}

func (m *memory) known(staged map[recordKey]chat.Record, key recordKey) *chat.Record {
	if r, ok := staged[key]; ok {
		return &r
	}
	if r, ok := m.records[key]; ok {
		return &r
	}
	if m.erasedRecords[key] {
		return &chat.Record{Shop: key.shop, Kind: key.kind, ExternalID: key.id, Deleted: true, Redacted: true}
	}
	return nil
}

func (m *memory) Record(_ context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string) (chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.records[recordKey{shop, kind, externalID}]
	if !ok {
		return r, chat.ErrNotFound
	}
	return r, nil
}

func (m *memory) pick(keep func(chat.Record) bool) (all []chat.Record) {
	for _, r := range m.records {
		if keep(r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b chat.Record) int {
		return cmp.Or(cmp.Compare(b.Version, a.Version), cmp.Compare(b.Position, a.Position))
	})
	return all
}

func (m *memory) RecordsOf(_ context.Context, shop chat.ShopID, shopper chat.ShopperID, customerID string, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && !r.Deleted && (shopper != "" && (r.Shopper == shopper || m.aliases[r.Shopper] == shopper) ||
			r.CustomerID != "" && r.CustomerID == customerID)
	})
	all = all[:min(limit, len(all))]
	for _, o := range all {
		if o.Kind == chat.RecordOrder {
			all = append(all, m.shipments(o.Shop, o.ExternalID, limit)...)
		}
	}
	return all, nil
}

func (m *memory) ShipmentsOf(_ context.Context, shop chat.ShopID, order string, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shipments(shop, order, limit), nil
}

func (m *memory) shipments(shop chat.ShopID, order string, limit int) []chat.Record {
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && r.Kind == chat.RecordShipment && r.Parent == order && order != "" && !r.Deleted
	})
	slices.Reverse(all)
	return all[:min(limit, len(all))]
}

func (m *memory) ListRecords(_ context.Context, shop chat.ShopID, kind chat.RecordKind, before int64, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && r.Kind == kind && !r.Deleted && (before == 0 || r.Position < before)
	})
	slices.SortFunc(all, func(a, b chat.Record) int { return cmp.Compare(b.Position, a.Position) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) CreateShopper(_ context.Context, s chat.Shopper, session chat.ShopperSession) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if shop, ok := m.shops[s.Shop]; !ok || shop.Merchant != s.Merchant {
		return chat.ErrNotFound
	}
	if _, ok := m.shoppers[s.ID]; ok {
		return chat.ErrConflict
	}
	m.shoppers[s.ID] = s
	session.Merchant, session.Shop, session.Shopper = s.Merchant, s.Shop, s.ID
	m.browsers[session.Hash] = session
	return nil
}

func (m *memory) shopper(shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	if known, ok := m.aliases[id]; ok {
		id = known
	}
	s, ok := m.shoppers[id]
	if !ok || s.Shop != shop {
		return chat.Shopper{}, chat.ErrNotFound
	}
	return s, nil
}

func (m *memory) Shopper(_ context.Context, shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shopper(shop, id)
}

func (m *memory) ShopperByCustomer(_ context.Context, shop chat.ShopID, customerID string) (chat.Shopper, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shopperByCustomer(shop, customerID)
}

func (m *memory) shopperByCustomer(shop chat.ShopID, customerID string) (chat.Shopper, error) {
	for _, s := range m.shoppers {
		if s.Shop == shop && s.CustomerID == customerID && customerID != "" {
			return s, nil
		}
	}
	return chat.Shopper{}, chat.ErrNotFound
}

func (m *memory) browser(hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	s, ok := m.browsers[hash]
	if !ok || s.ExpiresAt <= now {
		return chat.ShopperSession{}, chat.ErrInvalidToken
	}
	return s, nil
}

func (m *memory) ShopperSession(_ context.Context, hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.browser(hash, now)
}

func (m *memory) TouchShopperSession(_ context.Context, hash [32]byte, seen, expires chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.browsers[hash]
	if !ok {
		return chat.ErrInvalidToken
	}
	s.SeenAt, s.ExpiresAt = max(s.SeenAt, seen), max(s.ExpiresAt, expires)
	m.browsers[hash] = s
	p := m.shoppers[s.Shopper]
	p.SeenAt = max(p.SeenAt, seen)
	m.shoppers[p.ID] = p
	return nil
}

func (m *memory) RevokeShopperSession(_ context.Context, hash [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.browsers, hash)
	return nil
}

func (m *memory) SetShopperPage(_ context.Context, shop chat.ShopID, id chat.ShopperID, p chat.Page) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.shopper(shop, id)
	if err != nil || s.ErasedAt != 0 {
		return chat.ErrNotFound
	}
	s.Page = &p
	m.shoppers[s.ID] = s
	return nil
}

func (m *memory) Identify(_ context.Context, hash [32]byte, identity chat.Identity, now chat.Millis) (r chat.IdentifyResult, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	session, err := m.browser(hash, now)
	if err != nil {
		return r, err
	}
	was, err := m.shopper(session.Shop, session.Shopper)
	if err != nil {
		return r, err
	}
	for _, subject := range []string{session.CustomerID, was.CustomerID} {
		if subject != "" && subject != identity.Subject {
			return r, chat.ErrIdentity
		}
	}
	known, err := m.shopperByCustomer(session.Shop, identity.Subject)
	if errors.Is(err, chat.ErrNotFound) {
		known = was
	}
	before := known.Brief()
	known.CustomerID, known.SeenAt = identity.Subject, max(known.SeenAt, now)
	known.Name, known.Email = cmp.Or(identity.Name, known.Name), cmp.Or(identity.Email, known.Email)
	if was.ID != known.ID {
		if was.Page != nil && (known.Page == nil || was.Page.At > known.Page.At) {
			known.Page = was.Page
		}
		was.Page = nil
		m.shoppers[was.ID] = was
		m.alias(was.ID, known.ID)
		for i := range m.addresses {
			if m.addresses[i].Shopper == was.ID {
				m.addresses[i].Shopper = known.ID
			}
		}
	}
	m.shoppers[known.ID] = known
	session.Shopper, session.CustomerID = known.ID, identity.Subject
	m.browsers[hash] = session
	if was.ID != known.ID || before != known.Brief() {
		m.addMeet(known.Shop, was.ID, known.ID, now)
	}
	return chat.IdentifyResult{Shopper: known, Was: was.ID}, nil
}

func (m *memory) addMeet(shop chat.ShopID, was, known chat.ShopperID, now chat.Millis) {
	if len(m.filter(func(c chat.Conversation) bool { return c.Shopper.ID == was })) == 0 {
		return
	}
	payload, err := json.Marshal(chat.ShopperTask{Shopper: was, Into: known})
	if err != nil {
		panic(err)
	}
	m.addTasks([]chat.Task{{Kind: chat.TaskMeet, Shop: shop, DueAt: now, Lane: "shopper:" + string(known), Payload: payload}})
}

func (m *memory) Erase(_ context.Context, shop chat.ShopID, id chat.ShopperID, now chat.Millis) (e chat.ErasedShopper, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.shopper(shop, id)
	if err != nil || s.ErasedAt != 0 {
		return e, err
	}
	is := func(id chat.ShopperID) bool { return id == s.ID || m.aliases[id] == s.ID }
	m.eraseRecords(s, is)
	theirs := m.filter(func(c chat.Conversation) bool { return is(c.Shopper.ID) })
	slices.SortFunc(theirs, func(a, b chat.Conversation) int { return cmp.Compare(a.Position, b.Position) })
	for _, c := range theirs {
		m.eraseDeliveries(c.ID, now)
		e.Conversations = append(e.Conversations, m.eraseConversation(c))
	}
	m.eraseContacts(is, now)
	for id, u := range m.uploads {
		c := m.conversations[u.Conversation]
		if is(c.Shopper.ID) || u.By.Kind == chat.AuthorShopper && is(chat.ShopperID(u.By.ID)) {
			m.uploads[id] = chat.Upload{Attachment: chat.Attachment{ID: id}, Merchant: u.Merchant, Shop: u.Shop}
			e.Uploads = append(e.Uploads, id)
		}
	}
	for hash, b := range m.browsers {
		if is(b.Shopper) {
			delete(m.browsers, hash)
		}
	}
	for _, p := range m.shoppers {
		if is(p.ID) {
			m.shoppers[p.ID] = chat.Shopper{ID: p.ID, Merchant: p.Merchant, Shop: p.Shop, CreatedAt: p.CreatedAt, ErasedAt: now}
		}
	}
	return e, nil
}

func (m *memory) eraseRecords(s chat.Shopper, is func(chat.ShopperID) bool) {
	mine := m.pick(func(r chat.Record) bool {
		return r.Shop == s.Shop && !r.Redacted && (is(r.Shopper) || r.CustomerID != "" && r.CustomerID == s.CustomerID)
	})
	for _, r := range mine {
		if r.Kind == chat.RecordOrder {
			mine = append(mine, m.pick(func(x chat.Record) bool {
				return x.Shop == s.Shop && x.Kind == chat.RecordShipment && x.Parent == r.ExternalID && !x.Redacted
			})...)
		}
	}
	slices.SortFunc(mine, func(a, b chat.Record) int { return cmp.Compare(a.Position, b.Position) })
	mine = slices.CompactFunc(mine, func(a, b chat.Record) bool { return a.Position == b.Position }) // found in two ways
	if s.CustomerID != "" {
		m.erasedRecords[recordKey{s.Shop, chat.RecordCustomer, s.CustomerID}] = true
	}
	for _, r := range mine {
		key := recordKey{r.Shop, r.Kind, r.ExternalID}
		if r.Kind == chat.RecordCustomer {
			delete(m.records, key)
			m.erasedRecords[key] = true
			continue
		}
		m.records[key] = chat.Record{
			Shop: r.Shop, Kind: r.Kind, ExternalID: r.ExternalID, Version: r.Version, OccurredAt: r.OccurredAt, Deleted: true, Redacted: true,
			Position: m.position(r.Shop),
		}
	}
}

func (m *memory) eraseConversation(c chat.Conversation) chat.Conversation {
	entries := slices.Clone(m.entries[c.ID])
	for i := range entries {
		entries[i] = blanked(entries[i])
	}
	m.entries[c.ID] = entries
	for k := range m.hashes {
		if k.conversation == c.ID {
			m.hashes[k] = nil
		}
	}
	c.Shopper, c.Order, c.Tags = chat.ShopperBrief{ID: c.Shopper.ID}, nil, nil
	c.Channel, c.Address, c.Account, c.Away = chat.ChannelWeb, "", "", false
	if c.Handoff != nil {
		h := *c.Handoff
		h.Page = ""
		c.Handoff = &h
	}
	if l := c.LastMessage; l != nil {
		c.LastMessage = &chat.LastMessage{Ref: l.Ref, At: l.At, Author: l.Author}
		if l.Author.Kind == chat.AuthorShopper {
			c.LastMessage.Author.Name = ""
		}
	}
	c.Generation++
	c.Version++
	c.Position = m.position(c.Shop)
	m.conversations[c.ID] = c
	return c
}

func blanked(e chat.Entry) chat.Entry {
	if e.Author.Kind == chat.AuthorShopper {
		e.Author.Name = ""
	}
	switch e.Kind {
	case chat.EntryMessage, chat.EntryNote:
		e.Message, e.Blanked = &chat.Message{}, true
	case chat.EntryAmend:
		e.Blanked = e.Amend.Text != "" || e.Amend.Emoji != ""
		e.Amend = &chat.Amend{Target: e.Amend.Target, Action: e.Amend.Action}
	case chat.EntryEvent:
		was := e.Event
		e.Blanked = was.Order != nil || was.Tags != nil
		e.Event = &chat.Event{Name: was.Name, Agent: was.Agent, Route: was.Route}
		if h := was.Handoff; h != nil {
			e.Blanked = e.Blanked || h.Name != ""
			e.Event.Handoff = &chat.HandoffStep{ID: h.ID, From: h.From, To: h.To, State: h.State, Reason: h.Reason}
		}
		if h := was.Hint; h != nil {
			e.Blanked = e.Blanked || h.Detail != ""
			e.Event.Hint = &chat.Hint{Code: h.Code, Handoff: h.Handoff, Conversation: h.Conversation}
		}
	}
	return e
}

func (m *memory) CreateUpload(_ context.Context, u chat.Upload) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.uploads[u.ID]; ok {
		return chat.ErrConflict
	}
	m.uploads[u.ID] = u
	return nil
}

func (m *memory) Upload(ctx context.Context, shop chat.ShopID, id chat.AttachmentID) (chat.Upload, error) {
	u, err := m.UploadByID(ctx, id)
	if err != nil || u.Shop != shop {
		return chat.Upload{}, chat.ErrNotFound
	}
	return u, nil
}

func (m *memory) UploadByID(_ context.Context, id chat.AttachmentID) (chat.Upload, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	u, ok := m.uploads[id]
	if !ok || u.CreatedAt == 0 {
		return chat.Upload{}, chat.ErrNotFound
	}
	return u, nil
}

func (m *memory) UnboundUploads(_ context.Context, before chat.Millis, limit int) (ids []chat.AttachmentID, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for id, u := range m.uploads {
		if u.Conversation == "" && u.CreatedAt < before {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b chat.AttachmentID) int { return cmp.Compare(m.uploads[a].CreatedAt, m.uploads[b].CreatedAt) })
	return ids[:min(limit, len(ids))], nil
}

func (m *memory) DeleteUpload(_ context.Context, id chat.AttachmentID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.uploads, id)
	return nil
}

func (m *memory) AddTasks(_ context.Context, tasks ...chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.addTasks(tasks)
	return nil
}

func (m *memory) addTasks(tasks []chat.Task) {
	for _, t := range tasks {
		if t.Dedupe != "" && m.taskKeys[t.Dedupe] {
			continue
		}
		m.taskKeys[t.Dedupe] = true
		if t.ID == "" {
			t.ID = chat.NewID[chat.TaskID](chat.PrefixTask, rand.Reader)
		}
		m.laneSeq++
		t.LaneSeq, t.Claim = m.laneSeq, ""
		m.tasks = append(m.tasks, &taskRow{Task: t, ready: t.DueAt})
	}
}

// heads gives the tasks that are first of their lanes, the first due first.
func (m *memory) heads() (heads []*taskRow) {
	lanes := map[string]bool{}
	for _, t := range m.tasks {
		if t.buried || t.Lane != "" && lanes[t.Lane] {
			continue
		}
		lanes[t.Lane] = true
		heads = append(heads, t)
	}
	slices.SortStableFunc(heads, func(a, b *taskRow) int { return cmp.Compare(a.ready, b.ready) })
	return heads
}

func (m *memory) ClaimTasks(
	_ context.Context, now chat.Millis, lease time.Duration, limit int, skip ...chat.TaskKind,
) (claimed []chat.Task, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.heads() {
		if t.ready > now || len(claimed) == limit {
			break
		}
		if slices.Contains(skip, t.Kind) {
			continue
		}
		t.Attempt++
		t.Claim, t.ready = rand.Text(), now.Add(lease)
		claimed = append(claimed, t.Task)
	}
	return claimed, nil
}

func (m *memory) held(t chat.Task) (int, error) {
	i := slices.IndexFunc(m.tasks, func(r *taskRow) bool { return r.ID == t.ID && r.Claim == t.Claim && r.Claim != "" })
	if i < 0 {
		return i, chat.ErrConflict
	}
	return i, nil
}

func (m *memory) FinishTask(_ context.Context, t chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		m.tasks = slices.Delete(m.tasks, i, i+1)
	}
	return err
}

func (m *memory) RetryTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		r := m.tasks[i]
		r.Claim, r.DueAt, r.ready = "", due, due
	}
	return err
}

func (m *memory) PostponeTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		r := m.tasks[i]
		r.Claim, r.DueAt, r.ready = "", due, due
		r.Attempt--
	}
	return err
}

func (m *memory) BuryTask(_ context.Context, t chat.Task, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		m.tasks[i].Claim, m.tasks[i].buried = "", true
	}
	return err
}

func (m *memory) NextTask(context.Context) (chat.Millis, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if heads := m.heads(); len(heads) > 0 {
		return heads[0].ready, nil
	}
	return 0, nil
}
