package chat

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a message. They hold on every channel; a channel's own limits are its adapter's business.
const (
	MaxTextRunes   = 8_000
	MaxTextBytes   = 32_000
	MaxAttachments = 10
	MaxChoices     = 13 // WhatsApp shows at most 10 rows, Messenger 13 quick replies; the adapters fall back to text
	MaxCards       = 10
	MaxButtons     = 3
	MaxClientID    = 64
	maxTitleRunes  = 120
	maxURLBytes    = 2_000
	previewRunes   = 140
)

// Message is what a person or a bot says: one model on all channels. Each channel renders it within its own limits, with a text
// fallback.
type Message struct {
	Text        string       `json:"text,omitempty"`
	Language    string       `json:"language,omitempty"` // BCP 47
	Attachments []Attachment `json:"attachments,omitempty"`
	Choices     []Choice     `json:"choices,omitempty"` // quick replies offered
	Choice      string       `json:"choice,omitempty"`  // id of the quick reply that this message picks
	Cards       []Card       `json:"cards,omitempty"`
	Coupon      *CouponOffer `json:"coupon,omitempty"`
	Order       string       `json:"order,omitempty"`      // external id of an order that is talked about
	OrderCard   *OrderCard   `json:"order_card,omitempty"` // how it stood when it was sent; filled in by the server
	ReplyTo     *Ref         `json:"reply_to,omitempty"`

	Template    *TemplateUse `json:"template,omitempty"`    // it goes out as this template; Text is what the shopper reads
	ReturnLink  bool         `json:"return_link,omitempty"` // with a button that leads back to the shop's chat
	Unsupported string       `json:"unsupported,omitempty"` // the shopper sent something that cannot be shown: the provider's word for it
	Forwarded   bool         `json:"forwarded,omitempty"`   // it was said elsewhere first
}

// Choice is one quick reply.
type Choice struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Card shows one product or page.
type Card struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	ImageURL string   `json:"image_url,omitempty"`
	URL      string   `json:"url,omitempty"`
	Price    *Money   `json:"price,omitempty"`
	Product  string   `json:"product,omitempty"` // external id, so that the page can put it into the cart
	Variant  string   `json:"variant,omitempty"`
	Buttons  []Button `json:"buttons,omitempty"`
}

// Button of a card opens a page (kind "url"), sends its title back (kind "reply"), or puts the card's product into the cart (kind
// "cart"; shown only where the page can do that).
type Button struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// CouponOffer is a discount code offered in the conversation.
type CouponOffer struct {
	Code        string `json:"code"`
	Description string `json:"description,omitempty"`
	ExpiresAt   Millis `json:"expires_at,omitempty"`
}

// Draft is a message or note that somebody wants to post.
type Draft struct {
	Kind     EntryKind // message or note
	Author   Author
	Channel  Channel
	ClientID string
	Message  Message

	To         *Address      // where to, of an agent's, as it is inside the committer: the route goes there first
	Handoff    HandoffID     // of the handoff that begins then
	LeaveAfter time.Duration // how long the message may wait to be read on the site; 0: LeaveAfter

	elsewhere bool // it was said on a channel already: there is nothing to send
}

// Validate checks a draft's form. Attachments and references are resolved before, by Service.
func (d Draft) Validate() error {
	if d.Kind != EntryMessage && d.Kind != EntryNote {
		return ErrInvalid.With(Field{"kind", "must be message or note"})
	}
	if err := ValidClientID(d.ClientID); err != nil {
		return err
	}
	return d.Message.validate()
}

// ValidClientID checks the id that a client gives to what it sends: 1–64 printable ASCII characters.
func ValidClientID(s string) error {
	bad := len(s) == 0 || len(s) > MaxClientID
	for i := 0; i < len(s) && !bad; i++ {
		bad = s[i] <= ' ' || s[i] > '~'
	}
	if bad {
		return ErrInvalid.With(Field{"client_id", "must be 1 to 64 printable ASCII characters without spaces"})
	}
	return nil
}

func (m Message) empty() bool {
	return strings.TrimFunc(m.Text, unseen) == "" && len(m.Attachments) == 0 && len(m.Cards) == 0 && m.Coupon == nil && m.Order == "" &&
		m.Choice == "" && m.Unsupported == ""
}

// unseen tells whether r shows nothing: white space, control and format characters.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2800 || r == 0x3164
}

func (m Message) validate() error {
	if err := ValidText(m.Text); err != nil {
		return err
	}
	if m.empty() {
		return ErrBadText
	}
	var bad []Field
	add := func(ok bool, path, message string) {
		if !ok {
			bad = append(bad, Field{path, message})
		}
	}
	add(len(m.Language) <= 35, "message.language", "must be a BCP 47 tag")
	add(len(m.Attachments) <= MaxAttachments, "message.attachment_ids", fmt.Sprintf("at most %d", MaxAttachments))
	add(len(m.Choices) <= MaxChoices, "message.choices", fmt.Sprintf("at most %d", MaxChoices))
	for i, c := range m.Choices {
		add(label(c.ID) && label(c.Title), fmt.Sprintf("message.choices[%d]", i), "needs an id and a title of at most 120 characters")
	}
	add(utf8.RuneCountInString(m.Choice) <= maxTitleRunes, "message.choice", "is too long")
	add(len(m.Cards) <= MaxCards, "message.cards", fmt.Sprintf("at most %d", MaxCards))
	for i, c := range m.Cards {
		bad = append(bad, c.problems(fmt.Sprintf("message.cards[%d]", i))...)
	}
	if m.Coupon != nil {
		add(label(m.Coupon.Code), "message.coupon.code", "must have 1 to 120 characters")
		add(utf8.RuneCountInString(m.Coupon.Description) <= 500, "message.coupon.description", "is too long")
	}
	add(len(m.Order) <= MaxExternalID, "message.order", "is too long")
	if bad != nil {
		return ErrInvalid.With(bad...)
	}
	return nil
}

