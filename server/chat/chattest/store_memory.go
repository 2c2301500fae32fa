package chattest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// memory is a chat.Store in maps, for tests: a real one by the suite (Store), but for its memory being short.
type memory struct {
	order sync.Mutex // held from a write's commit until it was told of, so that this happens in order
	mu    sync.RWMutex
	epoch string

	conversations map[chat.ConversationID]chat.Conversation
	started       map[chat.ConversationID]startedBy
	entries       map[chat.ConversationID][]chat.Entry
	hashes        map[sentKey]*[32]byte // nil: erased
	feeds         map[chat.ShopID]int64
	records       map[recordKey]chat.Record
	events        map[eventKey]bool
	answers       map[onceKey]answer
	erasedRecords map[recordKey]bool

	shoppers map[chat.ShopperID]chat.Shopper
	aliases  map[chat.ShopperID]chat.ShopperID
	browsers map[[32]byte]chat.ShopperSession

	merchants   map[chat.MerchantID]chat.Merchant
	shops       map[chat.ShopID]chat.Shop
	agents      map[chat.AgentID]agentRow
	sessions    map[[32]byte]chat.AgentSession
	invitations map[chat.InvitationID]chat.Invitation
	resets      map[[32]byte]chat.PasswordReset
	keys        map[chat.PluginKeyID]chat.PluginKey
	secrets     map[chat.ShopID][]chat.IdentitySecret

	uploads  map[chat.AttachmentID]chat.Upload
	tasks    []*taskRow
	taskKeys map[string]bool
	laneSeq  int64

	channelMemory
	addressMemory
	handoffMemory
	deliveryMemory

	hookMemory
	grants  map[[32]byte]chat.Grant
	privacy []chat.PrivacyRequest // oldest first
}

type (
	startedBy struct {
		shopper  chat.ShopperID
		clientID string
	}
	sentKey struct {
		conversation     chat.ConversationID
		author, clientID string
	}
	recordKey struct {
		shop chat.ShopID
		kind chat.RecordKind
		id   string
	}
	eventKey struct {
		shop chat.ShopID
		id   string
	}
	onceKey struct{ credential, route, key string }
	answer  struct {
		hash    [32]byte
		results []chat.EventResult
		at      time.Time
	}
	agentRow struct {
		chat.Agent
		password string
	}
	taskRow struct {
		chat.Task
		ready  chat.Millis
		buried bool
	}
)

// NewMemory makes a store that forgets everything with the process.
func NewMemory() chat.Store {
	return &memory{
		epoch:         rand.Text(),
		conversations: map[chat.ConversationID]chat.Conversation{},
		started:       map[chat.ConversationID]startedBy{},
		entries:       map[chat.ConversationID][]chat.Entry{},
		hashes:        map[sentKey]*[32]byte{},
		feeds:         map[chat.ShopID]int64{},
		records:       map[recordKey]chat.Record{},
		events:        map[eventKey]bool{},
		answers:       map[onceKey]answer{},
		erasedRecords: map[recordKey]bool{},
		shoppers:      map[chat.ShopperID]chat.Shopper{},
		aliases:       map[chat.ShopperID]chat.ShopperID{},
		browsers:      map[[32]byte]chat.ShopperSession{},
		merchants:     map[chat.MerchantID]chat.Merchant{},
		shops:         map[chat.ShopID]chat.Shop{},
		agents:        map[chat.AgentID]agentRow{},
		sessions:      map[[32]byte]chat.AgentSession{},
		invitations:   map[chat.InvitationID]chat.Invitation{},
		resets:        map[[32]byte]chat.PasswordReset{},
		keys:          map[chat.PluginKeyID]chat.PluginKey{},
		secrets:       map[chat.ShopID][]chat.IdentitySecret{},
		uploads:       map[chat.AttachmentID]chat.Upload{},
		taskKeys:      map[string]bool{},

		channelMemory:  newChannelMemory(),
		addressMemory:  addressMemory{merges: map[chat.ShopperID]mergeRow{}},
		handoffMemory:  handoffMemory{handoffs: map[chat.HandoffID]handoffRow{}, links: map[[32]byte]chat.ResumeLink{}},
		deliveryMemory: deliveryMemory{natural: map[chat.Natural]newsRow{}, raws: map[chat.RawID]chat.Raw{}},

		hookMemory: hookMemory{hooks: map[chat.WebhookID]chat.Webhook{}, hookEvents: map[chat.HookEventID]chat.HookEvent{}},
		grants:     map[[32]byte]chat.Grant{},
	}
}

