package meta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// templateFormat is a template as Meta lists it.
// https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
type templateFormat struct {
	ID         ident               `json:"id"`
	Name       ident               `json:"name"`
	Language   ident               `json:"language"`
	Status     word                `json:"status"`
	Category   word                `json:"category"`
	Previous   word                `json:"previous_category"`
	Rejected   word                `json:"rejected_reason"`
	Format     word                `json:"parameter_format"`
	Components []templateComponent `json:"components"`
}

type templateComponent struct {
	Type    word `json:"type"`
	Format  word `json:"format"`
	Text    word `json:"text"`
	Buttons []struct {
		Type word `json:"type"`
		Text word `json:"text"`
		URL  word `json:"url"`
	} `json:"buttons"`
}

// templatePages bounds how many pages of templates are asked for: an account has 6,000 at most.
const templatePages, templatesPerPage = 100, 100

const templateFields = "id,name,language,status,category,previous_category,rejected_reason,parameter_format,components"

// templatesOf lists the templates of an account. What follows a page is asked for by its cursor, not by the address that Meta gives.
func (p *Platform) templatesOf(ctx context.Context, c call) ([]chat.Template, error) {
	var all []chat.Template
	c.method = http.MethodGet
	c.query = url.Values{"fields": {templateFields}, "limit": {strconv.Itoa(templatesPerPage)}}
	for range templatePages {
		var answer struct {
			Data   list `json:"data"`
			Paging struct {
				Cursors struct {
					After word `json:"after"`
				} `json:"cursors"`
				Next word `json:"next"`
			} `json:"paging"`
		}
		if err := p.do(ctx, c, &answer); err != nil {
			return nil, err
		}
		for _, raw := range answer.Data {
			var f templateFormat
			if decode(raw, &f) == nil && f.Name != "" && f.Language != "" {
				all = append(all, f.template(c.account))
			}
		}
		after := string(answer.Paging.Cursors.After)
		if after == "" || answer.Paging.Next == "" {
			return all, nil
		}
		c.query.Set("after", after)
	}
	return all, nil
}

func (f templateFormat) template(a chat.Account) chat.Template {
	t := chat.Template{
		Merchant: a.Merchant, Account: a.ID, ExternalID: string(f.ID), Name: string(f.Name), Language: string(f.Language),
		Category: category(string(f.Category)), Was: category(string(f.Previous)),
	}
	t.Status, t.Reason = templateStatus(string(f.Status))
	if t.Status == chat.TemplateRejected && f.Rejected != "NONE" {
		t.Reason = string(f.Rejected)
	}
	named := strings.EqualFold(string(f.Format), "named")
	for _, c := range f.Components {
		switch strings.ToUpper(string(c.Type)) {
		case "HEADER":
			format := first(strings.ToLower(string(c.Format)), "text")
			t.Header = &chat.TemplatePart{Format: format, Text: string(c.Text), Params: places(string(c.Text)), Named: named}
		case "BODY":
			t.Body = chat.TemplatePart{Format: "text", Text: string(c.Text), Params: places(string(c.Text)), Named: named}
		case "FOOTER":
			t.Footer = string(c.Text)
		case "BUTTONS":
			t.Buttons = c.templateButtons()
		}
	}
	return t
}

func (c templateComponent) templateButtons() []chat.TemplateButton {
	var all []chat.TemplateButton
	for _, b := range c.Buttons {
		kind := strings.ToLower(string(b.Type))
		switch kind {
		case "quick_reply", "url", "phone_number", "copy_code":
		default:
			kind = "other"
		}
		all = append(all, chat.TemplateButton{Kind: kind, Text: string(b.Text), URL: string(b.URL), Params: places(string(b.URL))})
	}
	return all
}

var placePattern = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// places lists the places of a template's text, each once, in the order in which they stand there; numbers in theirs.
func places(text string) []string {
	var names []string
	seen := map[string]bool{}
	highest := 0
	for _, m := range placePattern.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n < 100 {
			highest = max(highest, n)
		}
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	if highest == 0 || highest < len(names) {
		return names
	}
	names = nil
	for n := range highest {
		names = append(names, strconv.Itoa(n+1))
	}
	return names
}

// Templates implements channel.Templater.
func (w whatsApp) Templates(ctx context.Context, a chat.Account, app chat.ProviderApp) ([]chat.Template, error) {
	c := w.to(a, app, http.MethodGet, "")
	c.path = url.PathEscape(a.BusinessID) + "/message_templates"
	return w.templatesOf(ctx, c)
}

// Templates implements channel.Templater.
func (m messenger) Templates(ctx context.Context, a chat.Account, app chat.ProviderApp) ([]chat.Template, error) {
	if !m.rules.Templates {
		return nil, nil
	}
	return m.templatesOf(ctx, m.to(a, app, http.MethodGet, "message_templates"))
}

