// Package widget serves the shopper's side of Tagalong: the loader script of a shop, the panel's document
// that the loader puts into a frame, and the same panel as a page of its own.
//
// The web bundles are built by npm (see package.json) into dist and embedded; the package imports nothing
// else of Tagalong and learns about shops through Options.Lookup. Start reading at serve.go.
package widget

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt is what the handler has to say where dist holds no bundles: a checkout before `make web`.
var ErrNotBuilt = errors.New("widget: this build has no web bundles: run `make web` (npm ci && npm run build in widget/) and build again")

// Available tells whether this binary carries the web bundles.
func Available() bool {
	_, err := fs.Stat(dist, "dist/panel.html")
	return err == nil
}

// bundle is what npm made, ready to be filled with a shop's configuration.
type bundle struct {
	loader   string // names configName once
	panel    string // holds the marks {{LANG}}, {{DIR}}, {{MESSAGES}}, {{SITE}}
	script   string // CSP hash of the panel's script
	style    string // and of its styles
	messages map[string]string
	strings  map[string]json.RawMessage   // the loader's texts by language
	more     map[string]string            // the panel's later parts by file name
	moreOf   map[string]map[string]string // their file names by language and part
}

// morePaths is where the panel's later parts are, in one language.
func (b *bundle) morePaths(language string) map[string]string {
	paths := map[string]string{}
	for part, name := range b.moreOf[language] {
		paths[part] = "/panel/" + name
	}
	return paths
}

const configName = "TAGALONG_CONFIG"

func readBundle(files fs.FS) (*bundle, error) {
	loader, err := fs.ReadFile(files, "loader.js")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("widget: read the loader: %w", err)
	}
	panel, err := fs.ReadFile(files, "panel.html")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("widget: read the panel: %w", err)
	}
	b := &bundle{loader: string(loader), panel: string(panel), messages: map[string]string{}, more: map[string]string{}}
	if n := strings.Count(b.loader, configName); n != 1 {
		return nil, fmt.Errorf("widget: the loader names %s %d times, want once", configName, n)
	}
	var hashes struct {
		Script, Style string
		More          map[string]map[string]string
	}
	if err := readJSON(files, "hashes.json", &hashes); err != nil {
		return nil, err
	}
	b.script, b.style, b.moreOf = hashes.Script, hashes.Style, hashes.More
	if err := readJSON(files, "locales/loader.json", &b.strings); err != nil {
		return nil, err
	}
	for tag := range b.strings {
		m, err := fs.ReadFile(files, "locales/"+tag+".json")
		if err != nil {
			return nil, fmt.Errorf("widget: read the messages of %s: %w", tag, err)
		}
		b.messages[tag] = string(m)
		for part, name := range b.moreOf[tag] {
			more, err := fs.ReadFile(files, "more/"+name)
			if err != nil {
				return nil, fmt.Errorf("widget: read the panel's part %q in %s: %w", part, tag, err)
			}
			b.more[name] = string(more)
		}
	}
	return b, nil
}

func readJSON(files fs.FS, name string, into any) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("widget: read %s: %w", name, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("widget: parse %s: %w", name, err)
	}
	return nil
}
