package woocommerce_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// The story in Chromium is server/e2e/browser/woocommerce; here it gets its site, its server and its clock.
func TestAShopperBuysInABrowser(t *testing.T) {
	playwright, err := filepath.Abs("../browser/node_modules/.bin/playwright")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(playwright); err != nil {
		t.Skip("no Playwright: run make setup")
	}
	if _, err := exec.LookPath("chromium"); err != nil && os.Getenv("CHROMIUM") == "" {
		t.Skip("no Chromium: run .ci/apt")
	}
	r := startRig(t)
	control := httptest.NewServer(r.control())
	defer control.Close()

	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, playwright, "test", "--config", "woocommerce.config.ts", "--reporter", "list")
	cmd.Dir = "../browser"
	cmd.Env = append(os.Environ(), "WOO_SITE="+r.url(""), "WOO_ADMIN_PASSWORD="+adminPassword, "WOO_CUSTOMER_PASSWORD="+customerPassword,
		"WOO_CHAT="+r.server.URL("chat", ""), "WOO_INBOX="+r.server.URL("inbox", ""), "WOO_OWNER="+harness.OwnerEmail,
		"WOO_OWNER_PASSWORD="+harness.OwnerPassword, "WOO_CONTROL="+control.URL)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// control lets the story do in the site what no page does: run PHP, and let the queue's time pass.
func (r *rig) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /php", func(w http.ResponseWriter, req *http.Request) {
		code, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		r.answer(w, string(code))
	})
	mux.HandleFunc("POST /flush", func(w http.ResponseWriter, _ *http.Request) { r.answer(w, elapsing(time.Minute)+running) })
	return mux
}

func (r *rig) answer(w http.ResponseWriter, code string) {
	out, err := r.run(caller{}, code)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(out)
}
