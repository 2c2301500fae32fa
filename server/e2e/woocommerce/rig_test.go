package woocommerce_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// The plugin's names, which are a part of what it promises: other plugins hook there, and an uninstalled one must leave none.
const (
	settingsPage  = "/wp-admin/admin.php?page=tagalong-chat"
	identityRoute = "/wp-json/tagalong-chat/v1/identity"
	shopperCookie = "tagalong_shopper"
)

// rig is the site with its plugin connected to a server.
type rig struct {
	*site
	t      *testing.T
	server *harness.Server
	agent  *harness.Agent
	client *tagalong.Client // a plugin key's, to look at what the server knows
	admin  *visitor         // the merchant, in the site's back office
}

// start runs a server beside the site, not yet connected to it.
func startRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{site: openSite(t), t: t, server: harness.Start(t, harness.Options{})}
	r.agent = r.server.Agent()
	sites := map[string]any{"origins": []string{r.url("")}}
	if status := r.agent.Call(http.MethodPatch, "/v1/shops/"+r.server.Shop, sites, nil); status != http.StatusOK {
		t.Fatalf("the shop's site: %d", status)
	}
	var err error
	s := r.server
	if r.client, err = tagalong.New(s.URL("chat", ""), s.Shop, s.PluginKey, tagalong.WithHTTPClient(harness.NewClient())); err != nil {
		t.Fatal(err)
	}
	r.admin = r.visit(t)
	r.admin.signIn("admin", adminPassword)
	return r
}

// open starts a server and connects the plugin to it.
func open(t *testing.T) *rig {
	t.Helper()
	r := startRig(t)
	back := r.grants(r.asks(), map[string]any{"shop": r.server.Shop})
	if p := r.admin.get(back); p.status != http.StatusOK || p.url.Query().Get("tagalong_said") != "connected" {
		t.Fatalf("the plugin is not connected: %d %s", p.status, p.url)
	}
	r.flush() // what connecting itself has set going
	return r
}

// asks presses "Connect" on the settings page and gives where that leads: to the server's consent page.
func (r *rig) asks() *url.URL {
	r.t.Helper()
	form := r.admin.get(settingsPage).form("tagalong_chat_connect")
	form.Set("url", r.server.URL("chat", ""))
	p := r.admin.submit("/wp-admin/admin-post.php", form)
	to, err := url.Parse(p.header.Get("Location"))
	if err != nil || p.status != http.StatusFound || to.Host != r.server.Host("chat") || to.Path != "/connect" {
		r.t.Fatalf("the button leads to %q: %d\n%s", p.header.Get("Location"), p.status, p.body)
	}
	return to
}

// grants agrees as the owner in the inbox, and gives where the browser goes then.
func (r *rig) grants(asked *url.URL, shop map[string]any) string {
	r.t.Helper()
	q := asked.Query()
	request := map[string]any{"scopes": strings.Fields(strings.ReplaceAll(q.Get("scopes"), "+", " ")), "identity": q.Get("identity") == "1"}
	for _, name := range []string{"name", "platform", "return_url", "state", "code_challenge", "code_challenge_method"} {
		request[name] = q.Get(name)
	}
	in := map[string]any{"request": request}
	maps.Copy(in, shop)
	var out struct {
		RedirectURL string `json:"redirect_url"`
	}
	if status := r.agent.Call(http.MethodPost, "/v1/connect/grants", in, &out); status != http.StatusCreated {
		r.t.Fatalf("agreeing: %d", status)
	}
	return out.RedirectURL
}

var forms = regexp.MustCompile(`(?s)<form.*?</form>`)

// form reads the hidden fields of the form that does an action.
func (p page) form(action string) url.Values {
	for _, f := range forms.FindAllString(p.body, -1) {
		if in := (page{body: f}).hidden(); in.Get("action") == action {
			return in
		}
	}
	return url.Values{}
}

// elapse lets time pass for what the plugin has put off: everything that waits is due so much earlier.
func (r *rig) elapse(by time.Duration) {
	r.t.Helper()
	r.do(r.t, nil, elapsing(by))
}

