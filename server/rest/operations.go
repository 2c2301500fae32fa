package rest

import (
	"encoding/json"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// operation says what the gates ask of one operation of the contract. Who may call it: an agent, an agent who manages, a plugin with
// the scope, the shopper, or, with none of them, anybody.
type operation struct {
	agent   bool
	manager bool // an owner or admin
	scope   chat.Scope
	plugin  bool // any plugin key, whatever its scopes: it asks about itself
	shopper bool
	guest   bool // a shopper's token is looked at when there is one, and else it is anybody
	inbox   bool // served on the inbox's host alone, to its own origin: it sets an agent's cookie
	query   []string
	body    func(data []byte) error // checks a JSON body; nil: there is none
	parts   bool                    // body checks the outside only: the method reads the body itself, part by part
	upload  bool                    // the body is a file
	rate    rate
	address rate // besides, per client address, whoever calls
}

// jsonBody makes the check of a JSON body.
func jsonBody[T any](data []byte) error {
	var v T
	return wire.Decode(data, &v)
}

var (
	paged   = []string{"limit", "cursor"}
	entries = []string{"before", "after", "limit"}
	named   = []string{"name"}
	found   = []string{"q", "limit"}
)

// Who may manage webhooks and ask for people's data: a manager, or a plugin with the scope.
const (
	hooks   = chat.ScopeWebhooksWrite
	privacy = chat.ScopeContextWrite
)

// operations lists all operations by the pattern under which the generated code routes them. A test compares it with the contract.
var operations = map[string]operation{
	"POST /v1/agent/login":                   {inbox: true, body: jsonBody[openapi.Login]},
	"POST /v1/agent/logout":                  {agent: true},
	"GET /v1/agent/me":                       {agent: true},
	"PATCH /v1/agent/me":                     {agent: true, body: jsonBody[openapi.MePatch]},
	"POST /v1/invitations/look":              {inbox: true, body: jsonBody[openapi.InvitationToken], rate: rateLinks},
	"POST /v1/invitations/accept":            {inbox: true, body: jsonBody[openapi.InvitationAcceptance], rate: rateLinks},
	"POST /v1/password-resets/complete":      {inbox: true, body: jsonBody[openapi.PasswordResetCompletion], rate: rateLinks},
	"GET /v1/agents":                         {agent: true, query: paged},
	"PATCH /v1/agents/{agent}":               {manager: true, body: jsonBody[openapi.AgentPatch]},
	"POST /v1/agents/{agent}/password-reset": {manager: true},
	"GET /v1/invitations":                    {manager: true, query: paged},
	"POST /v1/invitations":                   {manager: true, body: jsonBody[openapi.NewInvitation]},
	"DELETE /v1/invitations/{invitation}":    {manager: true},

	"GET /v1/registrations":   {},
	"POST /v1/registrations":  {inbox: true, body: jsonBody[openapi.Registration]},
	"POST /v1/connect/check":  {agent: true, body: jsonBody[openapi.ConnectRequest]},
	"POST /v1/connect/grants": {manager: true, body: jsonBody[openapi.ConnectGrant]},
	"POST /v1/connect/token":  {body: jsonBody[openapi.ConnectCode], rate: rateCodes},
	"GET /v1/plugin-key":      {plugin: true},
	"DELETE /v1/plugin-key":   {plugin: true},

	"GET /v1/channels":                           {agent: true},
	"GET /v1/provider-apps":                      {manager: true, query: paged},
	"POST /v1/provider-apps":                     {manager: true, body: jsonBody[openapi.NewProviderApp]},
	"PATCH /v1/provider-apps/{provider_app}":     {manager: true, body: jsonBody[openapi.ProviderAppPatch]},
	"DELETE /v1/provider-apps/{provider_app}":    {manager: true},
	"GET /v1/accounts":                           {manager: true, query: paged},
	"POST /v1/accounts":                          {manager: true, body: jsonBody[openapi.NewAccount]},
	"GET /v1/accounts/{account}":                 {manager: true},
	"PATCH /v1/accounts/{account}":               {manager: true, body: jsonBody[openapi.AccountPatch]},
	"DELETE /v1/accounts/{account}":              {manager: true},
	"POST /v1/accounts/{account}/check":          {manager: true, rate: rateProvider},
	"POST /v1/accounts/{account}/subscribe":      {manager: true, rate: rateProvider},
	"POST /v1/accounts/{account}/templates/sync": {manager: true, rate: rateProvider},
	"GET /v1/webhooks/dead":                      {manager: true},
	"DELETE /v1/webhooks/dead/{raw}":             {manager: true},
	"POST /v1/webhooks/dead/{raw}/retry":         {manager: true},

	"GET /v1/shops":                                    {agent: true, query: paged},
	"POST /v1/shops":                                   {manager: true, body: jsonBody[openapi.NewShop]},
	"GET /v1/shops/{shop}":                             {agent: true},
	"PATCH /v1/shops/{shop}":                           {manager: true, body: jsonBody[openapi.ShopPatch]},
	"GET /v1/shops/{shop}/plugin-keys":                 {manager: true, query: paged},
	"POST /v1/shops/{shop}/plugin-keys":                {manager: true, body: jsonBody[openapi.NewPluginKey]},
	"DELETE /v1/shops/{shop}/plugin-keys/{plugin_key}": {manager: true},
	"GET /v1/shops/{shop}/identity-secrets":            {manager: true},
	"POST /v1/shops/{shop}/identity-secrets":           {manager: true},
	"DELETE /v1/shops/{shop}/identity-secrets/{kid}":   {manager: true},

	"GET /v1/shops/{shop}/templates": {agent: true, scope: chat.ScopeConversationsRead},

	"GET /v1/shops/{shop}/webhooks":                                                 {manager: true, scope: hooks},
	"POST /v1/shops/{shop}/webhooks":                                                {manager: true, scope: hooks, body: jsonBody[openapi.NewWebhook]},
	"GET /v1/shops/{shop}/webhooks/{webhook}":                                       {manager: true, scope: hooks},
	"PATCH /v1/shops/{shop}/webhooks/{webhook}":                                     {manager: true, scope: hooks, body: jsonBody[openapi.WebhookPatch]},
	"DELETE /v1/shops/{shop}/webhooks/{webhook}":                                    {manager: true, scope: hooks},
	"POST /v1/shops/{shop}/webhooks/{webhook}/rotate":                               {manager: true, scope: hooks, rate: rateHooks},
	"POST /v1/shops/{shop}/webhooks/{webhook}/ping":                                 {manager: true, scope: hooks, rate: rateHooks},
	"GET /v1/shops/{shop}/webhooks/{webhook}/deliveries":                            {manager: true, scope: hooks, query: []string{"state", "limit", "cursor"}},
	"GET /v1/shops/{shop}/webhooks/{webhook}/deliveries/{webhook_delivery}":         {manager: true, scope: hooks},
	"POST /v1/shops/{shop}/webhooks/{webhook}/deliveries/{webhook_delivery}/replay": {manager: true, scope: hooks},

	"GET /v1/shops/{shop}/privacy":                   {manager: true, scope: privacy},
	"POST /v1/shops/{shop}/privacy/redact":           {manager: true, scope: privacy, body: jsonBody[openapi.Redaction], rate: ratePrivacy},
	"POST /v1/shops/{shop}/privacy/export":           {manager: true, scope: privacy, body: jsonBody[openapi.DataExport], rate: ratePrivacy},
	"GET /v1/shops/{shop}/privacy/{privacy_request}": {manager: true, scope: privacy},

	"GET /v1/shops/{shop}/conversations": {
		agent: true, scope: chat.ScopeConversationsRead, query: []string{"state", "assignee", "unread", "limit", "cursor"},
	},
	"GET /v1/shops/{shop}/conversations/counts":         {agent: true},
	"GET /v1/shops/{shop}/conversations/{conversation}": {agent: true, scope: chat.ScopeConversationsRead},
	"PATCH /v1/shops/{shop}/conversations/{conversation}": {
		agent: true, scope: chat.ScopeConversationsWrite, body: jsonBody[openapi.ConversationPatch],
	},
	"GET /v1/shops/{shop}/conversations/{conversation}/entries": {agent: true, scope: chat.ScopeConversationsRead, query: entries},
	"POST /v1/shops/{shop}/conversations/{conversation}/entries": {
		agent: true, scope: chat.ScopeConversationsWrite, body: jsonBody[openapi.NewEntry], rate: ratePosts,
	},
	"POST /v1/shops/{shop}/conversations/{conversation}/read": {agent: true, body: jsonBody[openapi.ReadMark]},
	"GET /v1/shops/{shop}/conversations/{conversation}/reach": {agent: true, scope: chat.ScopeConversationsRead},
	"PUT /v1/shops/{shop}/conversations/{conversation}/route": {agent: true, body: jsonBody[openapi.RouteChoice]},
	"GET /v1/shops/{shop}/conversations/{conversation}/deliveries": {
		agent: true, scope: chat.ScopeConversationsRead, query: []string{"from", "limit"},
	},
	"POST /v1/shops/{shop}/conversations/{conversation}/deliveries/{delivery}/retry": {agent: true, rate: ratePosts},
	"GET /v1/shops/{shop}/conversations/{conversation}/handoffs":                     {agent: true, scope: chat.ScopeConversationsRead},
	"POST /v1/shops/{shop}/conversations/{conversation}/accept-hint":                 {agent: true, body: jsonBody[openapi.HintAcceptance]},
	"POST /v1/shops/{shop}/attachments": {
		agent: true, scope: chat.ScopeConversationsWrite, query: named, upload: true, rate: rateUploads,
	},

	"GET /v1/shops/{shop}/shoppers/{shopper}":           {agent: true, scope: chat.ScopeConversationsRead},
	"DELETE /v1/shops/{shop}/shoppers/{shopper}":        {manager: true},
	"POST /v1/shops/{shop}/shoppers/{shopper}/merge":    {agent: true, body: jsonBody[openapi.Merge]},
	"POST /v1/shops/{shop}/shoppers/{shopper}/unmerge":  {agent: true},
	"GET /v1/shops/{shop}/shoppers/{shopper}/addresses": {agent: true},
	"GET /v1/shops/{shop}/shoppers/{shopper}/consents":  {agent: true},
	"GET /v1/shops/{shop}/shoppers/{shopper}/context":   {agent: true, scope: chat.ScopeContextRead},
	"POST /v1/shops/{shop}/events":                      {scope: chat.ScopeContextWrite, body: jsonBody[batchOf[json.RawMessage]], parts: true, rate: rateEvents},
	"GET /v1/shops/{shop}/orders":                       {agent: true, scope: chat.ScopeContextRead, query: paged},
	"GET /v1/shops/{shop}/orders/{external_id}":         {agent: true, scope: chat.ScopeContextRead},
	"GET /v1/shops/{shop}/products":                     {agent: true, scope: chat.ScopeContextRead, query: found},
	"GET /v1/shops/{shop}/products/{external_id}":       {agent: true, scope: chat.ScopeContextRead},
	"GET /v1/shops/{shop}/coupons":                      {agent: true, scope: chat.ScopeContextRead, query: []string{"limit"}},

	"POST /v1/shops/{key}/sessions":                                    {body: jsonBody[openapi.NewSession], rate: rateSessions},
	"DELETE /v1/shops/{key}/session":                                   {shopper: true},
	"POST /v1/shops/{key}/shopper/identity":                            {shopper: true, body: jsonBody[openapi.IdentityProof], rate: rateIdentity},
	"GET /v1/shops/{key}/shopper/unread":                               {shopper: true},
	"GET /v1/shops/{key}/shopper/orders":                               {shopper: true},
	"POST /v1/shops/{key}/shopper/orders/look-up":                      {shopper: true, body: jsonBody[openapi.OrderLookUp], rate: rateLookUps, address: rateLookUpsFrom},
	"GET /v1/shops/{key}/shopper/conversations/{conversation}/entries": {shopper: true, query: entries},
	"GET /v1/shops/{key}/shopper/handoffs":                             {shopper: true},
	"POST /v1/shops/{key}/shopper/handoffs":                            {shopper: true, body: jsonBody[openapi.NewHandoff], rate: rateHandoffs},
	"POST /v1/shops/{key}/shopper/handoffs/{handoff}/click":            {shopper: true, rate: rateHandoffs},
	"POST /v1/shops/{key}/shopper/handoffs/{handoff}/confirm":          {shopper: true, body: jsonBody[openapi.HandoffConfirmation], rate: rateHandoffs},
	"POST /v1/shops/{key}/shopper/consents": {
		shopper: true, body: jsonBody[openapi.NewConsent], rate: rateConsents, address: rateConsentsFrom,
	},
	"POST /v1/shops/{key}/resume":              {guest: true, body: jsonBody[openapi.Resume], address: rateResumes},
	"POST /v1/shops/{key}/shopper/attachments": {shopper: true, query: named, upload: true, rate: rateUploads},
}
