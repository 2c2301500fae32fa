package meta

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// routes answers by method and path below the version.
func routes(t *testing.T, answers map[string]string) http.HandlerFunc {
	t.Helper()
	return func(rw http.ResponseWriter, r *http.Request) {
		at := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v25.0")
		body, ok := answers[at]
		if !ok {
			t.Errorf("nobody expects %s", at)
		}
		if strings.HasPrefix(body, `{"error"`) {
			rw.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(rw, body)
	}
}

func states(checks []chat.Check) string {
	var all []string
	for _, c := range checks {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s:%s:%s", c.Name, c.State, c.Code), ":"))
	}
	return strings.Join(all, " ")
}

const goodToken = `{"data":{"app_id":"1234","is_valid":true,"scopes":["whatsapp_business_messaging","whatsapp_business_management",
	"pages_messaging","pages_manage_metadata"]}}`

func TestAConnectionToWhatsAppIsChecked(t *testing.T) {
	good := map[string]string{
		"GET /debug_token": goodToken,
		"GET /num":         `{"id":"num","display_phone_number":"+1 555-078-3881","quality_rating":"GREEN","status":"CONNECTED"}`,
		"GET /waba/subscribed_apps": `{"data":[{"whatsapp_business_api_data":{"id":"other"}},
			{"override_callback_uri":"https://chat.example/hooks/meta/app_1","whatsapp_business_api_data":{"id":"1234"}}]}`,
		"GET /waba/message_templates": `{"data":[{"name":"a","status":"APPROVED"}]}`,
	}
	const fine = "token:ok permissions:ok account:ok subscription:ok templates:ok webhook:ok"
	but := func(found string) string {
		name, _, _ := strings.Cut(found, ":")
		return strings.Replace(fine, name+":ok", found, 1)
	}
	for name, c := range map[string]struct {
		at, answer, want string
	}{
		"all is well":         {"", "", fine},
		"an expired token":    {"GET /debug_token", `{"data":{"is_valid":false,"error":{"message":"expired"}}}`, "token:failed:token_invalid"},
		"a token that is off": {"GET /debug_token", `{"error":{"code":190,"message":"m"}}`, "token:failed:token"},
		"another app's":       {"GET /debug_token", `{"data":{"app_id":"9","is_valid":true}}`, "token:failed:token_of_another_app"},
		"fewer permissions": {
			"GET /debug_token", `{"data":{"app_id":"1234","is_valid":true,"scopes":["whatsapp_business_messaging"]}}`,
			but("permissions:failed:permissions_missing"),
		},
		"another number": {"GET /num", `{"display_phone_number":"+1 555-000-0000"}`, but("account:failed:handle_differs")},
		"no number":      {"GET /num", `{"error":{"code":100,"error_subcode":33,"message":"m"}}`, but("account:failed:account_missing")},
		"a pending one": {
			"GET /num", `{"display_phone_number":"15550783881","status":"PENDING"}`, but("account:failed:not_connected"),
		},
		"a bad reputation": {
			"GET /num", `{"display_phone_number":"15550783881","quality_rating":"RED"}`, but("account:warning:quality_low"),
		},
		"no subscription": {"GET /waba/subscribed_apps", `{"data":[]}`, but("subscription:failed:not_subscribed")},
		"a subscription of others": {
			"GET /waba/subscribed_apps",
			`{"data":[{"override_callback_uri":"https://old.example/hook","whatsapp_business_api_data":{"id":"1234"}}]}`,
			but("subscription:failed:callback_elsewhere"),
		},
		"no template": {"GET /waba/message_templates", `{"data":[]}`, but("templates:warning:no_template")},
	} {
		t.Run(name, func(t *testing.T) {
			answers := maps.Clone(good)
			if c.at != "" {
				answers[c.at] = c.answer
			}
			w := newWorld(t, routes(t, answers))
			e := letter("")
			if got := states(w.WhatsApp().(channel.Connector).Check(t.Context(), e.Account, e.App)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAnAppWithoutASecretIsFound(t *testing.T) {
	if got := new(Platform).checkWebhook(chat.ProviderApp{Secrets: []string{""}}); got.Code != "no_secret" {
		t.Errorf("got %+v", got)
	}
	p := New(Options{WebhookURL: func(chat.ProviderAppID) string { return "http://localhost/hooks" }})
	if got := p.checkWebhook(chat.ProviderApp{Secrets: []string{"s"}}); got.Code != "not_https" {
		t.Errorf("got %+v", got)
	}
}

func TestAConnectionToAPageIsChecked(t *testing.T) {
	e := letter("")
	fields := `"` + strings.Join(pageFields().needed, `","`) + `"`
	for name, c := range map[string]struct{ apps, profile, want string }{
		"all is well": {
			`{"data":[{"id":"1234","subscribed_fields":[` + fields + `]}]}`, `{"data":[{"get_started":{"payload":"x"}}]}`,
			"token:ok permissions:ok account:ok subscription:ok get_started:ok webhook:ok",
		},
		"a field and the button are missing": {
			`{"data":[{"id":"1234","subscribed_fields":["messages"]}]}`, `{"data":[]}`,
			"token:ok permissions:ok account:ok subscription:warning:fields_missing get_started:failed:get_started_missing webhook:ok",
		},
		"another app has it": {
			`{"data":[{"id":"9"}]}`, `{"error":{"code":10,"message":"m"}}`,
			"token:ok permissions:ok account:ok subscription:failed:not_subscribed get_started:failed:permission webhook:ok",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, routes(t, map[string]string{
				"GET /debug_token": goodToken, "GET /num": `{"id":"num"}`, "GET /num/subscribed_apps": c.apps, "GET /num/messenger_profile": c.profile,
			}))
			if got := states(w.Messenger().(channel.Connector).Check(t.Context(), e.Account, e.App)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSubscribing(t *testing.T) {
	e := letter("")
	var asked []string
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q := r.URL.Query()
		fields := strings.Split(q.Get("subscribed_fields"), ",")
		asked = append(asked, fmt.Sprintf("%s %s %d %s", r.Method, r.URL.Path, len(fields), body))
		if slices.Contains(fields, "message_edit") {
			rw.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(rw, `{"error":{"code":100,"message":"(#100) Param subscribed_fields[5] must be one of {messages}"}}`)
			return
		}
		_, _ = io.WriteString(rw, `{"success":true}`)
	})
	linked := e.Account
	e.Account.BusinessID = ""
	for _, c := range []struct {
		adapter channel.Adapter
		account chat.Account
		want    []string
	}{
		{w.WhatsApp(), linked, []string{
			`POST /v25.0/waba/subscribed_apps 1 {"override_callback_uri":"https://chat.example/hooks/meta/app_1","verify_token":"ours"}`,
		}},
		{w.Messenger(), e.Account, []string{
			"POST /v25.0/num/subscribed_apps 12 ", "GET /v25.0/num/messenger_profile 1 ",
			`POST /v25.0/num/messenger_profile 1 {"get_started":{"payload":"GET_STARTED"}}`,
		}},
		{w.Instagram(), linked, []string{"POST /v25.0/waba/subscribed_apps 12 "}},                                        // by its page, with all that Messenger needs
		{w.Instagram(), e.Account, []string{"POST /v25.0/num/subscribed_apps 6 ", "POST /v25.0/num/subscribed_apps 5 "}}, // one was refused
	} {
		asked = nil
		if err := c.adapter.(channel.Connector).Subscribe(t.Context(), c.account, e.App); err != nil {
			t.Error(err)
		}
		if !slices.Equal(asked, c.want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestAnInstagramAccountIsCheckedByTheIDThatWebhooksName(t *testing.T) {
	e := letter("")
	e.Account.Handle = "@LuckyShrub"
	for name, c := range map[string]struct{ page, answer, want string }{
		"its own":                {"", `{"user_id":"num","username":"luckyshrub","id":"289"}`, "account:ok"},
		"the other of its ids":   {"", `{"user_id":"178","username":"luckyshrub","id":"num"}`, "account:failed:id_differs"},
		"another name":           {"", `{"user_id":"num","username":"other"}`, "account:failed:handle_differs"},
		"its page's":             {"pg", `{"id":"pg","instagram_business_account":{"id":"num"}}`, "account:ok"},
		"a page of another":      {"pg", `{"id":"pg","instagram_business_account":{"id":"other"}}`, "account:failed:id_differs"},
		"a page that tells none": {"pg", `{"id":"pg"}`, "account:ok"},
	} {
		w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, c.answer) })
		e.Account.BusinessID = c.page
		if got := states([]chat.Check{w.Instagram().(messenger).checkAccount(t.Context(), e.Account, e.App)}); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestTemplatesAreListed(t *testing.T) {
	body, err := os.ReadFile("testdata/whatsapp-api/resp_templates_list_example_response.json")
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{
		strings.Replace(string(body), `"paging": {`, `"paging": {"next":"https://evil.example/",`, 1),
		`{"data":[{"name":"order_update","language":"de","status":"REJECTED","rejected_reason":"INVALID_FORMAT",
			"category":"UTILITY","parameter_format":"NAMED",
			"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hi {{first_name}}, {{order}} {{first_name}}"},
			{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track","url":"https://shop.example/{{1}}"},{"type":"FLOW","text":"x"},
			{"type":"COPY_CODE","text":"Copy"}]}]},
			7, {"name":"odd","language":"en","status":"LIMIT_EXCEEDED","components":[{"type":"BODY","text":"{{2}} {{1}} {{3}}"}]}],
			"paging":{"cursors":{"after":"x"}}}`,
	}
	var after []string
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		after = append(after, r.URL.Query().Get("after"))
		_, _ = io.WriteString(rw, pages[len(after)-1])
	})
	e := letter("")
	got, err := w.WhatsApp().(channel.Templater).Templates(t.Context(), e.Account, e.App)
	if err != nil || len(got) != 4 || !reflect.DeepEqual(after, []string{"", "MjQZD"}) {
		t.Fatalf("got %d templates from %q: %v", len(got), after, err)
	}
	sale, named, odd := got[1], got[2], got[3]
	if sale.Name != "2023_april_promo" || sale.Status != chat.TemplateApproved || sale.Category != chat.CategoryMarketing ||
		!reflect.DeepEqual(sale.Body.Params, []string{"1", "2"}) || sale.Header.Text != "Fall Sale" ||
		sale.Buttons[0].Kind != "quick_reply" || sale.Footer == "" {
		t.Errorf("got %+v", sale)
	}
	if named.Status != chat.TemplateRejected || named.Reason != "INVALID_FORMAT" || !named.Body.Named ||
		!reflect.DeepEqual(named.Body.Params, []string{"first_name", "order"}) ||
		named.Header.Format != "image" || !reflect.DeepEqual(named.Buttons[0].Params, []string{"1"}) || named.Buttons[1].Kind != "other" {
		t.Errorf("got %+v", named)
	}
	if odd.Status != chat.TemplateDisabled || odd.Reason != "LIMIT_EXCEEDED" || !reflect.DeepEqual(odd.Body.Params, []string{"1", "2", "3"}) {
		t.Errorf("got %+v", odd)
	}
}

func TestTemplatesThatCanNotBeFilledAreRefused(t *testing.T) {
	body := chat.TemplatePart{Format: "text", Params: []string{"1"}}
	link := chat.TemplateButton{Kind: "url", URL: "https://shop.example/{{1}}", Params: []string{"1"}}
	for name, c := range map[string]struct {
		t   *chat.Template
		use chat.TemplateUse
	}{
		"not known":          {nil, chat.TemplateUse{}},
		"a value is missing": {&chat.Template{Body: body}, chat.TemplateUse{}},
		"a value is blank":   {&chat.Template{Body: body}, chat.TemplateUse{Body: map[string]string{"1": " \n\t"}}},
		"no picture": {
			&chat.Template{Header: &chat.TemplatePart{Format: "image"}}, chat.TemplateUse{Header: map[string]string{"link": "file:///etc/passwd"}},
		},
		"no address": {&chat.Template{Buttons: []chat.TemplateButton{link}}, chat.TemplateUse{}},
		"an address of another site": {
			&chat.Template{Buttons: []chat.TemplateButton{link}}, chat.TemplateUse{Buttons: map[int]string{0: "https://evil.example/x"}},
		},
		"no code":             {&chat.Template{Buttons: []chat.TemplateButton{{Kind: "copy_code"}}}, chat.TemplateUse{}},
		"a header of no kind": {&chat.Template{Header: &chat.TemplatePart{Format: "hologram"}}, chat.TemplateUse{}},
		"no place":            {&chat.Template{Header: &chat.TemplatePart{Format: "location"}}, chat.TemplateUse{}},
	} {
		e := letter("")
		e.Form, e.Template, e.Use = chat.FormTemplate, c.t, &c.use
		if _, err := New(Options{}).WhatsApp().Parts(e); err == nil || sendError(t, err).Class != chat.SendRejected {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestProfilesAndSeeing(t *testing.T) {
	e := letter("")
	var sent []string
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, string(body))
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(rw, `{"first_name":"Peter","last_name":"Chang","username":"pete","id":"5678"}`)
			return
		}
		_, _ = io.WriteString(rw, `{"recipient_id":"5678"}`)
	})
	p, err := w.Messenger().(channel.Profiler).Profile(t.Context(), e.Account, e.App, chat.Person{UserID: "5678", Keys: []string{"psid:5678"}})
	if err != nil || p.Name != "Peter Chang" || p.Username != "pete" || len(p.Keys) != 1 {
		t.Errorf("got %+v, %v", p, err)
	}
	sent = nil
	for _, a := range []channel.Adapter{w.WhatsApp(), w.Messenger()} {
		if err := a.(channel.Seer).Seen(t.Context(), e.Account, e.App, e.To, "wamid.7", true); err != nil {
			t.Error(err)
		}
	}
	want := []string{
		`{"message_id":"wamid.7","messaging_product":"whatsapp","status":"read","typing_indicator":{"type":"text"}}`,
		`{"recipient":{"id":"5678"},"sender_action":"mark_seen"}`, `{"recipient":{"id":"5678"},"sender_action":"typing_on"}`,
	}
	if !reflect.DeepEqual(sent, want) {
		t.Errorf("got %q", sent)
	}
}
