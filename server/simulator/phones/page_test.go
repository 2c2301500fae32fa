package phones

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source is everything that the page consists of, by file name.
func source(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := files.ReadFile(name)
		all[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestThePageUsesWordsThatExistAndNoOthersAreThere(t *testing.T) {
	words := loadWords()
	var code strings.Builder
	for name, text := range source(t) {
		if strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".html") {
			code.WriteString(text)
		}
	}
	all := code.String()
	for _, used := range regexp.MustCompile(`(?:\bt\(|\.T )['"]([\w.]+)['"]`).FindAllStringSubmatch(all, -1) {
		if words[used[1]] == "" {
			t.Errorf("no word for %q", used[1])
		}
	}
	// Keys that are put together begin with a part that is written in the code.
	built := regexp.MustCompile("`(\\w+\\.)\\$\\{").FindAllStringSubmatch(all, -1)
	for key := range words {
		whole := strings.Contains(all, "'"+key+"'") || strings.Contains(all, `"`+key+`"`)
		part := slices.ContainsFunc(built, func(b []string) bool { return strings.HasPrefix(key, b[1]) })
		if !whole && !part {
			t.Errorf("nobody says %q", key)
		}
	}
}

func TestThePageIsMadeOfItsOwnFiles(t *testing.T) {
	all := source(t)
	for name, text := range all {
		if strings.HasSuffix(name, ".svg") {
			text = strings.ReplaceAll(text, "http://www.w3.org/2000/svg", "")
		}
		for _, bad := range []string{"innerHTML", "insertAdjacentHTML", " style=", "<style", "eval(", "@import", "//cdn"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s contains %s", name, bad)
			}
		}
		if strings.HasSuffix(name, ".css") && strings.Contains(text, "://") {
			t.Errorf("%s asks somebody else", name)
		}
		for _, link := range regexp.MustCompile(`(?:from '\./|url\(|"/static/|'/static/|`+"`"+`/static/)([\w/-]+\.(?:js|css|svg))`).FindAllStringSubmatch(text, -1) {
			if _, found := all["static/"+link[1]]; !found {
				t.Errorf("%s names %s, which is not there", name, link[1])
			}
		}
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	all := source(t)
	drawn := map[string]bool{}
	for _, symbol := range regexp.MustCompile(`<symbol id="([\w-]+)"`).FindAllStringSubmatch(all["static/icons.svg"], -1) {
		drawn[symbol[1]] = true
	}
	for name, text := range all {
		for _, used := range regexp.MustCompile(`\bicon\(\s*'([\w-]+)'`).FindAllStringSubmatch(text, -1) {
			if !drawn[used[1]] {
				t.Errorf("%s shows %s", name, used[1])
			}
		}
	}
	for app := range linkHosts {
		if !drawn[string(linkHosts[app])] {
			t.Errorf("no sign for %s", app)
		}
	}
}
