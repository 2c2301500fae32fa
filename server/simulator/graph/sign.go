package graph

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Signature is the value of X-Hub-Signature-256 for a body as it is sent.
func Signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// escape writes JSON as Meta's senders do: nothing but ASCII, with \/ for a
// slash and numbers for a few more. The signature is that of the result. None of
// these characters can be outside of a string.
func escape(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+len(raw)/8)
	for i := 0; i < len(raw); {
		c := raw[i]
		if c < utf8.RuneSelf {
			switch c {
			case '/':
				out = append(out, `\/`...)
			case '<':
				out = append(out, `\u003C`...)
			case '%':
				out = append(out, `\u0025`...)
			case '@':
				out = append(out, `\u0040`...)
			default:
				out = append(out, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(raw[i:])
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// plainJSON is JSON in which only what must be is escaped.
func plainJSON(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("graph: " + err.Error()) // made of maps and strings
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
