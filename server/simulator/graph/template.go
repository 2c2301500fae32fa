package graph

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Template is a text that Meta has approved, with places to fill.
type Template struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Language   string   `json:"language"`
	Category   string   `json:"category"` // MARKETING, UTILITY, AUTHENTICATION
	Status     string   `json:"status"`   // PENDING, APPROVED, REJECTED, PAUSED, DISABLED …
	Format     string   `json:"parameter_format"`
	Components []object `json:"components"`
}

type template struct {
	Template
	edits []time.Time
}

// Limits of templates (Meta: "Template components").
const (
	maxTemplates    = 250
	maxTemplateName = 512
	maxTemplateText = 1024
	maxTemplateHead = 60
	maxButtons      = 10
	maxButtonText   = 25
	editPause       = 24 * time.Hour
	editMonth       = 30 * 24 * time.Hour
	editsPerMonth   = 10
	utilityReview   = 2 * time.Second
)

var (
	templateName = regexp.MustCompile(`^[a-z0-9_]+$`)
	placeholder  = regexp.MustCompile(`\{\{\s*([a-zA-Z0-9_]+)\s*\}\}`)
)

// AddTemplate puts a template into a WhatsApp account or a Page, as it is; one
// without a status is approved.
func (w *World) AddTemplate(owner string, t Template) (Template, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.Status == "" {
		t.Status = "APPROVED"
	}
	raw := object{"name": t.Name, "language": t.Language, "category": t.Category, "parameter_format": t.Format}
	var components []any
	for _, c := range t.Components {
		components = append(components, c)
	}
	raw["components"] = components
	made, refusal := w.newTemplate(clone(raw), false)
	if refusal != nil {
		return Template{}, fmt.Errorf("graph: template %s: %s", t.Name, refusal.title)
	}
	made.Status = t.Status
	if t.ID != "" {
		made.ID = t.ID
	}
	if a := w.accounts[owner]; a != nil {
		a.templates = append(a.templates, made)
		return made.Template, nil
	}
	l, err := w.line(owner)
	if err != nil {
		return Template{}, err
	}
	l.templates = append(l.templates, made)
	return made.Template, nil
}

func (w *World) templateByID(id string) (*template, *account) {
	for _, key := range sortedKeys(w.accounts) {
		for _, t := range w.accounts[key].templates {
			if t.ID == id {
				return t, w.accounts[key]
			}
		}
	}
	return nil, nil
}

// newTemplate checks what creation checks.
func (w *World) newTemplate(body object, examples bool) (*template, *failure) {
	t := &template{Template: Template{
		ID: w.chance.digits(16), Name: text(body, "name"), Language: text(body, "language"),
		Category: strings.ToUpper(text(body, "category")), Status: "PENDING",
		Format: strings.ToUpper(text(body, "parameter_format")), Components: objects(body, "components"),
	}}
	if t.Format == "" {
		t.Format = "POSITIONAL"
	}
	switch {
	case !templateName.MatchString(t.Name) || len(t.Name) > maxTemplateName:
		return nil, refused("Param name must have lower-case letters, digits and underscores alone, and at most %d.", maxTemplateName)
	case t.Language == "":
		return nil, refused("The parameter language is required.")
	case !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, t.Category):
		return nil, refused("Param category must be one of {MARKETING, UTILITY, AUTHENTICATION}.")
	case !slices.Contains([]string{"POSITIONAL", "NAMED"}, t.Format):
		return nil, refused("Param parameter_format must be one of {positional, named}.")
	}
	return t, t.check(examples)
}

// check reads the components.
func (t *template) check(examples bool) *failure {
	if t.Category == "AUTHENTICATION" {
		return nil // its texts are Meta's own
	}
	if t.part("BODY") == nil {
		return refused("The parameter components needs one of type BODY.")
	}
	for _, c := range t.Components {
		said, most := text(c, "text"), maxTemplateText
		switch kind := strings.ToUpper(text(c, "type")); kind {
		case "HEADER", "FOOTER":
			most = maxTemplateHead
		case "BODY":
			if said == "" {
				return refused("The parameter text of the component BODY is required.")
			}
		case "BUTTONS":
			if refusal := checkTemplateButtons(objects(c, "buttons")); refusal != nil {
				return refusal
			}
		default:
			return refused("Param components has the unknown type %q.", kind)
		}
		if length(said) > most {
			return refused("The text of a component has more than %d characters.", most)
		}
		if examples && placeholder.MatchString(said) && child(c, "example") == nil {
			return refused("A component with parameters needs examples.").sub(2388043)
		}
	}
	return nil
}