// ValidText checks a text's length and encoding: at most 8,000 code points and 32,000 bytes of UTF-8 without NUL.
func ValidText(s string) error {
	switch {
	case len(s) > MaxTextBytes || utf8.RuneCountInString(s) > MaxTextRunes:
		return ErrTooLong
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return fail(KindInvalid, "bad_text", "The text is not valid UTF-8.")
	}
	return nil
}

func label(s string) bool { return s != "" && utf8.RuneCountInString(s) <= maxTitleRunes }

// valid checks a button of c. One for the cart may leave its words to the widget, which speaks the shopper's language.
func (b Button) valid(c Card) bool {
	switch b.Kind {
	case "reply":
		return label(b.Title) && b.URL == ""
	case "url":
		return label(b.Title) && WebURL(b.URL)
	case "cart":
		return (b.Title == "" || label(b.Title)) && b.URL == "" && c.Product != ""
	}
	return false
}

func (c Card) problems(path string) (bad []Field) {
	if !label(c.Title) {
		bad = append(bad, Field{path + ".title", "must have 1 to 120 characters"})
	}
	if utf8.RuneCountInString(c.Subtitle) > 500 {
		bad = append(bad, Field{path + ".subtitle", "is too long"})
	}
	for _, u := range []struct{ name, url string }{{"image_url", c.ImageURL}, {"url", c.URL}} {
		if u.url != "" && !WebURL(u.url) {
			bad = append(bad, Field{path + "." + u.name, "must be an http or https URL"})
		}
	}
	if c.Price != nil {
		bad = append(bad, c.Price.problems(path+".price")...)
	}
	if len(c.Product) > MaxExternalID || len(c.Variant) > MaxExternalID {
		bad = append(bad, Field{path + ".product", "is too long"})
	}
	if len(c.Buttons) > MaxButtons {
		bad = append(bad, Field{path + ".buttons", fmt.Sprintf("at most %d", MaxButtons)})
	}
	for i, b := range c.Buttons {
		ok := b.valid(c)
		if !ok {
			bad = append(bad, Field{fmt.Sprintf("%s.buttons[%d]", path, i), "must be a url with an address, a reply, or a cart on a card with a product, with a title"})
		}
	}
	return bad
}

// WebURL tells whether s may be shown as a link: http or https, printable, without user info.
func WebURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	if !ok || len(s) > maxURLBytes || rest == "" || rest[0] == '/' {
		return false
	}
	host, _, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(host, `@\`) {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// Hash is the draft's content for telling a repeat from a conflict: the same client id must come with the same body.
func (d Draft) Hash() [32]byte {
	d.Message.OrderCard = nil // the order may have moved on when it is sent again
	b, err := json.Marshal(struct {
		Kind    EntryKind
		Message Message
	}{d.Kind, d.Message})
	if err != nil {
		panic("chat: a draft cannot be encoded: " + err.Error()) // it holds plain data only
	}
	return sha256.Sum256(b)
}

// elsewhere is the message as it goes to a channel: what only the shop's page can do is left out.
func (m Message) elsewhere() Message {
	m.Cards = slices.Clone(m.Cards)
	for i, c := range m.Cards {
		m.Cards[i].Buttons = slices.DeleteFunc(slices.Clone(c.Buttons), func(b Button) bool { return b.Kind == "cart" })
	}
	return m
}

// OrderLines says the order of a message in words: its number, and where its parcel can be followed.
func (m Message) OrderLines(word string) []string {
	if m.Order == "" {
		return nil
	}
	if m.OrderCard == nil {
		return []string{word + ": " + m.Order}
	}
	lines := []string{word + ": " + cmp.Or(m.OrderCard.Number, m.Order)}
	if p := m.OrderCard.Shipment; p != nil {
		if followed := strings.TrimSpace(p.Carrier + " " + p.Number); followed != "" {
			lines = append(lines, followed)
		}
		if WebURL(p.URL) {
			lines = append(lines, p.URL)
		}
	}
	return lines
}

// preview is the beginning of the text, on one line, for lists; of a message without words it is the name of what it shows.
func (m Message) preview() string {
	s := strings.Join(strings.Fields(cmp.Or(m.Text, m.shows())), " ")
	if utf8.RuneCountInString(s) <= previewRunes {
		return s
	}
	return string([]rune(s)[:previewRunes-1]) + "…"
}

// shows names what a message shows in place of words.
func (m Message) shows() string {
	switch {
	case len(m.Cards) > 0:
		titles := make([]string, len(m.Cards))
		for i, c := range m.Cards {
			titles[i] = c.Title
		}
		return strings.Join(titles, ", ")
	case m.OrderCard != nil:
		return cmp.Or(m.OrderCard.Number, m.Order)
	case m.Coupon != nil:
		return m.Coupon.Code
	}
	return ""
}
