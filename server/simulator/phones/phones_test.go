package phones

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const host = "phone.localhost"

// table is a page over a fake world in which Lucía has a thread in WhatsApp.
func table(t *testing.T) (*fake, *Page) {
	t.Helper()
	world := newFake()
	page := New(Options{Network: world, BaseURL: "http://" + host})
	opened, err := world.OpenLink("lucia", Link{App: WhatsApp, To: "4930123456"})
	if err != nil || opened.Thread != "lucia-whatsapp" {
		t.Fatal(opened, err)
	}
	return world, page
}

func ask(t *testing.T, page http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "http://"+host+path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, request)
	return answer
}

const threadPath = "/api/people/lucia/threads/lucia-whatsapp"

func TestWhatAPersonDoesReachesTheNetwork(t *testing.T) {
	world, page := table(t)
	world.answer("lucia", "lucia-whatsapp", Message{
		Text: "Which size?", Buttons: []Button{{ID: "small", Kind: Reply, Title: "Small"}},
	})
	message := threadPath + "/messages/wamid.1%2F+="
	for _, step := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", threadPath + "/messages", `{"text":"Hello","reply_to":"wamid.1/+="}`, 204},
		{"POST", message + "/taps", `{"button":"small"}`, 204},
		{"POST", message + "/taps", `{"button":"small"}`, 404}, // pressed before
		{"PUT", message + "/reaction", `{"emoji":"❤️"}`, 204},
		{"PATCH", message, `{"text":"other words"}`, 409}, // not her own
		{"PATCH", threadPath + "/messages/wamid.2%2F+=", `{"text":"Hello!"}`, 204},
		{"DELETE", threadPath + "/messages/wamid.3%2F+=", "", 204},
		{"PUT", "/api/people/lucia/online", `{"online":false}`, 204},
		{"POST", threadPath + "/messages", `{"text":"Is anybody there?"}`, 204},
	} {
		if got := ask(t, page, step.method, step.path, step.body); got.Code != step.status {
			t.Errorf("%s %s %s: %d %s, wanted %d", step.method, step.path, step.body, got.Code, got.Body, step.status)
		}
	}
	if want := []string{"text Hello", "tap small", "text Small", "text Is anybody there?"}; !slices.Equal(world.wasTold(), want) {
		t.Errorf("told %q, wanted %q", world.wasTold(), want)
	}
	var messages []Message
	answer := ask(t, page, "GET", threadPath+"/messages", "")
	if err := json.Unmarshal(answer.Body.Bytes(), &messages); err != nil || len(messages) != 4 {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	if m := messages[0]; len(m.Reactions) != 1 || !m.Reactions[0].Mine || !m.Buttons[0].Done {
		t.Errorf("the question: %+v", m)
	}
	if m := messages[1]; m.Text != "Hello!" || !m.Edited || m.ReplyTo != "wamid.1/+=" {
		t.Errorf("the edited message: %+v", m)
	}
	if !messages[2].Deleted || messages[2].Text != "" || messages[3].Status != Waiting {
		t.Errorf("the last two: %+v", messages[2:])
	}
}

func TestALinkGivesADraftAndARefWaitsForGetStarted(t *testing.T) {
	world, page := table(t)
	answer := ask(t, page, "POST", "/api/people/lucia/links", `{"url":"http://phone.localhost/wa.me/4930123456?text=Hi%20%26%20hello"}`)
	if got := strings.TrimSpace(answer.Body.String()); answer.Code != 200 || got != `{"thread":"lucia-whatsapp","draft":"Hi \u0026 hello"}` {
		t.Errorf("%d %s", answer.Code, got)
	}
	if answer := ask(t, page, "POST", "/api/people/tom/links", `{"url":"https://m.me/marl?ref=K7Q"}`); answer.Code != 200 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if told := world.wasTold(); len(told) != 0 {
		t.Errorf("a link alone said %q", told)
	}
	if answer := ask(t, page, "POST", "/api/people/tom/threads/tom-messenger/get-started", ""); answer.Code != 204 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if told := world.wasTold(); !slices.Equal(told, []string{"get started K7Q"}) {
		t.Errorf("told %q", told)
	}
}