func checkTemplateButtons(buttons []object) *failure {
	if len(buttons) < 1 || len(buttons) > maxButtons {
		return refused("A template has between 1 and %d buttons.", maxButtons)
	}
	kinds := []string{
		"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "FLOW", "CATALOG", "REQUEST_CONTACT_INFO", "OTP", "MPM", "VOICE_CALL",
	}
	for _, b := range buttons {
		if kind := strings.ToUpper(text(b, "type")); !slices.Contains(kinds, kind) {
			return refused("A template has no buttons of type %q.", kind)
		}
		if length(text(b, "text")) > maxButtonText {
			return refused("The text of a button has more than %d characters.", maxButtonText)
		}
	}
	return nil
}

// part is the component of a type, in whatever case it was written.
func (t *template) part(kind string) object {
	for _, c := range t.Components {
		if strings.EqualFold(text(c, "type"), kind) {
			return c
		}
	}
	return nil
}

func (t *template) buttons() []object {
	if c := t.part("BUTTONS"); c != nil {
		return objects(c, "buttons")
	}
	return nil
}

func (t *template) node() object {
	components := make([]any, 0, len(t.Components))
	for _, c := range t.Components {
		components = append(components, c)
	}
	return object{
		"id": t.ID, "name": t.Name, "language": t.Language, "category": t.Category, "status": t.Status,
		"parameter_format": t.Format, "components": components,
	}
}

// accountTemplates is /{waba}/message_templates.
func (w *World) accountTemplates(c *call, a *account) (any, *failure) {
	switch c.method {
	case http.MethodGet:
		return w.listTemplates(c, a.templates), nil
	case http.MethodDelete:
		return w.deleteTemplates(c, &a.templates)
	case http.MethodPost:
		t, refusal := w.createTemplate(c, a.templates)
		if refusal != nil {
			return nil, refusal
		}
		a.templates = append(a.templates, t)
		if w.profile.Review > 0 {
			w.reviewSoon(a, nil, t, w.profile.Review)
		}
		return object{"id": t.ID, "status": t.Status, "category": t.Category}, nil
	}
	return nil, absent(c.method, a.id)
}

// pageTemplates are the utility templates of Messenger, which are approved
// within seconds.
func (w *World) pageTemplates(c *call, l *line) (any, *failure) {
	if l.network != Messenger {
		return nil, absent(c.method, l.id)
	}
	switch c.method {
	case http.MethodGet:
		return w.listTemplates(c, l.templates), nil
	case http.MethodDelete:
		return w.deleteTemplates(c, &l.templates)
	case http.MethodPost:
		t, refusal := w.createTemplate(c, l.templates)
		if refusal != nil {
			return nil, refusal
		}
		if t.Category != "UTILITY" {
			return nil, refused("Param category must be UTILITY.")
		}
		l.templates = append(l.templates, t)
		w.reviewSoon(nil, l, t, utilityReview)
		return object{"id": t.ID, "status": t.Status, "category": t.Category}, nil
	}
	return nil, absent(c.method, l.id)
}

// reviewSoon approves a template after a while.
func (w *World) reviewSoon(a *account, l *line, t *template, after time.Duration) {
	w.later(after, false, func(context.Context) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if t.Status == "PENDING" {
			w.review(a, l, t, "APPROVED", "NONE")
		}
	})
}

func (w *World) createTemplate(c *call, present []*template) (*template, *failure) {
	t, refusal := w.newTemplate(c.body, true)
	if refusal != nil {
		return nil, refusal
	}
	if len(present) >= maxTemplates {
		return nil, refused("The account has as many templates as it may.").sub(2388019)
	}
	if slices.ContainsFunc(present, func(o *template) bool { return o.Name == t.Name && o.Language == t.Language }) {
		return nil, refused("There is already content in this language for this template.").sub(2388024)
	}
	return t, nil
}

func (w *World) listTemplates(c *call, all []*template) object {
	limit, err := strconv.Atoi(c.parameter("limit"))
	if err != nil || limit < 1 {
		limit = 25
	}
	from := 0
	if after, err := base64.RawURLEncoding.DecodeString(c.parameter("after")); err == nil {
		from, _ = strconv.Atoi(string(after)) // a cursor that is none begins at the start
	}
	data := []object{}
	cursor, more := from, false
	for i, t := range all {
		if i < from || c.parameter("status") != "" && t.Status != c.parameter("status") ||
			c.parameter("name") != "" && t.Name != c.parameter("name") || c.parameter("language") != "" && t.Language != c.parameter("language") {
			continue
		}
		if len(data) == limit {
			more = true
			break
		}
		data, cursor = append(data, fields(c, t.node())), i+1
	}
	encode := func(n int) string { return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(n))) }
	paging := object{"cursors": object{"before": encode(from), "after": encode(cursor)}}
	if more {
		query := c.r.URL.Query()
		query.Del("access_token")
		query.Set("after", encode(cursor))
		paging["next"] = w.options.BaseURL + c.r.URL.Path + "?" + query.Encode()
	}
	return object{"data": data, "paging": paging}
}

