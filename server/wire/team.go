package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Agent gives an agent as colleagues see them. Shoppers never get one: they see an Author.
func Agent(a chat.Agent) openapi.Agent {
	return openapi.Agent{
		ID: string(a.ID), Name: a.Name, Email: a.Email, Role: openapi.Role(a.Role), Active: a.Active, Language: a.Language,
		CreatedAt: int64(a.CreatedAt),
	}
}

// Me gives the signed-in agent.
func Me(a chat.Agent, m chat.Merchant, shops []chat.Shop) openapi.Me {
	o := openapi.Me{Agent: Agent(a), Merchant: Merchant(m), Shops: make([]openapi.Shop, len(shops))}
	for i, s := range shops {
		o.Shops[i] = Shop(s)
	}
	return o
}

// Merchant gives the tenant's name.
func Merchant(m chat.Merchant) openapi.Merchant {
	return openapi.Merchant{ID: string(m.ID), Name: m.Name}
}

// Invitation gives an invitation; url is its link, for the answer that made it, and empty else.
func Invitation(i chat.Invitation, url string) openapi.Invitation {
	return openapi.Invitation{
		ID: string(i.ID), Email: i.Email, Role: openapi.Role(i.Role), CreatedAt: int64(i.CreatedAt), ExpiresAt: int64(i.ExpiresAt), URL: url,
	}
}

// PluginKey gives a plugin key; secret is the key itself, for the answer that made it, and empty else.
func PluginKey(k chat.PluginKey, secret string) openapi.PluginKey {
	return openapi.PluginKey{
		ID: string(k.ID), Name: k.Name, Scopes: texts[openapi.Scope](k.Scopes), Last4: k.Last4, CreatedAt: int64(k.CreatedAt),
		LastUsedAt: int64(k.LastUsedAt), Platform: k.Platform, ReturnOrigin: k.ReturnOrigin, Secret: secret,
	}
}

// IdentitySecret names an identity secret; secret is its text, for the answer that made it, and empty else. That of s is never
// given.
func IdentitySecret(s chat.IdentitySecret, secret string) openapi.IdentitySecret {
	return openapi.IdentitySecret{Kid: s.KID, CreatedAt: int64(s.CreatedAt), Secret: secret}
}
