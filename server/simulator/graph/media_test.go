package graph_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// upload gives a file to the number, and returns its id.
func (s *stage) upload(t *testing.T, kind string, data []byte) string {
	t.Helper()
	status, answer := s.tryUpload(t, kind, data)
	if status != http.StatusOK {
		t.Fatalf("uploading: %d %v", status, answer)
	}
	covers(t, answer, fixture(t, "whatsapp/resp_media_upload"))
	return answer["id"].(string)
}

func (s *stage) tryUpload(t *testing.T, kind string, data []byte) (int, object) {
	t.Helper()
	return s.form(t, "/v25.0/"+numberA+"/media", waToken, map[string]string{"messaging_product": "whatsapp"}, "file", kind, data)
}

// form posts fields and a file.
func (s *stage) form(t *testing.T, path, token string, fields map[string]string, name, kind string, data []byte) (int, object) {
	t.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	for key, value := range fields {
		must(t, writer.WriteField(key, value))
	}
	part, err := writer.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="` + name + `"; filename="x"`}, "Content-Type": {kind},
	})
	must(t, err)
	_, _ = part.Write(data)
	must(t, writer.Close())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.api.URL+path, &form)
	must(t, err)
	request.Header.Set("Content-Type", writer.FormDataContentType())
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	var o object
	must(t, json.NewDecoder(response.Body).Decode(&o))
	return response.StatusCode, o
}

// fetch reads an address, with a token or without.
func fetch(t *testing.T, address, token string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	must(t, err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, data
}

func TestAPictureOfAPersonCanBeFetchedForAWhile(t *testing.T) {
	s := newStage(t, graph.Profile{})
	picture := []byte("\xff\xd8\xff a picture")
	_, err := s.Say("anna", numberA, graph.Inbound{Type: "image", Text: "Look", Media: picture, MIME: "image/jpeg"})
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "whatsapp/in_image"))
	image := at(hook, "entry", 0, "changes", 0, "value", "messages", 0, "image")
	sum := sha256.Sum256(picture)
	if got := at(image, "sha256"); got != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("the digest is %v", got)
	}
	id := at(image, "id").(string)
	status, info := s.call(http.MethodGet, "/v25.0/"+id+"?phone_number_id="+numberA, waToken, nil)
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, info)
	}
	covers(t, info, fixture(t, "whatsapp/resp_media_retrieve_media_url"))
	address := info["url"].(string)
	if status, _ := fetch(t, address, ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
	if status, _ := fetch(t, address, pgToken); status != http.StatusUnauthorized {
		t.Errorf("with a token of a Page: %d", status)
	}
	if status, data := fetch(t, address, waToken); status != http.StatusOK || !bytes.Equal(data, picture) {
		t.Errorf("%d %q", status, data)
	}
	s.pass(5 * time.Minute)
	if status, _ := fetch(t, address, waToken); status != http.StatusNotFound {
		t.Errorf("after five minutes: %d", status)
	}
	if status, _ := s.call(http.MethodGet, "/"+id, pgToken, nil); status == http.StatusOK {
		t.Error("a Page's token reads a file of a number")
	}
	s.pass(7 * 24 * time.Hour)
	if status, _ := s.call(http.MethodGet, "/"+id, waToken, nil); status == http.StatusOK {
		t.Error("the file is there after seven days")
	}
}

func TestAFileThatCannotBeHadFailsLater(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.business.take(t)
	for kind, address := range map[string]string{"a missing file": s.media.URL + "/none", "a file of another kind": s.business.URL + "/hook?hub.verify_token=verify"} {
		status, _ := s.sendWhatsApp(object{"type": "image", "image": object{"link": address}})
		s.pass(time.Second)
		if got := statuses(s.business.take(t)); status != http.StatusOK || len(got) != 1 || got[0] != "failed" {
			t.Errorf("%s: %d, %v", kind, status, got)
		}
	}
}

func TestUploadsAreChecked(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	if status, _ := s.tryUpload(t, "image/svg+xml", []byte("<svg/>")); status != http.StatusBadRequest {
		t.Errorf("a drawing was taken: %d", status)
	}
	if status, _ := s.tryUpload(t, "image/png", make([]byte, 6<<20)); status != http.StatusBadRequest {
		t.Errorf("a large picture was taken: %d", status)
	}
	sound := s.upload(t, "audio/ogg; codecs=opus", []byte("OggS"))
	if _, answer := s.sendWhatsApp(object{"type": "image", "image": object{"id": sound}}); at(answer, "error", "code") != 131009.0 {
		t.Errorf("a sound went as a picture: %v", answer)
	}
	if status, answer := s.sendWhatsApp(object{"type": "audio", "audio": object{"id": sound}}); status != http.StatusOK {
		t.Errorf("a sound did not go: %v", answer)
	}
	s.pass(30 * 24 * time.Hour)
	s.say(numberA, "hi")
	if _, answer := s.sendWhatsApp(object{"type": "audio", "audio": object{"id": sound}}); at(answer, "error", "code") != 131009.0 {
		t.Errorf("an old file went: %v", answer)
	}
}

func TestAFileOfMessengerIsReadWithoutAToken(t *testing.T) {
	s := newStage(t, graph.Profile{})
	_, err := s.Say("anna", pageA, graph.Inbound{Type: "image", Media: []byte("GIF"), MIME: "image/gif"})
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "messenger/in_attachment_image"))
	address := at(hook, "entry", 0, "messaging", 0, "message", "attachments", 0, "payload", "url").(string)
	if status, data := fetch(t, address, ""); status != http.StatusOK || string(data) != "GIF" {
		t.Fatalf("%d %q", status, data)
	}
	if r := s.Invariants(); len(r.Breaches) != 0 {
		t.Errorf("breaches: %v", r.Breaches)
	}
	fetch(t, address, pgToken)
	if r := s.Invariants(); len(r.Breaches) != 1 || r.Breaches[0].Rule != graph.RuleToken {
		t.Errorf("a token went along: %v", r.Breaches)
	}
}

func TestAFileCanComeAlongToAPage(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(pageA, "hi")
	s.say(insta, "hi")
	s.business.take(t)
	fields := func(line string) map[string]string {
		return map[string]string{
			"recipient": `{"id":"` + s.id(line) + `"}`, "messaging_type": "RESPONSE",
			"message": `{"attachment":{"type":"image","payload":{}},"metadata":"d1.0"}`,
		}
	}
	status, answer := s.form(t, "/"+pageA+"/messages", pgToken, fields(pageA), "filedata", "image/png", []byte("a picture"))
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	s.pass(time.Second)
	echo := at(s.business.take(t)[0], "entry", 0, "messaging", 0, "message")
	address := at(echo, "attachments", 0, "payload", "url").(string)
	if _, data := fetch(t, address, ""); at(echo, "metadata") != "d1.0" || string(data) != "a picture" {
		t.Errorf("the echo is %v", echo)
	}
	status, answer = s.form(t, "/"+pageA+"/messages", pgToken, fields(pageA), "filedata", "audio/mpeg", []byte("x"))
	if status != http.StatusBadRequest {
		t.Errorf("a sound as a picture: %d %v", status, answer)
	}
	status, answer = s.form(t, "/"+insta+"/messages", igToken, fields(insta), "filedata", "image/png", []byte("x"))
	if status != http.StatusBadRequest {
		t.Errorf("on Instagram: %d %v", status, answer)
	}
	upload := map[string]string{"message": `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`}
	_, answer = s.form(t, "/"+pageA+"/message_attachments", pgToken, upload, "filedata", "image/png", []byte("x"))
	id, _ := answer["attachment_id"].(string)
	status, answer = s.sendPage(object{"message": object{"attachment": object{"type": "image", "payload": object{"attachment_id": id}}}})
	if status != http.StatusOK {
		t.Errorf("an uploaded file: %d %v", status, answer)
	}
}
