package shop

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tagalong-chat/tagalong/server/simulator/identity"
)

func TestTheIdentityTokenIsAJWTThatAnyLibraryVerifies(t *testing.T) {
	v := open(t)
	v.post("/sign-in", url.Values{"customer": {"cust_1001"}})
	var got struct{ JWT string }
	if err := json.Unmarshal([]byte(v.get("/identity").body), &got); err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(got.JWT, claims, func(*jwt.Token) (any, error) { return []byte("a secret of the shop"), nil },
		jwt.WithAudience("pk_a"), jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	if err != nil {
		t.Fatal(err)
	}
	if token.Header["kid"] != "kid-1" || claims["sub"] != "cust_1001" || claims["name"] != "Mara Lindqvist" || claims["email"] != "mara@example.com" {
		t.Errorf("%v %v", token.Header, claims)
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || time.Until(expires.Time) > identity.Lifetime {
		t.Errorf("expires %v, %v", expires, err)
	}
	v.post("/sign-out", nil)
	if got := v.get("/identity"); got.StatusCode != http.StatusNoContent {
		t.Errorf("after signing out: %d", got.StatusCode)
	}
	if got := v.post("/sign-in", url.Values{"customer": {"cust_0"}}); got.StatusCode != http.StatusBadRequest {
		t.Errorf("a customer who does not exist: %d", got.StatusCode)
	}
}
