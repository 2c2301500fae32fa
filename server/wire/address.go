package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Address gives an address as agents see it. There is none for shoppers.
func Address(a chat.Address) openapi.Address {
	return openapi.Address{
		ID: string(a.ID), Account: string(a.Account), Shopper: string(a.Shopper), Channel: openapi.Channel(a.Channel), Phone: a.Phone,
		UserID: a.UserID, Name: a.Name, Username: a.Username, Conversation: string(a.Conversation), ConfirmedAt: int64(a.ConfirmedAt),
		LastInboundAt: int64(a.LastInboundAt), FreeUntil: int64(a.FreeUntil), StoppedAt: int64(a.StoppedAt),
		NoMarketingAt: int64(a.NoMarketingAt), UnreachableAt: int64(a.UnreachableAt), UnreachableWhy: a.UnreachableWhy,
		CreatedAt: int64(a.CreatedAt),
	}
}

// Consent gives one line of the consent ledger.
func Consent(c chat.Consent) openapi.Consent {
	return openapi.Consent{
		ID: string(c.ID), Shopper: string(c.Shopper), Channel: openapi.Channel(c.Channel), Value: c.Value,
		Purpose: openapi.ConsentPurpose(c.Purpose), Granted: c.Granted, Wording: c.Wording, Version: c.Version, Language: c.Language,
		Page: c.Page, Source: openapi.ConsentSource(c.Source), At: int64(c.At),
	}
}
