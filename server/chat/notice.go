package chat

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"time"
)

// Notice is one thing that happened, with the objects that it is about, as they are when it is told.
type Notice struct {
	ID           HookEventID
	Type         NoticeType
	At           Millis
	Shop         ShopID
	Conversation *Conversation
	Entry        *Entry
	Handoff      *Handoff
	Shopper      *Shopper
	Order        *Record
	Shipments    []Record // of the order
	Shipment     string   // the external id of the one that has changed
	Change       OrderChange
	Cart         *Record
}

// noticeTask is the payload of a TaskNotice: names only, so that it stays small and nothing private lies in a task. Key makes the
// same happening the same event.
type noticeTask struct {
	Key          string         `json:"key"`
	Type         NoticeType     `json:"type"`
	Shop         ShopID         `json:"shop"`
	At           Millis         `json:"at"`
	Conversation ConversationID `json:"conversation,omitempty"`
	Seq          int64          `json:"seq,omitempty"`
	Handoff      HandoffID      `json:"handoff,omitempty"`
	Shopper      ShopperID      `json:"shopper,omitempty"`
	Order        string         `json:"order,omitempty"`
	Change       OrderChange    `json:"change,omitempty"`
	Shipment     string         `json:"shipment,omitempty"`
	Cart         string         `json:"cart,omitempty"`
}

// id of the event: the same for every try to tell it.
func (n noticeTask) id() HookEventID {
	sum := sha256.Sum256([]byte(string(n.Shop) + "\x00" + n.Key))
	return HookEventID(PrefixHookEvent + idEncoding.EncodeToString(sum[:16]))
}

func (n noticeTask) task(id TaskID) Task {
	return Task{ID: id, Kind: TaskNotice, Shop: n.Shop, DueAt: n.At, Payload: encode(n)} // its cause happens once
}

// subscribedFor is how long it is remembered which types a shop's webhooks ask for. A webhook made on another node misses what
// happens within that time.
const subscribedFor = 2 * time.Second

type subscribed struct {
	types map[NoticeType]bool
	until time.Time
}

// wanted gives the types that the shop's webhooks ask for. Shops without webhooks, which are most, pay a look into a map.
func (s *Service) wanted(ctx context.Context, shop ShopID) (map[NoticeType]bool, error) {
	now := s.now()
	s.hooks.Lock()
	known, ok := s.hooks.types[shop]
	s.hooks.Unlock()
	if ok && known.until.After(now) {
		return known.types, nil
	}
	all, err := s.store.Webhooks(ctx, shop)
	if err != nil {
		return nil, err
	}
	types := map[NoticeType]bool{}
	for _, w := range all {
		for _, t := range NoticeTypes() {
			if w.Wants(t) {
				types[t] = true
			}
		}
	}
	s.hooks.Lock()
	s.hooks.types[shop] = subscribed{types, now.Add(subscribedFor)}
	s.hooks.Unlock()
	return types, nil
}

// forgetWanted makes a change of the shop's webhooks hold from now on.
func (s *Service) forgetWanted(shop ShopID) {
	s.hooks.Lock()
	delete(s.hooks.types, shop)
	s.hooks.Unlock()
}

// noticesOf adds to a change of a conversation, in its own transaction, the tasks that tell webhooks of it.
func (s *Service) noticesOf(ch Change, created bool, types map[NoticeType]bool) []Task {
	var tasks []Task
	c := ch.Conversation
	add := func(n noticeTask) {
		if types[n.Type] {
			n.Shop, n.Conversation = c.Shop, c.ID
			tasks = append(tasks, n.task(NewID[TaskID](PrefixTask, s.random)))
		}
	}
	if created {
		add(noticeTask{Key: string(NoticeConversationStarted) + ":" + string(c.ID), Type: NoticeConversationStarted, At: ch.now})
	}
	for _, e := range ch.Entries {
		if n, ok := e.notice(c.ID); ok {
			add(n)
		}
	}
	return tasks
}

// notice of an entry, if it is one that webhooks are told of. Notes never are.
func (e Entry) notice(c ConversationID) (noticeTask, bool) {
	n := noticeTask{At: e.At, Seq: e.Seq, Key: string(c) + ":" + strconv.FormatInt(e.Seq, 10)}
	switch {
	case e.Kind == EntryMessage:
		n.Type = NoticeMessageCreated
	case e.Kind == EntryEvent && e.Event.Handoff != nil:
		n.Type, n.Handoff = NoticeHandoffChanged, e.Event.Handoff.ID
	case e.Kind == EntryEvent && e.Event.Name.changes():
		n.Type = NoticeConversationChanged
	}
	n.Key = string(n.Type) + ":" + n.Key
	return n, n.Type != ""
}

