package worker

import (
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// pool is what runs at the same time. All but what runs in it is of one goroutine: that of Run.
type pool struct {
	atOnce, share int
	running       map[chat.TaskKind]int
	total         int
	done          chan chat.TaskKind // one for each that has ended and not yet left; never full
}

func newPool(atOnce, share int) *pool {
	return &pool{atOnce: atOnce, share: min(share, atOnce), running: map[chat.TaskKind]int{}, done: make(chan chat.TaskKind, atOnce)}
}

// room lets go of who has ended, and tells how many may enter, of whichever kind but the full ones.
func (p *pool) room() (n int, full []chat.TaskKind) {
	for len(p.done) > 0 {
		p.leave(<-p.done)
	}
	n = min(p.atOnce-p.total, p.share)
	for k, running := range p.running {
		if running >= p.share {
			full = append(full, k)
		} else {
			n = min(n, p.share-running)
		}
	}
	slices.Sort(full)
	return n, full
}

func (p *pool) enter(k chat.TaskKind, work func()) {
	p.total++
	p.running[k]++
	go func() {
		defer func() { p.done <- k }()
		work()
	}()
}

func (p *pool) leave(k chat.TaskKind) {
	p.total--
	if p.running[k]--; p.running[k] == 0 {
		delete(p.running, k)
	}
}

// empty waits until all have ended.
func (p *pool) empty() {
	for p.total > 0 {
		p.leave(<-p.done)
	}
}
