package graph

import "slices"

// Change says that something about a person is another than before, and in which
// thread. Line is empty where it concerns the person.
type Change struct {
	Person string `json:"person"`
	Line   string `json:"line,omitempty"`
}

// watcher gathers changes for somebody who may be slow. What has not been taken
// yet is told once.
type watcher struct {
	waiting []Change
	wake    chan struct{}
}

// Watch calls for changes: after a value on the channel, take gives those since
// the last time. stop ends it.
func (w *World) Watch() (wake <-chan struct{}, take func() []Change, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	one := &watcher{wake: make(chan struct{}, 1)}
	w.watchers[one] = true
	take = func() []Change {
		w.mu.Lock()
		defer w.mu.Unlock()
		changes := one.waiting
		one.waiting = nil
		return changes
	}
	stop = func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watchers, one)
	}
	return one.wake, take, stop
}

// changed tells the watchers; the caller holds w.mu. A number that nobody has is
// nobody's change.
func (w *World) changed(p *person, l *line) {
	if p == nil {
		return
	}
	change := Change{Person: p.ID}
	if l != nil {
		change.Line = l.id
	}
	for one := range w.watchers {
		if !slices.Contains(one.waiting, change) {
			one.waiting = append(one.waiting, change)
		}
		select {
		case one.wake <- struct{}{}:
		default: // it knows already
		}
	}
}
