package fanout

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Defaults of Options.
const (
	DefaultGrace  = 8 * time.Second
	DefaultSettle = time.Minute
)

// Options of a Local.
type Options struct {
	// Grace is how long somebody still counts as here after their last attendance ended, so that going from one page to the next
	// is no absence. Zero: DefaultGrace.
	Grace time.Duration
	// Settle is how long after the start an absent person is Unknown rather than Gone: whoever was here before a restart needs
	// a moment to find back. Zero: DefaultSettle; negative: no such time.
	Settle time.Duration
	// Now is the clock that Settle is measured with. Nil: time.Now.
	Now func() time.Time
}

// Local is a fan-out within one process. Deliveries run on the publisher's goroutine, under the lock of their topic: that gives
// the order and costs no wake-up; subscribers only queue what they hear.
type Local struct {
	seed     maphash.Seed
	shards   [64]shard
	presence presence
}

type shard struct {
	mu     sync.RWMutex
	topics map[chat.Topic]*topic
}

// topic is kept as long as somebody holds it; its own lock orders deliveries.
type topic struct {
	holders int // guarded by the shard

	mu   sync.Mutex
	subs []*subscriber
}

// subscriber is one subscription. There is one per conversation that is looked at, so it is one small object.
type subscriber struct {
	local   *Local
	topic   *topic
	name    chat.Topic
	deliver func(chat.Live)
	over    atomic.Bool
}

var _ chat.Fanout = (*Local)(nil)

// NewLocal makes a fan-out for one process.
func NewLocal(o Options) *Local {
	if o.Grace == 0 {
		o.Grace = DefaultGrace
	}
	if o.Settle == 0 {
		o.Settle = DefaultSettle
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Local{seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].topics = make(map[chat.Topic]*topic)
	}
	l.presence.init(o, l.Publish)
	return l
}

// Publish hands live to the subscribers of its topics.
func (l *Local) Publish(live chat.Live) {
	for _, name := range live.Topics() {
		if t := l.find(name); t != nil {
			t.deliver(live)
		}
	}
}

// Subscribe calls deliver for what is published to the topic, until cancel is called.
func (l *Local) Subscribe(name chat.Topic, deliver func(chat.Live)) (cancel func()) {
	s := &subscriber{local: l, topic: l.hold(name), name: name, deliver: deliver}
	s.topic.add(s)
	return s.cancel
}

func (s *subscriber) cancel() {
	if s.over.Swap(true) {
		return
	}
	s.topic.remove(s)
	s.local.release(s.name, s.topic)
}

func (l *Local) shard(name chat.Topic) *shard {
	return &l.shards[maphash.String(l.seed, string(name))%uint64(len(l.shards))]
}

func (l *Local) find(name chat.Topic) *topic {
	s := l.shard(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.topics[name]
}

func (l *Local) hold(name chat.Topic) *topic {
	s := l.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topics[name]
	if t == nil {
		t = new(topic)
		s.topics[name] = t
	}
	t.holders++
	return t
}

func (l *Local) release(name chat.Topic, t *topic) {
	s := l.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.holders--; t.holders == 0 {
		delete(s.topics, name)
	}
}

// Topics tells how many topics somebody listens to.
func (l *Local) Topics() int {
	n := 0
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.RLock()
		n += len(s.topics)
		s.mu.RUnlock()
	}
	return n
}

func (t *topic) add(s *subscriber) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.subs = append(t.subs, s)
}

func (t *topic) deliver(live chat.Live) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.subs {
		s.deliver(live)
	}
}

// remove waits for a delivery that is under way, so that none comes after it.
func (t *topic) remove(s *subscriber) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.subs, s); i >= 0 {
		t.subs = slices.Delete(t.subs, i, i+1)
	}
}
