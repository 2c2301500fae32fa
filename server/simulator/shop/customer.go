package shop

import "slices"

// customer is a buyer with an account. The demo has a handful and signs them in
// with one click.
type customer struct {
	ID, First, Last, Email, Phone, Lang string
	Address                             address
}

type address struct {
	Name, Street, Postcode, City, Country string
}

func (c customer) name() string { return c.First + " " + c.Last }

func (c customer) initials() string {
	first, last := []rune(c.First), []rune(c.Last)
	return string(first[:1]) + string(last[:1])
}

// countries are where the studio ships to.
var countries = []string{"PT", "DE", "AT", "FR", "NL", "ES", "IT", "SE", "GB", "AE", "EG", "JP"}

var customers = []customer{
	{"cust_1001", "Mara", "Lindqvist", "mara@example.com", "+46701740605", "en", address{"Mara Lindqvist", "Kornhamnstorg 51", "111 27", "Stockholm", "SE"}},
	{"cust_1002", "Jonas", "Weber", "jonas@example.com", "+4915155501234", "de", address{"Jonas Weber", "Weserstraße 12", "12045", "Berlin", "DE"}},
	{"cust_1003", "Layla", "Haddad", "layla@example.com", "+971505550187", "ar", address{"ليلى حداد", "Al Wasl Road 221", "00000", "Dubai", "AE"}},
}

func customerWith(id string) (customer, bool) {
	i := slices.IndexFunc(customers, func(c customer) bool { return c.ID == id })
	if i < 0 {
		return customer{}, false
	}
	return customers[i], true
}