func (w *World) deleteTemplates(c *call, all *[]*template) (any, *failure) {
	name, id := c.parameter("name"), c.parameter("hsm_id")
	before := len(*all)
	*all = slices.DeleteFunc(*all, func(t *template) bool { return name != "" && t.Name == name && (id == "" || t.ID == id) })
	if len(*all) == before {
		return nil, refused("The message template does not exist.").sub(2593002)
	}
	return object{"success": true}, nil
}

// templateNode is GET and POST of a template's id.
func (w *World) templateNode(c *call, a *account, t *template) (any, *failure) {
	if c.token.account != a.id {
		return nil, absent(c.method, t.ID)
	}
	if c.method == http.MethodGet {
		return fields(c, t.node()), nil
	}
	if c.method != http.MethodPost {
		return nil, absent(c.method, t.ID)
	}
	if !slices.Contains([]string{"APPROVED", "REJECTED", "PAUSED"}, t.Status) {
		return nil, refused("A template can be edited while it is approved, rejected or paused.").sub(2388299)
	}
	now := w.now()
	t.edits = slices.DeleteFunc(t.edits, func(at time.Time) bool { return !within(at, now, editMonth) })
	if t.Status == "APPROVED" && len(t.edits) > 0 && (within(t.edits[len(t.edits)-1], now, editPause) || len(t.edits) >= editsPerMonth) {
		return nil, refused("An approved template can be edited once a day and ten times a month.").sub(2388299)
	}
	body := object{"name": t.Name, "language": t.Language, "category": t.Category, "parameter_format": t.Format}
	body["components"] = c.body["components"]
	edited, refusal := w.newTemplate(body, true)
	if refusal != nil {
		return nil, refusal
	}
	t.Components, t.Status, t.edits = edited.Components, "PENDING", append(t.edits, now)
	return object{"success": true}, nil
}

// Review is Meta's decision about a template of an account or a Page: APPROVED,
// REJECTED, PAUSED, DISABLED, FLAGGED …, or a category, to which it is moved.
func (w *World) Review(owner, name, language, event, reason string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, l := w.accounts[owner], w.lines[owner]
	if a == nil && l == nil {
		return fmt.Errorf("graph: no account or Page %q", owner)
	}
	var all []*template
	if a != nil {
		all = a.templates
	} else {
		all = l.templates
	}
	at := slices.IndexFunc(all, func(t *template) bool { return t.Name == name && (language == "" || t.Language == language) })
	if at < 0 {
		return fmt.Errorf("graph: no template %q", name)
	}
	w.review(a, l, all[at], event, reason)
	return nil
}

func (w *World) review(a *account, l *line, t *template, event, reason string) {
	id, _ := strconv.ParseInt(t.ID, 10, 64) // made of digits
	value := object{
		"message_template_id": id, "message_template_name": t.Name, "message_template_language": t.Language,
	}
	field := "message_template_status_update"
	switch event {
	case "MARKETING", "UTILITY":
		field, value["previous_category"], value["new_category"] = "template_category_update", t.Category, event
		t.Category = event
	default:
		t.Status = event
		if reason == "" {
			reason = "NONE"
		}
		value["event"], value["reason"], value["message_template_category"] = event, reason, t.Category
		switch event {
		case "REJECTED":
			value["rejection_info"] = object{"reason": "The template does not follow the policy.", "recommendation": "Change the text."}
		case "PAUSED":
			value["other_info"] = object{"title": "FIRST_PAUSE", "description": "The template was paused for 3 hours because of its quality."}
		}
	}
	u := &update{object: ObjectWhatsApp, field: field, value: value, id: "template:" + t.ID + ":" + event}
	if a != nil {
		u.account = a.id
	} else {
		delete(value, "message_template_category")
		u.object, u.line, u.field = ObjectPage, l, "messenger_template_status_update"
		u.change = object{"field": u.field, "value": value}
	}
	w.enqueue(u)
}
