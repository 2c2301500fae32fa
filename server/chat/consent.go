package chat

import "slices"

// ConsentPurpose says what somebody agreed to be written to about.
type ConsentPurpose string

// Purposes of a consent.
const (
	ForConversation ConsentPurpose = "conversation"  // answers to what they asked
	ForOrderUpdates ConsentPurpose = "order_updates" // news of their orders
	ForMarketing    ConsentPurpose = "marketing"
)

// ConsentSource says how a consent, or its withdrawal, came to us.
type ConsentSource string

// Sources of a consent.
const (
	ConsentByForm     ConsentSource = "form"     // the widget's form
	ConsentByWord     ConsentSource = "word"     // STOP or START, written on the channel
	ConsentByProvider ConsentSource = "provider" // the provider's own switch
	ConsentByPlugin   ConsentSource = "plugin"   // the shop's checkout, told by a plugin
	ConsentByAgent    ConsentSource = "agent"    // an agent wrote a withdrawal down
)

// Consent is one line of the ledger: who agreed to what, when, to which wording. It is never changed; taking it back is another
// line. The latest line per shopper, channel, value and purpose holds.
type Consent struct {
	ID       ConsentID
	Merchant MerchantID
	Shop     ShopID
	Shopper  ShopperID
	Channel  Channel
	Value    string // the phone (E.164) or e-mail address that it is about; the address's main key when it came over a channel
	Purpose  ConsentPurpose
	Granted  bool
	Wording  string // what was read
	Version  string // of the wording
	Language string
	Page     string // URL of the page where it was given
	Source   ConsentSource
	At       Millis
}

// Agreed tells whether the latest line about a channel, value and purpose is a yes. Lines come oldest first, as the ledger gives them.
func Agreed(consents []Consent, ch Channel, value string, purpose ConsentPurpose) bool {
	return latest(consents, ch, []string{value}, purpose)
}

// agreed is Agreed for an address, by whichever of its names the consent was written down.
func agreed(consents []Consent, a Address, purpose ConsentPurpose) bool {
	return latest(consents, a.Channel, append(a.Keys[:len(a.Keys):len(a.Keys)], a.Phone, a.UserID), purpose)
}

func latest(consents []Consent, ch Channel, values []string, purpose ConsentPurpose) bool {
	var last Consent
	for _, c := range consents {
		if c.Channel == ch && c.Purpose == purpose && c.Value != "" && slices.Contains(values, c.Value) && c.At >= last.At {
			last = c
		}
	}
	return last.Granted
}
