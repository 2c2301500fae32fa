package openapi_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
)

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// operation is one operation of a path or a webhook.
type operation struct {
	*openapi3.Operation
	Webhook string
}

func operations(doc *openapi3.T) (all []operation) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			all = append(all, operation{op, ""})
		}
	}
	for name, item := range doc.Webhooks {
		for _, op := range item.Operations() {
			all = append(all, operation{op, name})
		}
	}
	return all
}

func TestTheDocumentIsValid(t *testing.T) {
	doc := load(t)
	// The examples are files of their own, which the loader does not read; they have their own test below.
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
}

func TestEveryOperationSaysWhoMayCallItAndWhatItDoes(t *testing.T) {
	seen := map[string]bool{}
	for _, op := range operations(load(t)) {
		if op.Security == nil {
			t.Errorf("%s has no security of its own: give an empty list when it is public", op.OperationID)
		}
		if op.OperationID == "" || op.Summary == "" || op.Description == "" || len(op.Tags) == 0 {
			t.Errorf("%q lacks an id, summary, description or tag", op.OperationID)
		}
		if seen[op.OperationID] {
			t.Errorf("%s is there twice", op.OperationID)
		}
		seen[op.OperationID] = true
	}
}

func TestPublicOperationsAreThoseThatWereMeantToBe(t *testing.T) {
	var public []string
	for _, op := range operations(load(t)) {
		if op.Webhook == "" && op.Security != nil && len(*op.Security) == 0 {
			public = append(public, op.OperationID)
		}
	}
	slices.Sort(public)
	want := []string{
		"acceptInvitation", "completePasswordReset", "createSession", "exchangeConnectCode", "getFile", "getRegistration", "login",
		"lookAtInvitation", "openConnectPage", "openShopperSocket", "register",
	}
	if !slices.Equal(public, want) {
		t.Errorf("public operations are %v, want %v", public, want)
	}
}

func TestAPluginKeyNeedsExactlyOneScope(t *testing.T) {
	own := []string{"getOwnPluginKey", "deleteOwnPluginKey"} // about the key itself: any will do
	for _, op := range operations(load(t)) {
		for _, requirement := range *op.Security {
			for scheme, scopes := range requirement {
				want := map[string]int{"pluginKey": 1}[scheme]
				if slices.Contains(own, op.OperationID) {
					want = 0
				}
				if len(scopes) != want {
					t.Errorf("%s asks %s for scopes %v", op.OperationID, scheme, scopes)
				}
				for _, s := range scopes {
					if !openapi.Scope(s).Valid() {
						t.Errorf("%s asks for the unknown scope %q", op.OperationID, s)
					}
				}
			}
		}
	}
}

func TestRequestBodiesAreClosed(t *testing.T) {
	for _, op := range operations(load(t)) {
		if op.RequestBody == nil || op.Webhook != "" {
			continue
		}
		if media := op.RequestBody.Value.Content["application/json"]; media != nil {
			closed(t, op.OperationID, media.Schema, map[*openapi3.Schema]bool{})
		}
	}
}

func closed(t *testing.T, path string, ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	s := ref.Value
	if seen[s] {
		return
	}
	seen[s] = true
	if s.Type.Is("object") && s.AdditionalProperties.Schema == nil && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
		t.Errorf("%s takes unknown fields", path)
	}
	for name, p := range s.Properties {
		closed(t, path+"."+name, p, seen)
	}
	if s.Items != nil {
		closed(t, path+"[]", s.Items, seen)
	}
}

