package graph

import "time"

// Windows of free-form messages.
const (
	serviceWindow = 24 * time.Hour
	humanWindow   = 7 * 24 * time.Hour // Messenger and Instagram, HUMAN_AGENT
)

// reaches tells whether something that a person did at t lets the business write
// until d later.
func within(t, now time.Time, d time.Duration) bool {
	return !t.IsZero() && now.Before(t.Add(d))
}

// Window tells until when a line may write to a person in its own words.
func (w *World) Window(personID, lineID string) (until time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return time.Time{}, err
	}
	last := w.thread(p, l).lastInbound
	if last.IsZero() {
		return time.Time{}, nil
	}
	return last.Add(serviceWindow), nil
}

// tiers are how many people a business may write to first, in 24 hours.
func tierLimit(tier string) int {
	return map[string]int{"TIER_250": 250, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000}[tier]
}

// overLimit counts a person towards the messaging limit, and tells if that is
// too much.
func (w *World) overLimit(l *line, p *person) bool {
	now, a := w.now(), l.account
	for id, at := range a.openings {
		if !within(at, now, serviceWindow) {
			delete(a.openings, id)
		}
	}
	if _, counted := a.openings[p.ID]; counted {
		return false
	}
	if limit := tierLimit(l.tierName()); limit > 0 && len(a.openings) >= limit {
		return true
	}
	a.openings[p.ID] = now
	return false
}

func (l *line) tierName() string {
	if l.tier == "" {
		return "TIER_2K"
	}
	return l.tier
}
