package graph

import (
	"net/url"
	"slices"
)

// checkInteractive checks the union of interactive messages.
func (w *World) checkInteractive(m *message, i object) *failure {
	kind := text(i, "type")
	if kind == "" {
		return missing("interactive.type")
	}
	check, ok := map[string]func(object) *failure{
		"button": checkButtons, "list": checkList, "cta_url": checkCTA, "product": checkProduct, "product_list": checkProducts,
		"catalog_message": named("catalog_message"), "location_request_message": named("send_location"),
		"request_contact_info": named("request_contact_info"), "flow": checkFlow,
	}[kind]
	if !ok {
		return invalid("interactive.type %s is not supported", kind)
	}
	if child(i, "action") == nil {
		return missing("interactive.action")
	}
	if refusal := w.checkFrame(m, i, kind); refusal != nil {
		return refusal
	}
	return check(i)
}

// checkFrame checks header, body and footer, which all kinds share.
func (w *World) checkFrame(m *message, i object, kind string) *failure {
	most := 1024
	if kind == "list" {
		most = 4096
	}
	least := 1
	if kind == "product" {
		least = 0 // body is optional there
	}
	if refusal := between(text(child(i, "body"), "text"), "interactive.body.text", least, most); refusal != nil {
		return refusal
	}
	if has(i, "footer") {
		if refusal := between(text(child(i, "footer"), "text"), "interactive.footer.text", 1, 60); refusal != nil {
			return refusal
		}
	}
	return w.checkHeader(m, child(i, "header"), kind)
}

func (w *World) checkHeader(m *message, header object, kind string) *failure {
	what := text(header, "type")
	switch {
	case header == nil && kind == "product_list":
		return missing("interactive.header")
	case header == nil:
		return nil
	case kind == "product" || kind == "location_request_message" || kind == "request_contact_info":
		return invalid("interactive.header is not allowed for %s", kind)
	case what == "text":
		return between(text(header, "text"), "interactive.header.text", 1, 60)
	case kind == "list" || kind == "product_list":
		return invalid("interactive.header.type must be text")
	case !slices.Contains([]string{"image", "video", "document"}, what):
		return invalid("interactive.header.type %s is not supported", what)
	}
	media := *m // a header's file is checked as that of a message
	media.kind = what
	inner := child(header, what)
	if inner == nil {
		return missing("interactive.header." + what)
	}
	refusal := w.checkMedia(&media, inner)
	m.file = media.file
	return refusal
}

func checkButtons(i object) *failure {
	buttons := objects(child(i, "action"), "buttons")
	if len(buttons) < 1 || len(buttons) > 3 {
		return invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range buttons {
		if text(b, "type") != "reply" {
			return invalid("Button type must be reply")
		}
		id, title := text(child(b, "reply"), "id"), text(child(b, "reply"), "title")
		if n := length(title); n < 1 || n > 20 {
			return invalid("Button title length invalid. Min length: 1, Max length: 20")
		}
		if n := length(id); n < 1 || n > 256 {
			return invalid("Button id length invalid. Min length: 1, Max length: 256")
		}
		if !trimmed(id) || !trimmed(title) {
			return invalid("Button id and title cannot have leading or trailing spaces")
		}
		if ids[id] || titles[title] {
			return invalid("Button ids and titles must be unique")
		}
		ids[id], titles[title] = true, true
	}
	return nil
}

func checkList(i object) *failure {
	action := child(i, "action")
	if refusal := between(text(action, "button"), "interactive.action.button", 1, 20); refusal != nil {
		return refusal
	}
	sections := objects(action, "sections")
	if len(sections) < 1 || len(sections) > 10 {
		return invalid("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
	}
	ids, rows := map[string]bool{}, 0
	for _, s := range sections {
		least := 0
		if len(sections) > 1 {
			least = 1
		}
		if refusal := between(text(s, "title"), "section.title", least, 24); refusal != nil {
			return refusal
		}
		for _, r := range objects(s, "rows") {
			if refusal := checkRow(r, ids); refusal != nil {
				return refusal
			}
			rows++
		}
	}
	if rows < 1 || rows > 10 {
		return invalid("Total row count exceed max allowed count: 10")
	}
	return nil
}

func checkRow(r object, ids map[string]bool) *failure {
	id := text(r, "id")
	for _, refusal := range []*failure{
		between(id, "row.id", 1, 200), between(text(r, "title"), "row.title", 1, 24), between(text(r, "description"), "row.description", 0, 72),
	} {
		if refusal != nil {
			return refusal
		}
	}
	if ids[id] {
		return invalid("Row ids must be unique")
	}
	ids[id] = true
	return nil
}

func checkCTA(i object) *failure {
	action := child(i, "action")
	if text(action, "name") != "cta_url" {
		return invalid("interactive.action.name must be cta_url")
	}
	p := child(action, "parameters")
	if refusal := between(text(p, "display_text"), "display_text", 1, 20); refusal != nil {
		return refusal
	}
	u, err := url.Parse(text(p, "url"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return invalid("interactive.action.parameters.url is not a valid URL")
	}
	return nil
}

func checkProduct(i object) *failure {
	action := child(i, "action")
	for _, key := range []string{"catalog_id", "product_retailer_id"} {
		if text(action, key) == "" {
			return missing("interactive.action." + key)
		}
	}
	return nil
}

func checkProducts(i object) *failure {
	action := child(i, "action")
	if text(action, "catalog_id") == "" {
		return missing("interactive.action.catalog_id")
	}
	sections, items := objects(action, "sections"), 0
	if len(sections) < 1 || len(sections) > 10 {
		return invalid("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
	}
	for _, s := range sections {
		for _, p := range objects(s, "product_items") {
			if text(p, "product_retailer_id") == "" {
				return missing("product_retailer_id")
			}
			items++
		}
	}
	if items < 1 || items > 30 {
		return invalid("Invalid product items count. Max allowed: 30")
	}
	return nil
}

func named(name string) func(object) *failure {
	return func(i object) *failure {
		if text(child(i, "action"), "name") != name {
			return invalid("interactive.action.name must be %s", name)
		}
		return nil
	}
}

func checkFlow(i object) *failure {
	if refusal := named("flow")(i); refusal != nil {
		return refusal
	}
	p := child(child(i, "action"), "parameters")
	if text(p, "flow_id") == "" && text(p, "flow_name") == "" {
		return missing("flow_id or flow_name")
	}
	if text(p, "flow_message_version") == "" {
		return missing("flow_message_version")
	}
	return between(text(p, "flow_cta"), "flow_cta", 1, 30)
}
