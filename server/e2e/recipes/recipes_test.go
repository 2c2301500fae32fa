// Package recipes follows plugins/recipes to the letter: each little shop is started as its README says, and against the real server
// an order comes to its shopper's conversation, and the chat knows who is signed in.
package recipes_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const root = "../../.."

// published is the server under an address that any language's resolver knows.
func published(t *testing.T, s *harness.Server) string {
	t.Helper()
	to, err := url.Parse(fmt.Sprintf("http://127.0.0.1:%d", s.Port))
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = s.Host("chat")
	}}
	door := httptest.NewServer(proxy)
	t.Cleanup(door.Close)
	return door.URL
}

// recipes are how each little shop is made and started in its folder, a copy that lies outside the repository.
var recipes = []struct {
	name  string
	needs []string
	make  func(t *testing.T, dir string)
	start func(dir, port string) *exec.Cmd
}{
	{
		"go", nil, func(t *testing.T, dir string) {
			// The module is told where the SDK lies, as a checkout elsewhere would have to.
			run(t, dir, "go", "mod", "edit", "-replace", "github.com/tagalong-chat/tagalong/sdk/go="+absolute(t, "sdk/go"))
			run(t, dir, "go", "build", "-o", "shop", ".")
		}, func(dir, _ string) *exec.Cmd { return exec.Command(filepath.Join(dir, "shop")) },
	},
	{
		"node", []string{"node", "npm"}, func(t *testing.T, dir string) {
			// Not into dist, which other tests use at the same time.
			dist := t.TempDir()
			run(t, absolute(t, "sdk/ts"), "npx", "tsc", "-p", "tsconfig.build.json", "--outDir", dist)
			run(t, absolute(t, "sdk/ts"), "node", "scripts/manifest.mjs", dist)
			run(t, dir, "npm", "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", dist)
		}, func(string, string) *exec.Cmd { return exec.Command("node", "shop.mjs") },
	},
	{
		"php", []string{"php"}, func(t *testing.T, dir string) {
			run(t, dir, "cp", "-R", absolute(t, "sdk/php"), "tagalong")
		}, func(_, port string) *exec.Cmd { return exec.Command("php", "-S", "127.0.0.1:"+port, "shop.php") },
	},
}

func TestEachRecipe(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	var secret struct{ KID, Secret string }
	if status := s.Agent().Call(http.MethodPost, "/v1/shops/"+s.Shop+"/identity-secrets", nil, &secret); status != http.StatusCreated {
		t.Fatalf("no identity secret: %d", status)
	}
	at := published(t, s)
	for _, r := range recipes {
		t.Run(r.name, func(t *testing.T) {
			for _, program := range r.needs {
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("%s is not installed", program)
				}
			}
			folder := t.TempDir()
			run(t, folder, "cp", "-R", absolute(t, "plugins/recipes/"+r.name), absolute(t, "plugins/recipes/page.html"), folder)
			dir := filepath.Join(folder, r.name)
			_ = os.RemoveAll(filepath.Join(dir, "node_modules"))
			r.make(t, dir)
			port := fmt.Sprint(harness.FreePort(t))
			cmd := r.start(dir, port)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "TAGALONG_URL="+at, "TAGALONG_SHOP="+s.Shop, "TAGALONG_KEY="+s.PluginKey,
				"TAGALONG_SHOP_KEY="+s.ShopKey, "TAGALONG_KID="+secret.KID, "TAGALONG_IDENTITY_SECRET="+secret.Secret, "PORT="+port)
			play(t, s, at, start(t, cmd, port))
		})
	}
}

// play buys a mug as a guest and as a customer.
func play(t *testing.T, s *harness.Server, at, shop string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}

	status, page := ask(t, browser, http.MethodGet, shop+"/", nil)
	loader := regexp.MustCompile(`<script async src="([^"]+)"`).FindStringSubmatch(page)
	if status != http.StatusOK || loader == nil || loader[1] != at+"/w/"+s.ShopKey+".js" {
		t.Fatalf("the page (%d) has no loader: %s", status, page)
	}
	var script string
	if status, script = ask(t, browser, http.MethodGet, loader[1], nil); status != http.StatusOK || !strings.Contains(script, s.ShopKey) {
		t.Errorf("the loader's address answers %d", status)
	}

	shopper := s.NewShopper()
	if status, _ = ask(t, browser, http.MethodGet, shop+"/tagalong/identity", nil); status != http.StatusNoContent {
		t.Errorf("a guest has an identity: %d", status)
	}
	order := buy(t, browser, s, shop, shopper.ID)
	if order.Shopper != shopper.ID || !order.Guest || order.Customer.ExternalID != "" || order.Totals.Total.Amount != 2490 ||
		order.FinancialStatus != "paid" || order.Customer.Email != "lia@example.org" {
		t.Errorf("a guest's order came as %+v", order)
	}

	ask(t, browser, http.MethodPost, shop+"/sign-in", nil)
	status, jwt := ask(t, browser, http.MethodGet, shop+"/tagalong/identity", nil)
	if status != http.StatusOK {
		t.Fatalf("a customer has no identity: %d %s", status, jwt)
	}
	identify(t, at, s.ShopKey, shopper.Token, jwt)
	// What buyers write into the hidden field is no shopper's id unless it has the form of one.
	order = buy(t, browser, s, shop, "shp_x' OR 1")
	if order.Guest || order.Customer.ExternalID != "77" || order.Shopper != "" {
		t.Errorf("a customer's order came as %+v", order)
	}
	var beside struct{ Orders []struct{ Number string } }
	status = s.Plugin(http.MethodGet, "/v1/shops/"+s.Shop+"/shoppers/"+shopper.ID+"/context", nil, &beside)
	if status != http.StatusOK || len(beside.Orders) != 1 || beside.Orders[0].Number != "1001" {
		t.Errorf("beside the shopper's conversation stands %+v (%d)", beside, status)
	}
}

// identify says to the server who the shopper is, as the widget does.
func identify(t *testing.T, at, shopKey, token, jwt string) {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"jwt":%q}`, jwt))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+"/v1/shops/"+shopKey+"/shopper/identity", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	told, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(told), "Lia Brandt") {
		t.Fatalf("the identity is answered with %d %s (%v)", resp.StatusCode, told, err)
	}
}

// bought is what the server knows of an order.
type bought struct {
	Shopper         string
	Guest           bool
	FinancialStatus string `json:"financial_status"`
	Customer        struct {
		ExternalID string `json:"external_id"`
		Email      string
	}
	Totals struct{ Total struct{ Amount int64 } }
}

func buy(t *testing.T, browser *http.Client, s *harness.Server, shop, shopper string) (o bought) {
	t.Helper()
	form := url.Values{"email": {"lia@example.org"}, "tagalong_shopper": {shopper}}
	if status, told := ask(t, browser, http.MethodPost, shop+"/orders", form); status != http.StatusCreated {
		t.Fatalf("the shop answers an order with %d: %s", status, told)
	}
	if status := s.Plugin(http.MethodGet, "/v1/shops/"+s.Shop+"/orders/1001", nil, &o); status != http.StatusOK {
		t.Fatalf("the order is not there: %d", status)
	}
	return o
}

func ask(t *testing.T, c *http.Client, method, address string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// start runs a shop until the test ends, and waits until it listens.
func start(t *testing.T, cmd *exec.Cmd, port string) string {
	t.Helper()
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			t.Fatal("the shop ended at once")
		case <-deadline:
			t.Fatal("the shop does not listen after 20 s")
		case <-tick.C:
			if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
				_ = conn.Close()
				return "http://127.0.0.1:" + port
			}
		}
	}
}