func TestEveryDocumentedErrorCodeIsInTheOneEnum(t *testing.T) {
	doc := load(t)
	var enum []string
	for _, v := range doc.Components.Schemas["ErrorCode"].Value.Enum {
		enum = append(enum, v.(string))
	}
	var table []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \| (?:[45]\d\d|bye \d{4}) \|`).FindAllStringSubmatch(doc.Info.Description, -1) {
		table = append(table, row[1])
	}
	if !slices.Equal(table, enum) {
		t.Errorf("the table of error codes and the enum differ:\n%v\n%v", table, enum)
	}
	for _, op := range operations(doc) {
		codes, ok := op.Extensions["x-codes"].([]any)
		if !ok {
			t.Errorf("%s has no x-codes", op.OperationID)
		}
		for _, c := range codes {
			if !slices.Contains(enum, c.(string)) {
				t.Errorf("%s documents %q, which is not in the enum", op.OperationID, c)
			}
		}
	}
}

// example is a golden payload and the schema that it must fit.
type example struct {
	File   string // without .json
	Schema string // its name
}

// wanted lists the examples that there must be: each operation's JSON bodies, each type of frame, each webhook, each lone object.
func wanted(t *testing.T, doc *openapi3.T) (all []example) {
	t.Helper()
	add := func(file string, ref *openapi3.SchemaRef) {
		name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/")
		if !ok {
			t.Fatalf("the schema of %s has no name", file)
		}
		all = append(all, example{file, name})
	}
	for _, op := range operations(doc) {
		if op.Webhook != "" {
			all = append(all, example{"webhook." + op.Webhook, "WebhookEvent"})
			continue
		}
		if op.RequestBody != nil {
			if media := op.RequestBody.Value.Content["application/json"]; media != nil {
				add(op.OperationID+".request", media.Schema)
			}
		}
		for _, status := range []string{"200", "201", "202"} {
			if r := op.Responses.Value(status); r != nil {
				if media := r.Value.Content["application/json"]; media != nil {
					add(op.OperationID+".response", media.Schema)
				}
			}
		}
	}
	for enum, prefix := range map[string]string{"ClientFrameType": "client.", "ServerFrameType": "server."} {
		for _, kind := range doc.Components.Schemas[enum].Value.Enum {
			all = append(all, example{prefix + kind.(string), strings.TrimSuffix(enum, "Type")})
		}
	}
	return append(
		all, example{"server.welcome.agent", "ServerFrame"}, example{"server.entry.agent", "ServerFrame"},
		example{"server.feed.order", "ServerFrame"}, example{"server.snapshot.feed", "ServerFrame"},
		example{"client.send.agent", "ClientFrame"}, example{"server.entry.handoff", "ServerFrame"},
		example{"server.entry.route", "ServerFrame"}, example{"server.entry.hint", "ServerFrame"},
		example{"server.entry.cart", "ServerFrame"}, example{"server.entry.order", "ServerFrame"},
		example{"problem", "Problem"}, example{"handoff", "Handoff"}, example{"consent", "Consent"}, example{"template", "Template"},
	)
}

func TestEveryExampleFitsItsSchema(t *testing.T) {
	doc := load(t)
	for _, e := range wanted(t, doc) {
		t.Run(e.File, func(t *testing.T) {
			var value any
			if err := json.Unmarshal(read(t, e.File), &value); err != nil {
				t.Fatal(err)
			}
			if err := doc.Components.Schemas[e.Schema].Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFrameExampleIsOfItsType(t *testing.T) {
	for _, e := range wanted(t, load(t)) {
		parts := strings.Split(e.File, ".")
		if len(parts) < 2 || parts[0] != "client" && parts[0] != "server" {
			continue
		}
		var frame struct{ Type string }
		if err := json.Unmarshal(read(t, e.File), &frame); err != nil || frame.Type != parts[1] {
			t.Errorf("%s is of type %q (%v)", e.File, frame.Type, err)
		}
	}
}

func TestNoExampleIsForgotten(t *testing.T) {
	want := map[string]bool{}
	for _, e := range wanted(t, load(t)) {
		want[e.File+".json"] = true
	}
	files, err := filepath.Glob("examples/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, f := range files {
		if !want[filepath.Base(f)] {
			t.Errorf("%s is the example of nothing", f)
		}
	}
}

func TestTheDocumentNamesItsExamples(t *testing.T) {
	for _, m := range regexp.MustCompile(`externalValue: (\S+?)[}\s]`).FindAllStringSubmatch(string(openapi.YAML), -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Error(err)
		}
	}
}

// Go types by the name of their schema, for all schemas that examples use.
var types = map[string]any{
	"Account": openapi.Account{}, "AccountList": openapi.AccountList{}, "AccountPatch": openapi.AccountPatch{},
	"AddressList": openapi.AddressList{}, "ChannelRulesList": openapi.ChannelRulesList{}, "CheckList": openapi.CheckList{},
	"ConsentList": openapi.ConsentList{}, "DeadWebhookList": openapi.DeadWebhookList{}, "Delivery": openapi.Delivery{},
	"DeliveryList": openapi.DeliveryList{}, "HandoffConfirmation": openapi.HandoffConfirmation{}, "HandoffList": openapi.HandoffList{},
	"HandoffOffer": openapi.HandoffOffer{}, "HintAcceptance": openapi.HintAcceptance{}, "Merge": openapi.Merge{},
	"NewAccount": openapi.NewAccount{}, "NewConsent": openapi.NewConsent{}, "NewHandoff": openapi.NewHandoff{},
	"NewProviderApp": openapi.NewProviderApp{}, "ProviderApp": openapi.ProviderApp{}, "ProviderAppList": openapi.ProviderAppList{},
	"ProviderAppPatch": openapi.ProviderAppPatch{}, "Reach": openapi.Reach{}, "Resume": openapi.Resume{}, "Resumed": openapi.Resumed{},
	"RouteChoice": openapi.RouteChoice{}, "ShopperHandoff": openapi.ShopperHandoff{},
	"ShopperHandoffList": openapi.ShopperHandoffList{}, "TemplateList": openapi.TemplateList{},
	"Agent": openapi.Agent{}, "AgentList": openapi.AgentList{}, "AgentPatch": openapi.AgentPatch{}, "Attachment": openapi.Attachment{},
	"ClientFrame": openapi.ClientFrame{}, "Consent": openapi.Consent{}, "Conversation": openapi.Conversation{},
	"ConversationCounts": openapi.ConversationCounts{}, "ConversationList": openapi.ConversationList{},
	"ConversationPatch": openapi.ConversationPatch{}, "Entry": openapi.Entry{}, "EntryList": openapi.EntryList{},
	"EventBatch": openapi.EventBatch{}, "EventResults": openapi.EventResults{}, "Handoff": openapi.Handoff{},
	"Identified": openapi.Identified{}, "IdentityProof": openapi.IdentityProof{}, "IdentitySecret": openapi.IdentitySecret{},
	"IdentitySecretList": openapi.IdentitySecretList{}, "Invitation": openapi.Invitation{},
	"InvitationAcceptance": openapi.InvitationAcceptance{}, "InvitationList": openapi.InvitationList{},
	"InvitationToken": openapi.InvitationToken{}, "InvitationView": openapi.InvitationView{}, "Login": openapi.Login{},
	"Me": openapi.Me{}, "MePatch": openapi.MePatch{}, "NewEntry": openapi.NewEntry{}, "NewInvitation": openapi.NewInvitation{},
	"NewPluginKey": openapi.NewPluginKey{}, "NewSession": openapi.NewSession{}, "NewShop": openapi.NewShop{}, "Order": openapi.Order{},
	"OrderList": openapi.OrderList{}, "PasswordReset": openapi.PasswordReset{},
	"PasswordResetCompletion": openapi.PasswordResetCompletion{}, "PluginKey": openapi.PluginKey{},
	"PluginKeyList": openapi.PluginKeyList{}, "Problem": openapi.Problem{}, "ReadMark": openapi.ReadMark{},
	"ServerFrame": openapi.ServerFrame{}, "Session": openapi.Session{}, "Shop": openapi.Shop{}, "ShopList": openapi.ShopList{},
	"ShopPatch": openapi.ShopPatch{}, "Shopper": openapi.Shopper{}, "ShopperContext": openapi.ShopperContext{},
	"ConnectCode": openapi.ConnectCode{}, "ConnectGrant": openapi.ConnectGrant{}, "ConnectLook": openapi.ConnectLook{},
	"ConnectRedirect": openapi.ConnectRedirect{}, "ConnectRequest": openapi.ConnectRequest{},
	"Connection": openapi.Connection{}, "CouponList": openapi.CouponList{}, "DataExport": openapi.DataExport{},
	"NewWebhook": openapi.NewWebhook{}, "OrderLookUp": openapi.OrderLookUp{}, "OwnPluginKey": openapi.OwnPluginKey{},
	"PrivacyRequest": openapi.PrivacyRequest{}, "PrivacyRequestList": openapi.PrivacyRequestList{},
	"Product": openapi.Product{}, "ProductList": openapi.ProductList{}, "PublicOrder": openapi.PublicOrder{},
	"PublicOrderList": openapi.PublicOrderList{}, "Redaction": openapi.Redaction{}, "Registration": openapi.Registration{},
	"RegistrationState": openapi.RegistrationState{}, "Webhook": openapi.Webhook{},
	"WebhookDelivery": openapi.WebhookDelivery{}, "WebhookDeliveryList": openapi.WebhookDeliveryList{},
	"WebhookList": openapi.WebhookList{}, "WebhookPatch": openapi.WebhookPatch{},
	"Template": openapi.Template{}, "Unread": openapi.Unread{}, "WebhookEvent": openapi.WebhookEvent{},
}

func TestTheGoTypesKeepAllThatTheExamplesSay(t *testing.T) {
	for _, e := range wanted(t, load(t)) {
		t.Run(e.File, func(t *testing.T) {
			zero, ok := types[e.Schema]
			if !ok {
				t.Fatalf("no Go type is listed for %s", e.Schema)
			}
			typed := reflect.New(reflect.TypeOf(zero))
			raw := read(t, e.File)
			if err := json.Unmarshal(raw, typed.Interface()); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(typed.Interface())
			if err != nil {
				t.Fatal(err)
			}
			if want, got := falseless(t, raw), falseless(t, again); !reflect.DeepEqual(want, got) {
				t.Errorf("lost on the way:\nwant %v\ngot  %v", want, got)
			}
		})
	}
}

// falseless reads JSON and drops false members: an optional flag that is false is absent in Go.
func falseless(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var drop func(any)
	drop = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if x == false {
					delete(v, k)
				}
				drop(x)
			}
		case []any:
			for _, x := range v {
				drop(x)
			}
		}
	}
	drop(v)
	return v
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("examples", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
