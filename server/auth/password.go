package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Limits of a password.
const (
	MinPassword = 10    // characters
	MaxPassword = 1_024 // bytes
)

// The first choice of OWASP's password storage cheat sheet for argon2id.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

const (
	hashWait    = 5 * time.Second // how long a login waits for its turn
	hashWaiters = 64              // how many may wait at a time
)

// passwords hashes and checks passwords, a few at a time: each takes 19 MiB, and whoever sends many must not take the server down.
type passwords struct {
	random io.Reader
	turn   chan struct{}
	queue  chan struct{}
	decoy  string // checked when there is no such agent, so that both answers take the same time
}

func newPasswords(parallel int, random io.Reader) (*passwords, error) {
	if parallel < 1 {
		parallel = 2
	}
	p := &passwords{random: random, turn: make(chan struct{}, parallel), queue: make(chan struct{}, parallel+hashWaiters)}
	var salt [argonSalt]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return nil, fmt.Errorf("no randomness: %w", err)
	}
	p.decoy = phc(salt[:], make([]byte, argonKey)) // no password hashes to zeros, so nothing need be hashed for it
	return p, nil
}

// validPassword checks a password that somebody chooses.
func validPassword(password string) error {
	if len(password) > MaxPassword {
		return errPasswordTooLong
	}
	if utf8.RuneCountInString(password) < MinPassword || !utf8.ValidString(password) {
		return chat.ErrInvalid.With(chat.Field{Path: "password", Message: "must have at least 10 characters"})
	}
	return nil
}

// hash gives the PHC string of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxPassword {
		return "", errPasswordTooLong
	}
	done, err := p.wait(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	var salt [argonSalt]byte
	if _, err := io.ReadFull(p.random, salt[:]); err != nil {
		return "", fmt.Errorf("no randomness: %w", err)
	}
	return phc(salt[:], argon2.IDKey([]byte(password), salt[:], argonTime, argonMemory, argonThreads, argonKey)), nil
}

// check tells whether the password has this hash. An empty hash never matches, and takes as long to say so.
func (p *passwords) check(ctx context.Context, password, stored string) (bool, error) {
	if len(password) > MaxPassword {
		return false, errPasswordTooLong
	}
	if stored == "" {
		stored = p.decoy
	}
	h, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	done, err := p.wait(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	got := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(got, h.key) == 1, nil
}

// wait gives the caller a turn, or ErrTryAgain when too many wait already or the turn does not come.
func (p *passwords) wait(ctx context.Context) (done func(), err error) {
	select {
	case p.queue <- struct{}{}:
	default:
		return nil, chat.ErrTryAgain.After(hashWait)
	}
	timeout := time.NewTimer(hashWait)
	defer timeout.Stop()
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn; <-p.queue }, nil
	case <-timeout.C:
		err = chat.ErrTryAgain.After(hashWait)
	case <-ctx.Done():
		err = ctx.Err()
	}
	<-p.queue
	return nil, err
}

// phc writes a hash with its parameters, so that they can be raised later: github.com/P-H-C/phc-string-format.
func phc(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

type argonHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// parsePHC reads a stored hash. Its parameters are bounded, since they decide how much memory is taken.
func parsePHC(s string) (argonHash, error) {
	var h argonHash
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, fmt.Errorf("stored password hash is not argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, fmt.Errorf("stored password hash has another version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, fmt.Errorf("stored password hash has bad parameters: %w", err)
	}
	if h.memory < 8 || h.memory > 256*1024 || h.time < 1 || h.time > 16 || h.threads < 1 || h.threads > 16 {
		return h, fmt.Errorf("stored password hash has parameters out of bounds")
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
		h.key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err != nil || len(h.salt) < 8 || len(h.key) < 16 || len(h.key) > 64 {
		return h, fmt.Errorf("stored password hash has a bad salt or key")
	}
	return h, nil
}
