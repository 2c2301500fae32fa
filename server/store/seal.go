package store

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// Seal keeps secrets from whoever reads the database's file alone. What was sealed with aad, the name of the row that it lies in,
// is opened with the same only, so that one row's secret can't be put into another.
type Seal interface {
	Seal(aad string, plain []byte) ([]byte, error)
	Open(aad string, sealed []byte) ([]byte, error)
}

// Sealer is a Seal of AES-256-GCM. What it makes begins with its key's id, so that keys can be rotated: a nonce and the sealed text
// follow.
type Sealer struct {
	keys    map[byte]cipher.AEAD
	current byte
}

var _ Seal = (*Sealer)(nil)

// ErrUnsealable is the error of what was sealed with a key that is not there, or for another row, or has been tampered with.
var ErrUnsealable = errors.New("store: this can't be opened with the keys at hand")

// NewSealer makes a Sealer that seals with the current key and opens with any.
func NewSealer(keys map[byte][32]byte, current byte) (*Sealer, error) {
	s := &Sealer{keys: make(map[byte]cipher.AEAD, len(keys)), current: current}
	for id, key := range keys {
		block, err := aes.NewCipher(key[:])
		if err != nil {
			return nil, fmt.Errorf("store: key %d: %w", id, err)
		}
		if s.keys[id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("store: key %d: %w", id, err)
		}
	}
	if s.keys[current] == nil {
		return nil, fmt.Errorf("store: there is no key %d to seal with", current)
	}
	return s, nil
}

// Seal implements Seal.
func (s *Sealer) Seal(aad string, plain []byte) ([]byte, error) {
	aead := s.keys[s.current]
	out := make([]byte, 1, 1+aead.Overhead()+len(plain))
	out[0] = s.current
	return aead.Seal(out, nil, plain, []byte(aad)), nil
}

// Open implements Seal.
func (s *Sealer) Open(aad string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || s.keys[sealed[0]] == nil {
		return nil, ErrUnsealable
	}
	plain, err := s.keys[sealed[0]].Open(nil, nil, sealed[1:], []byte(aad))
	if err != nil {
		return nil, ErrUnsealable
	}
	return plain, nil
}

// errNoSeal is why nothing secret can be written.
var errNoSeal = errors.New("store: no key to seal secrets with was given (Options.Seal)")

// shut seals a secret of the row that aad names; nothing stays nothing.
func (d *DB) shut(aad string, plain []byte) ([]byte, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	if d.seal == nil {
		return nil, errNoSeal
	}
	return d.seal.Seal(aad, plain)
}

// unshut opens what shut has sealed.
func (d *DB) unshut(aad string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	if d.seal == nil {
		return nil, errNoSeal
	}
	return d.seal.Open(aad, sealed)
}
