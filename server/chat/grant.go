package chat

// GrantFor is how long a grant's code can be exchanged.
const GrantFor = 10 * 60 * 1000

// Grant is what a manager has allowed a plugin on the consent page. Its code goes to the plugin, which exchanges it once for a
// key (RFC 6749 §4.1, with PKCE of RFC 7636).
type Grant struct {
	Hash      [32]byte // of the code
	Merchant  MerchantID
	Shop      ShopID
	By        AgentID
	Name      string // the plugin's
	Platform  string
	ReturnURL string
	Challenge string // base64url of the verifier's SHA-256
	Scopes    []Scope
	Identity  bool // with a secret that signs shoppers' identities
	CreatedAt Millis
	ExpiresAt Millis
	UsedAt    Millis
	PluginKey PluginKeyID // what it was exchanged for
}

// ConnectRequest is what a plugin asks of a manager on the consent page.
type ConnectRequest struct {
	Name      string // of the plugin, as it calls itself
	Platform  string
	ReturnURL string
	State     string // the plugin's own, handed back as it is
	Challenge string // base64url of the verifier's SHA-256
	Method    string // S256
	Scopes    []Scope
	Identity  bool
}

// ConnectLook is what the consent page shows of a request.
type ConnectLook struct {
	ReturnOrigin string
	Shops        []ShopID // whose sites the return URL belongs to
}