func TestOpeningThePageOfALinkDoesNothing(t *testing.T) {
	world, page := table(t)
	for _, path := range []string{"/", "/wa.me/4930123456?text=Hi", "/m.me/marl?ref=K7Q", "/ig.me/m/marl?ref=K7Q"} {
		answer := ask(t, page, "GET", path, "")
		if answer.Code != 200 || !strings.Contains(answer.Body.String(), `src="/static/main.js"`) {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	if threads, err := world.Threads("lucia"); err != nil || len(threads) != 1 || len(world.wasTold()) != 0 {
		t.Errorf("something happened: %v %v %q", threads, err, world.wasTold())
	}
}

func TestPhotos(t *testing.T) {
	world, page := table(t)
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	path := threadPath + "/photos?name=cup.png&caption=A%20crack"
	for _, c := range []struct {
		body   string
		status int
	}{
		{photo.String(), 204},
		{"<svg xmlns='http://www.w3.org/2000/svg'/>", 400},
		{"GIF89a", 400},
		{"", 400},
		{photo.String() + strings.Repeat("x", maxPhoto), 413},
	} {
		if got := ask(t, page, "POST", path, c.body, "Content-Type", "image/png"); got.Code != c.status {
			t.Errorf("%.20q: %d, wanted %d", c.body, got.Code, c.status)
		}
	}
	messages, err := world.Messages("lucia", "lucia-whatsapp")
	if err != nil || len(messages) != 1 || messages[0].Text != "A crack" {
		t.Fatal(messages, err)
	}
	got := ask(t, page, "GET", "/media/lucia/"+messages[0].Media[0].ID, "")
	if got.Code != 200 || got.Header().Get("Content-Type") != "image/png" || got.Body.String() != photo.String() {
		t.Errorf("%d %s", got.Code, got.Header())
	}
	if got := ask(t, page, "GET", "/media/tom/"+messages[0].Media[0].ID, ""); got.Code != 404 {
		t.Errorf("another person sees the photo: %d", got.Code)
	}
}

func TestMediaMayDoNothing(t *testing.T) {
	world, page := table(t)
	for kind, disposition := range map[string]string{"image/svg+xml": "", "text/html": "attachment", "application/pdf": "attachment", "": "attachment"} {
		got := ask(t, page, "GET", "/media/lucia/"+world.keep("lucia", kind, []byte("<script>alert(1)</script>")), "")
		if got.Header().Get("Content-Security-Policy") != "default-src 'none'; sandbox" || got.Header().Get("Content-Disposition") != disposition {
			t.Errorf("%q: %v", kind, got.Header())
		}
	}
}

func TestBadRequests(t *testing.T) {
	_, page := table(t)
	long := strings.Repeat("ä", maxText+1)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", threadPath + "/messages", `{"text":"  "}`, 400},
		{"POST", threadPath + "/messages", `{"text":"` + long + `"}`, 400},
		{"POST", threadPath + "/messages", `{"text":"a\u0000b"}`, 400},
		{"POST", threadPath + "/messages", `{"text":"a","as":"noor"}`, 400},
		{"POST", threadPath + "/messages", `{"text":"a"}{}`, 400},
		{"POST", threadPath + "/messages", `[]`, 400},
		{"POST", threadPath + "/messages", `{"text":"` + strings.Repeat("a", maxBody) + `"}`, 413},
		{"POST", "/api/people/tom/threads/lucia-whatsapp/messages", `{"text":"a"}`, 404},
		{"POST", "/api/people/nobody/links", `{"url":"https://wa.me/4930123456"}`, 404},
		{"POST", "/api/people/lucia/links", `{"url":"https://wa.me/1"}`, 404},
		{"POST", "/api/people/lucia/links", `{"url":"https://example.com/4930123456"}`, 400},
		{"PUT", threadPath + "/messages/x/reaction", `{"emoji":"` + strings.Repeat("❤️", 20) + `"}`, 400},
		{"PATCH", threadPath + "/messages/x", `{"text":""}`, 400},
		{"GET", "/api/people/nobody/threads", "", 404},
		{"GET", "/api/people/lucia/threads/nothing/messages", "", 404},
		{"GET", "/media/lucia/nothing", "", 404},
		{"GET", "/static/../network.go", "", 404},
		{"GET", "/page.html", "", 404},
		{"POST", "/", "{}", 405},
		{"PUT", "/api/readers/nobody", `{"person":"lucia","threads":[]}`, 404},
		{"PUT", "/api/readers/nobody", `{"person":"lucia","threads":["1","2","3","4","5","6","7","8","9"]}`, 400},
	} {
		got := ask(t, page, c.method, c.path, c.body)
		if got.Code != c.status && (c.status != 404 || got.Code < 300) {
			t.Errorf("%s %s %.60s: %d %s, wanted %d", c.method, c.path, c.body, got.Code, got.Body, c.status)
		}
	}
	form := ask(t, page, "POST", threadPath+"/messages", `{"text":"a"}`, "Content-Type", "text/plain")
	if form.Code != 400 {
		t.Errorf("a form's content type was read: %d", form.Code)
	}
}

func TestAnotherOriginCannotWrite(t *testing.T) {
	world, page := table(t)
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://shop.localhost"}, {"Origin", "null"},
	} {
		if got := ask(t, page, "POST", threadPath+"/messages", `{"text":"a"}`, header...); got.Code != http.StatusForbidden {
			t.Errorf("%v: %d", header, got.Code)
		}
	}
	if got := ask(t, page, "POST", threadPath+"/messages", `{"text":"a"}`, "Sec-Fetch-Site", "same-origin"); got.Code != 204 {
		t.Errorf("the page itself: %d", got.Code)
	}
	if told := world.wasTold(); len(told) != 1 {
		t.Errorf("told %q", told)
	}
}

func TestEveryAnswerHasThePolicy(t *testing.T) {
	_, page := table(t)
	for _, path := range []string{"/", "/m.me/marl", "/static/main.js", "/static/icons.svg", "/api/people", "/nothing"} {
		header := ask(t, page, "GET", path, "").Header()
		policy := header.Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "trusted-types 'none'",
		} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: no %s in %s", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, header)
		}
	}
}

// broken is a network with a fault.
type broken struct{ Network }

func (broken) Threads(string) ([]Thread, error) { return nil, errors.New("secret detail") }

func TestAFaultOfTheNetworkIsNotToldToTheVisitor(t *testing.T) {
	page := New(Options{Network: broken{newFake()}})
	got := ask(t, page, "GET", "/api/people/lucia/threads", "")
	if body, err := io.ReadAll(got.Body); err != nil || got.Code != 500 || strings.TrimSpace(string(body)) != `{"error":"fault"}` {
		t.Errorf("%d %s %v", got.Code, body, err)
	}
}
