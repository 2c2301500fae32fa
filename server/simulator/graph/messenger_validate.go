package graph

import (
	"net/url"
	"slices"
	"strings"
)

// Limits of Messenger's messages (Meta: "Send API", and the pages of each
// template), and Instagram's where they differ.
const (
	maxMessengerText  = 2000
	maxInstagramBytes = 1000
	maxMetadata       = 1000
	maxQuickReplies   = 13
	maxQuickTitle     = 20
	maxPayload        = 1000
	maxButtonsText    = 640
	maxElements       = 10
	maxReceiptItems   = 100
	maxElementText    = 80
	maxImages         = 30
)

// describe reads what kind of message it is, and what a person will read.
func describe(m *message, body object) {
	attachment := child(body, "attachment")
	payload := child(attachment, "payload")
	m.kind, m.text = "text", text(body, "text")
	m.replyTo = text(child(body, "reply_to"), "mid")
	if attachment != nil {
		m.kind = text(attachment, "type")
		if m.kind == "template" {
			m.text = text(payload, "text")
			m.choices = buttonsOf(payload)
			if elements := objects(payload, "elements"); m.text == "" && len(elements) > 0 {
				m.text = text(elements[0], "title")
			}
		}
	}
	if has(body, "template") {
		m.kind, m.category, m.text = "utility", "UTILITY", text(child(body, "template"), "name")
	}
	for _, q := range objects(body, "quick_replies") {
		c := Choice{ID: text(q, "payload"), Title: text(q, "title"), Kind: "quick_reply"}
		if kind := text(q, "content_type"); kind != "text" {
			c.ID, c.Title = kind, kind
		}
		m.choices = append(m.choices, c)
	}
}

func buttonsOf(payload object) []Choice {
	var all []Choice
	buttons := objects(payload, "buttons")
	for _, e := range objects(payload, "elements") {
		buttons = append(buttons, objects(e, "buttons")...)
	}
	for _, b := range buttons {
		c := Choice{ID: text(b, "payload"), Title: text(b, "title"), Kind: text(b, "type")}
		if c.Kind == "web_url" {
			c.Kind, c.URL, c.ID = "url", text(b, "url"), text(b, "url")
		}
		all = append(all, c)
	}
	return all
}

// checkMessenger refuses what the Send API refuses.
func (w *World) checkMessenger(c *call, m *message, body object) *failure {
	if body == nil {
		return refused("The parameter message is required")
	}
	if refusal := w.checkPurpose(c, m); refusal != nil {
		return refusal
	}
	if length(m.metadata) > maxMetadata {
		return refused("Length of param message[metadata] must be less than or equal to %d", maxMetadata)
	}
	said, hasAttachment := text(body, "text"), child(body, "attachment") != nil
	switch {
	case has(body, "template"):
		return w.checkUtility(m, child(body, "template"))
	case said == "" && !hasAttachment && len(list(body, "attachments")) == 0:
		return fail(100, "").sub(2018034).titled("Message cannot be empty, must provide valid attachment or text")
	case said != "" && hasAttachment:
		return refused("Only one of text and attachment can be sent")
	case m.line.network == Instagram && len(said) > maxInstagramBytes:
		return refused("Length of param message[text] must be less than or equal to %d bytes", maxInstagramBytes)
	case length(said) > maxMessengerText:
		return refused("Length of param message[text] must be less than or equal to %d", maxMessengerText)
	case len(list(body, "attachments")) > maxImages:
		return refused("Too many attachments")
	}
	if refusal := checkQuickReplies(m.line, objects(body, "quick_replies")); refusal != nil {
		return refusal
	}
	if m.replyTo != "" && w.messages[m.replyTo] == nil {
		return refused("Param reply_to[mid] is not a message of this thread")
	}
	if hasAttachment {
		return w.checkAttachment(c, m, child(body, "attachment"))
	}
	return nil
}

