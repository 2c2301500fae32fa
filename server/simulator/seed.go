package simulator

import (
	_ "embed"
	"encoding/json"
)

//go:embed seed/conversations.json
var seedFile []byte

// Conversation is one of the conversations that a fresh demo begins with.
type Conversation struct {
	Language string        `json:"language"`
	Customer *SeedCustomer `json:"customer"` // who is signed in; nil: a stranger
	Orders   []SeedOrder   `json:"orders"`
	Cart     *SeedCart     `json:"cart"`
	Lines    []SeedLine    `json:"lines"`
	Tags     []string      `json:"tags"`
	State    string        `json:"state"` // closed, or empty for open
}

// SeedLine is something that was said.
type SeedLine struct {
	By      string   `json:"by"` // shopper, studio or note
	Text    string   `json:"text"`
	Choices []string `json:"choices"`
	Coupon  string   `json:"coupon"`
}

// SeedCustomer is a buyer with an account in the shop.
type SeedCustomer struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// SeedOrder is an order of that customer, some days old.
type SeedOrder struct {
	Number      string        `json:"number"`
	Currency    string        `json:"currency"`
	DaysAgo     int           `json:"days_ago"`
	Financial   string        `json:"financial"`
	Fulfillment string        `json:"fulfillment"`
	Cancelled   bool          `json:"cancelled"`
	City        string        `json:"city"`
	Postcode    string        `json:"postcode"`
	Country     string        `json:"country"`
	Shipping    int64         `json:"shipping"`
	Refunded    int64         `json:"refunded"`
	Lines       []SeedItem    `json:"lines"`
	Shipment    *SeedShipment `json:"shipment"`
}

// SeedItem is a line of an order or a cart. Amounts are in minor units.
type SeedItem struct {
	Product  string `json:"product"`
	Piece    string `json:"piece"`
	Title    string `json:"title"`
	Glaze    string `json:"glaze"`
	Variant  string `json:"variant"`
	Quantity int64  `json:"quantity"`
	Price    int64  `json:"price"`
}

// SeedShipment is the parcel of an order.
type SeedShipment struct {
	Status   string `json:"status"`
	Carrier  string `json:"carrier"`
	Tracking string `json:"tracking"`
}

// SeedCart is what a shopper has picked but not bought.
type SeedCart struct {
	Currency string     `json:"currency"`
	Lines    []SeedItem `json:"lines"`
}

// Seed is a dozen believable conversations, in several languages and currencies.
func Seed() []Conversation {
	var all []Conversation
	must(json.Unmarshal(seedFile, &all))
	return all
}