var _ chat.Store = (*memory)(nil)

func (m *memory) Epoch() string { return m.epoch }

func (m *memory) Ready(ctx context.Context) error { return ctx.Err() }

// Change implements chat.Log.
func (m *memory) Change(ctx context.Context, w chat.Write) (chat.Committed, error) {
	if err := ctx.Err(); err != nil {
		return chat.Committed{}, err
	}
	m.order.Lock()
	defer m.order.Unlock()
	c, err := m.change(w)
	if err == nil && c.Changed() && w.Then != nil {
		w.Then(c)
	}
	return c, err
}

func (m *memory) change(w chat.Write) (chat.Committed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head, created, err := m.target(w)
	if err != nil {
		return chat.Committed{}, err
	}
	if w.May != nil {
		if err := guard(func() error { return w.May(head) }); err != nil {
			return chat.Committed{}, err
		}
	}
	if w.Natural != nil {
		if was, ok := m.natural[*w.Natural]; ok {
			return m.repeated(was), nil
		}
	}
	if w.Key != nil && !created {
		e, found, err := m.sent(head.ID, *w.Key)
		if err != nil {
			return chat.Committed{}, err
		}
		if found {
			return chat.Committed{Conversation: head, Entries: []chat.Entry{e}, Repeat: true, Prev: head.Position}, nil
		}
	}
	ch, err := m.decide(w, head)
	if err != nil {
		return chat.Committed{}, err
	}
	if ch.Empty() {
		return chat.Committed{Conversation: head, Prev: head.Position}, nil
	}
	if err := m.check(head, created, w, ch); err != nil {
		return chat.Committed{}, err
	}
	if created {
		m.started[head.ID] = startedBy{head.Shopper.ID, w.Start.ClientID}
	}
	return m.apply(w, ch, created), nil
}

func (m *memory) decide(w chat.Write, head chat.Conversation) (ch chat.Change, err error) {
	if w.DecideWith == nil {
		err = guard(func() (err error) { ch, err = w.Decide(head); return err })
		return ch, err
	}
	seen, err := m.see(w.Shop, w.Beside)
	if err != nil {
		return ch, err
	}
	err = guard(func() (err error) { ch, err = w.DecideWith(head, seen); return err })
	return ch, err
}

// guard turns a panic into an error, which concerns its write alone.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write panicked: %v", p)
		}
	}()
	return f()
}

func (m *memory) target(w chat.Write) (_ chat.Conversation, created bool, err error) {
	id := w.Conversation
	if w.Start != nil {
		n := w.Start.New
		if id = m.startedAs(w.Shop, n.Shopper.ID, w.Start.ClientID); id == "" {
			if s, ok := m.shoppers[n.Shopper.ID]; !ok || s.Shop != w.Shop || n.Shop != w.Shop {
				return n, false, chat.ErrNotFound
			}
			return n, true, nil
		}
	}
	c, ok := m.conversations[id]
	if !ok || c.Shop != w.Shop {
		return c, false, chat.ErrNotFound
	}
	return c, false, nil
}

func (m *memory) startedAs(shop chat.ShopID, shopper chat.ShopperID, clientID string) (id chat.ConversationID) {
	for c, by := range m.started {
		if by.clientID != clientID || m.conversations[c].Shop != shop {
			continue
		}
		if by.shopper == shopper {
			return c
		}
		if m.aliases[by.shopper] == shopper || m.conversations[c].Shopper.ID == shopper {
			id = c
		}
	}
	return id
}

func (m *memory) sent(id chat.ConversationID, k chat.SendKey) (chat.Entry, bool, error) {
	key := sentKey{id, k.Author.Key(), k.ClientID}
	hash, ok := m.hashes[key]
	if !ok {
		return chat.Entry{}, false, nil
	}
	if hash != nil && *hash != k.Hash {
		return chat.Entry{}, false, chat.ErrIDConflict
	}
	i := slices.IndexFunc(m.entries[id], func(e chat.Entry) bool { return e.ClientID == k.ClientID && e.Author.Key() == key.author })
	return m.entries[id][i], true, nil
}

