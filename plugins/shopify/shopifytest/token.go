package shopifytest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

// Code is the one that a code grant ends with.
const Code = "grant-code"

// token gives tokens as documented: a refresh token may be repeated until the pair that it gave is used.
func (s *Shopify) token(w http.ResponseWriter, r *http.Request) {
	var form map[string]string
	if err := json.NewDecoder(r.Body).Decode(&form); err != nil || form["client_id"] != ClientID || form["client_secret"] != Secret {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	grant, ok := s.grant(r.PathValue("shop"), form)
	s.Calls = append(s.Calls, grant)
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	s.give(w, form["expiring"] == "1" || grant == "refresh")
}

func (s *Shopify) grant(shop string, form map[string]string) (name string, ok bool) {
	switch {
	case form["grant_type"] == "refresh_token":
		_, known := s.refresh[form["refresh_token"]]
		used := s.used[form["refresh_token"]]
		return "refresh", known && !used
	case form["code"] != "":
		return "code", form["code"] == Code
	case strings.HasSuffix(form["subject_token_type"], ":id_token"):
		got, err := oauth.VerifySession(form["subject_token"], ClientID, sign.Secrets{Secret}, s.Now())
		return "exchange", err == nil && got.Shop == shop
	case strings.HasSuffix(form["subject_token_type"], ":offline-access-token"):
		_, known := s.access[form["subject_token"]]
		delete(s.access, form["subject_token"])
		return "migrate", known
	}
	return "unknown", false
}

func (s *Shopify) give(w http.ResponseWriter, expiring bool) {
	answer := map[string]any{"access_token": s.next("shpat_"), "scope": "read_orders,read_customers"}
	access, _ := answer["access_token"].(string)
	s.access[access] = time.Time{}
	if expiring && !s.OldTokens {
		refresh := s.next("shprt_")
		s.refresh[refresh] = access
		s.access[access] = s.Now().Add(time.Hour)
		answer["expires_in"], answer["refresh_token"], answer["refresh_token_expires_in"] = 3600, refresh, 7776000
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// good tells whether an access token is; its use ends all refresh tokens but its own.
func (s *Shopify) good(token string) bool {
	end, known := s.access[token]
	if !known || !end.IsZero() && s.Now().After(end) {
		return false
	}
	for refresh, access := range s.refresh {
		if access != token {
			s.used[refresh] = true
		}
	}
	return true
}
