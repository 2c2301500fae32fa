package sdks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// TestTheReadmesAreTrue does what each README says under "In a minute": the code blocks as they stand there, in a folder that lies
// outside the repository, against the real program. Only where the package comes from is another: no registry has it.
func TestTheReadmesAreTrue(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	at := published(t, s)
	for _, r := range []struct {
		sdk, program string
		make         func(t *testing.T, dir string)
		run          func(dir string) *exec.Cmd
		prints       []string // at the first run, and at the second
	}{
		{
			"go", "go", func(t *testing.T, dir string) {
				write(t, dir, "main.go", block(t, "go", "go", "package main"))
				do(t, dir, "go", "mod", "init", "shop.example/first")
				do(t, dir, "go", "mod", "edit", "-replace", "github.com/tagalong-chat/tagalong/sdk/go="+absolute(t, "sdk/go"))
				do(t, dir, "go", "mod", "tidy") // as go get, which would ask for a published version
				do(t, dir, "go", "vet", ".")
				do(t, dir, "go", "build", "-o", "first", ".")
			}, func(dir string) *exec.Cmd { return exec.Command(filepath.Join(dir, "first")) },
			[]string{"applied\n", "applied\n"}, // it is changed anew each time
		},
		{
			"ts", "node", func(t *testing.T, dir string) {
				write(t, dir, "push-order.mjs", block(t, "ts", "js", "client.pushEvents"))
				if err := build(absolute(t, "sdk/ts"), "npm", "run", "--silent", "build"); err != nil {
					t.Fatal(err)
				}
				do(t, dir, "npm", "pack", "--silent", absolute(t, "sdk/ts/dist"))
				packed, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
				if err != nil || len(packed) != 1 {
					t.Fatal(packed, err)
				}
				do(t, dir, "npm", "install", "--no-audit", "--no-fund", "--offline", "--loglevel=error", packed[0])
			}, func(string) *exec.Cmd { return exec.Command("node", "push-order.mjs") },
			[]string{"applied", "duplicate"},
		},
		{
			"php", "php", func(t *testing.T, dir string) {
				write(t, dir, "first.php", "<?php\n"+block(t, "php", "php", "pushEvents"))
				do(t, dir, "cp", "-R", absolute(t, "sdk/php"), "tagalong")
			}, func(string) *exec.Cmd { return exec.Command("php", "first.php") },
			[]string{"applied\n49.80\n", "duplicate\n49.80\n"},
		},
	} {
		t.Run(r.sdk, func(t *testing.T) {
			if _, err := exec.LookPath(r.program); err != nil {
				t.Skipf("%s is not installed", r.program)
			}
			shop, key := newShop(t, s, "Readme "+r.sdk)
			dir := t.TempDir()
			r.make(t, dir)
			for i, want := range r.prints {
				cmd := r.run(dir)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "TAGALONG_URL="+at, "TAGALONG_SHOP="+shop, "TAGALONG_KEY="+key)
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.HasPrefix(string(out), want) {
					t.Errorf("run %d printed %q (%v), want %q", i+1, out, err, want)
				}
			}
		})
	}
}

// newShop makes a test shop of its own, so that one README's order is not another's.
func newShop(t *testing.T, s *harness.Server, name string) (id, key string) {
	t.Helper()
	owner := s.Agent()
	var shop struct{ ID string }
	if status := owner.Call(http.MethodPost, "/v1/shops", map[string]any{"name": name, "origins": []string{}, "test": true}, &shop); status != http.StatusCreated {
		t.Fatalf("no shop: %d", status)
	}
	var made struct{ Secret string }
	in := map[string]any{"name": "readme", "scopes": []string{"context:write", "context:read"}}
	if status := owner.Call(http.MethodPost, "/v1/shops/"+shop.ID+"/plugin-keys", in, &made); status != http.StatusCreated {
		t.Fatalf("no key: %d", status)
	}
	return shop.ID, made.Secret
}

// published is the server under an address that any language's resolver knows.
func published(t *testing.T, s *harness.Server) string {
	t.Helper()
	to, err := url.Parse(fmt.Sprintf("http://127.0.0.1:%d", s.Port))
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = s.Host("chat")
	}})
	t.Cleanup(door.Close)
	return door.URL
}

// block gives the first code block of an SDK's README in the language that has the words.
func block(t *testing.T, sdk, language, words string) string {
	t.Helper()
	readme, err := os.ReadFile(absolute(t, "sdk/"+sdk+"/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(readme, -1) {
		if strings.Contains(string(found[1]), words) {
			return string(found[1])
		}
	}
	t.Fatalf("the README of %s has no such block", sdk)
	return ""
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join("../../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
