package chat

import "time"

// How often and how long a delivery is tried.
const (
	MaxTries     = 6
	tryFor       = 30 * time.Minute
	throttledFor = 24 * time.Hour
	UncertainFor = 90 * time.Second // how long news of a request without an answer are waited for
	firstWait    = 2 * time.Second
	throttleWait = 5 * time.Second
)

// Reasons of a delivery's state, beside those of a plan and the codes of providers.
const (
	whyNoAnswer   = "no_answer"       // uncertain: the provider's answer was lost
	whySentAgain  = "sent_again"      // the answer was lost, no news came: it was sent once more, and may have come twice
	whyUnknownEnd = "unknown_outcome" // both answers were lost
	whyInTemplate = "in_template"     // an away template tells of this message; it follows when they answer
	whyRevoked    = "revoked"         // it was taken back before it was sent
	whyErased     = "erased"          // its text is gone
	whyInternal   = "internal"        // a fault of ours
	whyMovedOn    = "moved_on"        // it goes by another address
)

// verdict is what a provider's refusal does to a delivery.
type verdict struct {
	state   DeliveryState // queued: again, after wait; failed: not here; uncertain: wait for news
	wait    time.Duration
	replan  bool // at once: what is known has changed
	counts  bool // it was a try
	account bool // the account is stopped
}

// judge decides what a refusal does. jitter is in [0, 1).
func (d Delivery) judge(e SendError, now Millis, jitter float64) verdict {
	spread := func(w time.Duration) time.Duration { return w + time.Duration(jitter*float64(w)/2) }
	age := time.Duration(now-d.QueuedAt) * time.Millisecond
	switch e.Class {
	case SendRetry:
		if d.Attempt >= MaxTries || age >= tryFor {
			return verdict{state: DeliveryFailed}
		}
		return verdict{state: DeliveryQueued, counts: true, wait: max(e.RetryAfter, spread(firstWait<<max(d.Attempt-1, 0)))}
	case SendThrottleAccount, SendThrottlePair:
		if age >= throttledFor {
			return verdict{state: DeliveryFailed}
		}
		return verdict{state: DeliveryQueued, wait: max(e.RetryAfter, spread(throttleWait))}
	case SendStopAccount, SendReconnect:
		return verdict{state: DeliveryQueued, replan: true, account: true}
	case SendWindowClosed:
		if d.Form == FormTemplate {
			return verdict{state: DeliveryFailed} // there is no form left
		}
		return verdict{state: DeliveryQueued, replan: true}
	case SendUncertain:
		return verdict{state: DeliveryUncertain, counts: true}
	}
	return verdict{state: DeliveryFailed} // unreachable, opted out, give up, rejected, and whatever comes
}

// heed is what a refusal says of the address itself.
func (a *Address) heed(e SendError, category TemplateCategory, now Millis) (changed bool) {
	switch {
	case e.Class == SendUnreachable:
		a.UnreachableAt, a.UnreachableWhy = now, e.Code
	case e.Class == SendOptedOut && category == CategoryMarketing:
		a.NoMarketingAt = now
	case e.Class == SendOptedOut:
		a.StoppedAt = now
	default:
		return false
	}
	return true
}

// refuse takes a refusal into a delivery.
func (d *Delivery) refuse(v verdict, e SendError) {
	d.State, d.Reason, d.Detail = v.state, e.Code, clip(e.Detail, 300)
	if e.Provider != "" {
		d.Detail = clip(e.Provider+" "+e.Detail, 300)
	}
	switch v.state {
	case DeliveryQueued:
		if !v.counts {
			d.Attempt = max(d.Attempt-1, 0)
		}
		if e.Class == SendWindowClosed {
			d.Reason = string(WhyWindowClosed)
		}
	case DeliveryUncertain:
		d.Reason = whyNoAnswer
		return // it may have cost
	}
	d.Cost, d.CostAt = nil, 0
}