// check refuses what the tables of a database would refuse.
func (m *memory) check(head chat.Conversation, created bool, w chat.Write, ch chat.Change) error {
	n, seq, shopperSeq := ch.Conversation, max(head.Head, head.FirstSeq-1), head.ShopperHead
	if n.ID != head.ID || n.Shop != head.Shop || n.Version != head.Version+1 {
		return fmt.Errorf("decision on %s is of another head", head.ID)
	}
	for _, e := range ch.Entries {
		seq++
		if e.ShopperSeq != 0 {
			shopperSeq++
		}
		if e.Seq != seq || e.ShopperSeq != 0 && e.ShopperSeq != shopperSeq {
			return fmt.Errorf("decision on %s leaves a gap in its log", head.ID)
		}
		_, used := m.hashes[sentKey{head.ID, e.Author.Key(), e.ClientID}]
		if e.ClientID != "" && used && !created {
			return chat.ErrIDConflict
		}
	}
	if len(ch.Entries) > 0 && n.Head != seq || len(ch.Entries) == 0 && n.Head != head.Head || n.ShopperHead != shopperSeq {
		return fmt.Errorf("decision on %s has a wrong head", head.ID)
	}
	for _, a := range ch.Bind {
		u, ok := m.uploads[a]
		if !ok || u.CreatedAt == 0 || u.Shop != w.Shop || u.Conversation != "" && u.Conversation != head.ID {
			return chat.ErrBadAttachment
		}
	}
	for _, d := range ch.Deliveries {
		if d.Conversation != n.ID || d.Shop != n.Shop {
			return fmt.Errorf("decision on %s has a delivery of another conversation", n.ID)
		}
	}
	for _, h := range ch.Handoffs {
		if h.Shop != n.Shop {
			return fmt.Errorf("decision on %s has a handoff of another shop", n.ID)
		}
	}
	return m.checkBeside(ch)
}

func (m *memory) apply(w chat.Write, ch chat.Change, created bool) chat.Committed {
	c := ch.Conversation
	c.Position = m.position(c.Shop)
	m.conversations[c.ID] = c
	for _, e := range ch.Entries {
		m.entries[c.ID] = append(m.entries[c.ID], e)
		if e.ClientID == "" {
			continue
		}
		key := sentKey{c.ID, e.Author.Key(), e.ClientID}
		m.hashes[key] = nil
		if k := w.Key; k != nil && k.ClientID == e.ClientID && k.Author.Key() == key.author {
			m.hashes[key] = &k.Hash
		}
	}
	for _, a := range ch.Bind {
		u := m.uploads[a]
		u.Conversation = c.ID
		m.uploads[a] = u
	}
	m.addTasks(ch.Tasks)
	m.applyBeside(ch)
	return chat.Committed{
		Conversation: c, Entries: ch.Entries, Receipts: ch.Receipts, Deliveries: ch.Deliveries, Created: created, Prev: c.Position - 1,
	}
}

func (m *memory) position(shop chat.ShopID) int64 {
	m.feeds[shop]++
	return m.feeds[shop]
}

func (m *memory) conversation(shop chat.ShopID, id chat.ConversationID) (chat.Conversation, error) {
	c, ok := m.conversations[id]
	if !ok || c.Shop != shop {
		return chat.Conversation{}, chat.ErrNotFound
	}
	return c, nil
}

func (m *memory) Conversation(_ context.Context, shop chat.ShopID, id chat.ConversationID) (chat.Conversation, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.conversation(shop, id)
}

// newest sorts by last update, the latest first.
func newest(a, b chat.Conversation) int {
	return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(b.ID, a.ID))
}

func (m *memory) ConversationsOf(_ context.Context, shop chat.ShopID, shopper chat.ShopperID, limit int) ([]chat.Conversation, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.filter(func(c chat.Conversation) bool {
		return c.Shop == shop && (c.Shopper.ID == shopper || c.Shopper.ID == m.aliases[shopper])
	})
	return all[:min(limit, len(all))], nil
}

func (m *memory) filter(keep func(chat.Conversation) bool) (all []chat.Conversation) {
	for _, c := range m.conversations {
		if keep(c) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, newest)
	return all
}

