package realtime

import (
	"hash/maphash"
	"sync"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// hub holds one subscription per topic for all connections that listen to it, so that what comes is encoded once for all.
type hub struct {
	fanout chat.Fanout
	codec  *codec
	seed   maphash.Seed
	shards [64]hubShard
	// contain is deferred around a delivery: who publishes, the committer perhaps, must not fall with a listener.
	contain func()
}

type hubShard struct {
	mu    sync.Mutex
	rooms map[chat.Topic]*room
}

// room is who listens to a topic here.
type room struct {
	topic  chat.Topic
	cancel func()

	mu    sync.Mutex
	seats []*seat
}

// listener hears what comes to its seat. It is called under the room's lock: it only queues, and neither takes nor leaves a seat.
type listener interface{ hear(ev *event) }

// seat is a listener's place in a room; it is taken and left by one goroutine.
type seat struct {
	room     *room
	index    int
	listener listener
}

func newHub(f chat.Fanout, c *codec) *hub {
	h := &hub{fanout: f, codec: c, seed: maphash.MakeSeed()}
	for i := range h.shards {
		h.shards[i].rooms = make(map[chat.Topic]*room)
	}
	return h
}

func (h *hub) shard(t chat.Topic) *hubShard {
	return &h.shards[maphash.String(h.seed, string(t))%uint64(len(h.shards))]
}

// take gives s a place among the topic's listeners. From then on nothing is missed.
func (h *hub) take(t chat.Topic, s *seat, l listener) {
	sh := h.shard(t)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.rooms[t]
	if r == nil {
		r = &room{topic: t}
		sh.rooms[t] = r
		r.cancel = h.fanout.Subscribe(t, func(l chat.Live) { h.deliver(r, l) })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.room, s.index, s.listener = r, len(r.seats), l
	r.seats = append(r.seats, s)
}

// leave gives the place back. The last one out ends the subscription.
func (h *hub) leave(s *seat) {
	r := s.room
	if r == nil {
		return
	}
	s.room = nil
	sh := h.shard(r.topic)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if r.remove(s) {
		delete(sh.rooms, r.topic)
		r.cancel() // waits for a delivery, which takes the room's lock and no other of ours
	}
}

// remove puts the last one into the gap; rooms have no order.
func (r *room) remove(s *seat) (empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := len(r.seats) - 1
	r.seats[s.index] = r.seats[end]
	r.seats[s.index].index = s.index
	r.seats[end] = nil
	r.seats = r.seats[:end]
	return end == 0
}

func (h *hub) deliver(r *room, l chat.Live) {
	defer h.contain()
	r.deliver(&event{Live: l, codec: h.codec})
}

func (r *room) deliver(ev *event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.seats {
		s.listener.hear(ev)
	}
}

// rooms tells how many topics are listened to.
func (h *hub) rooms() int {
	n := 0
	for i := range h.shards {
		h.shards[i].mu.Lock()
		n += len(h.shards[i].rooms)
		h.shards[i].mu.Unlock()
	}
	return n
}
