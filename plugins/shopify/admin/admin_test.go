package admin_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

var now = time.Date(2026, 11, 21, 19, 34, 16, 0, time.UTC)

// tokens asks the fake for one at first and when one is refused.
type tokens struct {
	oauth *oauth.Client
	token string
	asked []string
}

func (t *tokens) Token(ctx context.Context, shop, refused string) (string, error) {
	t.asked = append(t.asked, refused)
	if t.token == refused {
		got, err := t.oauth.Code(ctx, shop, shopifytest.Code)
		if err != nil {
			return "", err
		}
		t.token = got.Access
	}
	return t.token, nil
}

type setting struct {
	*admin.Client
	shopify *shopifytest.Shopify
	tokens  *tokens
	log     *bytes.Buffer
	waits   []time.Duration
}

func start(t *testing.T) *setting {
	t.Helper()
	s := &setting{shopify: shopifytest.New(t), log: &bytes.Buffer{}}
	clock := func() time.Time { return now }
	s.shopify.Now = clock
	s.tokens = &tokens{oauth: &oauth.Client{
		HTTP: http.DefaultClient, ClientID: shopifytest.ClientID, ClientSecret: shopifytest.Secret, Base: s.shopify.Base, Now: clock,
	}}
	s.Client = &admin.Client{
		Shop: shopifytest.Shop, Tokens: s.tokens, HTTP: http.DefaultClient, Base: s.shopify.Base, Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Wait: func(_ context.Context, d time.Duration) error { s.waits = append(s.waits, d); return nil },
	}
	s.shopify.Orders["820982911946154508"] = map[string]any{
		"legacyResourceId": "820982911946154508", "name": "#1001", "email": "Ana@lia.example", "updatedAt": "2026-11-21T19:00:00Z",
	}
	s.shopify.Orders["2"] = map[string]any{"legacyResourceId": "2", "name": "#1001-B", "email": "ana@lia.example"}
	s.shopify.Orders["3"] = map[string]any{"legacyResourceId": "3", "name": "#1003", "email": nil}
	return s
}

// The fake's search finds too much, as Shopify's does.
func TestLookUpComparesAgain(t *testing.T) {
	s := start(t)
	tests := []struct {
		name, number, email string
		ok                  bool
	}{
		{"right", "#1001", "ana@lia.example", true},
		{"without the sign, with spaces", " 1001 ", " ANA@lia.example ", true},
		{"another's address", "1001", "eve@lia.example", false},
		{"another number", "1002", "ana@lia.example", false},
		{"the beginning of a number", "100", "ana@lia.example", false},
		{"the beginning of an address", "1001", "ana", false},
		{"an order without an address", "1003", "", false},
		{"an order without an address, asked with one", "1003", "ana@lia.example", false},
		{"search syntax", `1001" OR name:"10`, "ana@lia.example", false},
		{"nothing", "", "", false},
	}
	for _, test := range tests {
		got, err := s.LookUp(t.Context(), test.number, test.email)
		if test.ok && (err != nil || got.LegacyResourceId != "820982911946154508") || !test.ok && !errors.Is(err, admin.ErrNotFound) {
			t.Errorf("%s: %q, %v", test.name, got.LegacyResourceId, err)
		}
	}
}

func TestIdsAreNumbers(t *testing.T) {
	s := start(t)
	for _, id := range []string{"", "1/../2", "x", "-1"} {
		if _, err := s.Order(t.Context(), id); !errors.Is(err, admin.ErrNotFound) {
			t.Errorf("order %q: %v", id, err)
		}
		if _, err := s.Customer(t.Context(), id); !errors.Is(err, admin.ErrNotFound) {
			t.Errorf("customer %q: %v", id, err)
		}
	}
	if s.shopify.Count("OrderByID")+s.shopify.Count("CustomerByID") != 0 {
		t.Error("Shopify was asked")
	}
}

func TestTheBudgetIsWaitedFor(t *testing.T) {
	s := start(t)
	s.shopify.Throttled = 2
	if _, err := s.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	// 600 points are wanted, 100 are there, 100 come each second.
	if len(s.waits) != 2 || s.waits[0] != 5*time.Second {
		t.Errorf("waited %v", s.waits)
	}
	s.shopify.Throttled = 100
	if _, err := s.Profile(t.Context()); err == nil || !strings.Contains(err.Error(), "THROTTLED") {
		t.Error("throttled for ever: ", err)
	}
}

