package wire

import (
	"maps"
	"slices"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Shop gives a shop as agents see it.
func Shop(s chat.Shop) openapi.Shop {
	return openapi.Shop{
		ID: string(s.ID), Key: s.Key, Name: s.Name, Origins: texts[string](s.Origins), EditorOrigins: texts[string](s.EditorOrigins),
		Language: s.Language, TimeZone: s.TimeZone, Currency: s.Currency, IdentityRequired: s.IdentityRequired, Test: s.Test,
		CreatedAt: int64(s.CreatedAt), Settings: ShopSettings(s.Settings),
	}
}

// ShopSettings gives the looks and words of a shop's widget.
func ShopSettings(s chat.ShopSettings) openapi.ShopSettings {
	lookUp := !s.HideOrders
	return openapi.ShopSettings{
		Color: s.Color, LauncherSide: openapi.LauncherSide(s.LauncherSide), Greeting: localized(s.Greeting),
		OfflineText: localized(s.OfflineText), Languages: texts[string](s.Languages), Handoff: HandoffSettings(s.Handoff),
		OrderLookup: &lookUp,
	}
}

func localized(m map[string]string) openapi.LocalizedText {
	if m == nil {
		return openapi.LocalizedText{}
	}
	return m
}

// NewShop takes a shop that an agent wants to add. Id, key, merchant and time are the server's to give.
func NewShop(n openapi.NewShop) chat.Shop {
	s := chat.Shop{
		Name: n.Name, Origins: n.Origins, EditorOrigins: n.EditorOrigins, Language: n.Language, TimeZone: n.TimeZone, Currency: n.Currency,
		IdentityRequired: n.IdentityRequired, Test: n.Test,
	}
	patchSettings(&s.Settings, n.Settings)
	return s
}

// PatchShop gives s with what the patch names. Nothing of s is shared with the result's changed parts.
func PatchShop(s chat.Shop, p openapi.ShopPatch) chat.Shop {
	set(&s.Name, p.Name)
	set(&s.Language, p.Language)
	set(&s.TimeZone, p.TimeZone)
	set(&s.Currency, p.Currency)
	set(&s.IdentityRequired, p.IdentityRequired)
	s.Origins, s.EditorOrigins = slices.Clone(s.Origins), slices.Clone(s.EditorOrigins)
	set(&s.Origins, p.Origins)
	set(&s.EditorOrigins, p.EditorOrigins)
	patchSettings(&s.Settings, p.Settings)
	return s
}

func patchSettings(s *chat.ShopSettings, p *openapi.ShopSettingsPatch) {
	if p == nil {
		return
	}
	set(&s.Color, p.Color)
	set(&s.Languages, p.Languages)
	if p.LauncherSide != nil {
		s.LauncherSide = string(*p.LauncherSide)
	}
	if p.Greeting != nil {
		s.Greeting = maps.Clone(*p.Greeting)
	}
	if p.OrderLookup != nil {
		s.HideOrders = !*p.OrderLookup
	}
	if p.Handoff != nil {
		s.Handoff = handoffSettings(*p.Handoff)
	}
	if p.OfflineText != nil {
		s.OfflineText = maps.Clone(*p.OfflineText)
	}
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}
