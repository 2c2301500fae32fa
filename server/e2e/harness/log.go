package harness

import (
	"fmt"
	"net/http"
)

// Entry is an entry as REST gives it to a plugin.
type Entry struct {
	Seq      int64  `json:"seq"`
	Kind     string `json:"kind"`
	ClientID string `json:"client_id"`
	Message  struct {
		Text string `json:"text"`
	} `json:"message"`
}

// Log reads a conversation's whole log, as agents see it.
func (s *Server) ConversationLog(conversation string) []Entry {
	s.t.Helper()
	var all []Entry
	for after := int64(0); ; {
		var page struct {
			Items []Entry `json:"items"`
		}
		path := fmt.Sprintf("/v1/shops/%s/conversations/%s/entries?after=%d&limit=200", s.Shop, conversation, after)
		if status := s.Plugin(http.MethodGet, path, nil, &page); status != http.StatusOK {
			s.t.Fatalf("read the log: %d", status)
		}
		if len(page.Items) == 0 {
			return all
		}
		all = append(all, page.Items...)
		after = page.Items[len(page.Items)-1].Seq
	}
}

// CheckLog holds a log against what was acknowledged (client id to seq): every acknowledged message is there once, with its number,
// and the log is dense from 1.
func CheckLog(log []Entry, acked map[string]int64) error {
	at := map[string]int64{}
	for i, e := range log {
		if e.Seq != int64(i+1) {
			return fmt.Errorf("entry %d has seq %d: the log is not dense", i, e.Seq)
		}
		if e.ClientID == "" {
			continue
		}
		if n, ok := at[e.ClientID]; ok {
			return fmt.Errorf("client id %s is stored twice, at %d and %d", e.ClientID, n, e.Seq)
		}
		at[e.ClientID] = e.Seq
	}
	for id, seq := range acked {
		switch n, ok := at[id]; {
		case !ok:
			return fmt.Errorf("acknowledged message %s (seq %d) is lost", id, seq)
		case seq != 0 && n != seq:
			return fmt.Errorf("message %s was acknowledged as %d and is stored as %d", id, seq, n)
		}
	}
	return nil
}
