package attacks_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// traces starts a server on which a shopper has left traces: a message, a file, an identity, an order.
func traces(t *testing.T, marker string, flags ...string) (*stage, string) {
	t.Helper()
	s := harness.Start(t, harness.Options{Flags: flags})
	w := &stage{Server: s, agent: s.Agent(), mara: s.NewShopper()}
	var secret struct{ KID, Secret string }
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+s.Shop+"/identity-secrets", nil, &secret); status != http.StatusCreated {
		t.Fatalf("make an identity secret: %d", status)
	}
	_, file, _ := w.upload(t, marker+".txt", []byte("a file of "+marker))
	k := w.dial(t, w.mara)
	for _, f := range []map[string]any{
		{"type": "send", "client_id": "1", "start": "1", "message": map[string]any{"text": "a word of " + marker, "attachment_ids": []string{file.ID}}},
		{"type": "page", "page": map[string]string{"url": harness.ShopOrigin + "/" + marker, "title": marker}},
	} {
		if err := k.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{
		"sub": "sub-" + marker, "aud": s.ShopKey, "exp": time.Now().Add(10 * time.Minute).Unix(), "name": "Name " + marker, "email": marker + "@shop.example",
	}
	token := jwt(map[string]any{"alg": "HS256", "typ": "JWT", "kid": secret.KID}, claims, secret.Secret, true)
	resp, body, err := attack{method: http.MethodPost, path: "/v1/shops/" + s.ShopKey + "/shopper/identity", header: w.shopper(w.mara), body: map[string]string{"jwt": token}}.send(w)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("identify: %v %s", err, body)
	}
	order := orderEvent("1001", func(o map[string]any) {
		o["shopper"], o["note"] = w.mara.ID, "a note of "+marker
		o["customer"] = map[string]any{"external_id": "sub-" + marker, "email": marker + "@shop.example"}
		o["shipping_address"] = map[string]any{"name": marker, "city": "Leipzig"}
	})
	if status := s.Plugin(http.MethodPost, "/v1/shops/"+s.Shop+"/events", map[string]any{"events": []any{order}}, nil); status != http.StatusOK {
		t.Fatalf("push an order: %d", status)
	}
	w.conversation = f.Conversation
	return w, token
}

// files lists what holds a word, in the server's whole folder.
func files(t *testing.T, w *stage, word string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(w.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(word)) || strings.Contains(path, word) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// G26: of who is erased nothing is left on the disk: not in the database's pages, not in its log, not among the files.
func TestNothingIsLeftOfWhoIsErased(t *testing.T) {
	const marker = "zanzibarquux"
	w, _ := traces(t, marker)
	if len(files(t, w, marker)) == 0 {
		t.Fatal("the marker is not on the disk: its absence would prove nothing")
	}
	if status := w.agent.Call(http.MethodDelete, "/v1/shops/"+w.Shop+"/shoppers/"+w.mara.ID, nil, nil); status != http.StatusAccepted {
		t.Fatalf("erase: %d", status)
	}
	deadline := time.After(30 * time.Second)
	for tick := time.Tick(100 * time.Millisecond); ; {
		left := files(t, w, marker)
		if len(left) == 0 {
			break
		}
		select {
		case <-tick: // the worker does it in its own time
		case <-deadline:
			t.Fatalf("the marker is still in %v", left)
		}
	}
	if resp, body, err := (attack{path: "/v1/shops/" + w.ShopKey + "/shopper/unread", header: w.shopper(w.mara)}).send(w); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the erased shopper's token: %v %s %v", resp.StatusCode, body, err)
	}
	w.Stop()
	if left := files(t, w, marker); len(left) > 0 {
		t.Errorf("after the end the marker is in %v", left)
	}
}

// What the server writes about its work holds no secrets, and nothing that people wrote.
func TestTheLogHoldsNoSecrets(t *testing.T) {
	const marker = "zanzibarquux"
	w, token := traces(t, marker, "-log-level", "debug")
	for range 3 {
		login(t, w, harness.OwnerEmail, "wrong-password-"+marker)
	}
	for _, a := range []attack{
		{path: "/v1/shops/" + w.Shop + "/conversations?q=" + marker, header: w.plugin()},
		{method: http.MethodPost, path: "/v1/shops/" + w.Shop + "/conversations/" + w.conversation + "/entries", header: w.plugin(), body: `{"text":"` + marker},
		{path: "/files/att_" + marker + "?exp=1&sig=" + marker, host: "files"},
	} {
		if _, _, err := a.send(w); err != nil {
			t.Fatal(err)
		}
	}
	w.Stop()
	log := w.Log()
	if !strings.Contains(log, `"level":"INFO"`) {
		t.Fatalf("the log is not there: %s", log)
	}
	for what, word := range map[string]string{
		"what people wrote": marker, "a plugin key": w.PluginKey, "a shopper's token": w.mara.Token, "an agent's cookie": w.agent.Cookie,
		"a password": harness.OwnerPassword, "an identity token": token,
	} {
		if i := strings.Index(log, word); i >= 0 {
			t.Errorf("%s is in the log: %.300s", what, log[max(0, i-150):])
		}
	}
}
