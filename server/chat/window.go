package chat

import "time"

// A provider's window is how long it lets us write freely after the person's last word. It counts from the provider's time of that
// word, not from when we heard of it: webhooks may come late.

// window tells until when free text is allowed; 0: there is no end.
func (w Way) window(now Millis) (until Millis, open bool) {
	if w.Rules.Window == 0 {
		return 0, w.Closed == ""
	}
	return w.within(w.Rules.Window, now, w.Closed == "")
}

// human tells until when the human agent's tag is allowed.
func (w Way) human(now Millis) (until Millis, open bool) {
	if w.Rules.Human == 0 || !w.Account.HumanAgent {
		return 0, false
	}
	return w.within(w.Rules.Human, now, w.Closed != FormHuman)
}

func (w Way) within(d time.Duration, now Millis, allowed bool) (until Millis, open bool) {
	if w.Address.LastInboundAt == 0 {
		return 0, false
	}
	until = w.Address.LastInboundAt.Add(d - WindowMargin)
	return until, allowed && now < until
}
