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
	name := filepath.Join(dir, sealFile)
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

func TestDoctorLooksAtTheSealKeys(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: dir}
	if found := examineKeys(c); found != nil {
		t.Errorf("before setup: %v", found)
	}
	if err := os.WriteFile(c.database(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ text, level string }{{"", "warn"}, {"1 0a0b", "bad"}, {"1 " + strings.Repeat("0a", 32), "ok"}} {
		if step.text != "" {
			if err := os.WriteFile(filepath.Join(dir, sealFile), []byte(step.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if found := examineKeys(c); len(found) != 1 || found[0].level != step.level {
			t.Errorf("with %q: %v, want %s", step.text, found, step.level)
		}
	}
}

func TestDoctorReadsTheMailServersAddress(t *testing.T) {
	for _, c := range []struct {
		config Config
		level  string
	}{
		{Config{SMTPURL: "smtps://user:password@mail.example:465", SMTPFrom: "Chat <chat@example.com>"}, "ok"},
		{Config{SMTPURL: "mail.example:25", SMTPFrom: "chat@example.com"}, "bad"},
		{Config{SMTPURL: "smtps://mail.example:465", SMTPFrom: "nobody"}, "bad"},
	} {
		if found := examineMail(c.config); len(found) != 1 || found[0].level != c.level {
			t.Errorf("%s from %s: %v, want %s", c.config.SMTPURL, c.config.SMTPFrom, found, c.level)
		}
	}
}