func whatsAppTemplate(e chat.Envelope) ([]part, error) {
	t, err := fill(e)
	if err != nil {
		return nil, err
	}
	return []part{{body: object{"type": "template", "template": t}}}, nil
}

func (m messenger) template(e chat.Envelope) ([]part, error) {
	if !m.rules.Templates {
		return nil, unfilled("template", "the channel has no templates")
	}
	t, err := fill(e)
	if err != nil {
		return nil, err
	}
	return []part{{body: object{"template": t}}}, nil
}

// fill puts what is to stand in a template's places into the form of a request.
func fill(e chat.Envelope) (object, error) {
	if e.Template == nil {
		return nil, unfilled("template_missing", "the template is not known")
	}
	t := e.Template
	body := object{"name": t.Name, "language": object{"code": t.Language}}
	var components []object
	if t.Header != nil {
		header, err := headerOf(*t.Header, e.Use.Header)
		if err != nil {
			return nil, err
		}
		components = append(components, header...)
	}
	params, err := parametersOf(t.Body, e.Use.Body)
	if err != nil {
		return nil, err
	}
	if params != nil {
		components = append(components, object{"type": "body", "parameters": params})
	}
	for i, b := range t.Buttons {
		button, err := buttonOf(b, i, e)
		if err != nil {
			return nil, err
		}
		components = append(components, button...)
	}
	if components != nil {
		body["components"] = components
	}
	return body, nil
}

func unfilled(code, format string, args ...any) error {
	return &chat.SendError{Class: chat.SendRejected, Code: code, Detail: fmt.Sprintf(format, args...)}
}

func headerOf(h chat.TemplatePart, values map[string]string) ([]object, error) {
	switch h.Format {
	case "text":
		params, err := parametersOf(h, values)
		if err != nil || params == nil {
			return nil, err
		}
		return []object{{"type": "header", "parameters": params}}, nil
	case "image", "video", "document":
		address := first(values["link"], values["url"], values[h.Format], values["1"])
		if !chat.WebURL(address) {
			return nil, unfilled("template_parameters", "the header needs a link to its %s", h.Format)
		}
		return []object{{"type": "header", "parameters": []object{{"type": h.Format, h.Format: object{"link": address}}}}}, nil
	case "location":
		if !coordinate(values["latitude"]) || !coordinate(values["longitude"]) {
			return nil, unfilled("template_parameters", "the header needs the coordinates of a location")
		}
		at := object{"latitude": values["latitude"], "longitude": values["longitude"]}
		for _, name := range []string{"name", "address"} {
			if values[name] != "" {
				at[name] = values[name]
			}
		}
		return []object{{"type": "header", "parameters": []object{{"type": "location", "location": at}}}}, nil
	}
	return nil, unfilled("template_parameters", "a header of the kind %q can't be filled", h.Format)
}

// parametersOf gives the values for a part's places, in their order. Meta takes no line breaks, no tabs and no rows of spaces in them.
func parametersOf(p chat.TemplatePart, values map[string]string) ([]object, error) {
	var all []object
	for _, name := range p.Params {
		value := strings.Join(strings.Fields(values[name]), " ")
		if value == "" {
			return nil, unfilled("template_parameters", "nothing is given for {{%s}}", name)
		}
		param := object{"type": "text", "text": value}
		if p.Named {
			param["parameter_name"] = name
		}
		all = append(all, param)
	}
	return all, nil
}

func buttonOf(b chat.TemplateButton, index int, e chat.Envelope) ([]object, error) {
	value := strings.TrimSpace(e.Use.Buttons[index])
	button := object{"type": "button", "sub_type": b.Kind, "index": strconv.Itoa(index)}
	switch {
	case b.Kind == "url" && len(b.Params) > 0:
		end := urlEnd(b.URL, first(value, e.ReturnTo))
		if end == "" {
			return nil, unfilled("template_parameters", "nothing is given for the address of button %d", index+1)
		}
		button["parameters"] = []object{{"type": "text", "text": end}}
	case b.Kind == "copy_code":
		if value == "" {
			return nil, unfilled("template_parameters", "nothing is given for the code of button %d", index+1)
		}
		button["parameters"] = []object{{"type": "coupon_code", "coupon_code": value}}
	case b.Kind == "quick_reply" && value != "":
		button["parameters"] = []object{{"type": "payload", "payload": value}}
	default:
		return nil, nil
	}
	return []object{button}, nil
}

// urlEnd gives what is to stand at the end of a button's address: a value that is a whole address is cut to what the template's lacks.
// An address that the template's does not lead to can't be reached by it: empty.
func urlEnd(pattern, value string) string {
	begin, _, _ := strings.Cut(pattern, "{{")
	if end, ok := strings.CutPrefix(value, begin); ok && begin != "" {
		return end
	}
	if chat.WebURL(value) && !strings.HasSuffix(begin, "=") {
		return ""
	}
	return value
}
