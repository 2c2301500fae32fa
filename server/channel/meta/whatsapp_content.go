package meta

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// waContent is the part of a message that differs by type.
type waContent struct {
	Text *struct {
		Body word `json:"body"`
	} `json:"text"`
	Image    *waMedia `json:"image"`
	Video    *waMedia `json:"video"`
	Audio    *waMedia `json:"audio"`
	Voice    *waMedia `json:"voice"` // its older name
	Document *waMedia `json:"document"`
	Sticker  *waMedia `json:"sticker"`
	Location *struct {
		Latitude  word `json:"latitude"`
		Longitude word `json:"longitude"`
		Name      word `json:"name"`
		Address   word `json:"address"`
	} `json:"location"`
	Contacts []waCard `json:"contacts"`
	Button   *struct {
		Payload word `json:"payload"`
		Text    word `json:"text"`
	} `json:"button"`
	Interactive *waAnswer `json:"interactive"`
	Order       *struct {
		Text  word      `json:"text"`
		Items []waGoods `json:"product_items"`
	} `json:"order"`
	Unsupported *struct {
		Type word `json:"type"`
	} `json:"unsupported"`
}

// said gives what the content says; nil: there is nothing of the type, or the type is not known.
func (c waContent) said(kind string) *chat.InboundSaid {
	switch {
	case kind == "text" && c.Text != nil && c.Text.Body != "":
		return &chat.InboundSaid{Text: string(c.Text.Body)}
	case kind == "location" && c.Location != nil:
		l := c.Location
		return place(string(l.Name), string(l.Address), string(l.Latitude), string(l.Longitude))
	case kind == "contacts" && len(c.Contacts) > 0:
		return c.contacts()
	case kind == "button" && c.Button != nil:
		return tapped(c.Button.Text, c.Button.Payload)
	case kind == "interactive" && c.Interactive != nil:
		return c.Interactive.said()
	case kind == "order" && c.Order != nil && len(c.Order.Items) > 0:
		return c.order()
	}
	return c.media(kind)
}

// text gives the words of the content, whatever its type.
func (c waContent) text() string {
	if c.Text != nil {
		return string(c.Text.Body)
	}
	for _, m := range []*waMedia{c.Image, c.Video, c.Document} {
		if m != nil {
			return string(m.Caption)
		}
	}
	return ""
}

type waMedia struct {
	ID       ident `json:"id"`
	URL      word  `json:"url"`
	MIME     word  `json:"mime_type"`
	SHA256   word  `json:"sha256"`
	Caption  word  `json:"caption"`
	Filename word  `json:"filename"`
	Voice    bool  `json:"voice"`
}

func (c waContent) media(kind string) *chat.InboundSaid {
	m := map[string]*waMedia{
		"image": c.Image, "video": c.Video, "audio": c.Audio, "voice": c.Voice, "document": c.Document, "sticker": c.Sticker,
	}[kind]
	if m == nil || m.ID == "" {
		return nil
	}
	if m.Voice {
		kind = "voice"
	}
	ref := chat.MediaRef{
		Kind: kind, ID: string(m.ID), URL: string(m.URL), Name: string(m.Filename),
		ContentType: string(m.MIME), SHA256: string(m.SHA256), Caption: string(m.Caption),
	}
	return &chat.InboundSaid{Text: ref.Caption, Media: []chat.MediaRef{ref}}
}

// waCard is somebody's contact data.
type waCard struct {
	Name struct {
		Formatted word `json:"formatted_name"`
		First     word `json:"first_name"`
	} `json:"name"`
	Org struct {
		Company word `json:"company"`
	} `json:"org"`
	Phones []waPhone `json:"phones"`
	Emails []struct {
		Email word `json:"email"`
	} `json:"emails"`
	Origin word `json:"origin"`
}

type waPhone struct {
	Phone word  `json:"phone"`
	WaID  ident `json:"wa_id"`
}

func (c waContent) contacts() *chat.InboundSaid {
	said := &chat.InboundSaid{}
	var lines []string
	for _, card := range c.Contacts {
		if line := card.line(); line != "" {
			lines = append(lines, line)
		}
		if card.Origin == "contact_request" && said.Shared == nil { // else it is somebody else's
			said.Shared = card.own()
		}
	}
	if said.Text = strings.Join(lines, "\n"); said.Text == "" {
		return nil
	}
	return said
}

