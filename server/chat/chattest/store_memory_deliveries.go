package chattest

import (
	"cmp"
	"context"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// deliveryMemory is what the store in memory knows of what was sent, and of what came in.
type deliveryMemory struct {
	deliveries []chat.Delivery
	natural    map[chat.Natural]newsRow
	parked     []parkedRow
	raws       map[chat.RawID]chat.Raw
}

type (
	newsRow struct {
		conversation chat.ConversationID
		seq          int64
		delivery     chat.DeliveryID
		part         int
		address      chat.AddressID
		id           string
	}
	parkedRow struct {
		message chat.Natural
		news    chat.Inbound
		at      chat.Millis
	}
)

func (m *memory) delivery(shop chat.ShopID, id chat.DeliveryID) (chat.Delivery, error) {
	i := slices.IndexFunc(m.deliveries, func(d chat.Delivery) bool { return d.ID == id && d.Shop == shop })
	if i < 0 {
		return chat.Delivery{}, chat.ErrNotFound
	}
	return m.deliveries[i], nil
}

func (m *memory) Delivery(_ context.Context, shop chat.ShopID, id chat.DeliveryID) (chat.Delivery, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.delivery(shop, id)
}

func (m *memory) deliveriesWhere(limit int, keep func(chat.Delivery) bool) (all []chat.Delivery) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, d := range m.deliveries {
		if keep(d) {
			all = append(all, d)
		}
	}
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	return all
}

