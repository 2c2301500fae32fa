package attacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// G25: tenants are walls. Two merchants live in one database; every operation of the contract is called with the ids of one and each
// credential of the other. The operations are read from the contract, so that a new one is tried without a word here.

// tenant is one merchant with something of everything.
type tenant struct {
	*stage
	ids map[string]string // by the name of the path parameter
}

// furnish gives a merchant something of everything.
func furnish(t *testing.T, s *harness.Server, ownerEmail string) *tenant {
	t.Helper()
	w := &stage{Server: s, agent: s.SignIn(ownerEmail, harness.OwnerPassword), mara: s.NewShopper()}
	n := &tenant{stage: w, ids: map[string]string{"shop": s.Shop, "key": s.ShopKey, "shopper": w.mara.ID, "external_id": "order-of-" + s.Shop}}
	_, file, _ := w.upload(t, "secret.txt", []byte("a secret file of "+s.Shop))
	n.ids["attachment"] = file.ID
	k := w.dial(t, w.mara)
	message := map[string]any{"text": "a secret of " + s.Shop, "attachment_ids": []string{file.ID}}
	if err := k.Write(t.Context(), map[string]any{"type": "send", "client_id": "first", "start": "first", "message": message}); err != nil {
		t.Fatal(err)
	}
	f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		t.Fatal(err)
	}
	w.conversation, n.ids["conversation"] = f.Conversation, f.Conversation
	order := orderEvent(n.ids["external_id"], func(o map[string]any) { o["shopper"] = w.mara.ID })
	product := map[string]any{
		"id": "product", "type": "product.upserted", "occurred_at": time.Now().UTC().Format(time.RFC3339Nano), "version": time.Now().UnixMilli(),
		"product": map[string]any{"external_id": n.ids["external_id"], "title": "A secret thing of " + s.Shop},
	}
	if status := s.Plugin(http.MethodPost, "/v1/shops/"+s.Shop+"/events", map[string]any{"events": []any{order, product}}, nil); status != http.StatusOK {
		t.Fatalf("push an order: %d", status)
	}
	make := func(path string, body any, name, field string) {
		var made map[string]any
		if status := w.agent.Call(http.MethodPost, path, body, &made); status != http.StatusCreated {
			t.Fatalf("POST %s: %d", path, status)
		}
		n.ids[name], _ = made[field].(string)
	}
	make("/v1/invitations", map[string]string{"email": "new@" + s.Shop + ".example", "role": "agent"}, "invitation", "id")
	make("/v1/shops/"+s.Shop+"/plugin-keys", map[string]any{"name": "another", "scopes": []string{"context:read"}}, "plugin_key", "id")
	make("/v1/shops/"+s.Shop+"/identity-secrets", nil, "kid", "kid")
	var me struct{ Agent struct{ ID string } }
	if status := w.agent.Call(http.MethodGet, "/v1/agent/me", nil, &me); status != http.StatusOK {
		t.Fatalf("me: %d", status)
	}
	n.ids["agent"] = me.Agent.ID
	n.connect(t)
	n.subscribe(t)
	return n
}

// subscribe gives a merchant a webhook with a delivery, and a request about people's data: both as they will stay.
func (n *tenant) subscribe(t *testing.T) {
	t.Helper()
	under := "/v1/shops/" + n.Shop
	var hook, told, asked struct {
		ID, State string
		Attempts  []object
	}
	in := object{"url": "https://hooks.shop.invalid/" + n.Shop, "description": "a secret of " + n.Shop, "events": []string{"handoff.changed"}}
	if status := n.agent.Call(http.MethodPost, under+"/webhooks", in, &hook); status != http.StatusCreated {
		t.Fatalf("make a webhook: %d", status)
	}
	if status := n.agent.Call(http.MethodPost, under+"/webhooks/"+hook.ID+"/ping", nil, &told); status != http.StatusAccepted {
		t.Fatalf("ping it: %d", status)
	}
	n.ids["webhook"], n.ids["webhook_delivery"] = hook.ID, told.ID
	eventually(t, func() error { // nobody is there
		n.agent.Call(http.MethodGet, under+"/webhooks/"+hook.ID+"/deliveries/"+told.ID, nil, &told)
		if len(told.Attempts) == 0 {
			return fmt.Errorf("the webhook was not called")
		}
		return nil
	})
	if status := n.agent.Call(http.MethodPatch, under+"/webhooks/"+hook.ID, object{"enabled": false}, nil); status != http.StatusOK {
		t.Fatalf("switch it off: %d", status)
	}
	if status := n.agent.Call(http.MethodPost, under+"/privacy/redact", object{"reference": "a secret of " + n.Shop, "orders": []string{"none"}}, &asked); status != http.StatusAccepted {
		t.Fatalf("ask for a redaction: %d", status)
	}
	n.ids["privacy_request"] = asked.ID
	eventually(t, func() error {
		n.agent.Call(http.MethodGet, under+"/privacy/"+asked.ID, nil, &asked)
		if asked.State != "done" {
			return fmt.Errorf("the redaction is %s", asked.State)
		}
		return nil
	})
}

