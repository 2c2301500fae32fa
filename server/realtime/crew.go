package realtime

import "sync/atomic"

// crew runs short work on goroutines that stay for the next piece of it: a new goroutine would first have to grow its stack, which
// costs more than most of what is done here. They go when there has been nothing to do for a while.
type crew struct {
	own    func(func()) // runs a goroutine that somebody waits for
	spare  func()       // deferred around each piece of work: catches its panic
	jobs   chan func()
	retire chan struct{}
	quit   chan struct{}
	idle   atomic.Int64
}

func newCrew(own func(func()), spare func()) *crew {
	return &crew{own: own, spare: spare, jobs: make(chan func()), retire: make(chan struct{}), quit: make(chan struct{})}
}

// run hands f to a goroutine that waits for work, or to a new one. It never waits itself.
func (w *crew) run(f func()) {
	select {
	case w.jobs <- f:
	default:
		w.own(func() { w.work(f) })
	}
}

func (w *crew) work(f func()) {
	for {
		w.do(f)
		w.idle.Add(1)
		select {
		case f = <-w.jobs:
			w.idle.Add(-1)
		case <-w.retire:
			w.idle.Add(-1)
			return
		case <-w.quit:
			return
		}
	}
}

func (w *crew) do(f func()) {
	defer w.spare()
	f()
}

// shrink lets some of those go that wait; it is called now and then.
func (w *crew) shrink() {
	for range w.idle.Load()/4 + 1 {
		select {
		case w.retire <- struct{}{}:
		default:
			return
		}
	}
}