func (m *memory) DeliveriesOf(
	_ context.Context, shop chat.ShopID, conversation chat.ConversationID, from int64, limit int,
) ([]chat.Delivery, error) {
	all := m.deliveriesWhere(0, func(d chat.Delivery) bool {
		return d.Shop == shop && d.Conversation == conversation && d.Entry.Seq >= from
	})
	slices.SortStableFunc(all, func(a, b chat.Delivery) int { return cmp.Compare(a.Entry.Seq, b.Entry.Seq) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) Held(_ context.Context, account chat.AccountID, limit int) ([]chat.Delivery, error) {
	return m.deliveriesWhere(limit, func(d chat.Delivery) bool { return d.Account == account && d.State == chat.DeliveryHeld }), nil
}

var rising = []chat.DeliveryState{chat.DeliveryAccepted, chat.DeliverySent, chat.DeliveryDelivered}

// risingAt gives when the last state came, by the provider's clock, while a later one may follow.
func risingAt(d chat.Delivery) (at chat.Millis) {
	if !slices.Contains(rising, d.State) {
		return 0
	}
	for _, p := range d.Parts {
		at = max(at, p.At)
	}
	return cmp.Or(at, d.UpdatedAt)
}

func (m *memory) SentUpto(
	_ context.Context, to chat.AddressID, upto chat.Millis, below chat.DeliveryState, limit int,
) ([]chat.Delivery, error) {
	states := rising
	if i := slices.Index(rising, below); i >= 0 {
		states = rising[:i]
	}
	all := m.deliveriesWhere(0, func(d chat.Delivery) bool {
		return d.Address == to && slices.Contains(states, d.State) && risingAt(d) > 0 && risingAt(d) <= upto
	})
	slices.SortStableFunc(all, func(a, b chat.Delivery) int { return cmp.Compare(risingAt(a), risingAt(b)) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) Sent(_ context.Context, account chat.AccountID, providerID string) (r chat.SentRef, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n, ok := m.natural[chat.Natural{Account: account, ID: providerID}]
	if !ok || n.seq == 0 {
		return r, chat.ErrNotFound
	}
	c := m.conversations[n.conversation]
	e := m.entries[c.ID][n.seq-c.FirstSeq]
	return chat.SentRef{
		Shop: c.Shop, Conversation: c.ID, Entry: chat.Ref{Seq: e.Seq, ShopperSeq: e.ShopperSeq}, Delivery: n.delivery, Part: n.part,
	}, nil
}

func (m *memory) SeeNatural(_ context.Context, n chat.Natural) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.natural[n]; ok {
		return false, nil
	}
	m.natural[n] = newsRow{}
	return true, nil
}

func (m *memory) ProviderID(_ context.Context, at chat.AddressID, conversation chat.ConversationID, seq int64) (string, error) {
	sent := m.deliveriesWhere(0, func(d chat.Delivery) bool {
		return d.Address == at && d.Conversation == conversation && d.Entry.Seq == seq && len(d.Parts) > 0 && d.Parts[0].ProviderID != ""
	})
	if len(sent) > 0 {
		return sent[0].Parts[0].ProviderID, nil
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, n := range m.natural {
		if n.address == at && n.conversation == conversation && n.seq == seq && n.id != "" {
			return n.id, nil
		}
	}
	return "", nil
}

func (m *memory) Park(_ context.Context, account chat.AccountID, providerID string, n chat.Inbound, now chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := parkedRow{chat.Natural{Account: account, ID: providerID}, n, now}
	if !slices.ContainsFunc(m.parked, func(o parkedRow) bool { return o.message == r.message && o.at == now && o.news.ID == n.ID }) {
		m.parked = append(m.parked, r)
	}
	return nil
}

func (m *memory) Parked(_ context.Context, account chat.AccountID, providerID string) (all []chat.Inbound, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortStableFunc(m.parked, func(a, b parkedRow) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.news.ID, b.news.ID)) })
	for _, r := range m.parked {
		if r.message == (chat.Natural{Account: account, ID: providerID}) {
			all = append(all, r.news)
		}
	}
	return all, nil
}

func (m *memory) DropParked(_ context.Context, account chat.AccountID, providerID string, ids ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parked = slices.DeleteFunc(m.parked, func(r parkedRow) bool {
		return r.message == (chat.Natural{Account: account, ID: providerID}) && slices.Contains(ids, r.news.ID)
	})
	return nil
}

func (m *memory) Spent(_ context.Context, shop chat.ShopID, currency string, since chat.Millis) (int64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.spent(shop, currency, since), nil
}

func (m *memory) spent(shop chat.ShopID, currency string, since chat.Millis) (sum int64) {
	for _, d := range m.deliveries {
		if d.Shop == shop && d.Cost != nil && d.Cost.Currency == currency && d.CostAt > 0 && d.CostAt >= since {
			sum += d.Cost.Amount
		}
	}
	return sum
}

// see gives what a write wants its decision to see beside the head.
func (m *memory) see(shop chat.ShopID, b chat.Beside) (s chat.Seen, err error) {
	if b.Delivery != "" {
		if s.Delivery, err = m.delivery(shop, b.Delivery); err != nil {
			return s, err
		}
	}
	if b.Handoff != "" {
		h, err := m.handoff(shop, b.Handoff)
		if s.Handoff = h.Handoff; err != nil {
			return s, err
		}
	}
	if b.Address != "" {
		if s.Address, err = m.address(shop, b.Address); err != nil {
			return s, err
		}
	}
	if b.Spent != "" {
		s.Spent = m.spent(shop, b.Spent, b.SpentAt)
	}
	return s, nil
}

// repeated answers a write whose natural key was seen before.
func (m *memory) repeated(n newsRow) chat.Committed {
	done := chat.Committed{Repeat: true}
	if n.conversation == "" {
		return done
	}
	c := m.conversations[n.conversation]
	done.Conversation, done.Prev = c, c.Position
	if n.seq != 0 {
		done.Entries = []chat.Entry{m.entries[c.ID][n.seq-c.FirstSeq]}
	}
	return done
}

// checkBeside refuses what applyBeside could not write.
func (m *memory) checkBeside(ch chat.Change) error {
	for _, a := range ch.Addresses {
		if i := m.addressAt(a.ID); i >= 0 && (m.addresses[i].Shop != a.Shop || m.addresses[i].Account != a.Account) {
			return chat.ErrNotFound
		}
		if err := m.mayAddress(a); err != nil {
			return err
		}
	}
	for _, h := range ch.Handoffs {
		if was, ok := m.handoffs[h.ID]; ok && was.Shop == h.Shop {
			continue
		}
		if err := m.mayHandoff(h, nil); err != nil {
			return err
		}
	}
	if err := m.mayConsent(ch.Consents); err != nil {
		return err
	}
	if ch.Inbound != nil {
		was, ok := m.natural[*ch.Inbound]
		for _, d := range ch.Deliveries {
			for _, p := range d.Parts {
				if d.Account == ch.Inbound.Account && p.ProviderID == ch.Inbound.ID && was.delivery == "" {
					was = newsRow{conversation: ch.Conversation.ID, delivery: d.ID}
				}
			}
		}
		if ok && (was.delivery == "" || was.conversation != ch.Conversation.ID) {
			return chat.ErrIDConflict
		}
	}
	return nil
}

// applyBeside writes what a change holds beside the log.
func (m *memory) applyBeside(ch chat.Change) {
	for _, a := range ch.Addresses {
		i := m.addressAt(a.ID)
		if i < 0 {
			m.addresses = append(m.addresses, chat.Address{ID: a.ID})
			i = len(m.addresses) - 1
		} else {
			a.CreatedAt, a.LastInboundAt = m.addresses[i].CreatedAt, max(a.LastInboundAt, m.addresses[i].LastInboundAt)
		}
		m.setAddress(i, a)
	}
	for _, h := range ch.Handoffs {
		m.handoffs[h.ID] = handoffRow{h, m.handoffs[h.ID].code}
	}
	for _, d := range ch.Deliveries {
		m.putDelivery(d)
	}
	m.addConsents(ch.Consents)
	if n := ch.Inbound; n != nil {
		if _, ok := m.natural[*n]; !ok {
			m.natural[*n] = effect(*n, ch)
		}
	}
}

func (m *memory) putDelivery(d chat.Delivery) {
	if i := slices.IndexFunc(m.deliveries, func(o chat.Delivery) bool { return o.ID == d.ID }); i >= 0 {
		d.Entry = m.deliveries[i].Entry
		m.deliveries[i] = d
	} else {
		m.deliveries = append(m.deliveries, d)
	}
	for i, p := range d.Parts {
		key := chat.Natural{Account: d.Account, ID: p.ProviderID}
		if was, ok := m.natural[key]; p.ProviderID != "" && (!ok || was.delivery == "") {
			m.natural[key] = newsRow{conversation: d.Conversation, seq: d.Entry.Seq, delivery: d.ID, part: i}
		}
	}
}

// effect is what a natural key stands for once its change is written: the first entry that says something.
func effect(n chat.Natural, ch chat.Change) newsRow {
	v := newsRow{conversation: ch.Conversation.ID}
	for _, e := range ch.Entries {
		if v.seq == 0 || e.Kind != chat.EntryEvent {
			v.seq = e.Seq
		}
		if e.Kind == chat.EntryMessage {
			v.id = n.ID
		}
		if e.Kind != chat.EntryEvent {
			break
		}
	}
	if c := ch.Conversation; c.Account == n.Account {
		v.address = c.Address
	}
	if i := slices.IndexFunc(ch.Addresses, func(a chat.Address) bool { return a.Account == n.Account }); i >= 0 {
		v.address = ch.Addresses[i].ID
	}
	return v
}
