package graph

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // so that the size of a JPEG can be read
	"slices"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/simulator/phones"
)

// view is a message as a phone draws it.
func (w *World) view(m *message, t *thread) phones.Message {
	v := phones.Message{
		ID: m.id, At: m.seenAt(), Mine: !m.out, ReplyTo: m.replyTo, Edited: m.edited, Deleted: m.revoked, Text: m.text,
	}
	for _, out := range []bool{false, true} {
		if emoji := m.reactions[out]; emoji != "" {
			v.Reactions = append(v.Reactions, phones.Reaction{Mine: !out, Emoji: emoji})
		}
	}
	if m.revoked {
		v.Text = ""
		return v
	}
	if m.file != nil {
		v.Media = []phones.Media{m.file.view(m.kind)}
	}
	switch {
	case !m.out:
		v.Status = m.tick(t)
		place(&v, child(m.content, "location"))
	case m.line.network == WhatsApp:
		m.drawWhatsApp(&v)
	default:
		m.drawMessenger(&v, t)
	}
	return v
}

// tick is how far the person's own message has come: to the network, to the
// business's server, before its eyes.
func (m *message) tick(t *thread) phones.Status {
	switch {
	case m.waiting:
		return phones.Waiting
	case !m.at.After(t.readByThem):
		return phones.Read
	case !m.delivered.IsZero():
		return phones.Delivered
	}
	return phones.Sent
}

func (f *file) view(kind string) phones.Media {
	media := phones.Media{ID: f.id, Name: f.name, Size: int64(len(f.data)), Kind: phones.File}
	base, _, _ := strings.Cut(f.mime, "/")
	switch {
	case kind == "sticker":
		media.Kind = phones.Sticker
	case slices.Contains([]string{"document", "file"}, kind):
	case base == "image" || base == "video" || base == "audio":
		media.Kind = phones.MediaKind(base)
	}
	if config, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err == nil {
		media.Width, media.Height = config.Width, config.Height
	}
	return media
}

func place(v *phones.Message, location object) {
	if location == nil {
		return
	}
	lat, _ := number(location, "latitude")
	lng, _ := number(location, "longitude")
	v.Place = &phones.Place{Name: text(location, "name"), Address: text(location, "address"), Lat: lat, Lng: lng}
	v.Text = ""
}

func (m *message) drawWhatsApp(v *phones.Message) {
	switch m.kind {
	case "location":
		place(v, child(m.content, "location"))
	case "document":
		if name := text(child(m.content, "document"), "filename"); name != "" && len(v.Media) > 0 {
			v.Media[0].Name = name
		}
	case "contacts":
		for _, c := range objects(m.content, "contacts") {
			v.Text = strings.TrimSpace(v.Text + "\n" + text(child(c, "name"), "formatted_name"))
		}
	case "interactive":
		m.drawInteractive(v, child(m.content, "interactive"))
	case "template":
		v.Header, v.Footer = m.header, m.footer
		v.Buttons = m.buttons(0, len(m.choices))
	}
}

func (m *message) drawInteractive(v *phones.Message, i object) {
	v.Header, v.Footer = text(child(i, "header"), "text"), text(child(i, "footer"), "text")
	if text(i, "type") != "list" {
		v.Buttons = m.buttons(0, len(m.choices))
		return
	}
	action := child(i, "action")
	v.List = &phones.List{Button: text(action, "button"), Done: len(m.tapped) > 0}
	n := 0
	for _, s := range objects(action, "sections") {
		section := phones.Section{Title: text(s, "title")}
		for _, r := range objects(s, "rows") {
			section.Rows = append(section.Rows, phones.Row{ID: buttonID(n), Title: text(r, "title"), Description: text(r, "description")})
			n++
		}
		v.List.Sections = append(v.List.Sections, section)
	}
}

// buttonID names a choice by its place: payloads may be the same on two cards.
func buttonID(n int) string { return "choice-" + strconv.Itoa(n) }

func buttonIndex(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "choice-"))
	if err != nil || !strings.HasPrefix(id, "choice-") {
		return -1
	}
	return n
}

// buttons are the choices from one place to another.
func (m *message) buttons(from, to int) []phones.Button {
	var all []phones.Button
	for i := from; i < min(to, len(m.choices)); i++ {
		c := m.choices[i]
		b := phones.Button{ID: buttonID(i), Title: c.Title, Kind: phones.Reply, URL: c.URL}
		switch c.Kind {
		case "url":
			b.Kind = phones.Open
		case "phone", "phone_number":
			b.Kind, b.Text = phones.Call, c.ID
		case "none":
			b.Kind, b.Text = phones.Copy, c.Title
		default:
			b.Done = m.tapped[i] && once(c.Kind)
		}
		all = append(all, b)
	}
	return all
}

func (m *message) drawMessenger(v *phones.Message, t *thread) {
	body := child(m.content, "message")
	payload := child(child(body, "attachment"), "payload")
	quick := len(objects(body, "quick_replies"))
	own := len(m.choices) - quick
	if quick > 0 && lastVisible(t) == m {
		v.Quick = m.buttons(own, len(m.choices))
	}
	switch text(payload, "template_type") {
	case "button":
		v.Buttons = m.buttons(0, own)
	case "generic":
		v.Text = ""
		m.drawCards(v, objects(payload, "elements"))
	case "media":
		v.Buttons = m.buttons(0, own)
	case "receipt":
		drawReceipt(v, payload)
	case "coupon":
		v.Text = text(payload, "coupon_pre_message")
		v.Coupon = &phones.Coupon{Title: text(payload, "title"), Code: text(payload, "coupon_code"), URL: text(payload, "coupon_url")}
	}
}

func lastVisible(t *thread) *message {
	var last *message
	for _, m := range t.messages {
		if m.visible() {
			last = m
		}
	}
	return last
}

func (m *message) drawCards(v *phones.Message, elements []object) {
	n := 0
	for _, e := range elements {
		buttons := len(objects(e, "buttons"))
		card := phones.Card{
			Title: text(e, "title"), Subtitle: text(e, "subtitle"), URL: text(child(e, "default_action"), "url"),
			Buttons: m.buttons(n, n+buttons),
		}
		if f := m.pictures[text(e, "image_url")]; f != nil {
			card.Image = f.id
		}
		v.Cards = append(v.Cards, card)
		n += buttons
	}
}

func drawReceipt(v *phones.Message, payload object) {
	currency := text(payload, "currency")
	v.Header = text(payload, "order_number")
	v.Text = ""
	for _, e := range objects(payload, "elements") {
		v.Lines = append(v.Lines, phones.Line{Title: text(e, "title"), Amount: amount(e, "price", currency)})
	}
	summary := child(payload, "summary")
	for _, key := range []string{"subtotal", "shipping_cost", "total_tax"} {
		if has(summary, key) {
			v.Lines = append(v.Lines, phones.Line{Title: strings.ReplaceAll(key, "_", " "), Amount: amount(summary, key, currency)})
		}
	}
	v.Lines = append(v.Lines, phones.Line{Title: "total", Amount: amount(summary, "total_cost", currency), Total: true})
}

func amount(o object, key, currency string) string {
	n, _ := number(o, key)
	return fmt.Sprintf("%.2f %s", n, currency)
}
