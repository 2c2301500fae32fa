package chat

import "slices"

// Role is what an agent may do within the merchant.
type Role string

// Roles of agents, each including the next.
const (
	RoleOwner Role = "owner"
	RoleAdmin Role = "admin"
	RoleAgent Role = "agent"
)

// Valid tells whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleOwner || r == RoleAdmin || r == RoleAgent }

// Manages tells whether r may change shops, agents and keys.
func (r Role) Manages() bool { return r == RoleOwner || r == RoleAdmin }

// Scope is one right of a plugin key.
type Scope string

// Scopes of plugin keys.
const (
	ScopeContextWrite       Scope = "context:write"
	ScopeContextRead        Scope = "context:read"
	ScopeConversationsRead  Scope = "conversations:read"
	ScopeConversationsWrite Scope = "conversations:write"
	ScopeWebhooksWrite      Scope = "webhooks:write"
)

// Scopes lists all scopes.
func Scopes() []Scope {
	return []Scope{ScopeContextWrite, ScopeContextRead, ScopeConversationsRead, ScopeConversationsWrite, ScopeWebhooksWrite}
}

// Audience says whose numbers and whose view of a log is meant.
type Audience uint8

// Audiences of a conversation.
const (
	ForAgents  Audience = iota // all entries, seq
	ForShopper                 // visible entries, shopper_seq
)

// Caller is who asks: proven by a credential, bound to a merchant and, but for agents, to one shop.
type Caller struct {
	Kind     AuthorKind // shopper, agent or plugin
	Merchant MerchantID
	Shop     ShopID // of a shopper or plugin; empty for an agent, who works in all shops of the merchant
	Shopper  ShopperID
	Agent    AgentID
	Plugin   PluginKeyID
	Name     string
	Role     Role
	Scopes   []Scope

	Identified       bool // of a shopper: the session has a verified subject
	IdentityRequired bool // of a shopper: the shop lets only identified ones write
}

// Audience gives the caller's view of a log.
func (c Caller) Audience() Audience {
	if c.Kind == AuthorShopper {
		return ForShopper
	}
	return ForAgents
}

// Author gives the caller as the author of an entry.
func (c Caller) Author() Author {
	a := Author{Kind: c.Kind, Name: c.Name}
	switch c.Kind {
	case AuthorShopper:
		a.ID = string(c.Shopper)
	case AuthorAgent:
		a.ID = string(c.Agent)
	case AuthorPlugin:
		a.ID = string(c.Plugin)
	}
	return a
}

// Has tells whether a plugin key carries the scope; agents are ruled by roles and shoppers by ownership.
func (c Caller) Has(s Scope) bool { return c.Kind == AuthorPlugin && slices.Contains(c.Scopes, s) }

// MayEnter tells whether the caller belongs to the shop at all. A no is answered as not found.
func (c Caller) MayEnter(s Shop) bool {
	if c.Merchant == "" || c.Merchant != s.Merchant {
		return false
	}
	return c.Kind == AuthorAgent || c.Shop == s.ID
}

// MaySee tells whether the caller may read the conversation. A no is answered as not found.
func (c Caller) MaySee(v Conversation) bool {
	if c.Merchant == "" || c.Merchant != v.Merchant {
		return false
	}
	switch c.Kind {
	case AuthorAgent:
		return true
	case AuthorPlugin:
		return c.Shop == v.Shop
	case AuthorShopper:
		return c.Shop == v.Shop && c.Shopper == v.Shopper.ID
	}
	return false
}