func (c waCard) line() string {
	name := first(string(c.Name.Formatted), string(c.Name.First))
	if c.Org.Company != "" {
		name = strings.TrimSpace(name + " (" + string(c.Org.Company) + ")")
	}
	var ways []string
	for _, p := range c.Phones {
		ways = append(ways, first(string(p.Phone), string(p.WaID)))
	}
	for _, e := range c.Emails {
		ways = append(ways, string(e.Email))
	}
	ways = slices.DeleteFunc(ways, func(s string) bool { return s == "" })
	if name == "" {
		return strings.Join(ways, ", ")
	}
	if len(ways) == 0 {
		return name
	}
	return name + ": " + strings.Join(ways, ", ")
}

// own gives the number that a person has shared of themselves, because they were asked for it.
func (c waCard) own() *chat.Person {
	for _, p := range c.Phones {
		number := first(digits(string(p.WaID)), digits(string(p.Phone)))
		if number != "" {
			return waID{number: number}.person(string(c.Name.Formatted), "")
		}
	}
	return nil
}

// waAnswer is what a person has tapped or filled in.
type waAnswer struct {
	Type   word `json:"type"`
	Button *struct {
		ID    word `json:"id"`
		Title word `json:"title"`
	} `json:"button_reply"`
	List *struct {
		ID    word `json:"id"`
		Title word `json:"title"`
	} `json:"list_reply"`
	Form *struct {
		Body     word `json:"body"`
		Response word `json:"response_json"`
	} `json:"nfm_reply"`
}

func (a waAnswer) said() *chat.InboundSaid {
	switch {
	case a.Button != nil:
		return tapped(a.Button.Title, a.Button.ID)
	case a.List != nil:
		return tapped(a.List.Title, a.List.ID)
	case a.Form != nil:
		return &chat.InboundSaid{Text: first(filledIn(string(a.Form.Response)), string(a.Form.Body), string(a.Type))}
	case a.Type != "":
		return &chat.InboundSaid{Unsupported: short(string(a.Type))}
	}
	return nil
}

func tapped(title, payload word) *chat.InboundSaid {
	if title == "" && payload == "" {
		return nil
	}
	return &chat.InboundSaid{Text: first(string(title), string(payload)), Choice: string(payload)}
}

// filledIn sums up the answers of a form, which come as JSON inside of a string. Empty: they are no object.
func filledIn(response string) string {
	var answers map[string]any
	if json.Unmarshal([]byte(response), &answers) != nil {
		return ""
	}
	var lines []string
	for k, v := range answers {
		if k != "flow_token" { // it is for machines
			lines = append(lines, fmt.Sprintf("%s: %v", k, v))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// waGoods is a line of an order that was put together from the catalogue in WhatsApp.
type waGoods struct {
	Product  word `json:"product_retailer_id"`
	Quantity word `json:"quantity"`
	Price    word `json:"item_price"`
	Currency word `json:"currency"`
}

func (c waContent) order() *chat.InboundSaid {
	said := &chat.InboundSaid{Text: string(c.Order.Text)}
	for _, g := range c.Order.Items {
		if g.Product == "" {
			continue
		}
		card := chat.Card{Title: string(g.Product), Price: money(string(g.Price), string(g.Currency))}
		if g.Quantity != "" {
			card.Subtitle = "× " + string(g.Quantity)
		}
		said.Cards = append(said.Cards, card)
	}
	if said.Text == "" && said.Cards == nil {
		return nil
	}
	return said
}

// place gives a location as a card with a link to a map.
func place(name, address, latitude, longitude string) *chat.InboundSaid {
	if !coordinate(latitude) || !coordinate(longitude) {
		return nil
	}
	return &chat.InboundSaid{Cards: []chat.Card{{
		Title:    first(name, address, latitude+", "+longitude),
		Subtitle: address,
		URL:      fmt.Sprintf("https://www.openstreetmap.org/?mlat=%[1]s&mlon=%[2]s#map=16/%[1]s/%[2]s", latitude, longitude),
	}}}
}

func coordinate(s string) bool {
	return s != "" && len(s) <= 24 && strings.Trim(s, "0123456789.-") == ""
}
