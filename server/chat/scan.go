package chat

import (
	"cmp"
	"encoding/json"
	"slices"
)

// uniteScans adds carriers' scans to those that are known: their feeds come in pieces and out of order, so none that was ever seen is
// lost. Of two with one id the later one stays. It tells whether there was something new.
func uniteScans(known, more []ShipmentEvent) (all []ShipmentEvent, news bool) {
	all = slices.Clone(known)
	for _, e := range more {
		i := slices.IndexFunc(all, func(x ShipmentEvent) bool { return x.ID == e.ID })
		switch {
		case i < 0:
			all, news = append(all, e), true
		case laterScan(e, all[i]):
			all[i], news = e, true
		}
	}
	slices.SortFunc(all, func(a, b ShipmentEvent) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return all[max(0, len(all)-maxLines):], news
}

// laterScan decides between two scans with one id: any fixed rule will do, as long as every order of arrival agrees.
func laterScan(a, b ShipmentEvent) bool {
	if a.At != b.At {
		return a.At > b.At
	}
	x, _ := json.Marshal(a) // a struct of strings and a number
	y, _ := json.Marshal(b)
	return string(x) > string(y)
}

// settle takes the shipment's status from whatever is newest: what the shop said, as of told, or a scan. A delivered parcel stays
// delivered, unless a carrier later says that it was not.
func (s *Shipment) settle(told Millis) {
	type news struct {
		at     Millis
		status ShipmentStatus
	}
	all := []news{{told, s.Status}}
	for _, e := range s.Events {
		all = append(all, news{e.At, e.Status})
	}
	slices.SortStableFunc(all, func(a, b news) int { return cmp.Compare(a.at, b.at) })
	status := ShipmentStatus("")
	for _, n := range all {
		final := status == "delivered" && n.status != "failure" && n.status != "attempted"
		if n.status == "" || final {
			continue
		}
		if status = n.status; status == "delivered" && s.DeliveredAt == 0 {
			s.DeliveredAt = n.at
		}
	}
	s.Status = status
}
