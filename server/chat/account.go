package chat

import "slices"

// ProviderApp is what a channel's provider knows the installation of a merchant as: for Meta an app. Webhooks come to it, signed
// with one of its secrets.
type ProviderApp struct {
	ID          ProviderAppID
	Merchant    MerchantID
	Provider    Provider
	Name        string
	AppID       string   // the provider's id of it
	VerifyToken string   // what the provider must say when it asks whether the webhook's address is ours
	Secrets     []string // that sign webhooks: several, so that they can be rotated. None: its webhooks are refused. Sealed at rest
	CreatedAt   Millis
}

// Provider runs one or more channels.
type Provider string

// Providers.
const (
	ProviderMeta Provider = "meta" // WhatsApp, Messenger, Instagram
	ProviderSMTP Provider = "smtp" // e-mail; it has no app
)

// MaxAppSecrets that an app may have at a time.
const MaxAppSecrets = 3

// AccountState says whether an account can be used.
type AccountState string

// States of an account.
const (
	AccountActive    AccountState = "active"
	AccountAttention AccountState = "attention" // the provider refuses: Problem says why; nothing is sent until it is mended
	AccountOff       AccountState = "off"       // switched off by the merchant
)

// Account is a merchant's connection to a channel: a WhatsApp number, a page, an Instagram account, a sender of e-mail. It serves
// one or more shops, one of them its default.
type Account struct {
	ID         AccountID
	Merchant   MerchantID
	App        ProviderAppID // empty for e-mail
	Channel    Channel
	Name       string
	ExternalID string // how webhooks name it: phone number id, page id, Instagram account id; unique per app and channel
	Handle     string // how links name it: the number's digits, the page's name or id, the Instagram user name, the sender's address
	BusinessID string // WhatsApp Business account id, for templates
	Shops      []ShopID
	Default    ShopID // gets whom no link code and no earlier conversation leads to another
	State      AccountState
	Problem    string // a stable code, while State is attention
	Detail     string // the provider's words for it
	Token      string // sealed at rest, never shown but for its last four characters
	HumanAgent bool   // Messenger and Instagram: the app has the Human Agent feature
	PerSecond  int    // sends a second; 0: the channel's usual limit
	Prices     Prices
	CreatedAt  Millis
}

// Prices are what one message costs by the provider's category, as the merchant has entered it: providers give no price list.
type Prices map[TemplateCategory]Money

// Serves tells whether the account is one of the shop's.
func (a Account) Serves(shop ShopID) bool {
	return slices.Contains(a.Shops, shop)
}

// Check is one thing that was looked at when a connection was checked. Code is stable and has words in the inbox.
type Check struct {
	Name   string `json:"name"`             // token, permissions, account, webhook, subscription, get_started, templates
	State  string `json:"state"`            // ok, warning, failed, skipped
	Code   string `json:"code,omitempty"`   // what is wrong
	Detail string `json:"detail,omitempty"` // the provider's words
}
