package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSealKeysCanBeRotated(t *testing.T) {
	text := "1 " + strings.Repeat("0a", 32) + "\n2 " + strings.Repeat("0b", 32) + "\n"
	keys, current, err := sealKeys([]byte(text))
	if err != nil || current != 2 || len(keys) != 2 || keys[1][0] != 0x0a || keys[2][31] != 0x0b {
		t.Errorf("got %v, current %d, error %v", keys, current, err)
	}
}

func TestABrokenSealFileStopsTheStart(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "short": "1 0a0b", "no number": strings.Repeat("0a", 32), "zero": "0 " + strings.Repeat("0a", 32),
		"twice": "1 " + strings.Repeat("0a", 32) + "\n1 " + strings.Repeat("0b", 32),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := sealKeys([]byte(text)); err == nil {
				t.Error("it is taken")
			}
		})
	}
}

func TestTheSealKeyIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	if _, err := sealer(dir); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "seal.key")
	first, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, error %v", info.Mode(), err)
	}
	if _, err := sealer(dir); err != nil {
		t.Fatal(err)
	}
	if second, _ := os.ReadFile(name); string(second) != string(first) {
		t.Error("a second start has made another key")
	}
}
