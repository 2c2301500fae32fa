package sdks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// The shop and key that the drivers are given.
const (
	shop = "shop_marlmarlmarlmarlmarlmarlma"
	key  = "tgk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// outcome is what a driver says of a call: its value, or the SDK's error.
type outcome struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error *failure        `json:"error,omitempty"`
}

type failure struct {
	Status    int      `json:"status"`
	Code      string   `json:"code"`
	RequestID string   `json:"request_id,omitempty"`
	Fields    []string `json:"fields,omitempty"`
	Refused   bool     `json:"refused,omitempty"` // by the SDK itself, before anything was sent
}

// driver runs one SDK.
type driver struct {
	name    string
	command func() *exec.Cmd
}

// drivers are those whose language is installed here; they are built once.
func drivers(t *testing.T) []driver {
	t.Helper()
	all, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var folder string // of what is built; TestMain makes and removes it

var built = sync.OnceValues(func() ([]driver, error) {
	program := filepath.Join(folder, "driver")
	if err := build(".", "go", "build", "-o", program, "./driver"); err != nil {
		return nil, err
	}
	all := []driver{{"go", func() *exec.Cmd { return exec.Command(program) }}}
	if _, err := exec.LookPath("node"); err == nil {
		if err := build("../../../sdk/ts", "npm", "run", "--silent", "build"); err != nil {
			return nil, err
		}
		all = append(all, driver{"ts", func() *exec.Cmd { return exec.Command("node", "driver/driver.mjs") }})
	}
	if _, err := exec.LookPath("php"); err == nil {
		all = append(all, driver{"php", func() *exec.Cmd { return exec.Command("php", "driver/driver.php") }})
	}
	if len(all) < 3 && os.Getenv("CI") != "" {
		return nil, errors.New("node and php are needed")
	}
	return all, nil
})

func build(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "tagalong-sdks-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// run does one call. in is the call and its arguments.
func (d driver) run(t *testing.T, base string, in map[string]any) outcome {
	t.Helper()
	args, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := d.command()
	cmd.Env = append(os.Environ(), "TAGALONG_URL="+base, "TAGALONG_SHOP="+shop, "TAGALONG_KEY="+key)
	cmd.Stdin = bytes.NewReader(args)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", d.name, err, stdout.String(), stderr.String())
	}
	var out outcome
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatalf("%s answered %s: %v\n%s", d.name, stdout.String(), err, stderr.String())
	}
	return out
}
