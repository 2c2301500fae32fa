package harness

import "net/http"

// Shopper is an anonymous shopper with a session.
type Shopper struct {
	s     *Server
	ID    string
	Token string
}

// NewShopper makes a shopper's session.
func (s *Server) NewShopper() *Shopper {
	s.t.Helper()
	var out struct {
		Token   string
		Shopper struct{ ID string }
	}
	s.MustPost(&out, "/v1/shops/"+s.ShopKey+"/sessions", map[string]string{"language": "en"}, http.StatusCreated)
	return &Shopper{s: s, ID: out.Shopper.ID, Token: out.Token}
}
