package chat

import (
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"
	"time"
)

// Ids of the nouns: a prefix and 128 random bits each, so that they can be made anywhere and tell nothing.
type (
	// MerchantID names a merchant.
	MerchantID string
	// ShopID names a shop; its public key is another thing.
	ShopID string
	// AgentID names an agent.
	AgentID string
	// ShopperID names a shopper.
	ShopperID string
	// ConversationID names a conversation.
	ConversationID string
	// AttachmentID names an upload.
	AttachmentID string
	// InvitationID names an invitation.
	InvitationID string
	// PluginKeyID names a plugin key; it is not the key.
	PluginKeyID string
	// TaskID names a task.
	TaskID string
	// ProviderAppID names a provider app; it stands in the path of its webhooks.
	ProviderAppID string
	// AccountID names an account.
	AccountID string
	// AddressID names an address.
	AddressID string
	// HandoffID names a handoff; it is not its code.
	HandoffID string
	// DeliveryID names a delivery.
	DeliveryID string
	// ConsentID names a line of the consent ledger.
	ConsentID string
	// TemplateID names a template.
	TemplateID string
	// RawID names a webhook as it came.
	RawID string
	// WebhookID names an outgoing webhook.
	WebhookID string
	// HookEventID names an event that outgoing webhooks tell.
	HookEventID string
	// HookDeliveryID names one event's way to one webhook.
	HookDeliveryID string
	// PrivacyID names a privacy request.
	PrivacyID string
)

// Prefixes of ids and public keys.
const (
	PrefixMerchant     = "mer_"
	PrefixShop         = "shop_"
	PrefixShopKey      = "pk_"
	PrefixAgent        = "agt_"
	PrefixShopper      = "shp_"
	PrefixConversation = "cnv_"
	PrefixAttachment   = "att_"
	PrefixInvitation   = "inv_"
	PrefixPluginKey    = "plk_"
	PrefixTask         = "tsk_"
	PrefixProviderApp  = "app_"
	PrefixAccount      = "acc_"
	PrefixAddress      = "adr_"
	PrefixHandoff      = "hnd_"
	PrefixDelivery     = "dlv_"
	PrefixConsent      = "cns_"
	PrefixTemplate     = "tpl_"
	PrefixRaw          = "raw_"
	PrefixWebhook      = "whk_"
	PrefixHookEvent    = "evt_"
	PrefixHookDelivery = "evd_"
	PrefixPrivacy      = "prv_"
)

const idLength = 26 // 128 bits in base32

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID makes an id of the given prefix. It panics when random fails, as crypto/rand.Read does: there is no safe way on.
func NewID[T ~string](prefix string, random io.Reader) T {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("chat: no randomness: " + err.Error())
	}
	return T(prefix + idEncoding.EncodeToString(b[:]))
}

// ValidID tells whether s has the shape of an id with the given prefix. It keeps junk away from queries; it proves nothing else.
func ValidID(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || len(rest) != idLength {
		return false
	}
	for i := range len(rest) {
		if c := rest[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// Millis is a point in time as UTC milliseconds since 1970: what is stored and what goes over the wire. Zero means never.
type Millis int64

// At gives t as Millis; the zero time gives zero.
func At(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time gives m back as a time in UTC; zero gives the zero time.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Add gives the point in time d after m.
func (m Millis) Add(d time.Duration) Millis { return m + Millis(d.Milliseconds()) }

// shortHash names something of any length in 26 characters.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return idEncoding.EncodeToString(h[:16])
}
