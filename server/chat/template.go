package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

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
	Away     bool              `json:"away,omitempty"`    // it goes out by itself in a message's place, and says that there is one
}

// Limits of what is filled in. Providers refuse places with line breaks or runs of spaces (Meta, "Message templates: parameters").
const (
	maxTemplateParam = 1_024
	maxTemplateText  = 4_096
)

// Fill checks what is to stand in a template's places and gives its use, with the text that the shopper reads. ErrTemplateParams
// names the places that are wrong.
func (t Template) Fill(u TemplateUse) (TemplateUse, string, error) {
	var bad []Field
	check := func(at string, want []string, have map[string]string) {
		for _, name := range want {
			if !validParam(have[name]) {
				bad = append(bad, Field{"message.template." + at + "." + name, "must have 1 to 1,024 characters on one line"})
			}
		}
		for name := range have {
			if !slices.Contains(want, name) {
				bad = append(bad, Field{"message.template." + at + "." + name, "is no place of this template"})
			}
		}
	}
	var header TemplatePart
	if t.Header != nil {
		header = *t.Header
	}
	check("header", header.places(), u.Header)
	check("body", t.Body.Params, u.Body)
	bad = append(bad, t.buttonProblems(u.Buttons)...)
	u = TemplateUse{
		Template: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Header: u.Header, Body: u.Body, Buttons: u.Buttons, Away: u.Away,
	}
	text := t.Preview(u)
	if utf8.RuneCountInString(text) > maxTemplateText {
		bad = append(bad, Field{"message.template", "is too long with these words"})
	}
	if bad != nil {
		slices.SortFunc(bad, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
		return TemplateUse{}, "", ErrTemplateParams.With(bad...)
	}
	return u, text, nil
}

// places gives the names that a header needs filled: those of its text, or its file's address, as "link".
func (p TemplatePart) places() []string {
	switch p.Format {
	case "image", "video", "document":
		return []string{"link"}
	case "location":
		return []string{"latitude", "longitude"}
	}
	return p.Params
}

func validParam(s string) bool {
	if strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > maxTemplateParam || ValidText(s) != nil {
		return false
	}
	return !strings.ContainsAny(s, "\n\r\t") && !strings.Contains(s, "     ")
}

func (t Template) buttonProblems(have map[int]string) (bad []Field) {
	at := func(i int, message string) {
		bad = append(bad, Field{fmt.Sprintf("message.template.buttons.%d", i), message})
	}
	for i, b := range t.Buttons {
		if b.filled() && !validParam(have[i]) {
			at(i, "must be filled")
		}
	}
	for i := range have {
		if i < 0 || i >= len(t.Buttons) || !t.Buttons[i].filled() {
			at(i, "is no place of this template")
		}
	}
	return bad
}

// filled tells whether the button has a place to fill: the end of its url, or the code to copy.
func (b TemplateButton) filled() bool {
	return b.Kind == "url" && len(b.Params) > 0 || b.Kind == "copy_code"
}

// openURLs gives the buttons whose url still lacks its end.
func (t Template) openURLs(u TemplateUse) (open []int) {
	for i, b := range t.Buttons {
		if b.Kind == "url" && b.filled() && u.Buttons[i] == "" {
			open = append(open, i)
		}
	}
	return open
}

// withURLs fills buttons; the caller's map stays as it is.
func (u TemplateUse) withURLs(buttons []int, end string) TemplateUse {
	filled := maps.Clone(u.Buttons)
	if filled == nil {
		filled = map[int]string{}
	}
	for _, i := range buttons {
		filled[i] = end
	}
	u.Buttons = filled
	return u
}

// Preview gives the text that the shopper reads: header, body and footer with their places filled. Places without words stay.
func (t Template) Preview(u TemplateUse) string {
	var parts []string
	if t.Header != nil && t.Header.Text != "" {
		parts = append(parts, t.Header.fill(u.Header))
	}
	parts = append(parts, t.Body.fill(u.Body))
	if t.Footer != "" {
		parts = append(parts, t.Footer)
	}
	return strings.Join(parts, "\n\n")
}

// fill puts words into a text's places in one pass, so that words that look like a place stay words.
func (p TemplatePart) fill(with map[string]string) string {
	pairs := make([]string, 0, 2*len(p.Params))
	for _, name := range p.Params {
		if word, ok := with[name]; ok {
			pairs = append(pairs, "{{"+name+"}}", word)
		}
	}
	return strings.NewReplacer(pairs...).Replace(p.Text)
}

// ShopTemplates gives the templates of all accounts that serve a shop: approved ones and the others, with their reasons.
func (s *Service) ShopTemplates(ctx context.Context, by Caller, shop ShopID) ([]Template, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return nil, err
	}
	accounts, err := s.store.AccountsOf(ctx, shop)
	if err != nil {
		return nil, err
	}
	var all []Template
	for _, a := range accounts {
		ts, err := s.store.Templates(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, ts...)
	}
	slices.SortStableFunc(all, func(a, b Template) int {
		return strings.Compare(a.Name+" "+a.Language, b.Name+" "+b.Language)
	})
	return all, nil
}