// changes tells whether the event is a change of the conversation itself.
func (n EventName) changes() bool {
	switch n {
	case EventAssigned, EventUnassigned, EventClosed, EventReopened, EventTagged, EventRouteChanged:
		return true
	}
	return false
}

// announce tells webhooks of something that is no change of a conversation. It is idempotent.
func (s *Service) announce(ctx context.Context, n noticeTask) error {
	types, err := s.wanted(ctx, n.Shop)
	if err != nil || !types[n.Type] {
		return err
	}
	return s.tellHooks(ctx, n)
}

// notify is the task that tells webhooks of a change.
func (s *Service) notify(ctx context.Context, t Task) error {
	var n noticeTask
	if err := payload(t, &n); err != nil {
		return err
	}
	return s.tellHooks(ctx, n)
}

// tellHooks renders the event once, and makes a delivery of it for each webhook that asks for its type.
func (s *Service) tellHooks(ctx context.Context, n noticeTask) error {
	all, err := s.store.Webhooks(ctx, n.Shop)
	if err != nil {
		return err
	}
	var ds []HookDelivery
	for _, w := range all {
		if w.Wants(n.Type) {
			ds = append(ds, newHookDelivery(w, n.id(), n.Type, At(s.now())))
		}
	}
	if len(ds) == 0 {
		return nil
	}
	notice, err := s.load(ctx, n)
	if isNotFound(err) {
		return nil // erased meanwhile: there is nothing to tell
	}
	if err != nil {
		return err
	}
	return s.addHookEvent(ctx, notice, ds)
}

func (s *Service) addHookEvent(ctx context.Context, n Notice, ds []HookDelivery) error {
	body, err := s.render(n)
	if err != nil {
		return err
	}
	tasks := make([]Task, len(ds))
	for i, d := range ds {
		tasks[i] = s.hookTask(d)
	}
	err = s.store.AddHookEvent(ctx, HookEvent{ID: n.ID, Shop: n.Shop, Type: n.Type, At: n.At, Body: body}, ds, tasks)
	s.wake()
	return err
}

// load gives a notice the objects that it names.
func (s *Service) load(ctx context.Context, t noticeTask) (n Notice, err error) {
	n = Notice{ID: t.id(), Type: t.Type, At: t.At, Shop: t.Shop, Change: t.Change, Shipment: t.Shipment}
	for _, part := range []struct {
		named bool
		load  func() error
	}{
		{t.Conversation != "", func() error { return s.loadConversation(ctx, t, &n) }},
		{t.Order != "", func() error { return s.loadOrder(ctx, t, &n) }},
		{t.Cart != "", func() error { return s.loadCart(ctx, t, &n) }},
		{t.Shopper != "", func() error {
			p, err := s.store.Shopper(ctx, t.Shop, t.Shopper)
			n.Shopper = &p
			return err
		}},
	} {
		if part.named {
			if err := part.load(); err != nil {
				return Notice{}, err
			}
		}
	}
	return n, nil
}

func (s *Service) loadConversation(ctx context.Context, t noticeTask, n *Notice) error {
	c, err := s.store.Conversation(ctx, t.Shop, t.Conversation)
	if err != nil {
		return err
	}
	n.Conversation = &c
	if t.Seq != 0 {
		es, err := s.store.Entries(ctx, EntryQuery{Shop: t.Shop, Conversation: t.Conversation, Audience: ForAgents, After: t.Seq - 1, Limit: 1})
		if err != nil {
			return err
		}
		if len(es) == 0 || es[0].Seq != t.Seq {
			return ErrNotFound
		}
		n.Entry = &es[0]
	}
	if t.Handoff != "" {
		h, err := s.store.Handoff(ctx, t.Shop, t.Handoff)
		if err != nil {
			return err
		}
		n.Handoff = &h
	}
	return nil
}

func (s *Service) loadOrder(ctx context.Context, t noticeTask, n *Notice) (err error) {
	r, err := s.store.Record(ctx, t.Shop, RecordOrder, t.Order)
	if err != nil || r.Deleted || r.Redacted {
		return orNotFound(err)
	}
	n.Order = &r
	n.Shipments, err = s.store.ShipmentsOf(ctx, t.Shop, t.Order, contextLimit)
	return err
}

func (s *Service) loadCart(ctx context.Context, t noticeTask, n *Notice) error {
	r, err := s.store.Record(ctx, t.Shop, RecordCart, t.Cart)
	if err != nil || r.Deleted || r.Redacted {
		return orNotFound(err)
	}
	n.Cart = &r
	return nil
}

func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// Renderer gives a notice the form in which webhooks get it: the contract's WebhookEvent.
type Renderer func(Notice) (json.RawMessage, error)
