package chat

import "strings"

// Address is where a shopper can be reached on a channel through one of the merchant's accounts. It is unique per account, shop and
// key, so one person may be a shopper of each shop that an account serves.
type Address struct {
	ID       AddressID
	Merchant MerchantID
	Shop     ShopID
	Shopper  ShopperID
	Account  AccountID
	Channel  Channel

	// Keys are all names by which the provider may call this person, in canonical form and with their kind before them
	// ("wa:16505551234", "uid:US.1349…", "psid:…", "igsid:…", "mail:…"). Since a phone number may be absent, none is required. One that
	// was only typed has a key of the form's ("form:…") until something was sent there.
	Keys     []string
	Phone    string // E.164, when it is known
	UserID   string // what the provider calls the person apart from a phone: business-scoped user id, PSID, IGSID, e-mail address
	Name     string // as the provider tells it
	Username string

	Conversation   ConversationID // where what comes from here goes, as long as it is open
	ConfirmedAt    Millis         // both sides are known to be one person: what was said elsewhere may be shown here
	LastInboundAt  Millis         // provider's time of the person's last word: the window counts from it
	FreeUntil      Millis         // free entry point: until then nothing costs
	StoppedAt      Millis         // they said STOP; their next word that is none lifts it for answers, START for all
	NoMarketingAt  Millis         // the provider's own switch against marketing
	UnreachableAt  Millis         // the provider says that nothing can be sent here; lifted by their next word
	UnreachableWhy string         // a stable code
	DeliveredUpto  Millis         // channels that tell by time: everything sent to the person by then has come …
	ReadUpto       Millis         // … and was read; by the provider's clock. It may be told before we know what was sent
	CreatedAt      Millis
}

// Confirmed tells whether both sides have been confirmed to be one person.
func (a Address) Confirmed() bool { return a.ConfirmedAt != 0 }

// Person is how a provider names somebody, as an adapter has read it.
type Person struct {
	Keys     []string
	Phone    string
	UserID   string
	Name     string
	Username string
}

// formKey begins the key of an address that was typed into the widget's form.
const formKey = "form:"

// typed tells whether the address is known by nothing but what somebody has typed.
func (a Address) typed() bool {
	return len(a.Keys) == 1 && strings.HasPrefix(a.Keys[0], formKey)
}

// value is what a line of the consent ledger names an address by.
func (a Address) value() string {
	switch {
	case a.Phone != "":
		return a.Phone
	case len(a.Keys) > 0:
		return a.Keys[0]
	}
	return a.UserID
}