func elapsing(by time.Duration) string {
	return fmt.Sprintf(`
		global $wpdb;
		$wpdb->query("UPDATE {$wpdb->prefix}tagalong_chat_outbox
			SET due_at = due_at - %[1]d, first_at = first_at - %[1]d, claimed_until = claimed_until - %[1]d");
		$wpdb->query("UPDATE {$wpdb->prefix}actionscheduler_actions SET scheduled_gmt = DATE_SUB(scheduled_gmt, INTERVAL %[1]d SECOND)");
		$state = get_option('tagalong_chat_state');
		if (is_array($state) && !empty($state['until'])) {
			$state['until'] -= %[1]d;
			update_option('tagalong_chat_state', $state, false);
		}`, int(by.Seconds()))
}

const running = `$n = 0; for ($i = 0; $i < 20 && ($m = ActionScheduler_QueueRunner::instance()->run()) > 0; $i++) { $n += $m; } return $n;`

// runQueue does what is due now, until nothing is, and tells how many jobs that were.
func (r *rig) runQueue() int {
	r.t.Helper()
	var done int
	r.do(r.t, &done, running)
	return done
}

// flush lets a minute pass and does what is due then.
func (r *rig) flush() {
	r.t.Helper()
	r.do(r.t, nil, elapsing(time.Minute)+running)
}

// waiting are the plugin's rows that are not sent yet, by kind and id.
func (r *rig) waiting() map[string]string {
	r.t.Helper()
	var out map[string]string
	r.do(r.t, &out, `
		global $wpdb; $out = [];
		foreach ($wpdb->get_results("SELECT * FROM {$wpdb->prefix}tagalong_chat_outbox WHERE state <> 'note'") as $row) {
			$out["$row->kind $row->external_id"] = $row->state;
		}
		return (object) $out;`)
	return out
}

// chats begins a conversation as a shopper, and gives the site's visitor who is them.
func (r *rig) chats() (v *visitor, shopper, conversation string) {
	r.t.Helper()
	p := r.server.NewShopper()
	k, err := p.Dial(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer k.Close()
	if err := k.Send(r.t.Context(), "", "first", "Is the blue one dishwasher-safe?"); err != nil {
		r.t.Fatal(err)
	}
	f, err := k.Await(r.t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		r.t.Fatal(err)
	}
	v = r.visit(r.t)
	v.setCookie(shopperCookie, p.ID) // as the page's script does once there is a shopper
	return v, p.ID, f.Conversation
}

// told gives what the conversation's log says of orders: change by change, how often.
func (r *rig) told(conversation string) map[string]int {
	r.t.Helper()
	out := map[string]int{}
	for e, err := range r.client.Entries(r.t.Context(), conversation, 0) {
		if err != nil {
			r.t.Fatal(err)
		}
		if e.Event != nil && e.Event.Order != nil {
			out[fmt.Sprint(e.Event.Order.ExternalID, " ", e.Event.Order.Change)]++
		}
	}
	return out
}

// hears waits until the log tells of a change, which a task of the server's writes.
func (r *rig) hears(conversation, order, change string) {
	r.t.Helper()
	r.until("the conversation hears that order "+order+" is "+change, func() bool { return r.told(conversation)[order+" "+change] == 1 })
}

// until asks again and again, for ten seconds at most.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			r.t.Fatalf("not in ten seconds: %s\n%s", what, tail([]byte(r.server.Log())))
		}
	}
}

// order reads an order from the server.
func (r *rig) order(number string) api.Order {
	r.t.Helper()
	o, err := r.client.Order(r.t.Context(), number)
	if err != nil {
		r.t.Fatalf("order %s: %v", number, err)
	}
	return o
}

// beside is what an agent sees beside the conversation.
type beside struct {
	Orders   []api.Order
	Carts    []api.Cart
	Customer *api.Customer
}

// context reads it.
func (r *rig) context(shopper string) (out beside) {
	r.t.Helper()
	if status := r.agent.Call(http.MethodGet, "/v1/shops/"+r.server.Shop+"/shoppers/"+shopper+"/context", nil, &out); status != http.StatusOK {
		r.t.Fatalf("the context: %d", status)
	}
	return out
}

// option reads an option of the site.
func (s *site) option(t *testing.T, name string) json.RawMessage {
	t.Helper()
	var out json.RawMessage
	s.do(t, &out, fmt.Sprintf(`return get_option(%s);`, quotePHP(name)))
	return out
}
