package realtime

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/server/wire"
)

// writeProblem answers with problem+json. It is used where Options name no other writer.
func writeProblem(w http.ResponseWriter, _ *http.Request, err error) {
	p := wire.Problem(err, "")
	if after := wire.Cause(err).RetryAfter; after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(int(p.Status))
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}
