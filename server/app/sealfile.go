package app

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/store"
)

const (
	sealFile    = "seal.key"
	sealKeySize = 32
)

// sealer reads the keys that seal secrets at rest, and makes the first one at the first start. They lie beside the database, one a
// line: a number from 1 to 255 and 64 hexadecimal digits. What is written is sealed with the last one; the others still open what
// they have sealed. A backup of the database is of no use to a thief without this file, and neither is it to its owner.
func sealer(data string) (*store.Sealer, error) {
	name := filepath.Join(data, sealFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		var key [sealKeySize]byte
		if _, err := rand.Read(key[:]); err != nil {
			return nil, err
		}
		text = fmt.Appendf(nil, "1 %x\n", key)
		if err := writeDurably(name, text); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	keys, current, err := sealKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return store.NewSealer(keys, current)
}

func sealKeys(text []byte) (keys map[byte][sealKeySize]byte, current byte, err error) {
	keys = map[byte][sealKeySize]byte{}
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		number, digits, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		id, err := strconv.ParseUint(number, 10, 8)
		key, hexErr := hex.DecodeString(strings.TrimSpace(digits))
		if !ok || err != nil || id == 0 || hexErr != nil || len(key) != sealKeySize {
			return nil, 0, fmt.Errorf("line %d is not a number from 1 to 255 and 64 hexadecimal digits", i+1)
		}
		if _, twice := keys[byte(id)]; twice {
			return nil, 0, fmt.Errorf("line %d gives key %d a second time", i+1, id)
		}
		current = byte(id)
		keys[current] = [sealKeySize]byte(key)
	}
	return keys, current, nil
}