func TestOutagesAreWaitedFor(t *testing.T) {
	s := start(t)
	if _, err := s.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Wait = func(context.Context, time.Duration) error {
		s.shopify.Do(func(f *shopifytest.Shopify) { f.Down = false })
		return nil
	}
	s.shopify.Do(func(f *shopifytest.Shopify) { f.Down = true })
	if _, err := s.Profile(t.Context()); err != nil {
		t.Error(err)
	}
	s.shopify.Do(func(f *shopifytest.Shopify) { f.Down = true })
	s.Wait = func(context.Context, time.Duration) error { return nil }
	if _, err := s.Profile(t.Context()); err == nil || !strings.Contains(err.Error(), "503") {
		t.Error("down for ever: ", err)
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	s := start(t)
	if _, err := s.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.shopify.Revoke(false)
	before := s.tokens.token
	if _, err := s.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.tokens.token == before || s.tokens.asked[len(s.tokens.asked)-1] != before {
		t.Errorf("asked for tokens with %q", s.tokens.asked)
	}
	s.Tokens = always("shpat_wrong")
	if _, err := s.Profile(t.Context()); !errors.Is(err, admin.ErrUnauthorized) {
		t.Error(err)
	}
}

type always string

func (a always) Token(context.Context, string, string) (string, error) { return string(a), nil }

func TestWhatIsNotGrantedIsMissingAndNoFailure(t *testing.T) {
	s := start(t)
	s.shopify.Denied = true
	got, err := s.Order(t.Context(), "820982911946154508")
	if err != nil || got.Email != "" || got.Name != "#1001" {
		t.Errorf("%q %q %v", got.Name, got.Email, err)
	}
}

func TestAnotherVersionIsTold(t *testing.T) {
	s := start(t)
	if _, err := s.Profile(t.Context()); err != nil || s.log.Len() != 0 {
		t.Fatal(err, s.log)
	}
	s.shopify.Version = "2026-10"
	if _, err := s.Profile(t.Context()); err != nil || !strings.Contains(s.log.String(), "2026-10") {
		t.Error(err, s.log)
	}
}

func TestCodesAreMade(t *testing.T) {
	s := start(t)
	coupon, err := s.CreateCode(t.Context(), admin.Code{Title: "Chat", Code: "CHAT10", Percent: "12.5", Starts: now, Uses: 1})
	if err != nil || coupon.ExternalID != "1057371260" || coupon.Kind != "percent" || coupon.Percent != "12.5" || coupon.UsageLimit != 1 {
		t.Errorf("%+v, %v", coupon, err)
	}
	if v := s.shopify.Codes[0]; v["percentage"] != 0.125 || v["usageLimit"] != 1.0 || v["endsAt"] != nil {
		t.Errorf("asked with %v", v)
	}
	amount := &tagalong.Money{Amount: 500, Currency: "KWD"}
	if _, err := s.CreateCode(t.Context(), admin.Code{Title: "Chat", Code: "CHAT5", Amount: amount, Starts: now, Ends: now.Add(time.Hour)}); err != nil {
		t.Error(err)
	}
	if v := s.shopify.Codes[1]; v["amount"] != "0.500" || v["endsAt"] == nil || v["usageLimit"] != nil {
		t.Errorf("asked with %v", v)
	}
	var taken *admin.UserError
	if _, err := s.CreateCode(t.Context(), admin.Code{Title: "Chat", Code: "CHAT10", Percent: "5", Starts: now}); !errors.As(err, &taken) || taken.Code != "TAKEN" {
		t.Error(err)
	}
	for _, bad := range []admin.Code{{Code: "X"}, {Code: "X", Percent: "5", Amount: amount}, {Code: "X", Amount: &tagalong.Money{Currency: "EUR"}}} {
		if _, err := s.CreateCode(t.Context(), bad); err == nil {
			t.Errorf("made %+v", bad)
		}
	}
}

func TestFraction(t *testing.T) {
	for percent, want := range map[string]string{
		"10": "0.1", "12.5": "0.125", "100": "1", "0.5": "0.005", "33.3333": "0.333333", "7": "0.07", "99.9999": "0.999999",
		"0": "", "100.1": "", "200": "", "": "", "x": "", "-5": "", "1e1": "", ".5": "", "5.": "", "1000": "", "0.00001": "",
	} {
		got, err := admin.Fraction(percent)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", percent, got, err)
		}
	}
}

func TestTheThemeLearnsWhereTheChatIs(t *testing.T) {
	s := start(t)
	if err := s.ShowTheme(t.Context(), "gid://shopify/AppInstallation/1", "pk_1", "https://chat.example/w/pk_1.js"); err != nil {
		t.Fatal(err)
	}
	if s.shopify.AppData["shopKey"] != "pk_1" {
		t.Errorf("%v", s.shopify.AppData)
	}
}
