package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Entry is an entry as REST and frames give it, in the numbers of whoever reads.
type Entry struct {
	Seq      int64  `json:"seq"`
	Kind     string `json:"kind"`
	ClientID string `json:"client_id"`
	Author   struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
	} `json:"author"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

func (e Entry) String() string {
	return fmt.Sprintf("%d %s %s %q", e.Seq, e.Kind, e.ClientID, e.Message.Text)
}

// pages reads a whole log; read gives one page of it.
func pages(read func(after int64) ([]Entry, error)) ([]Entry, error) {
	var all []Entry
	for after := int64(0); ; after = all[len(all)-1].Seq {
		page, err := read(after)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
	}
}

type entryPage struct {
	Items []Entry `json:"items"`
}

// ConversationLog reads a conversation's whole log, as agents see it.
func (s *Server) ConversationLog(conversation string) []Entry {
	s.t.Helper()
	all, err := pages(func(after int64) ([]Entry, error) {
		var page entryPage
		path := fmt.Sprintf("/v1/shops/%s/conversations/%s/entries?after=%d&limit=200", s.Shop, conversation, after)
		if status := s.Plugin(http.MethodGet, path, nil, &page); status != http.StatusOK {
			return nil, &StatusError{status}
		}
		return page.Items, nil
	})
	if err != nil {
		s.t.Fatalf("read the log: %v", err)
	}
	return all
}

// Log reads the whole of an own conversation, as the shopper sees it.
func (p *Shopper) Log(ctx context.Context, conversation string) ([]Entry, error) {
	return pages(func(after int64) ([]Entry, error) {
		req, err := p.request(ctx, http.MethodGet, fmt.Sprintf("/shopper/conversations/%s/entries?after=%d&limit=200", conversation, after), nil)
		if err != nil {
			return nil, err
		}
		resp, err := single.Do(req)
		if err != nil {
			return nil, err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			return nil, &StatusError{resp.StatusCode}
		}
		var page entryPage
		return page.Items, json.NewDecoder(resp.Body).Decode(&page)
	})
}

// CheckLog holds a stored log against what was acknowledged in it (client id to seq): it is dense from 1, each client id of an author
// is there once (I2, I3), and every acknowledged message is there with its number (I1).
func CheckLog(log []Entry, acked map[string]int64) error {
	at := map[string]int64{}
	for i, e := range log {
		if e.Seq != int64(i+1) {
			return fmt.Errorf("the %d. entry has seq %d: the log is not dense", i+1, e.Seq)
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
			return fmt.Errorf("%w: %s, number %d", ErrLost, id, seq)
		case n != seq:
			return fmt.Errorf("message %s was acknowledged as %d and is stored as %d", id, seq, n)
		}
	}
	return nil
}

// CheckSeen holds what one client was shown against the stored log: a contiguous slice of it, in order, each entry once (I4).
func CheckSeen(stored, seen []Entry) error {
	if len(seen) == 0 {
		return nil
	}
	first := seen[0].Seq
	if first < 1 || first+int64(len(seen))-1 > int64(len(stored)) {
		return fmt.Errorf("entries %d to %d were shown, %d are stored", first, seen[len(seen)-1].Seq, len(stored))
	}
	for i, e := range seen {
		if s := stored[first-1+int64(i)]; e != s {
			return fmt.Errorf("shown as the %d. from %d: %v, stored: %v", i+1, first, e, s)
		}
	}
	return nil
}

// ErrLost is what no test may find: a message was acknowledged and is not there.
var ErrLost = errors.New("an acknowledged message is lost")

var errOutOfOrder = errors.New("acknowledged out of order")
