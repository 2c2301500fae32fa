package shopify_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

func TestACodeThatIsMadeIsToldOf(t *testing.T) {
	s := start(t)
	s.connect()
	code := admin.Code{Title: "Chat", Code: "CHAT10", Percent: "10", Starts: s.clock.Now(), Uses: 1}
	coupon, err := s.app.CreateCode(t.Context(), shopifytest.Shop, code)
	if err != nil || coupon.ExternalID == "" || len(s.shopify.Codes) != 1 {
		t.Fatal(coupon, err)
	}
	told := s.chat.events["shopify:code:"+coupon.ExternalID]
	if told.Coupon == nil || told.Coupon.Code != "CHAT10" || told.Coupon.Percent != "10" || told.Coupon.Kind != "percent" {
		t.Errorf("%+v", told)
	}
	if _, err := s.app.CreateCode(t.Context(), shopifytest.Shop, code); err == nil || s.pushed() != 1 {
		t.Error("a code that is taken is made again: ", err)
	}
}
