package shopify_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

// Two processes with ten questions each: a refresh token is good for one use, so a second one would lose the shop.
func TestAPairIsRefreshedOnceWhoeverAsks(t *testing.T) {
	s := start(t)
	s.open()
	second, _ := s.another()
	s.clock.advance(2 * time.Hour)
	got := make(chan string, 20)
	var wg sync.WaitGroup
	for n := range 20 {
		app := s.app
		if n%2 == 1 {
			app = second
		}
		wg.Go(func() {
			token, err := app.Token(t.Context(), shopifytest.Shop, "")
			if err != nil {
				t.Error(err)
			}
			got <- token
		})
	}
	wg.Wait()
	close(got)
	first := <-got
	for token := range got {
		if token != first {
			t.Errorf("%s and %s", first, token)
		}
	}
	if n := s.shopify.Count("refresh"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
	if token := s.installation().Token; token.Access != first || token.Refresh == "" || !token.Expires.After(s.clock.Now()) {
		t.Error("the pair is not stored")
	}
}

func TestATokenThatIsRefusedIsReplaced(t *testing.T) {
	s := start(t)
	s.open()
	s.shopify.Revoke(false)
	if _, err := s.app.Admin(shopifytest.Shop).Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.shopify.Count("refresh"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestARefusedRefreshEndsTheTokenUntilTheNextVisit(t *testing.T) {
	s := start(t)
	s.open()
	s.shopify.Revoke(true)
	s.clock.advance(2 * time.Hour)
	for range 2 {
		if _, err := s.app.Token(t.Context(), shopifytest.Shop, ""); !errors.Is(err, shopify.ErrNoToken) {
			t.Error(err)
		}
	}
	if n := s.shopify.Count("refresh"); n != 1 {
		t.Errorf("%d refreshes of a pair that is dead", n)
	}
	s.open()
	if _, err := s.app.Token(t.Context(), shopifytest.Shop, ""); err != nil {
		t.Error("after a visit: ", err)
	}
	if _, err := s.app.Token(t.Context(), "else.myshopify.com", ""); !errors.Is(err, shopify.ErrNoToken) {
		t.Error("a shop that is not known: ", err)
	}
}

func TestWhileShopifyIsAwayTheOldTokenServesToItsEnd(t *testing.T) {
	s := start(t)
	s.open()
	before := s.installation().Token
	s.shopify.Do(func(f *shopifytest.Shopify) { f.Down = true })
	s.clock.advance(59 * time.Minute)
	if got, err := s.app.Token(t.Context(), shopifytest.Shop, ""); err != nil || got != before.Access {
		t.Error(got, err)
	}
	s.clock.advance(2 * time.Minute)
	if got, err := s.app.Token(t.Context(), shopifytest.Shop, ""); err == nil || errors.Is(err, shopify.ErrNoToken) {
		t.Error("after its end: ", got, err)
	}
	s.shopify.Do(func(f *shopifytest.Shopify) { f.Down = false })
	if _, err := s.app.Token(t.Context(), shopifytest.Shop, ""); err != nil {
		t.Error("when Shopify is back: ", err)
	}
}

func TestATokenOfTheOldKindIsExchanged(t *testing.T) {
	s := start(t)
	s.shopify.OldTokens = true
	s.open()
	s.shopify.Do(func(f *shopifytest.Shopify) { f.OldTokens = false })
	if _, err := s.app.Token(t.Context(), shopifytest.Shop, ""); err != nil {
		t.Fatal(err)
	}
	if token := s.installation().Token; token.Refresh == "" || token.Expires.IsZero() || s.shopify.Count("migrate") == 0 {
		t.Errorf("%+v after %v", token, s.shopify.Calls)
	}
}
