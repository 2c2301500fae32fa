package shop

import (
	"crypto/subtle"
	"slices"
)

type orderView struct {
	layout
	Number, Key   string
	First         string
	Email         string
	Lines         []lineView
	Totals        totals
	Coupon        string
	Placed        string
	Step          string
	Steps         []stepView
	Tracking      string
	Address       address
	CountryOfDest string
}

// stepView is a stage of the order: done, now or to come.
type stepView struct {
	Name string `json:"name"`
	Done bool   `json:"done"`
	Date string `json:"date"`
}

// find is the order of that number, for whoever has its key.
func (v *visit) find() (order, bool) {
	i := slices.IndexFunc(v.shop.orders, func(o order) bool { return o.number == v.request.PathValue("number") })
	if i < 0 {
		return order{}, false
	}
	o := v.shop.orders[i]
	key := v.request.URL.Query().Get("key")
	return o, subtle.ConstantTimeCompare([]byte(key), []byte(o.key)) == 1
}

func (v *visit) orderView(o order, title string, pairs ...any) *orderView {
	view := &orderView{
		layout: v.layout(title, pairs...), Number: o.number, Key: o.key, First: firstName(o.address.Name), Email: o.email,
		Totals: o.totals, Coupon: o.coupon, Placed: v.words.date(o.placed), Step: o.step(), Steps: v.steps(o),
		Tracking: o.tracking, Address: o.address, CountryOfDest: v.words.text("country." + o.address.Country),
	}
	view.Lines = lineViews(&view.layout, o.lines)
	return view
}

func firstName(name string) string {
	for i, r := range name {
		if r == ' ' {
			return name[:i]
		}
	}
	return name
}

// steps are the stages that this order goes through; one that was cancelled or
// refunded ends there.
func (v *visit) steps(o order) []stepView {
	step := func(name string) stepView {
		at := map[string]int64{
			"placed": milliseconds(o.placed), "paid": milliseconds(o.paid), "shipped": milliseconds(o.shipped),
			"delivered": milliseconds(o.delivered), "refunded": milliseconds(o.refunded), "cancelled": milliseconds(o.cancelled),
		}[name]
		s := stepView{Name: name, Done: at > 0}
		if s.Done {
			s.Date = v.words.date(dayOf(at))
		}
		return s
	}
	names := []string{"placed", "paid", "shipped", "delivered"}
	if o.step() == "cancelled" || o.step() == "refunded" {
		names = slices.DeleteFunc(names, func(n string) bool { return !step(n).Done })
		names = append(names, o.step())
	}
	var out []stepView
	for _, name := range names {
		out = append(out, step(name))
	}
	return out
}

func (v *visit) thanks() answer {
	o, ok := v.find()
	if !ok {
		return v.missing()
	}
	return show("thanks", v.orderView(o, "thanks.title", "name", firstName(o.address.Name)))
}

func (v *visit) order() answer {
	o, ok := v.find()
	if !ok {
		return v.missing()
	}
	return show("order", v.orderView(o, "order.title", "number", o.number))
}

// orderState lets an open page follow its order.
func (v *visit) orderState() answer {
	o, ok := v.find()
	if !ok {
		return v.missing()
	}
	return tell(map[string]any{"version": o.version})
}
