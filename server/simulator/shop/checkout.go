package shop

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkoutForm is what the buyer typed, and what is wrong with it.
type checkoutForm struct {
	Email, Phone, Note string
	Address            address
	Wrong              map[string]string // field → word of the locale
}

type checkoutView struct {
	cartView
	checkoutForm
	Countries []string
}

// phoneShape is E.164 once spaces and dashes are gone.
var phoneShape = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

var phoneNoise = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "")

func (v *visit) readCheckout() checkoutForm {
	f := checkoutForm{
		Email: v.form("email"), Phone: phoneNoise.Replace(v.form("phone")), Note: v.form("note"),
		Address: address{v.form("name"), v.form("street"), v.form("postcode"), v.form("city"), v.form("country")},
		Wrong:   map[string]string{},
	}
	for field, value := range map[string]string{
		"name": f.Address.Name, "street": f.Address.Street, "postcode": f.Address.Postcode, "city": f.Address.City, "email": f.Email,
	} {
		if value == "" {
			f.Wrong[field] = "error.required"
		}
		if utf8.RuneCountInString(value) > 120 {
			f.Wrong[field] = "error.long"
		}
	}
	if len(f.Address.Postcode) > 32 {
		f.Wrong["postcode"] = "error.long"
	}
	if parsed, err := mail.ParseAddress(f.Email); f.Email != "" && (err != nil || parsed.Address != f.Email) {
		f.Wrong["email"] = "error.email"
	}
	if f.Phone != "" && !phoneShape.MatchString(f.Phone) {
		f.Wrong["phone"] = "error.phone"
	}
	if !slices.Contains(countries, f.Address.Country) {
		f.Wrong["country"] = "error.country"
	}
	if utf8.RuneCountInString(f.Note) > 1000 {
		f.Wrong["note"] = "error.long"
	}
	return f
}

func (v *visit) checkoutPage(f checkoutForm) answer {
	view := &checkoutView{
		cartView:     cartView{layout: v.layout("checkout.title"), Totals: v.session.cart.totals(), Coupon: v.session.cart.coupon},
		checkoutForm: f, Countries: countries,
	}
	view.Lines = lineViews(&view.layout, v.session.cart.lines)
	return show("checkout", view)
}

func (v *visit) checkout() answer {
	if len(v.session.cart.lines) == 0 {
		return goTo("/cart")
	}
	f := checkoutForm{Address: address{Country: "DE"}}
	if c, ok := customerWith(v.session.customer); ok {
		f = checkoutForm{Email: c.Email, Phone: c.Phone, Address: c.Address}
	}
	v.shop.pushCart(v.session, "checkout")
	return v.checkoutPage(f)
}

func (v *visit) buy() answer {
	if len(v.session.cart.lines) == 0 {
		return goTo("/cart")
	}
	f := v.readCheckout()
	if len(f.Wrong) > 0 {
		return v.checkoutPage(f).with(422)
	}
	o := v.place(f)
	return goTo("/thanks/" + o.number + "?key=" + o.key)
}

// place turns the cart into an order and tells the chat all that follows from it.
func (v *visit) place(f checkoutForm) order {
	s, sold := v.session, v.session.cart
	o := order{
		id: v.shop.newID("ord_"), number: v.shop.newNumber(), key: v.shop.newID(""),
		cart: sold.id, shopper: s.shopper, customer: s.customer,
		email: f.Email, phone: f.Phone, note: f.Note, coupon: sold.coupon, address: f.Address,
		lines: sold.lines, totals: sold.totals(), placed: v.now, updated: v.now, version: version(0, v.now),
	}
	v.shop.orders = append(v.shop.orders, o)
	sold.at, sold.version = v.now, version(sold.version, v.now)
	s.cart = cart{}
	v.shop.plugin.push(v.shop.mapper.completed(v.shop.newID("evt_"), sold, *s, o), 0)
	if c, ok := customerWith(s.customer); ok {
		v.shop.plugin.push(v.shop.mapper.customer(v.shop.newID("evt_"), c, v.shop.orders, s.shopper, v.now), 0)
	}
	v.shop.plugin.push(v.shop.mapper.order(v.shop.newID("evt_"), o), 0)
	return o
}
