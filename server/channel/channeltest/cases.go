package channeltest

import (
	"fmt"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Case is one message that every channel must be able to send, in its own way.
type Case struct {
	Name     string // of its golden file
	Envelope chat.Envelope
}

// Token is the token of the account of all cases: it may show up in no URL and in no body.
const Token = "EAAB-secret-token"

// Cases are the messages, from an account to an address. What a channel can't show, it says in words; the golden files show how.
func Cases(from chat.Account, to chat.Address) []Case {
	from.Token = Token
	base := chat.Envelope{
		Delivery: "dlv_1", Account: from, App: chat.ProviderApp{ID: "app_1", AppID: "1234", Secrets: []string{"app-secret"}}, To: to,
		Form: chat.FormFree, Human: true, Shop: "Lucky Shrub",
		Words: chat.Words{Language: "en", BackToShop: "Back to the shop", Choose: "Choose", Code: "Code", Order: "Order"},
	}
	var all []Case
	add := func(name string, e chat.Envelope) { all = append(all, Case{name, e}) }
	for name, m := range messages() {
		e := base
		e.Message = m
		add(name, e)
	}
	for name, change := range variants() {
		e := base
		e.Message = chat.Message{Text: "Shall we go on in the shop?"}
		change(&e)
		add(name, e)
	}
	return all
}

func messages() map[string]chat.Message {
	gloves := chat.Card{
		Title: "Pruning gloves", Subtitle: "Leather, size M", ImageURL: "https://shop.example/g.jpg", URL: "https://shop.example/p/gloves",
		Price: &chat.Money{Amount: 1900, Currency: "EUR"},
	}
	asked := gloves
	asked.Buttons = []chat.Button{{Kind: "reply", Title: "Add to my order"}, {Kind: "reply", Title: "Show others"}}
	opened := gloves
	opened.ImageURL = "https://shop.example/g.svg"
	opened.Buttons = []chat.Button{{Kind: "url", Title: "View this very fine pair of gloves", URL: "https://shop.example/p/gloves"}}
	return map[string]chat.Message{
		"text":                 {Text: "Hello, it comes in green too: https://shop.example/p/green"},
		"text_long":            {Text: strings.TrimSpace(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 120))},
		"text_without_spaces":  {Text: strings.Repeat("語😀", 1200)},
		"choices_two":          {Text: "Which colour?", Choices: choices("Red", "Green")},
		"choices_five":         {Text: "Which colour?", Choices: choices("Red", "Green", "Blue", "One with a rather long name", "Black")},
		"choices_thirteen":     {Text: "Which size?", Choices: choices(strings.Fields("30 31 32 33 34 35 36 37 38 39 40 41 42")...)},
		"choices_of_one_title": {Text: "Which one?", Choices: []chat.Choice{{ID: "a", Title: "This"}, {ID: "b", Title: "This"}}},
		"choices_without_text": {Choices: choices("Yes", "No")},
		"choices_after_much":   {Text: strings.TrimSpace(strings.Repeat("All of it is in stock. ", 60)), Choices: choices("Yes", "No")},
		"image":                {Text: "The size chart", Attachments: []chat.Attachment{file("att_image", "chart.png", "image/png", 2048)}},
		"document": {
			Text: "Your invoice", Attachments: []chat.Attachment{file("att_pdf", `bill "7".pdf`, "application/pdf", 4096)},
		},
		"voice":                  {Text: "Listen", Attachments: []chat.Attachment{file("att_voice", "voice.ogg", "audio/ogg; codecs=opus", 9)}},
		"file_too_large":         {Text: "The film", Attachments: []chat.Attachment{file("att_large", "film.mp4", "video/mp4", 40<<20)}},
		"file_of_a_strange_type": {Text: "The model", Attachments: []chat.Attachment{file("att_strange", "model.stl", "model/stl", 1024)}},
		"files_and_choices": {
			Text: "Which of them?", Choices: choices("A", "B"),
			Attachments: []chat.Attachment{file("att_a", "a.jpg", "image/jpeg", 10), file("att_b", "b.jpg", "image/jpeg", 20)},
		},
		"card":              {Text: "These?", Cards: []chat.Card{gloves}},
		"card_with_answers": {Cards: []chat.Card{asked}},
		"card_with_a_page":  {Cards: []chat.Card{opened}},
		"card_with_much": {Cards: []chat.Card{{Title: "Pots", URL: "https://shop.example/p/pots", Buttons: []chat.Button{
			{Kind: "reply", Title: "I would like to see some others"},
			{Kind: "url", Title: "View", URL: "https://shop.example/p/pots"},
			{Kind: "url", Title: "Care", URL: "https://shop.example/care"},
		}}}},
		"card_bare":  {Cards: []chat.Card{{Title: "Pruning gloves"}}},
		"cards_many": {Text: "Any of these?", Cards: []chat.Card{gloves, asked, opened, gloves}},
		"coupon":     {Text: "For you", Coupon: &chat.CouponOffer{Code: "SPRING10", Description: "10 % off all pots"}},
		"order":      {Text: "It has left our house today.", Order: "1001"},
	}
}

