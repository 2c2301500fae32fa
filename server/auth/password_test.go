package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func newTestPasswords(t *testing.T, parallel int) *passwords {
	t.Helper()
	p, err := newPasswords(parallel, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPasswordMatchesItsOwnHashOnly(t *testing.T) {
	p := newTestPasswords(t, 1)
	stored, err := p.hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the stored hash does not name its parameters: %q", stored)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterz": false, "": false} {
		if got, err := p.check(t.Context(), password, stored); err != nil || got != want {
			t.Errorf("check(%q) = %v, %v; want %v", password, got, err, want)
		}
	}
	if got, err := p.check(t.Context(), "correct horse battery", ""); err != nil || got {
		t.Errorf("an unknown agent's password matched: %v, %v", got, err)
	}
}

func TestPasswordOverTheLimitIsRefusedBeforeHashing(t *testing.T) {
	p := newTestPasswords(t, 1)
	p.turn <- struct{}{} // nobody could hash
	long := strings.Repeat("a", MaxPassword+1)
	if _, err := p.hash(t.Context(), long); !errors.Is(err, chat.ErrTooLong) {
		t.Errorf("hash: %v, want too_long", err)
	}
	if _, err := p.check(t.Context(), long, ""); !errors.Is(err, chat.ErrTooLong) {
		t.Errorf("check: %v, want too_long", err)
	}
}

func TestWaitingForAHashIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPasswords(t, 1)
		p.turn <- struct{}{} // a hash that never ends
		p.queue <- struct{}{}
		results := make(chan error, hashWaiters)
		for range hashWaiters {
			go func() {
				_, err := p.hash(context.Background(), "correct horse battery")
				results <- err
			}()
		}
		synctest.Wait()
		if _, err := p.hash(t.Context(), "one too many"); !errors.Is(err, chat.ErrTryAgain) {
			t.Errorf("one more than may wait: %v, want try_again at once", err)
		}
		for range hashWaiters {
			if err := <-results; !errors.Is(err, chat.ErrTryAgain) {
				t.Errorf("whose turn does not come: %v, want try_again", err)
			}
		}
		if len(p.queue) != 1 {
			t.Errorf("%d places in the queue are still taken, want 1", len(p.queue))
		}
	})
}

func TestStoredHashWithOtherParametersIsChecked(t *testing.T) {
	for name, stored := range map[string]string{
		"another algorithm": "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5aw",
		"another version":   "$argon2id$v=16$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5aw",
		"too much memory":   "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5aw",
		"no time":           "$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5aw",
		"a short key":       "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5",
		"not base64":        "$argon2id$v=19$m=19456,t=2,p=1$****$a2V5a2V5a2V5a2V5a2V5aw",
		"too few parts":     "$argon2id$v=19$m=19456,t=2,p=1",
	} {
		if _, err := parsePHC(stored); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5aw")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err == nil && (h.memory > 256*1024 || h.time > 16 || len(h.key) < 16) {
			t.Errorf("out of bounds: %+v", h)
		}
	})
}
