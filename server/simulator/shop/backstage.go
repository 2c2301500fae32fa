package shop

import (
	"slices"
	"time"
)

// The warehouse door. A real shop would lock it; the demo's shopper is also its
// merchant.

type backstageView struct {
	layout
	Orders []backstageOrder
	Plugin pluginState
	Sent   string
	Pushes bool
}

type backstageOrder struct {
	Number, Key, Name, City, Step, Tracking, Placed string
	Financial, Fulfilment                           string
	Total                                           cents
	Pieces                                          []string
	Linked                                          bool
	May                                             []action
}

func (v *visit) backstage() answer {
	view := &backstageView{layout: v.layout("footer.backstage"), Plugin: v.shop.plugin.report(), Pushes: v.shop.options.PluginKey != ""}
	if !view.Plugin.LastSent.IsZero() {
		view.Sent = view.Plugin.LastSent.Format(time.TimeOnly)
	}
	for _, o := range slices.Backward(v.shop.orders) {
		b := backstageOrder{
			Number: o.number, Key: o.key, Name: o.address.Name, City: o.address.City, Step: o.step(), Tracking: o.tracking,
			Placed: o.placed.Format("15:04"), Financial: o.financialStatus(), Fulfilment: o.fulfilmentStatus(),
			Total: o.totals.Total, Linked: o.shopper != "", May: o.may(),
		}
		for _, l := range o.lines {
			b.Pieces = append(b.Pieces, l.product.picture(l.glaze))
		}
		view.Orders = append(view.Orders, b)
	}
	return show("backstage", view)
}

// warehouse does something with an order and pushes what changed.
func (v *visit) warehouse() answer {
	i := slices.IndexFunc(v.shop.orders, func(o order) bool { return o.number == v.request.PathValue("number") })
	if i < 0 {
		return v.missing()
	}
	tracking := "JD0140" + v.shop.digits(10)
	changed, err := v.shop.orders[i].after(action(v.request.PathValue("do")), v.shop.newID("shm_"), tracking, v.now)
	if err != nil {
		return goTo("/backstage") // the button of an old page
	}
	changed.version = version(changed.version, v.now)
	v.shop.orders[i] = changed
	v.shop.plugin.push(v.shop.mapper.order(v.shop.newID("evt_"), changed), 0)
	if changed.shipmentID != "" {
		v.shop.plugin.push(v.shop.mapper.shipment(v.shop.newID("evt_"), changed), 0)
	}
	return goTo("/backstage")
}

func (s *Shop) digits(n int) string {
	out := s.random(n)
	for i := range out {
		out[i] = '0' + out[i]%10
	}
	return string(out)
}

func dayOf(at int64) time.Time { return time.UnixMilli(at) }
