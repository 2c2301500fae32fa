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
	return key, writeDurably(name, key)
}

// writeDurably makes a file that is there in whole or not at all, also after a power cut: its content is on disk before it gets its
// name, and the name before this returns.
func writeDurably(name string, data []byte) error {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+"-") // with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
