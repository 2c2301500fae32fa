package plugincheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settingsFile says how the storefront sends; each other *.json beside it is a delivery, and *.golden.json what comes of it.
const settingsFile = "check.json"

// defaultMaxBody is the limit that a plugin has where its folder names none.
const defaultMaxBody = 1 << 20

// settings is check.json.
type settings struct {
	Platform  string            `json:"platform"`
	Path      string            `json:"path"`
	Secret    string            `json:"secret"`
	Signature signature         `json:"signature"`
	Headers   map[string]string `json:"headers"`
	// MaxBody is how many bytes the plugin takes at most.
	MaxBody int `json:"max_body"`
	// Deliveries changes, by the name of a case, where and with which headers it is sent.
	Deliveries map[string]struct {
		Path    string            `json:"path"`
		Headers map[string]string `json:"headers"`
	} `json:"deliveries"`
	// Secrets are more values that must never get into what is pushed.
	Secrets []string `json:"secrets"`
	// Skip names situations that the platform cannot have, each with the reason.
	Skip map[string]string `json:"skip"`
}

// folder is a plugin's cases.
type folder struct {
	settings
	cases []testCase // by name
}

// testCase is one delivery and what it must become.
type testCase struct {
	name    string
	path    string
	headers map[string]string
	payload string
	golden  string
}

// golden is what Tagalong gets for one delivery. Empty: nothing.
type golden struct {
	Events []json.RawMessage `json:"events"`
	Redact []json.RawMessage `json:"redact"`
	Export []json.RawMessage `json:"export"`
}

func readFolder(dir string) (folder, error) {
	var f folder
	if err := readJSON(filepath.Join(dir, settingsFile), &f.settings); err != nil {
		return f, err
	}
	if f.MaxBody == 0 {
		f.MaxBody = defaultMaxBody
	}
	if err := f.Signature.check(); err != nil {
		return f, fmt.Errorf("%s: %w", settingsFile, err)
	}
	if f.Secret == "" {
		return f, fmt.Errorf("%s: secret is missing: the test secret that the plugin under test verifies with", settingsFile)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return f, err
	}
	slices.Sort(names)
	for _, name := range names {
		base := filepath.Base(name)
		if base == settingsFile || strings.HasSuffix(base, ".golden.json") {
			continue
		}
		c, err := f.readCase(name)
		if err != nil {
			return f, err
		}
		f.cases = append(f.cases, c)
	}
	return f, f.checkCases(dir)
}

func (f folder) readCase(file string) (testCase, error) {
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	own := f.Deliveries[name]
	c := testCase{name: name, path: f.Path, headers: map[string]string{"Content-Type": "application/json"}}
	if own.Path != "" {
		c.path = own.Path
	}
	for _, headers := range []map[string]string{f.Headers, own.Headers} {
		maps.Copy(c.headers, headers)
	}
	payload, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	expected, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".golden.json")
	if err != nil {
		return c, fmt.Errorf("case %s has no golden file: %w", name, err)
	}
	c.payload, c.golden = string(payload), string(expected)
	if _, err := c.expected("x"); err != nil {
		return c, err
	}
	return c, nil
}

// checkCases refuses a folder in which something is named that is not there: a typing error would check nothing.
func (f folder) checkCases(dir string) error {
	for name := range f.Deliveries {
		if !slices.ContainsFunc(f.cases, func(c testCase) bool { return c.name == name }) {
			return fmt.Errorf("%s: deliveries names %s, which is no case", settingsFile, name)
		}
	}
	for id, reason := range f.Skip {
		if !known(id) {
			return fmt.Errorf("%s: skip names %s, which is no situation", settingsFile, id)
		}
		if reason == "" {
			return fmt.Errorf("%s: skip gives no reason for %s", settingsFile, id)
		}
	}
	if f.probe() == nil {
		return fmt.Errorf("%s has no case that becomes an event", dir)
	}
	return nil
}

// deliveryMark stands in a payload, a header or a golden file for the id of the delivery: new for each situation, so that a plugin
// which remembers deliveries takes it for new, and the same in a repeat.
const deliveryMark = "{{delivery}}"

func (c testCase) body(delivery string) []byte {
	return []byte(strings.ReplaceAll(c.payload, deliveryMark, delivery))
}

func (c testCase) expected(delivery string) (golden, error) {
	var g golden
	d := json.NewDecoder(strings.NewReader(strings.ReplaceAll(c.golden, deliveryMark, delivery)))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil {
		return g, fmt.Errorf("%s.golden.json: %w", c.name, err)
	}
	for _, raw := range g.Events {
		if _, err := readEvent(raw); err != nil {
			return g, fmt.Errorf("%s.golden.json: the contract refuses the event: %w", c.name, explain(err))
		}
	}
	return g, nil
}

// probe is a case that becomes an event, for situations that need any.
func (f folder) probe() *testCase {
	for i := range f.cases {
		if g, err := f.cases[i].expected("x"); err == nil && len(g.Events) > 0 {
			return &f.cases[i]
		}
	}
	return nil
}

func readJSON(file string, into any) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if d.More() {
		return errors.New(filepath.Base(file) + ": something follows the object")
	}
	return nil
}
