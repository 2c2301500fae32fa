package chat

// TemplateCategory is how a provider classes, and charges for, a message.
type TemplateCategory string

// Categories. Service is for what is written freely within the window; the others are of templates.
const (
	CategoryService        TemplateCategory = "service"
	CategoryUtility        TemplateCategory = "utility"
	CategoryMarketing      TemplateCategory = "marketing"
	CategoryAuthentication TemplateCategory = "authentication"
)

// TemplateStatus says whether a template may be used.
type TemplateStatus string

// Statuses of a template. Any other word of the provider's is TemplateDisabled, with the word as its reason.
const (
	TemplatePending  TemplateStatus = "pending"
	TemplateApproved TemplateStatus = "approved"
	TemplateRejected TemplateStatus = "rejected"
	TemplatePaused   TemplateStatus = "paused"
	TemplateDisabled TemplateStatus = "disabled"
)

// Template is a message that a provider has approved for writing outside the window, in one language. It is a copy: the provider
// has the truth, and says when it changes.
type Template struct {
	ID         TemplateID // ours
	Merchant   MerchantID
	Account    AccountID
	ExternalID string // the provider's
	Name       string
	Language   string // the provider's form: en_US
	Category   TemplateCategory
	Was        TemplateCategory // the category before the provider re-classed it; empty: it never did
	Status     TemplateStatus
	Reason     string
	Header     *TemplatePart // nil: none
	Body       TemplatePart
	Footer     string
	Buttons    []TemplateButton
	SyncedAt   Millis
}

// TemplatePart is the text of a header or body with its places: {{1}} or {{name}}.
type TemplatePart struct {
	Format string   `json:"format"` // text, image, video, document, location
	Text   string   `json:"text,omitempty"`
	Params []string `json:"params,omitempty"` // "1", "2" … or names, in order
	Named  bool     `json:"named,omitempty"`
}

// TemplateButton is a button of a template.
type TemplateButton struct {
	Kind   string   `json:"kind"` // quick_reply, url, phone_number, copy_code, other
	Text   string   `json:"text"`
	URL    string   `json:"url,omitempty"`
	Params []string `json:"params,omitempty"` // of a url with a place at its end: "1"
}

// TemplateUse names a template and what stands in its places. Text is what the shopper reads, for the log.
type TemplateUse struct {
	Template TemplateID        `json:"template"`
	Name     string            `json:"name"`
	Language string            `json:"language"`
	Category TemplateCategory  `json:"category"`
	Header   map[string]string `json:"header,omitempty"`
	Body     map[string]string `json:"body,omitempty"`
	Buttons  map[int]string    `json:"buttons,omitempty"` // by the button's index: the url's end, or the code to copy
}
