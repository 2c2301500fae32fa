package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const linkKeySize = 32

// linkKey reads the key that signs links to files, and makes it at the first start. It lies beside the database, so that links
// outlive a restart; whoever can read it can read the files too.
func linkKey(data string) ([]byte, error) {
	name := filepath.Join(data, "link.key")
	key, err := os.ReadFile(name)
	if err == nil && len(key) == linkKeySize {
		return key, nil
	}
	if err == nil {
		return nil, fmt.Errorf("%s: holds %d bytes instead of %d", name, len(key), linkKeySize)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, linkKeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	return key, os.WriteFile(name, key, 0o600)
}