// connect gives a merchant a channel, with a message on its way, an offer to go there, and a webhook that could not be taken in.
func (n *tenant) connect(t *testing.T) {
	t.Helper()
	h := &hooked{stage: n.stage, app: newHookApp(t, n.agent, "1029384756102938", hookSecret)}
	newHookAccount(t, n.agent, n.Shop, h.app.ID, object{"channel": "whatsapp", "external_id": hookNumber, "handle": "+4930901820000", "business_id": hookWABA})
	n.ids["provider_app"] = h.app.ID
	n.ids["account"] = n.first(t, "/v1/accounts")
	offer := object{"handoff": object{"channels": []object{{"channel": "whatsapp", "account": n.ids["account"], "link": true}}}}
	if status := n.agent.Call(http.MethodPatch, "/v1/shops/"+n.Shop, object{"settings": offer}, nil); status != http.StatusOK {
		t.Fatalf("offer a channel: %d", status)
	}
	a := attack{
		method: http.MethodPost, path: "/v1/shops/" + n.ShopKey + "/shopper/handoffs", header: n.shopper(n.mara),
		body: object{"channel": "whatsapp", "conversation": n.conversation},
	}
	resp, body, err := a.send(n.stage)
	var made struct{ ID string }
	if err != nil || resp.StatusCode != http.StatusCreated || json.Unmarshal(body, &made) != nil {
		t.Fatalf("make an offer: %v %v %s", resp, err, body)
	}
	n.ids["handoff"] = made.ID
	h.take(t, []byte("not what a provider says"))
	h.take(t, said("491700000002", "wamid.wall", "a secret of "+n.Shop, time.Now(), nil))
	c := h.of(t, "491700000002").ID
	entry := object{"client_id": "wall", "kind": "message", "message": object{"text": "a secret of " + n.Shop}}
	if status := n.Plugin(http.MethodPost, "/v1/shops/"+n.Shop+"/conversations/"+c+"/entries", entry, nil); status != http.StatusCreated {
		t.Fatalf("answer: %d", status)
	}
	eventually(t, func() error {
		var page struct{ Items []struct{ ID, State string } }
		n.agent.Call(http.MethodGet, "/v1/shops/"+n.Shop+"/conversations/"+c+"/deliveries", nil, &page)
		if len(page.Items) != 1 || page.Items[0].State != "accepted" {
			return fmt.Errorf("the message is not on its way: %v", page.Items)
		}
		n.ids["delivery"] = page.Items[0].ID
		return nil
	})
	eventually(t, func() error {
		all := h.dead(t)
		if len(all) != 1 {
			return fmt.Errorf("%d webhooks are dead, want one", len(all))
		}
		n.ids["raw"] = all[0].ID
		return nil
	})
}

// first gives the id of a list's first item.
func (n *tenant) first(t *testing.T, path string) string {
	t.Helper()
	var page struct{ Items []struct{ ID string } }
	if status := n.agent.Call(http.MethodGet, path, nil, &page); status != http.StatusOK || len(page.Items) == 0 {
		t.Fatalf("GET %s: %d, %d items", path, status, len(page.Items))
	}
	return page.Items[0].ID
}

// operation is one of the contract's.
type operation struct {
	method, path, id string
	public           bool // asks for no credential
	agents           bool // may be called by an agent
	upload           bool
	params           []string // in the path
	body             string   // the golden one
}

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

func operations(t *testing.T) []operation {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	var ops []operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := operation{method: method, path: path, id: op.OperationID, public: op.Security != nil && len(*op.Security) == 0}
			for _, way := range *op.Security {
				_, agents := way["agentSession"]
				o.agents = o.agents || agents
			}
			for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
				o.params = append(o.params, m[1])
			}
			if op.RequestBody != nil {
				o.upload = op.RequestBody.Value.Content.Get("application/octet-stream") != nil
			}
			if b, err := os.ReadFile(filepath.Join("../../../openapi/examples", o.id+".request.json")); err == nil {
				o.body = string(b)
			}
			ops = append(ops, o)
		}
	}
	slices.SortFunc(ops, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return ops
}

