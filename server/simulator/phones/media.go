package phones

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// media serves what a business or a person has sent.
func (p *Page) media(w http.ResponseWriter, r *http.Request) {
	kind, content, err := p.network.Media(r.PathValue("person"), r.PathValue("id"))
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	header := w.Header()
	// Whatever it is, opened by itself it may do nothing on this origin.
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Cache-Control", "private, max-age=3600")
	main, _, _ := strings.Cut(kind, "/")
	if main != "image" && main != "video" && main != "audio" {
		header.Set("Content-Disposition", "attachment")
	}
	header.Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