func choices(titles ...string) []chat.Choice {
	var all []chat.Choice
	for i, t := range titles {
		all = append(all, chat.Choice{ID: fmt.Sprintf("c%d", i+1), Title: t})
	}
	return all
}

func file(id chat.AttachmentID, name, contentType string, size int64) chat.Attachment {
	return chat.Attachment{ID: id, Name: name, ContentType: contentType, Size: size}
}

func variants() map[string]func(*chat.Envelope) {
	const back = "https://shop.example/p/gloves?tagalong=abc123"
	return map[string]func(*chat.Envelope){
		"reply":             func(e *chat.Envelope) { e.ReplyTo = "provider-id-7" },
		"human_agent":       func(e *chat.Envelope) { e.Form = chat.FormHuman },
		"return_link":       func(e *chat.Envelope) { e.ReturnTo = back },
		"return_link_alone": func(e *chat.Envelope) { e.ReturnTo, e.Message = back, chat.Message{Order: "1001"} },
		"return_link_and_choices": func(e *chat.Envelope) {
			e.ReturnTo, e.Message.Choices = back, choices("Yes", "No")
		},
		"template_named": func(e *chat.Envelope) {
			e.Form, e.ReturnTo = chat.FormTemplate, back
			e.Template = &chat.Template{
				Name: "order_update", Language: "en_US", Category: chat.CategoryUtility,
				Header: &chat.TemplatePart{Format: "image"},
				Body: chat.TemplatePart{
					Format: "text", Text: "Hi {{first_name}}, your order {{order_number}} has shipped.",
					Params: []string{"first_name", "order_number"}, Named: true,
				},
				Buttons: []chat.TemplateButton{
					{Kind: "url", Text: "Track", URL: "https://shop.example/{{1}}", Params: []string{"1"}}, {Kind: "quick_reply", Text: "Stop"},
				},
			}
			e.Use = &chat.TemplateUse{
				Header:  map[string]string{"link": "https://shop.example/p.jpg"},
				Body:    map[string]string{"first_name": "Jessica\n", "order_number": "SKBUP2"},
				Buttons: map[int]string{1: "stop"},
			}
		},
		"template_positional": func(e *chat.Envelope) {
			e.Form = chat.FormTemplate
			e.Template = &chat.Template{
				Name: "fall_sale", Language: "de", Category: chat.CategoryMarketing,
				Header:  &chat.TemplatePart{Format: "text", Text: "For {{1}}", Params: []string{"1"}},
				Body:    chat.TemplatePart{Format: "text", Text: "{{2}} off until {{1}}", Params: []string{"1", "2"}},
				Buttons: []chat.TemplateButton{{Kind: "copy_code", Text: "Copy"}, {Kind: "phone_number", Text: "Call"}},
			}
			e.Use = &chat.TemplateUse{
				Header: map[string]string{"1": "Lucía"}, Body: map[string]string{"1": "Friday", "2": "25 %"}, Buttons: map[int]string{0: "FALL25"},
			}
		},
	}
}
