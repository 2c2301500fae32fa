package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// KeySize is the number of bytes of a sealing key.
const KeySize = 32

var errSealed = errors.New("a sealed value does not open: was the sealing key changed, or the file?")

// Sealer seals with AES-256-GCM. Each value is bound to its place, so that none can be moved to another row.
type Sealer struct{ keys []cipher.AEAD }

// NewSealer takes the current key and, while it is being replaced, the one before it, in base64.
func NewSealer(keys ...string) (*Sealer, error) {
	s := &Sealer{}
	for _, text := range keys {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw) != KeySize {
			return nil, fmt.Errorf("a sealing key must be %d bytes in base64", KeySize)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, aead)
	}
	if len(s.keys) == 0 {
		return nil, errors.New("a sealing key is needed")
	}
	return s, nil
}

// seal gives nil for nothing.
func (s *Sealer) seal(plain []byte, place string) []byte {
	if len(plain) == 0 {
		return nil
	}
	nonce := make([]byte, s.keys[0].NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return s.keys[0].Seal(nonce, nonce, plain, []byte(place))
}

func (s *Sealer) open(sealed []byte, place string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	for _, key := range s.keys {
		if n := key.NonceSize(); len(sealed) > n {
			if plain, err := key.Open(nil, sealed[:n], sealed[n:], []byte(place)); err == nil {
				return plain, nil
			}
		}
	}
	return nil, errSealed
}
