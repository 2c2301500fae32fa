package meta

import (
	"net/url"
	"strings"
)

// escape writes a text into a URL. A space is %20: some phones show the plus that it may be too.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// withCode makes sure that a draft holds the code.
func withCode(text, code string) string {
	if code == "" || strings.Contains(text, code) {
		return text
	}
	return strings.TrimSpace(text + " " + code)
}
