package shop

import (
	"strconv"
	"strings"
)

// lineView is a line as the cart, the checkout and the order show it.
type lineView struct {
	card
	Quantity int
	Total    cents
	Variant  string
}

// Fewer and More are the quantities beside this one.
func (l lineView) Fewer() int { return l.Quantity - 1 }

// More is one more, up to what the shop sells of a piece.
func (l lineView) More() int { return min(l.Quantity+1, maxQuantity) }

func lineViews(l *layout, lines []line) []lineView {
	out := make([]lineView, 0, len(lines))
	for _, n := range lines {
		out = append(out, lineView{card{l, n.product, n.glaze}, n.quantity, n.total(), n.product.variant(n.glaze)})
	}
	return out
}

type cartView struct {
	layout
	Lines         []lineView
	Totals        totals
	Coupon        string
	UnknownCoupon bool
}

// Missing is what is missing to free shipping.
func (c cartView) Missing() cents { return max(freeShipping-(c.Totals.Subtotal-c.Totals.Discount), 0) }

// Progress to free shipping, in tenths, for the bar's class.
func (c cartView) Progress() int {
	return int(min((c.Totals.Subtotal-c.Totals.Discount)*10/freeShipping, 10))
}

func (v *visit) cart() answer {
	view := &cartView{layout: v.layout("cart.title"), Totals: v.session.cart.totals(), Coupon: v.session.cart.coupon}
	view.Lines = lineViews(&view.layout, v.session.cart.lines)
	view.UnknownCoupon = v.request.URL.Query().Has("unknown")
	return show("cart", view)
}

func (v *visit) addToCart() answer {
	quantity, err := strconv.Atoi(v.form("quantity"))
	if err != nil {
		quantity = 1
	}
	p, ok := productNamed(v.form("product"))
	if !ok {
		return v.refused()
	}
	s := v.keep()
	err = s.cart.add(p.Handle, v.form("glaze"), quantity, v.now)
	if err == nil {
		v.cartChanged()
	}
	if v.request.Header.Get("Accept") == "application/json" {
		return tell(map[string]any{
			"ok": err == nil, "count": s.cart.count(),
			"label":   v.words.text("nav.cart", "count", s.cart.count()),
			"message": v.addedMessage(p, err),
		})
	}
	where := p.Path() + "?glaze=" + p.glaze(v.form("glaze"))
	if err != nil {
		return goTo(where + "&failed")
	}
	return goTo(where + "&added")
}

func (v *visit) addedMessage(p product, err error) string {
	if err != nil {
		return v.words.text("cart.error")
	}
	return v.words.text("product.added", "title", v.words.text("product."+p.Handle+".title"))
}

func (v *visit) setQuantity() answer {
	quantity, err := strconv.Atoi(v.form("quantity"))
	if err != nil || quantity < 0 {
		return v.refused()
	}
	if len(v.session.cart.lines) > 0 {
		v.session.cart.set(v.form("variant"), quantity, v.now)
		v.cartChanged()
	}
	return goTo("/cart")
}

func (v *visit) useCoupon() answer {
	code := strings.ToUpper(v.form("coupon"))
	if _, ok := coupons[code]; !ok && code != "" {
		return goTo("/cart?unknown")
	}
	if len(v.session.cart.lines) > 0 {
		v.session.cart.coupon, v.session.cart.at = code, v.now
		v.cartChanged()
	}
	return goTo("/cart")
}

// cartChanged gives a new cart its id and lets the plugin send it.
func (v *visit) cartChanged() {
	c := &v.session.cart
	if c.id == "" {
		c.id = v.shop.newID("crt_")
	}
	c.version = version(c.version, v.now)
	v.shop.pushCart(v.session, "cart")
}

func (s *Shop) pushCart(owner *session, stage string) {
	if owner.cart.id != "" {
		s.plugin.push(s.mapper.cart(s.newID("evt_"), owner.cart, *owner, stage), cartPause)
	}
}
