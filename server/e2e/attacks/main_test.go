package attacks_test

import (
	"os"
	"testing"
)

var mainT = &mainTB{}

func mustTemp(m *mainTB) string {
	dir, err := os.MkdirTemp("", "tagalong-attacks-")
	if err != nil {
		panic(err)
	}
	m.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	mainT.end()
	os.Exit(code)
}
