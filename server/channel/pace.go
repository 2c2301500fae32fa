package channel

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	turnWithin  = 2 * time.Second // a turn that is further away is not waited for
	maxAccounts = 10_000
	maxPairs    = 50_000 // a pair that is forgotten was quiet for longest: its burst is whole again anyway
	maxPause    = 5 * time.Minute
)

// pacer keeps sends under the rates of their accounts and recipients, and remembers who has asked for a pause. It is of this node
// alone: several nodes that send for one account share its rate by what the provider refuses.
type pacer struct {
	mu       sync.Mutex
	accounts *bounded[chat.AccountID, *lane]
	pairs    *bounded[pair, *lane]
}

// pair is a recipient of an account.
type pair struct {
	account chat.AccountID
	to      string
}

// lane is what is known of the rate of an account, or of a pair.
type lane struct {
	limiter *rate.Limiter
	paused  time.Time // nothing is sent before
	struck  time.Time // when the last pause was asked for
	strikes int       // pauses in a row, without anything taken in between
}

func newPacer() *pacer {
	return &pacer{accounts: newBounded[chat.AccountID, *lane](maxAccounts), pairs: newBounded[pair, *lane](maxPairs)}
}

// lanes gives the lanes that a send goes through: its account's and, where the channel has a rate for one, its recipient's.
func (p *pacer) lanes(e chat.Envelope, pace Pace) (account, recipient *lane) {
	limit, burst := accountRate(e.Account, pace)
	account = p.accounts.at(e.Account.ID, func() *lane { return &lane{limiter: rate.NewLimiter(limit, burst)} })
	if account.limiter.Limit() != limit {
		account.limiter.SetLimit(limit)
		account.limiter.SetBurst(burst)
	}
	recipient = p.pairs.at(pairOf(e), func() *lane {
		if pace.PairBurst == 0 {
			return &lane{limiter: rate.NewLimiter(rate.Inf, 1)}
		}
		return &lane{limiter: rate.NewLimiter(rate.Every(pace.PairEvery), pace.PairBurst)}
	})
	return account, recipient
}

// accountRate gives a bucket that never lets more than the account's rate through within any second: what is let through at once is
// taken off what follows, and a thousandth for the nanoseconds that are lost in rounding.
func accountRate(a chat.Account, pace Pace) (rate.Limit, int) {
	n := a.PerSecond
	if n == 0 {
		n = pace.PerSecond
	}
	if n == 0 {
		return rate.Inf, 1
	}
	burst := max(1, n/20)
	return rate.Limit(float64(n-burst+1) * 0.999), burst
}

// pairOf names a recipient. Two shops of one account may know the same person under two addresses.
func pairOf(e chat.Envelope) pair {
	to := e.To.Phone
	if to == "" {
		to = e.To.UserID
	}
	if to == "" {
		to = string(e.To.ID)
	}
	return pair{e.Account.ID, to}
}

// take gives how long to wait for a turn, which is then taken; or, when it is too far away, why, and when to come again.
func (p *pacer) take(e chat.Envelope, pace Pace, now time.Time) (time.Duration, *chat.SendError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	account, recipient := p.lanes(e, pace)
	if d := account.paused.Sub(now); d > 0 {
		return 0, tooFast(chat.SendThrottleAccount, d)
	}
	if d := recipient.paused.Sub(now); d > 0 {
		return 0, tooFast(chat.SendThrottlePair, d)
	}
	to := recipient.limiter.ReserveN(now, 1)
	if d := to.DelayFrom(now); d > turnWithin {
		to.CancelAt(now)
		return 0, tooFast(chat.SendThrottlePair, d)
	}
	all := account.limiter.ReserveN(now, 1)
	if d := all.DelayFrom(now); d > turnWithin {
		to.CancelAt(now)
		all.CancelAt(now)
		return 0, tooFast(chat.SendThrottleAccount, d)
	}
	return max(to.DelayFrom(now), all.DelayFrom(now)), nil
}

func tooFast(class chat.SendClass, wait time.Duration) *chat.SendError {
	return &chat.SendError{Class: class, Code: "too_fast", Detail: "waiting for a turn", RetryAfter: wait}
}

// learn takes from a send's outcome what it says about the rates, and gives the outcome with the wait that follows from it.
func (p *pacer) learn(e chat.Envelope, pace Pace, began, now time.Time, outcome *chat.SendError) *chat.SendError {
	p.mu.Lock()
	defer p.mu.Unlock()
	account, recipient := p.lanes(e, pace)
	switch {
	case outcome == nil:
		account.strikes, recipient.strikes = 0, 0
		return nil
	case outcome.Class == chat.SendThrottleAccount:
		return account.pause(began, now, outcome)
	case outcome.Class == chat.SendThrottlePair:
		return recipient.pause(began, now, outcome)
	}
	return outcome
}

// pause holds the lane for as long as the provider says, else for 4^n seconds, n being the pauses in a row: what Meta asks for in its
// list of WhatsApp error codes under 131056. A send that began before the last pause was asked for tells nothing new.
func (l *lane) pause(began, now time.Time, outcome *chat.SendError) *chat.SendError {
	e := *outcome
	if l.strikes == 0 || began.After(l.struck) {
		wait := e.RetryAfter
		if wait <= 0 {
			wait = min(time.Second<<min(2*l.strikes, 20), maxPause)
		}
		l.strikes++
		l.struck = now
		if until := now.Add(wait); until.After(l.paused) {
			l.paused = until
		}
	}
	e.RetryAfter = max(l.paused.Sub(now), time.Millisecond)
	return &e
}

// resting tells whether the account has been asked to pause.
func (p *pacer) resting(a chat.Account, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.accounts.items[a.ID]
	return ok && now.Before(e.Value.(*item[chat.AccountID, *lane]).value.paused)
}