// call is the attack that this operation is with these ids and a credential of w's.
func (o operation) call(w *tenant, ids map[string]string, as string) attack {
	a := attack{name: o.id + " as " + as, method: o.method, header: map[string]string{}, path: pathParam.ReplaceAllStringFunc(o.path, func(p string) string {
		return ids[strings.Trim(p, "{}")]
	})}
	switch as {
	case "agent":
		a.host, a.header = "inbox", w.cookie()
	case "plugin":
		a.header = w.plugin()
	case "shopper":
		a.header = w.shopper(w.mara)
	}
	if strings.HasPrefix(o.path, "/files/") {
		a.host = "files"
	}
	switch {
	case o.upload:
		a.path += "?name=a.txt"
		a.body = "hello"
		a.header = with(a.header, "Content-Type", "application/octet-stream")
	case o.body != "":
		a.body = o.body
		if strings.HasSuffix(o.path, "/frames") {
			a.body = map[string]any{"type": "send", "client_id": "wall", "conversation": ids["conversation"], "message": map[string]string{"text": "x"}}
		}
	case o.method == http.MethodPost:
		a.body = "{}"
	}
	return a
}

func TestNoCredentialOpensAnotherMerchantsDoor(t *testing.T) {
	s := harness.Start(t, harness.Options{Flags: []string{"-graph-url", record(t, nil).URL}})
	theirs := furnish(t, s.Neighbour(), harness.NeighbourEmail)
	ours := furnish(t, s, harness.OwnerEmail)
	before := theirs.everything(t)
	mixed := maps.Clone(theirs.ids) // another's object under a shop of one's own
	mixed["shop"], mixed["key"] = ours.ids["shop"], ours.ids["key"]
	tried := 0
	for _, o := range operations(t) {
		if o.public || o.id == "logout" || o.id == "deleteOwnPluginKey" || o.id == "openAgentStream" || strings.HasSuffix(o.id, "Socket") {
			continue // about nobody's data; ends our own session or key; live connections are tried below
		}
		variants := []map[string]string{theirs.ids}
		if len(o.params) > 1 {
			variants = append(variants, mixed)
		}
		for _, ids := range variants {
			for _, as := range []string{"agent", "plugin", "shopper", "nobody"} {
				tried++
				o.try(t, ours, theirs, ids, as)
			}
		}
	}
	if after := theirs.everything(t); !maps.Equal(before, after) {
		for what := range before {
			if before[what] != after[what] {
				t.Errorf("%s of the other merchant has changed:\n%s\n%s", what, before[what], after[what])
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d calls were tried", tried)
	}
}

// try makes one call that must get nowhere.
func (o operation) try(t *testing.T, ours, theirs *tenant, ids map[string]string, as string) {
	t.Helper()
	a := o.call(ours, ids, as)
	resp, body, err := a.send(ours.stage)
	if err != nil {
		t.Errorf("%s: %v", a.name, err)
		return
	}
	for name, id := range theirs.ids {
		if asked := fmt.Sprintf(`"conversation":%q`, id); strings.Contains(strings.ReplaceAll(string(body), asked, ""), id) { // a refusal repeats it
			t.Errorf("%s: the answer holds the other merchant's %s: %s", a.name, name, body)
		}
	}
	switch {
	case len(o.params) == 0 && !strings.HasSuffix(o.path, "/frames"): // about one's own merchant: any answer without the other's data
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound:
	case o.id == "resumeConversation" && resp.StatusCode == http.StatusGone: // the link in the body is the credential, and this one is nobody's
	case strings.HasSuffix(o.path, "/frames") && strings.Contains(string(body), `"code":"not_found"`):
	default:
		t.Errorf("%s %s: %d %s", a.name, a.path, resp.StatusCode, body)
	}
}

var signature = regexp.MustCompile(`\?exp=\d+[^"]*`)

// everything is what the merchant's owner sees, by operation.
func (n *tenant) everything(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, o := range operations(t) {
		if o.method != http.MethodGet || !o.agents || strings.Contains(o.path, "{key}") || strings.HasSuffix(o.id, "Socket") || strings.HasSuffix(o.id, "Stream") ||
			strings.HasPrefix(o.path, "/files/") {
			continue
		}
		resp, body, err := o.call(n, n.ids, "agent").send(n.stage)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s as the owner: %v %v %s", o.id, resp, err, body)
		}
		all[o.id] = signature.ReplaceAllString(string(body), "")
	}
	if !strings.Contains(all["listEntries"], "a secret of") || !strings.Contains(all["getOrder"], n.ids["external_id"]) {
		t.Fatalf("the owner does not see what was made: %v", all)
	}
	return all
}

// The same on live connections: whatever frame names the other merchant's conversation or shop is refused, and nothing of theirs comes.
func TestNoFrameReachesAnotherMerchant(t *testing.T) {
	s := harness.Start(t, harness.Options{Flags: []string{"-graph-url", record(t, nil).URL}})
	theirs := furnish(t, s.Neighbour(), harness.NeighbourEmail)
	ours := furnish(t, s, harness.OwnerEmail)
	victim := theirs.conversation
	before := len(theirs.ConversationLog(victim))
	agent, err := ours.agent.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	if b, err := json.Marshal(agent.Welcome); err != nil || strings.Contains(string(b), theirs.Shop) {
		t.Fatalf("the welcome names the other merchant's shop: %s %v", b, err)
	}
	shopper := ours.dial(t, ours.mara)
	for name, frame := range map[string]map[string]any{
		"join":    {"type": "join", "conversation": victim, "generation": 1, "after": 0},
		"send":    {"type": "send", "client_id": "wall", "conversation": victim, "message": map[string]string{"text": "x"}},
		"amend":   {"type": "amend", "client_id": "wall2", "conversation": victim, "target": 1, "action": "revoke"},
		"read":    {"type": "read", "conversation": victim, "seq": 1},
		"viewing": {"type": "viewing", "conversation": victim},
		"typing":  {"type": "typing", "conversation": victim},
		"feed":    {"type": "feed", "feeds": []any{map[string]any{"shop": theirs.Shop, "after": 0}}},
	} {
		for who, k := range map[string]*harness.Socket{"agent": agent, "shopper": shopper} {
			if who == "shopper" && (name == "viewing" || name == "feed") {
				continue // not theirs at all: a bad frame
			}
			if got := answers(t, k, frame); !slices.Equal(got, []string{"refused not_found"}) && (name != "typing" || len(got) > 0) {
				t.Errorf("%s by the other's %s: %v", name, who, got)
			}
		}
	}
	if after := len(theirs.ConversationLog(victim)); after != before {
		t.Errorf("the log grew from %d to %d", before, after)
	}
	heardOnlyOwn(t, ours, theirs, agent)
}

// answers gives what comes between a frame and the pong to a ping behind it.
func answers(t *testing.T, k *harness.Socket, frame map[string]any) (got []string) {
	t.Helper()
	for _, f := range []map[string]any{frame, {"type": "ping"}} {
		if err := k.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	_, err := k.Await(t.Context(), func(f harness.Frame) bool {
		switch f.Type {
		case "pong":
			return true
		case "presence", "beat": // about one's own
		default:
			got = append(got, strings.TrimSpace(string(f.Type)+" "+string(f.Code)))
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// heardOnlyOwn lets both merchants' shoppers write and looks what our agent hears.
func heardOnlyOwn(t *testing.T, ours, theirs *tenant, agent *harness.Socket) {
	t.Helper()
	if err := agent.Write(t.Context(), map[string]any{"type": "feed", "feeds": []any{map[string]any{"shop": ours.Shop}}}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []*tenant{theirs, ours} { // ours last: when it is heard, theirs would have been
		k := n.dial(t, n.mara)
		if err := k.Send(t.Context(), n.conversation, "later", "more of "+n.Shop); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "ack" }); err != nil {
			t.Fatal(err)
		}
	}
	var foreign error
	_, err := agent.Await(t.Context(), func(f harness.Frame) bool {
		b, _ := json.Marshal(f) // it was JSON a moment ago
		for _, id := range theirs.ids {
			if strings.Contains(string(b), id) {
				foreign = fmt.Errorf("heard of %s: %s", id, b)
			}
		}
		return f.Type == "feed" && strings.Contains(string(b), "more of "+ours.Shop)
	})
	if err != nil || foreign != nil {
		t.Errorf("%v %v", err, foreign)
	}
}
