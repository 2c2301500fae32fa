// Package channeltest is what every channel must pass: Incoming reads webhooks as providers have sent them, Outgoing sends one set of
// messages and looks at the exact requests. Both compare with golden files beside the test, which -update writes anew: a change of what
// a channel reads or sends is seen in the diff.
//
// Nothing in a test leaves the machine: Loopback is a transport that refuses to.
package channeltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a golden file, or writes it.
func golden(t *testing.T, path string, got any) {
	t.Helper()
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing: run with -update, and look at what it says", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, text.Bytes()) {
		t.Errorf("%s has changed.\ngot:\n%s\nwant:\n%s", path, text.Bytes(), want)
	}
}
