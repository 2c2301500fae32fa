package chat

import "slices"

// News of what was sent come in any order, late and more than once. Folding them by rank gives the same state whatever the order:
// a part's state only rises, and a failure stands between sent and delivered, since who has got a message has got it.

// step orders the states of a part that the provider has taken.
func (s DeliveryState) step() int {
	return slices.Index([]DeliveryState{DeliveryAccepted, DeliverySent, DeliveryFailed, DeliveryDelivered, DeliveryRead}, s)
}

// fold takes news of one part in and tells whether they changed anything. id is the provider's id that they are about; empty: they
// are about all that the provider has taken.
func (d *Delivery) fold(part int, id string, state DeliveryState, at Millis) bool {
	if part < 0 || part >= len(d.Parts) || state.step() < 0 {
		return false
	}
	p := d.Parts[part]
	flying := d.State == DeliverySending && part == d.unsent() || d.State == DeliveryUncertain && part == d.unsent()
	current := p.State.step() >= 0 && p.State != DeliveryFailed
	switch {
	case id == "" && !current:
		return false
	case flying && id != "" && id != p.ProviderID:
		p.ProviderID, current = id, true // of the request that is under way: its news have overtaken its answer
	case id != "" && id != p.ProviderID:
		current = false // of an earlier try
	}
	if !current && state.step() < DeliveryDelivered.step() || state.step() <= p.State.step() {
		return false
	}
	p.State, p.At = state, max(p.At, at)
	d.Parts = slices.Clone(d.Parts)
	d.Parts[part] = p
	d.sum()
	return true
}

// take writes down that the provider has accepted a part. News may have come before it.
func (d *Delivery) take(part int, providerID string) {
	d.Parts = slices.Clone(d.Parts)
	p := &d.Parts[part]
	if p.ProviderID != providerID || p.State.step() < 0 {
		*p = Part{ProviderID: providerID, State: DeliveryAccepted, At: d.SendingAt, Again: p.Again}
	}
	d.sum()
}

// sum brings the whole to the least of its parts. While a part is not taken yet, the whole is still ours to move.
func (d *Delivery) sum() {
	least := DeliveryRead
	for _, p := range d.Parts {
		if p.State.step() < 0 {
			if d.State == DeliverySending || d.State == DeliveryUncertain {
				d.State = DeliveryQueued
			}
			return
		}
		if p.State == DeliveryFailed {
			least = DeliveryFailed
			break
		}
		if p.State.step() < least.step() {
			least = p.State
		}
	}
	d.State = least
	if least != DeliveryFailed {
		d.Reason, d.Detail = d.standing(), ""
	}
}

// standing gives the reason that stays with a delivery whatever becomes of it: a part may have come twice.
func (d Delivery) standing() string {
	if slices.ContainsFunc(d.Parts, func(p Part) bool { return p.Again }) {
		return whySentAgain
	}
	return ""
}
