package wire_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestAShopIsPatchedOnlyWhereThePatchSpeaks(t *testing.T) {
	was := chat.Shop{
		ID: "shop_x", Name: "Marl", Origins: []string{"https://marl.example"}, Language: "en", TimeZone: "UTC", Currency: "EUR",
		IdentityRequired: true, Settings: chat.ShopSettings{Color: "#000000", LauncherSide: "start", Greeting: map[string]string{"en": "Hi", "de": "Hallo"}},
	}
	var p openapi.ShopPatch
	if err := wire.Decode([]byte(`{"name":"Marl & Co","identity_required":false,"settings":{"greeting":{"en":"Hello"},"languages":[]}}`), &p); err != nil {
		t.Fatal(err)
	}
	got := wire.PatchShop(was, p)
	want := was
	want.Name, want.IdentityRequired = "Marl & Co", false
	want.Settings.Greeting, want.Settings.Languages = map[string]string{"en": "Hello"}, []string{}
	if mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want))
	}
	if got.Origins[0] = "https://evil.example"; was.Origins[0] != "https://marl.example" {
		t.Error("the shop before shares its origins with the one after")
	}
	if mustJSON(t, wire.PatchShop(was, openapi.ShopPatch{})) != mustJSON(t, was) {
		t.Error("an empty patch changes something")
	}
}

func TestAShopOffersToLookOrdersUpUntilItSaysOtherwise(t *testing.T) {
	look := func(s chat.Shop) bool { return *wire.Shop(s).Settings.OrderLookup }
	off, on := false, true
	hidden := wire.PatchShop(chat.Shop{}, openapi.ShopPatch{Settings: &openapi.ShopSettingsPatch{OrderLookup: &off}})
	shown := wire.PatchShop(hidden, openapi.ShopPatch{Settings: &openapi.ShopSettingsPatch{OrderLookup: &on}})
	if !look(chat.Shop{}) || look(hidden) || !look(shown) {
		t.Errorf("by itself %v, switched off %v, on again %v", look(chat.Shop{}), look(hidden), look(shown))
	}
	if kept := wire.PatchShop(hidden, openapi.ShopPatch{Settings: &openapi.ShopSettingsPatch{}}); look(kept) {
		t.Error("a patch without it switched it on")
	}
}

func TestANewShopHasWhatWasGivenAndNoIdOfItsOwn(t *testing.T) {
	s := wire.NewShop(golden[openapi.NewShop](t, "createShop.request"))
	if s.ID != "" || s.Key != "" || s.Merchant != "" || s.Name != "Marl stoneware" || s.Settings.Color != "#A8482A" || len(s.Origins) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestListsThatTheContractPromisesAreNeverNull(t *testing.T) {
	for _, v := range []any{wire.Shop(chat.Shop{}), wire.Me(chat.Agent{}, chat.Merchant{}, nil), wire.PluginKey(chat.PluginKey{}, "")} {
		if raw := mustJSON(t, v); containsNull(raw) {
			t.Errorf("%s", raw)
		}
	}
	if raw := mustJSON(t, wire.View{}.EntryList(chat.Conversation{}, nil)) + mustJSON(t, wire.Conversation(chat.Conversation{}, 0)); containsNull(raw) {
		t.Errorf("%s", raw)
	}
	if raw := mustJSON(t, wire.ConversationHead(chat.Own{})); containsNull(raw) {
		t.Errorf("%s", raw)
	}
}

func TestAPageGoesInAndOutAlike(t *testing.T) {
	in := golden[openapi.ClientFrame](t, "client.page").Page
	p := wire.NewPage(*in)
	if got := mustJSON(t, wire.Page(&p)); got != mustJSON(t, in) {
		t.Errorf("got %s", got)
	}
	if wire.Page(nil) != nil {
		t.Error("a page out of nothing")
	}
}
