package shop

import (
	"encoding/json"
	"regexp"

	"github.com/tagalong-chat/tagalong/server/simulator/identity"
)

type signInView struct {
	layout
	Customers []signInCard
}

type signInCard struct{ ID, Name, Initials, City string }

func (v *visit) signInPage() answer {
	view := &signInView{layout: v.layout("sign_in.title")}
	for _, c := range customers {
		view.Customers = append(view.Customers, signInCard{c.ID, c.name(), c.initials(), c.Address.City})
	}
	return show("signin", view)
}

func (v *visit) signIn() answer {
	c, ok := customerWith(v.form("customer"))
	if !ok {
		return v.refused()
	}
	s := v.keep()
	if s.customer != c.ID {
		s.customer, s.shopper = c.ID, "" // the chat starts anew with the new person
	}
	v.shop.pushCart(s, "cart")
	return goTo("/")
}

func (v *visit) signOut() answer {
	v.session.customer, v.session.shopper = "", ""
	return goTo("/")
}

// identity gives the page a token that says who is signed in.
func (v *visit) identity() answer {
	c, ok := customerWith(v.session.customer)
	if !ok || v.shop.options.IdentitySecret == "" {
		return nothing()
	}
	secret := identity.Secret{KID: v.shop.options.IdentityKID, Secret: v.shop.options.IdentitySecret}
	token, err := secret.Token(v.shop.options.ShopKey, identity.Person{ID: c.ID, Name: c.name(), Email: c.Email}, v.now)
	if err != nil {
		v.shop.options.Log.Error("shop: identity", "error", err)
		return v.refused()
	}
	return tell(map[string]string{"jwt": token})
}

var shopperShape = regexp.MustCompile(`^shp_[a-z2-7]{26}$`)

// link takes the chat's shopper id from the page, the way a cart attribute
// _tagalong_shopper does in other shops: from now on the cart and the orders of
// this browser carry it. It proves nothing, so nothing is revealed by it.
func (v *visit) link() answer {
	var body struct {
		Shopper string `json:"shopper"`
	}
	if err := json.NewDecoder(v.request.Body).Decode(&body); err != nil || !shopperShape.MatchString(body.Shopper) {
		return v.refused()
	}
	s := v.keep()
	if s.shopper != body.Shopper {
		s.shopper = body.Shopper
		v.linked(s)
	}
	return nothing()
}

// linked sends again what is now known to belong to the shopper.
func (v *visit) linked(s *session) {
	if s.cart.id != "" {
		s.cart.version = version(s.cart.version, v.now)
		v.shop.pushCart(s, "cart")
	}
	if c, ok := customerWith(s.customer); ok {
		v.shop.plugin.push(v.shop.mapper.customer(v.shop.newID("evt_"), c, v.shop.orders, s.shopper, v.now), 0)
	}
}