// checkPurpose checks messaging_type and tag. Since 27 April 2026 HUMAN_AGENT is
// the only tag.
func (w *World) checkPurpose(c *call, m *message) *failure {
	kind, tag := text(c.body, "messaging_type"), text(c.body, "tag")
	switch {
	case kind == "" && tag == "" && m.line.network == Instagram, m.user:
		return nil
	case !slices.Contains([]string{"", "RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}, kind):
		return refused("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}")
	case kind == "":
		return refused("The parameter messaging_type is required")
	case tag != "" && kind != "MESSAGE_TAG":
		return refused("Param tag needs messaging_type MESSAGE_TAG")
	case kind == "MESSAGE_TAG" && tag != "HUMAN_AGENT":
		return refused("Invalid parameter: message tag is no longer supported")
	case kind == "UTILITY" && m.category == "":
		return refused("messaging_type UTILITY needs message[template]")
	case kind == "MESSAGE_TAG" && !w.humanAgent(c):
		return fail(100, "").titled("Your app does not have the Human Agent permission")
	}
	return nil
}

func (w *World) humanAgent(c *call) bool {
	a := w.apps[c.token.app]
	return a != nil && a.HumanAgent
}

func (w *World) checkUtility(m *message, t object) *failure {
	if m.line.network == Instagram {
		return refused("Utility messages are not available on Instagram")
	}
	name, language := text(t, "name"), text(child(t, "language"), "code")
	found := findTemplate(m.line.templates, name, language)
	if found == nil || found.Status != "APPROVED" {
		return refused("The template %s does not exist in %s or is not approved", name, language)
	}
	said, refusal := found.fillText("body", text(found.part("BODY"), "text"), objects(component(objects(t, "components"), "body"), "parameters"))
	if refusal != nil {
		return refused("%s", refusal.details)
	}
	m.text = said
	return nil
}

func checkQuickReplies(l *line, replies []object) *failure {
	if len(replies) > maxQuickReplies {
		return refused("The quick_replies array must have at most %d elements", maxQuickReplies)
	}
	for _, q := range replies {
		kind := text(q, "content_type")
		switch {
		case kind != "text" && kind != "user_phone_number" && kind != "user_email":
			return refused("Param message[quick_replies][content_type] must be one of {TEXT, USER_PHONE_NUMBER, USER_EMAIL}")
		case kind != "text" && l.network == Instagram:
			return refused("Instagram has quick replies of text alone")
		case kind != "text":
			continue
		case text(q, "title") == "" || length(text(q, "title")) > maxQuickTitle:
			return refused("Param message[quick_replies][title] must have between 1 and %d characters", maxQuickTitle)
		case text(q, "payload") == "" || length(text(q, "payload")) > maxPayload:
			return refused("Param message[quick_replies][payload] must have between 1 and %d characters", maxPayload)
		}
	}
	return nil
}

func (w *World) checkAttachment(c *call, m *message, attachment object) *failure {
	payload := child(attachment, "payload")
	if m.kind == "template" {
		return checkPageTemplate(m.line, payload)
	}
	return w.checkPageFile(c, m, payload)
}

// checkPageFile: a file comes along, or was uploaded before, or is fetched.
func (w *World) checkPageFile(c *call, m *message, payload object) *failure {
	if !isFile(m.kind) {
		return refused("Param message[attachment][type] must be one of {AUDIO, FILE, IMAGE, TEMPLATE, VIDEO}")
	}
	if id := text(payload, "attachment_id"); id != "" {
		f := w.files[id]
		if f == nil || f.line != m.line || !w.now().Before(f.expires) {
			return fail(100, "").sub(2018074).titled("Invalid Attachment ID")
		}
		m.file = f
		return nil
	}
	if c.upload != nil && len(c.upload.data) > 0 && m.line.network == Messenger {
		return nil
	}
	u, err := url.Parse(text(payload, "url"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return refused("Param message[attachment][payload][url] should represent a valid URL")
	}
	return nil
}

// checkPageTemplate checks the templates that need no approval.
func checkPageTemplate(l *line, payload object) *failure {
	kind := text(payload, "template_type")
	check, ok := map[string]func(object) *failure{
		"button": checkButtonTemplate, "generic": checkGenericTemplate, "media": checkMediaTemplate,
		"receipt": checkReceipt, "coupon": checkCoupon,
	}[kind]
	if !ok || l.network == Instagram && kind != "button" && kind != "generic" {
		return refused("Param message[attachment][payload][template_type] %q is not supported", kind)
	}
	return check(payload)
}

func checkButtonTemplate(payload object) *failure {
	if n := length(text(payload, "text")); n < 1 || n > maxButtonsText {
		return refused("Param text must have between 1 and %d characters", maxButtonsText)
	}
	buttons := objects(payload, "buttons")
	if len(buttons) < 1 {
		return refused("Param buttons must have between 1 and 3 elements")
	}
	return checkPageButtons(buttons)
}

func checkPageButtons(buttons []object) *failure {
	if len(buttons) > 3 {
		return refused("Param buttons must have between 1 and 3 elements")
	}
	for _, b := range buttons {
		kind, title := text(b, "type"), text(b, "title")
		if kind != "element_share" && (title == "" || length(title) > maxQuickTitle) {
			return refused("Param buttons[title] must have between 1 and %d characters", maxQuickTitle)
		}
		switch kind {
		case "web_url":
			if u, err := url.Parse(text(b, "url")); err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http") {
				return refused("Param buttons[url] should represent a valid URL")
			}
		case "postback", "phone_number":
			if n := length(text(b, "payload")); n < 1 || n > maxPayload {
				return refused("Param buttons[payload] must have between 1 and %d characters", maxPayload)
			}
		case "account_link", "account_unlink", "game_play", "element_share":
		default:
			return refused("Param buttons[type] %q is not supported", kind)
		}
	}
	return nil
}

func checkGenericTemplate(payload object) *failure {
	elements := objects(payload, "elements")
	if len(elements) < 1 || len(elements) > maxElements {
		return refused("Param elements must have between 1 and %d elements", maxElements)
	}
	for _, e := range elements {
		switch {
		case text(e, "title") == "" || length(text(e, "title")) > maxElementText:
			return refused("Param elements[title] must have between 1 and %d characters", maxElementText)
		case length(text(e, "subtitle")) > maxElementText:
			return refused("Param elements[subtitle] must have at most %d characters", maxElementText)
		case len(e) < 2:
			return refused("An element needs more than a title")
		}
		if refusal := checkPageButtons(objects(e, "buttons")); refusal != nil {
			return refusal
		}
	}
	return nil
}

func checkMediaTemplate(payload object) *failure {
	elements := objects(payload, "elements")
	if len(elements) != 1 {
		return refused("Param elements must have exactly 1 element")
	}
	if text(elements[0], "attachment_id") == "" && text(elements[0], "url") == "" {
		return refused("Param elements needs attachment_id or url")
	}
	return checkPageButtons(objects(elements[0], "buttons"))
}

func checkReceipt(payload object) *failure {
	for _, key := range []string{"recipient_name", "order_number", "currency", "payment_method"} {
		if text(payload, key) == "" {
			return refused("The parameter %s is required", key)
		}
	}
	if _, ok := number(child(payload, "summary"), "total_cost"); !ok {
		return refused("The parameter summary[total_cost] is required")
	}
	if len(objects(payload, "elements")) > maxReceiptItems {
		return refused("Param elements must have at most %d elements", maxReceiptItems)
	}
	return nil
}

func checkCoupon(payload object) *failure {
	if text(payload, "title") == "" {
		return refused("The parameter title is required")
	}
	if text(payload, "coupon_code") == "" && text(payload, "coupon_url") == "" {
		return refused("One of coupon_code and coupon_url is required")
	}
	return nil
}

func containsField(list, name string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(f string) bool { return strings.TrimSpace(f) == name })
}
