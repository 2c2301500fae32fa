package plugincheck

import (
	"bytes"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
)

// The plugin that is there to be copied stands the kit, as a process and in its own module, as any plugin is.
func TestTheExamplePluginStandsTheKit(t *testing.T) {
	plugin := filepath.Join("..", "..", "plugins", "example")
	binary := filepath.Join(t.TempDir(), "kiosk")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/tagalong-kiosk")
	build.Dir = plugin
	if told, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	address := freeAddress(t)
	t.Setenv("LISTEN", address)
	t.Setenv("KIOSK_SECRETS", "kiosk-check-secret")
	var report bytes.Buffer
	args := []string{
		"--url", "http://" + address, "--cases", filepath.Join(plugin, "testdata"), "--listen", "127.0.0.1:0", "--json", "--", binary,
	}
	if err := Main(t.Context(), args, &report); err != nil {
		t.Fatalf("%v\n%s", err, &report)
	}
	var told struct {
		Situations []verdict `json:"situations"`
	}
	if err := json.Unmarshal(report.Bytes(), &told); err != nil || len(told.Situations) != len(situations) {
		t.Fatalf("%v, %d situations: %s", err, len(told.Situations), &report)
	}
	for _, v := range told.Situations {
		if v.Outcome != pass {
			t.Errorf("%s: %s %q", v.ID, v.Outcome, v.Details)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
