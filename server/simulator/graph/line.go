package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Networks.
const (
	WhatsApp  = "whatsapp"
	Messenger = "messenger"
	Instagram = "instagram"
)

// Number is a WhatsApp number of a business, with the account that it is in.
type Number struct {
	ID      string `json:"id"`      // phone number id
	Account string `json:"account"` // WABA id
	Display string `json:"display"` // digits, country code first
	Name    string `json:"name"`    // verified name
	App     string `json:"app"`
	Token   string `json:"token"` // of a system user of the account

	Coexistence bool   `json:"coexistence"`  // the WhatsApp Business app is used beside the API
	Tier        string `json:"tier"`         // TIER_250 …; empty: TIER_2K
	ContactBook bool   `json:"contact_book"` // Meta keeps the numbers of those who wrote
	Subscribe   bool   `json:"subscribe"`    // as if the app had called subscribed_apps
}

// Page is a Facebook Page with Messenger.
type Page struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Username  string `json:"username"` // m.me/<username>
	App       string `json:"app"`
	Token     string `json:"token"`
	Subscribe bool   `json:"subscribe"`
}

// Account is an Instagram professional account.
type Account struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Username  string `json:"username"` // ig.me/m/<username>
	App       string `json:"app"`
	Token     string `json:"token"` // of the Instagram user, or of the Page
	Page      string `json:"page"`  // the linked Page, if the account is reached through it
	Subscribe bool   `json:"subscribe"`

	// MessagesRefused is the switch "Allow access to messages" off.
	MessagesRefused bool `json:"messages_refused"`
}

// line is one address of a business that people write to.
type line struct {
	network  string
	id       string
	account  *account // WhatsApp only
	name     string
	username string
	display  string // WhatsApp: digits
	appID    string
	token    string
	page     string // Instagram only

	coexistence bool
	tier        string
	refused     bool // Instagram: no access to messages
	restricted  int  // the code with which every send fails; 0: none
	quality     string

	subscribers []*subscription // Messenger and Instagram
	templates   []*template     // Messenger's utility templates
	profile     object          // messenger_profile
	taken       time.Time       // when a webhook last arrived

	sends *bucket
	media *bucket
}

func (l *line) object() string {
	return map[string]string{WhatsApp: ObjectWhatsApp, Messenger: ObjectPage, Instagram: ObjectInstagram}[l.network]
}

// entry is what a webhook's entry is named after.
func (l *line) entry() string {
	if l.account != nil {
		return l.account.id
	}
	return l.id
}

// AddNumber adds a WhatsApp number, and its account if it is new.
func (w *World) AddNumber(n Number) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.free(n.ID, n.App); err != nil {
		return err
	}
	if n.Account == "" || digits(n.Display) == "" {
		return fmt.Errorf("graph: number %s needs an account and a display number", n.ID)
	}
	a := w.accounts[n.Account]
	if a == nil {
		a = &account{
			id: n.Account, name: n.Name, contactBook: map[string]bool{}, openings: map[string]time.Time{},
			calls: newBucket(managementPerHour, managementPerHour, time.Hour),
		}
		w.accounts[n.Account] = a
	}
	a.keepsContacts = a.keepsContacts || n.ContactBook
	rate := throughput
	if n.Coexistence {
		rate = coexistenceThroughput
	}
	w.lines[n.ID] = &line{
		network: WhatsApp, id: n.ID, account: a, name: n.Name, display: digits(n.Display), appID: n.App, token: n.Token,
		coexistence: n.Coexistence, tier: n.Tier, quality: "GREEN", sends: newBucket(rate, rate, time.Second),
	}
	w.grant(token{value: n.Token, app: n.App, kind: systemToken, account: n.Account})
	if n.Subscribe && !slices.ContainsFunc(a.subscribers, of(n.App)) {
		a.subscribers = append(a.subscribers, &subscription{app: n.App})
	}
	return nil
}

// AddPage adds a Facebook Page.
func (w *World) AddPage(p Page) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.free(p.ID, p.App); err != nil {
		return err
	}
	l := &line{
		network: Messenger, id: p.ID, name: p.Name, username: p.Username, appID: p.App, token: p.Token, profile: object{},
		sends: newBucket(pageThroughput, pageThroughput, time.Second),
		media: newBucket(pageMediaThroughput, pageMediaThroughput, time.Second),
	}
	w.lines[p.ID] = l
	w.grant(token{value: p.Token, app: p.App, kind: pageToken, line: p.ID})
	if p.Subscribe {
		l.subscribers = append(l.subscribers, &subscription{app: p.App, fields: messengerFields()})
	}
	return nil
}

// AddInstagram adds an Instagram account. One with a Page is reached through it
// and its token too.
func (w *World) AddInstagram(a Account) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.free(a.ID, a.App); err != nil {
		return err
	}
	l := &line{
		network: Instagram, id: a.ID, name: a.Name, username: a.Username, appID: a.App, token: a.Token, page: a.Page,
		refused: a.MessagesRefused, profile: object{},
		sends: newBucket(pageThroughput, pageThroughput, time.Second),
		media: newBucket(pageMediaThroughput, pageMediaThroughput, time.Second),
	}
	w.lines[a.ID] = l
	if w.tokens[a.Token] == nil {
		w.grant(token{value: a.Token, app: a.App, kind: instagramToken, line: a.ID})
	}
	if a.Subscribe {
		l.subscribers = append(l.subscribers, &subscription{app: a.App, fields: instagramFields()})
	}
	return nil
}

func (w *World) free(id, appID string) error {
	if id == "" || w.lines[id] != nil {
		return fmt.Errorf("graph: the id %q is taken or empty", id)
	}
	if w.apps[appID] == nil {
		return fmt.Errorf("graph: no app %q", appID)
	}
	return nil
}

// Restrict makes every send of a line fail with code (131048 flagged, 131031
// locked, 368 policy …); 0 lifts it.
func (w *World) Restrict(lineID string, code int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := w.line(lineID)
	if err != nil {
		return err
	}
	l.restricted = code
	return nil
}

// line finds a line by its id, or a number by its digits, a Page or an account
// by its name in links.
func (w *World) line(name string) (*line, error) {
	if l := w.lines[name]; l != nil {
		return l, nil
	}
	for _, id := range sortedKeys(w.lines) {
		l := w.lines[id]
		if l.display != "" && l.display == digits(name) || l.username != "" && strings.EqualFold(l.username, name) {
			return l, nil
		}
	}
	return nil, fmt.Errorf("graph: no line %q", name)
}
