package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// ConnectRequest takes a plugin's request to be connected, as the consent page hands it on.
func ConnectRequest(r openapi.ConnectRequest) chat.ConnectRequest {
	return chat.ConnectRequest{
		Name: r.Name, Platform: r.Platform, ReturnURL: r.ReturnURL, State: r.State, Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod,
		Scopes: texts[chat.Scope](r.Scopes), Identity: r.Identity,
	}
}

// ConnectLook gives what the consent page shows.
func ConnectLook(l chat.ConnectLook) openapi.ConnectLook {
	return openapi.ConnectLook{ReturnOrigin: l.ReturnOrigin, Shops: texts[string](l.Shops)}
}

// OwnPluginKey gives a key as it sees itself.
func OwnPluginKey(by chat.Caller, s chat.Shop) openapi.OwnPluginKey {
	return openapi.OwnPluginKey{
		ID: string(by.Plugin), Name: by.Name, Scopes: texts[openapi.Scope](by.Scopes),
		Shop: openapi.PluginShop{
			ID: string(s.ID), Key: s.Key, Name: s.Name, Test: s.Test, Language: s.Language, TimeZone: s.TimeZone, Currency: s.Currency,
			Origins: texts[string](s.Origins),
		},
	}
}

// FirstShop takes the shop of somebody who registers.
func FirstShop(s openapi.FirstShop) chat.Shop {
	return chat.Shop{Name: s.Name, Origins: s.Origins, Language: s.Language, TimeZone: s.TimeZone, Currency: s.Currency}
}
