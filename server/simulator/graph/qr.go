package graph

import (
	"net/http"
	"strings"
)

// qrLink is a short link of a number with a text to send.
type qrLink struct {
	code string
	line *line
	text string
}

// qrLinks is /{phone}/message_qrdls[/{code}].
func (w *World) qrLinks(c *call, l *line, code string) (any, *failure) {
	switch c.method {
	case http.MethodGet:
		data := []object{}
		for _, key := range sortedKeys(w.links) {
			if q := w.links[key]; q.line == l && (code == "" || code == key) {
				data = append(data, q.node(w, false))
			}
		}
		return object{"data": data}, nil
	case http.MethodDelete:
		if q := w.links[code]; q == nil || q.line != l {
			return nil, absent(c.method, code)
		}
		delete(w.links, code)
		return object{"success": true}, nil
	case http.MethodPost:
		return w.writeQR(c, l)
	}
	return nil, absent(c.method, l.id)
}

func (w *World) writeQR(c *call, l *line) (any, *failure) {
	said := c.parameter("prefilled_message")
	if n := length(said); n < 1 || n > 140 {
		return nil, refused("Param prefilled_message must have between 1 and 140 characters.")
	}
	q := &qrLink{code: w.newQRCode(), line: l, text: said}
	if code := c.parameter("code"); code != "" {
		if q = w.links[code]; q == nil || q.line != l {
			return nil, absent(c.method, code)
		}
		q.text = said
	}
	w.links[q.code] = q
	return q.node(w, c.parameter("generate_qr_image") != ""), nil
}

func (w *World) newQRCode() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b strings.Builder
	for range 14 {
		b.WriteByte(alphabet[w.chance.IntN(len(alphabet))])
	}
	return b.String()
}

func (q *qrLink) node(w *World, picture bool) object {
	node := object{"code": q.code, "prefilled_message": q.text, "deep_link_url": "https://wa.me/message/" + q.code}
	if picture {
		node["qr_image_url"] = w.options.MediaURL + "/qr/" + q.code
	}
	return node
}
