package meta

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// paths collects the ways to all values of a JSON text: "interactive.action.buttons[].reply.id".
func paths(at string, v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, inside := range v {
			paths(strings.TrimPrefix(at+"."+k, "."), inside, into)
		}
	case []any:
		for _, inside := range v {
			paths(at+"[]", inside, into)
		}
	default:
		into[at] = true
	}
}

func read(t *testing.T, path string) any {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	all, err := filepath.Glob(pattern)
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(all), err)
	}
	return all
}

// Whatever we send has a place in some request of Meta's documentation, or is listed here with the page that has it.
func TestRequestsSayNothingThatMetaDoesNotKnow(t *testing.T) {
	for channel, documented := range map[string][]string{
		"whatsapp": {
			"biz_opaque_callback_data",                       // the status webhook's reference
			"template.components[].parameters[].coupon_code", // coupon code templates
			"interactive.header.image.link",                  // interactive messages: a header may be a picture
			"image.caption",                                  // media messages
		},
		"messenger": {
			"message.metadata", "reply_to.mid", // the Send API's reference
			"message.attachment.payload.elements[].buttons[].payload", // the generic template's: a postback button
		},
	} {
		known := map[string]bool{}
		for _, d := range documented {
			known[d] = true
		}
		for _, path := range glob(t, "testdata/"+channel+"-api/req_*.json") {
			paths("", read(t, path), known)
		}
		for _, path := range glob(t, "testdata/send/"+channel+"/*.golden.json") {
			said := map[string]bool{}
			requests, _ := read(t, path).([]any)
			for _, r := range requests {
				paths("", r.(map[string]any)["body"], said)
			}
			for p := range said {
				// A utility template of Messenger is built like one of WhatsApp.
				if p != "" && !known[p] && !strings.HasPrefix(p, "message.template.components[]") {
					t.Errorf("%s: %s is in no documented request", filepath.Base(path), p)
				}
			}
		}
	}
}

// Answers of Meta's documentation are read as what they say.
func TestDocumentedAnswersAreRead(t *testing.T) {
	for file, want := range map[string]chat.Accepted{
		"whatsapp-api/resp_messages_example_response.json": {
			ProviderID: "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJCOTY3NDc0NDFDRUI3NTA0Q0UA", Phone: "+16505551234", Keys: []string{"wa:16505551234"},
		},
		"whatsapp-api/resp_messages_bsuid.json": {
			ProviderID: "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=", UserID: "US.13491208655302741918",
			Keys: []string{"uid:US.13491208655302741918"},
		},
		"whatsapp-api/resp_messages_template_held.json": {
			ProviderID: "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=", Phone: "+16505551234", Keys: []string{"wa:16505551234"},
			Held: "held_for_quality_assessment",
		},
		"messenger-api/resp_send.json": {
			ProviderID: "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP_5cgXIbu7I3rBN0P", UserID: "1008372609250235",
			Keys: []string{"psid:1008372609250235"},
		},
		"messenger-api/resp_user_ref.json": {ProviderID: "m_x"},
	} {
		body, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(body) })
		a := w.WhatsApp()
		if strings.HasPrefix(file, "messenger") {
			a = w.Messenger()
		}
		got, err := a.Send(t.Context(), letter("hi"), 0)
		if err != nil || got.ProviderID != want.ProviderID || got.Phone != want.Phone || got.UserID != want.UserID || got.Held != want.Held ||
			!slices.Equal(got.Keys, want.Keys) {
			t.Errorf("%s: got %+v, %v", file, got, err)
		}
	}
}

func TestDocumentedSubscriptionsAreRead(t *testing.T) {
	for file, want := range map[string]string{
		"resp_subscribed_apps_get_multiple_subscriptions.json": "ok", "resp_subscribed_apps_get_no_subscriptions.json": "failed",
	} {
		body, err := os.ReadFile("testdata/whatsapp-api/" + file)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/subscribed_apps"):
				_, _ = rw.Write(body)
			case strings.HasSuffix(r.URL.Path, "/debug_token"):
				_, _ = io.WriteString(rw, `{"data":{"is_valid":true}}`)
			default:
				_, _ = io.WriteString(rw, `{}`)
			}
		})
		e := letter("")
		e.App.AppID = "2345678901234567"
		checks := w.WhatsApp().(channel.Connector).Check(t.Context(), e.Account, e.App)
		i := slices.IndexFunc(checks, func(c chat.Check) bool { return c.Name == checkSubscription })
		if i < 0 || checks[i].State != want {
			t.Errorf("%s: got %+v", file, checks)
		}
	}
}
