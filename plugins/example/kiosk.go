package example

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// delivery is one webhook of Kiosk: the kind of change, and the object as it is now. The kind and the delivery's id stand
// in the signed body; the headers that repeat them are not signed, so they are not read.
type delivery struct {
	ID     string    `json:"delivery"`
	Event  string    `json:"event"`
	SentAt time.Time `json:"sent_at"`
	Order  *order    `json:"order"`
	Parcel *parcel   `json:"parcel"`
	Basket *basket   `json:"basket"`
	// Customer and Orders are those of a buyer who wants to be forgotten.
	Customer *customer     `json:"customer"`
	Orders   []json.Number `json:"orders"`
}

// order is Kiosk's order. Amounts are decimals in strings, in the order's currency.
type order struct {
	ID        json.Number       `json:"id"`
	Ref       string            `json:"ref"`
	State     string            `json:"state"`
	Paid      string            `json:"paid"`
	Currency  string            `json:"currency"`
	Created   time.Time         `json:"created"`
	Changed   time.Time         `json:"changed"`
	Cancelled *time.Time        `json:"cancelled"`
	Customer  *customer         `json:"customer"`
	Items     []item            `json:"items"`
	Amounts   amounts           `json:"amounts"`
	ShipTo    *address          `json:"ship_to"`
	Vouchers  []string          `json:"vouchers"`
	BuyerNote string            `json:"buyer_note"`
	AdminURL  string            `json:"admin_url"`
	Extra     map[string]string `json:"extra"`
}

type customer struct {
	ID    json.Number `json:"id"`
	Mail  string      `json:"mail"`
	Phone string      `json:"phone"`
}

type item struct {
	ID      json.Number `json:"id"`
	Product string      `json:"product"`
	SKU     string      `json:"sku"`
	Name    string      `json:"name"`
	Option  string      `json:"option"`
	Count   int64       `json:"count"`
	Sent    int64       `json:"sent"`
	Price   string      `json:"price"`
	Sum     string      `json:"sum"`
	URL     string      `json:"url"`
	Image   string      `json:"image"`
}

type amounts struct {
	Goods    string `json:"goods"`
	Discount string `json:"discount"`
	Shipping string `json:"shipping"`
	Tax      string `json:"tax"`
	Refunded string `json:"refunded"`
	Total    string `json:"total"`
	Due      string `json:"due"`
}

type address struct {
	Name    string `json:"name"`
	City    string `json:"city"`
	Zip     string `json:"zip"`
	Country string `json:"country"`
}

type parcel struct {
	ID       json.Number `json:"id"`
	Order    json.Number `json:"order"`
	State    string      `json:"state"`
	Carrier  string      `json:"carrier"`
	Tracking string      `json:"tracking"`
	TrackURL string      `json:"track_url"`
	Items    []struct {
		ID    json.Number `json:"id"`
		Count int64       `json:"count"`
	} `json:"items"`
	Sent      *time.Time `json:"sent"`
	Expected  *time.Time `json:"expected"`
	Delivered *time.Time `json:"delivered"`
	Changed   time.Time  `json:"changed"`
}

type basket struct {
	Token    string            `json:"token"`
	Currency string            `json:"currency"`
	Mail     string            `json:"mail"`
	Items    []item            `json:"items"`
	Goods    string            `json:"goods"`
	Return   string            `json:"return_url"`
	Touched  time.Time         `json:"touched"`
	Extra    map[string]string `json:"extra"`
}

// parse reads a verified body. Fields that this plugin does not use are left alone: the storefront grows too.
func parse(body []byte) (delivery, error) {
	var d delivery
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("the body is not a delivery: %w", err)
	}
	if d.ID == "" || d.Event == "" || d.SentAt.IsZero() {
		return d, errors.New("the body lacks delivery, event or sent_at")
	}
	return d, nil
}
