package app

import (
	"net/http"
	"strings"
)

// byHost gives each origin its own routes; a request for any other host is misdirected.
type byHost struct {
	routes map[string]http.Handler
	other  http.Handler
}

func (h byHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if next, ok := h.routes[strings.ToLower(r.Host)]; ok {
		next.ServeHTTP(w, r)
		return
	}
	h.other.ServeHTTP(w, r)
}