func (m *memory) ListConversations(_ context.Context, q chat.ConversationQuery) (chat.ConversationPage, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.filter(func(c chat.Conversation) bool {
		switch {
		case c.Shop != q.Shop, q.State != "" && c.State != q.State:
			return false
		case q.Assignee != nil && assignee(c) != *q.Assignee:
			return false
		case q.UnreadBy != "" && m.unread(c, chat.Author{Kind: chat.AuthorAgent, ID: string(q.UnreadBy)}, 1) == 0:
			return false
		}
		return q.Before == nil || newest(c, chat.Conversation{UpdatedAt: q.Before.UpdatedAt, ID: q.Before.ID}) > 0
	})
	return chat.ConversationPage{Conversations: all[:min(q.Limit, len(all))], More: len(all) > q.Limit}, nil
}

func assignee(c chat.Conversation) chat.AgentID {
	if c.Assignee == nil {
		return ""
	}
	return c.Assignee.ID
}

func (m *memory) CountConversations(_ context.Context, shop chat.ShopID, me chat.AgentID) (n chat.ConversationCounts, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, c := range m.conversations {
		switch {
		case c.Shop != shop:
			continue
		case c.State == chat.StateClosed:
			n.Closed++
			continue
		case c.Assignee == nil:
			n.Unassigned++
		case c.Assignee.ID == me:
			n.Mine++
		}
		n.Open++
	}
	return n, nil
}

func (m *memory) Entries(_ context.Context, q chat.EntryQuery) ([]chat.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, err := m.conversation(q.Shop, q.Conversation); err != nil {
		return nil, err
	}
	var all []chat.Entry
	for _, e := range m.entries[q.Conversation] {
		n := e.Number(q.Audience)
		if n > 0 && (q.Before > 0 && n < q.Before || q.Before == 0 && n > q.After) {
			all = append(all, e)
		}
	}
	if q.Before > 0 {
		return all[max(0, len(all)-q.Limit):], nil
	}
	return all[:min(q.Limit, len(all))], nil
}

func (m *memory) Locate(_ context.Context, shop chat.ShopID, id chat.ConversationID, a chat.Audience, n int64) (r chat.Ref, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, err := m.conversation(shop, id); err != nil {
		return r, err
	}
	for _, e := range m.entries[id] {
		if k := e.Number(a); k > 0 && k <= n {
			r.Seq = e.Seq
		}
		if k := e.Number(a); k > 0 && k <= n && e.ShopperSeq > 0 {
			r.ShopperSeq = e.ShopperSeq
		}
	}
	return r, nil
}

func (m *memory) Unread(_ context.Context, shop chat.ShopID, id chat.ConversationID, by chat.Author, limit int) (int, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	c, err := m.conversation(shop, id)
	if err != nil {
		return 0, err
	}
	return m.unread(c, by, limit), nil
}

func (m *memory) unread(c chat.Conversation, by chat.Author, limit int) (n int) {
	read := c.Watermark(by).Read.Seq
	for _, e := range m.entries[c.ID] {
		if e.Kind == chat.EntryMessage && e.Seq > read && e.Author.Key() != by.Key() && n < limit {
			n++
		}
	}
	return n
}

func (m *memory) FeedPosition(_ context.Context, shop chat.ShopID) (int64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, ok := m.shops[shop]; !ok {
		return 0, chat.ErrNotFound
	}
	return m.feeds[shop], nil
}

func (m *memory) Feed(_ context.Context, shop chat.ShopID, after int64, limit int) (f chat.FeedPage, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, ok := m.shops[shop]; !ok {
		return f, chat.ErrNotFound
	}
	f.Position = m.feeds[shop]
	f.Conversations = m.filter(func(c chat.Conversation) bool { return c.Shop == shop && c.Position > after })
	slices.SortFunc(f.Conversations, func(a, b chat.Conversation) int { return cmp.Compare(a.Position, b.Position) })
	for k, r := range m.records {
		if k.shop == shop && r.Position > after {
			f.Records = append(f.Records, r)
		}
	}
	slices.SortFunc(f.Records, func(a, b chat.Record) int { return cmp.Compare(a.Position, b.Position) })
	if len(f.Conversations) > limit {
		f.Conversations, f.More = f.Conversations[:limit], true
	}
	if len(f.Records) > limit {
		f.Records, f.More = f.Records[:limit], true
	}
	return f, nil
}
