package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestManyAccountsFromOneAddressAreSlowedDown(t *testing.T) {
	now := time.Unix(1_000, 0)
	a, err := newAgents(Options{Now: func() time.Time { return now }, Random: zeros{}}, "https://inbox.example")
	if err != nil {
		t.Fatal(err)
	}
	try := func(i int, from string) error {
		return a.throttle(accountKey(fmt.Sprintf("a%d@marl.example", i), from), from)
	}
	for i := range loginsPerAddress {
		if err := try(i, "192.0.2.1"); err != nil {
			t.Fatalf("account %d: %v", i, err)
		}
	}
	if err := try(loginsPerAddress, "192.0.2.1"); !errors.Is(err, chat.ErrRateLimited) {
		t.Errorf("one account more: %v, want rate_limited", err)
	}
	if err := try(0, "192.0.2.2"); err != nil {
		t.Errorf("another address pays for the first: %v", err)
	}
	now = now.Add(loginWindow)
	if err := try(0, "192.0.2.1"); err != nil {
		t.Errorf("after the window: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestEmailAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"a@b.example": true, "ä@b.example": true, "a+b@c": true, "": false, "a": false, "@b": false, "a@": false, "a@b@c": false,
		"a b@c": false, "a@b\r\nBcc: x@y": false, "<a@b>": false, `"a"@b`: false, "a@b,c@d": false, "\xff@b": false,
	} {
		if got := validEmail(s); got != want {
			t.Errorf("validEmail(%q) = %v, want %v", s, got, want)
		}
	}
}
