package graph

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// checkTemplate finds the template that a message names and fills it.
func (w *World) checkTemplate(m *message, body object) *failure {
	name, language := text(body, "name"), text(child(body, "language"), "code")
	switch {
	case name == "":
		return missing("template.name")
	case language == "":
		return missing("template.language.code")
	}
	t := findTemplate(m.line.account.templates, name, language)
	if t == nil {
		return fail(132001, "template name (%s) does not exist in %s", name, language)
	}
	if refusal := t.usable(); refusal != nil {
		return refusal
	}
	if m.to.waID == "" && t.Category == "AUTHENTICATION" && len(t.buttons()) > 0 {
		return fail(131062, "")
	}
	m.category = t.Category
	return w.fill(m, t, objects(body, "components"))
}

func findTemplate(all []*template, name, language string) *template {
	at := slices.IndexFunc(all, func(t *template) bool { return t.Name == name && t.Language == language })
	if at < 0 {
		return nil
	}
	return all[at]
}

func (t *template) usable() *failure {
	switch t.Status {
	case "APPROVED", "FLAGGED", "REINSTATED":
		return nil
	case "PAUSED":
		return fail(132015, "")
	case "DISABLED":
		return fail(132016, "")
	}
	return fail(132001, "template name (%s) does not exist in %s", t.Name, t.Language)
}

// fill checks the parameters and writes what the person will read.
func (w *World) fill(m *message, t *template, given []object) *failure {
	if t.Category == "AUTHENTICATION" {
		m.text = t.Name
		return nil
	}
	if refusal := w.fillHeader(m, t, component(given, "header")); refusal != nil {
		return refusal
	}
	said, refusal := t.fillText("body", text(t.part("BODY"), "text"), objects(component(given, "body"), "parameters"))
	if refusal != nil {
		return refusal
	}
	if length(said) > maxTemplateText {
		return fail(132005, "body: the text has more than %d characters", maxTemplateText)
	}
	m.text, m.footer = said, text(t.part("FOOTER"), "text")
	return t.fillButtons(m, given)
}

func component(all []object, kind string) object {
	for _, c := range all {
		if strings.EqualFold(text(c, "type"), kind) {
			return c
		}
	}
	return nil
}

func (w *World) fillHeader(m *message, t *template, given object) *failure {
	header := t.part("HEADER")
	parameters := objects(given, "parameters")
	format := strings.ToUpper(text(header, "format"))
	switch {
	case header == nil && len(parameters) > 0:
		return fail(132000, "header: number of localizable_params (%d) does not match the expected number of params (0)", len(parameters))
	case header == nil:
		return nil
	case format == "" || format == "TEXT":
		said, refusal := t.fillText("header", text(header, "text"), parameters)
		m.header = said
		return refusal
	case len(parameters) != 1 || !strings.EqualFold(text(parameters[0], "type"), format):
		received := "UNKNOWN"
		if len(parameters) > 0 {
			received = strings.ToUpper(text(parameters[0], "type"))
		}
		return fail(132012, "header: Format mismatch, expected %s, received %s", format, received)
	case format == "LOCATION":
		return checkLocation(m, child(parameters[0], "location"))
	}
	media := *m
	media.kind = strings.ToLower(format)
	refusal := w.checkMedia(&media, child(parameters[0], media.kind))
	m.file = media.file
	return refusal
}

// fillText puts parameters into a text.
func (t *template) fillText(where, said string, parameters []object) (string, *failure) {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(said, -1) {
		if !slices.Contains(names, match[1]) {
			names = append(names, match[1])
		}
	}
	if len(names) != len(parameters) {
		return "", fail(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)",
			where, len(parameters), len(names))
	}
	values := map[string]string{}
	for i, p := range parameters {
		value, refusal := parameterValue(where, p)
		if refusal != nil {
			return "", refusal
		}
		key := strconv.Itoa(i + 1)
		named := text(p, "parameter_name")
		switch {
		case t.Format == "NAMED" && named == "":
			return "", fail(132018, "%s: parameter name is missing or empty", where)
		case t.Format == "NAMED":
			key = named
		case named != "":
			return "", fail(132018, "%s: the template has positional parameters", where)
		}
		if !slices.Contains(names, key) {
			return "", fail(132018, "%s: the template has no parameter %s", where, key)
		}
		values[key] = value
	}
	return placeholder.ReplaceAllStringFunc(said, func(place string) string {
		return values[placeholder.FindStringSubmatch(place)[1]]
	}), nil
}

func parameterValue(where string, p object) (string, *failure) {
	switch kind := text(p, "type"); kind {
	case "text":
		value := text(p, "text")
		if value == "" {
			return "", missing(where + " parameter text")
		}
		if strings.ContainsAny(value, "\n\t") || strings.Contains(value, "     ") {
			return "", fail(132018, "%s: Param text cannot have new-line/tab characters or more than 4 consecutive spaces", where)
		}
		return value, nil
	case "currency", "date_time":
		value := text(child(p, kind), "fallback_value")
		if value == "" {
			return "", missing(where + " parameter " + kind + ".fallback_value")
		}
		return value, nil
	default:
		return "", fail(132012, "%s: Parameter of type %q is not allowed", where, kind)
	}
}

// fillButtons makes what the person can tap.
func (t *template) fillButtons(m *message, given []object) *failure {
	parameters, refusal := t.buttonParameters(given)
	if refusal != nil {
		return refusal
	}
	for i, b := range t.buttons() {
		p := parameters[i]
		choice := Choice{ID: text(b, "text"), Title: text(b, "text")}
		switch kind := strings.ToUpper(text(b, "type")); kind {
		case "QUICK_REPLY", "REQUEST_CONTACT_INFO":
			choice.Kind = "template"
			if payload := text(p, "payload"); payload != "" {
				choice.ID = payload
			}
		case "URL":
			choice.Kind, choice.URL = "url", text(b, "url")
			dynamic := placeholder.MatchString(choice.URL)
			if dynamic && text(p, "text") == "" {
				return fail(131008, "buttons: Button at index %d of type Url requires a parameter", i)
			}
			if !dynamic && p != nil {
				return fail(132018, "buttons: Button at index %d takes no parameter", i)
			}
			choice.URL = placeholder.ReplaceAllLiteralString(choice.URL, text(p, "text"))
			if _, err := url.Parse(choice.URL); err != nil {
				return fail(132018, "buttons: Button at index %d has no valid URL", i)
			}
			choice.ID = fmt.Sprintf("url:%d", i)
		case "PHONE_NUMBER":
			choice.Kind = "phone"
		default:
			choice.Kind = "none"
		}
		m.choices = append(m.choices, choice)
	}
	return nil
}

// buttonParameters are the parameters given for each button. The index comes as
// a string and as a number.
func (t *template) buttonParameters(given []object) (map[int]object, *failure) {
	parameters := map[int]object{}
	for _, c := range given {
		if !strings.EqualFold(text(c, "type"), "button") {
			continue
		}
		index, ok := number(c, "index")
		if !ok || index < 0 || index >= float64(len(t.buttons())) {
			return nil, fail(132018, "buttons: there is no button at this index")
		}
		if kind := text(t.buttons()[int(index)], "type"); !strings.EqualFold(kind, text(c, "sub_type")) {
			return nil, fail(132018, "buttons: Button at index %d is of type %s", int(index), kind)
		}
		if all := objects(c, "parameters"); len(all) > 0 {
			parameters[int(index)] = all[0]
		}
	}
	return parameters, nil
}
