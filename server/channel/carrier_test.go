package channel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// pigeon is an adapter that does what a test says.
type pigeon struct {
	pace channel.Pace
	send func(ctx context.Context, e chat.Envelope, part int) (chat.Accepted, error)

	mu   sync.Mutex
	flew []time.Time
}

func (*pigeon) Rules() chat.ChannelRules {
	return chat.ChannelRules{Channel: "pigeon", Provider: "pigeons", Window: time.Hour}
}
func (p *pigeon) Pace() channel.Pace                     { return p.pace }
func (*pigeon) Link(chat.Account, string, string) string { return "pigeon:" }

func (*pigeon) Parts(e chat.Envelope) (int, error) {
	if e.Message.Text == "panic" {
		panic("no parts")
	}
	return 1, nil
}

func (p *pigeon) Send(ctx context.Context, e chat.Envelope, part int) (chat.Accepted, error) {
	p.mu.Lock()
	p.flew = append(p.flew, time.Now())
	p.mu.Unlock()
	if p.send == nil {
		return chat.Accepted{ProviderID: fmt.Sprintf("%s.%d", e.Delivery, part)}, nil
	}
	return p.send(ctx, e, part)
}

// full is a pigeon with all abilities, each of which panics.
type full struct{ *pigeon }

func (full) Fetch(context.Context, chat.Account, chat.ProviderApp, chat.MediaRef) (io.ReadCloser, error) {
	panic("fetch")
}

func (full) Profile(context.Context, chat.Account, chat.ProviderApp, chat.Person) (chat.Person, error) {
	panic("profile")
}

func (full) Seen(context.Context, chat.Account, chat.ProviderApp, chat.Address, string, bool) error {
	panic("seen")
}
func (full) Check(context.Context, chat.Account, chat.ProviderApp) []chat.Check { panic("check") }
func (full) Subscribe(context.Context, chat.Account, chat.ProviderApp) error    { panic("subscribe") }

func (full) Templates(context.Context, chat.Account, chat.ProviderApp) ([]chat.Template, error) {
	panic("templates")
}

func carrierOf(a channel.Adapter) *channel.Carrier {
	return channel.NewCarrier(channel.CarrierOptions{Adapters: []channel.Adapter{a}, Providers: []channel.Provider{pigeons{}}})
}

func letter(to string, perSecond int) chat.Envelope {
	return chat.Envelope{
		Delivery: "dlv_x", Account: chat.Account{ID: "acc_x", Channel: "pigeon", PerSecond: perSecond}, To: chat.Address{ID: "adr_" + chat.AddressID(to), Phone: to},
	}
}

// refusalOf gives the class of a send's error and when to come again.
func refusalOf(t *testing.T, err error) *chat.SendError {
	t.Helper()
	var e *chat.SendError
	if !errors.As(err, &e) {
		t.Fatalf("not a send error: %v", err)
	}
	return e
}

// mostWithin gives the most times that lie within any window.
func mostWithin(times []time.Time, window time.Duration) (most int) {
	slices.SortFunc(times, time.Time.Compare)
	first := 0
	for i, at := range times {
		for at.Sub(times[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestAnAccountNeverSendsFasterThanItMay(t *testing.T) {
	for _, c := range []struct{ own, usual, want int }{{0, 80, 80}, {20, 80, 20}, {1, 80, 1}, {0, 300, 300}} {
		synctest.Test(t, func(t *testing.T) {
			p := &pigeon{pace: channel.Pace{PerSecond: c.usual, PairBurst: 45, PairEvery: 6 * time.Second}}
			carrier := carrierOf(p)
			begin := time.Now()
			var wg sync.WaitGroup
			for i := range 10 * c.want {
				wg.Go(func() {
					for {
						_, err := carrier.Send(t.Context(), letter(fmt.Sprintf("+1555%05d", i), c.own), 0)
						if err == nil {
							return
						}
						e := refusalOf(t, err)
						if e.Class != chat.SendThrottleAccount || e.RetryAfter <= 0 {
							t.Errorf("refused with %+v", e)
							return
						}
						time.Sleep(e.RetryAfter)
					}
				})
			}
			wg.Wait()
			if n := mostWithin(p.flew, time.Second); n > c.want {
				t.Errorf("%d went within a second, allowed are %d", n, c.want)
			}
			if took := time.Since(begin); took > 12*time.Second {
				t.Errorf("ten seconds' worth took %v at %d a second", took, c.want)
			}
		})
	}
}

func TestARecipientGetsTheirBurstAndThenOneEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pigeon{pace: channel.Pace{PerSecond: 80, PairBurst: 45, PairEvery: 6 * time.Second}}
		carrier := carrierOf(p)
		for i := range 45 {
			if _, err := carrier.Send(t.Context(), letter("+1", 0), 0); err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
		}
		_, err := carrier.Send(t.Context(), letter("+1", 0), 0)
		e := refusalOf(t, err)
		if e.Class != chat.SendThrottlePair || e.RetryAfter < 5*time.Second || e.RetryAfter > 6*time.Second {
			t.Fatalf("the one too many: %+v", e)
		}
		if _, err := carrier.Send(t.Context(), letter("+2", 0), 0); err != nil {
			t.Errorf("another recipient: %v", err)
		}
		sameInAnotherShop := letter("+1", 0)
		sameInAnotherShop.To.ID = "adr_other"
		if _, err := carrier.Send(t.Context(), sameInAnotherShop, 0); err == nil {
			t.Error("the same person under another address was let through")
		}
		time.Sleep(e.RetryAfter)
		if _, err := carrier.Send(t.Context(), letter("+1", 0), 0); err != nil {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestAPauseThatAProviderAsksForIsKeptAndGrows(t *testing.T) {
	for class, others := range map[chat.SendClass]bool{chat.SendThrottlePair: true, chat.SendThrottleAccount: false} {
		synctest.Test(t, func(t *testing.T) {
			refuse := &chat.SendError{Class: class, Code: "slow", Provider: "131056"}
			p := &pigeon{}
			p.send = func(_ context.Context, e chat.Envelope, _ int) (chat.Accepted, error) {
				if e.To.Phone == "+1" && refuse != nil {
					return chat.Accepted{}, refuse
				}
				return chat.Accepted{}, nil
			}
			carrier := carrierOf(p)
			send := func(to string) error {
				_, err := carrier.Send(t.Context(), letter(to, 0), 0)
				return err
			}
			for _, want := range []time.Duration{1, 4, 16, 64, 256, 300, 300} {
				if e := refusalOf(t, send("+1")); e.Class != class || e.RetryAfter != want*time.Second || e.Provider != "131056" {
					t.Fatalf("%s: got %+v, want a wait of %v", class, e, want*time.Second)
				}
				asked := len(p.flew)
				if e := refusalOf(t, send("+1")); e.Class != class || e.RetryAfter != want*time.Second || len(p.flew) != asked {
					t.Fatalf("%s: within the pause the provider was asked, or got %+v", class, e)
				}
				if err := send("+2"); (err == nil) != others {
					t.Fatalf("%s: another recipient meanwhile: %v", class, err)
				}
				time.Sleep(want * time.Second)
			}
			if refuse.RetryAfter != 0 {
				t.Error("the provider's error was changed")
			}
			refuse = nil
			if err := send("+1"); err != nil {
				t.Fatal(err)
			}
			refuse = &chat.SendError{Class: class, RetryAfter: 7 * time.Second}
			if e := refusalOf(t, send("+1")); e.RetryAfter != 7*time.Second {
				t.Errorf("%s: the provider's own word was not taken: %v", class, e.RetryAfter)
			}
		})
	}
}

func TestSendsThatWereUnderwayTogetherAreOneStrike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pigeon{send: func(context.Context, chat.Envelope, int) (chat.Accepted, error) {
			time.Sleep(100 * time.Millisecond)
			return chat.Accepted{}, &chat.SendError{Class: chat.SendThrottleAccount}
		}}
		carrier := carrierOf(p)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := carrier.Send(t.Context(), letter(fmt.Sprint(i), 0), 0); refusalOf(t, err).RetryAfter != time.Second {
					t.Errorf("told to wait %v", refusalOf(t, err).RetryAfter)
				}
			})
		}
		wg.Wait()
	})
}

func TestAProviderThatDoesNotAnswerLeavesItUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pigeon{send: func(ctx context.Context, _ chat.Envelope, _ int) (chat.Accepted, error) {
			<-ctx.Done()
			return chat.Accepted{}, &url.Error{Op: "Post", URL: "https://provider.example/?token=secret", Err: ctx.Err()}
		}}
		begin := time.Now()
		_, err := carrierOf(p).Send(t.Context(), letter("+1", 0), 0)
		e := refusalOf(t, err)
		if e.Class != chat.SendUncertain || time.Since(begin) != 30*time.Second {
			t.Errorf("after %v: %+v", time.Since(begin), e)
		}
	})
}

func TestAnErrorThatNobodyHasClassifiedIsNotTriedAgain(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for name, c := range map[string]struct {
		err  error
		want chat.SendClass
	}{
		"a refused connection":   {&url.Error{Op: "Post", Err: dial}, chat.SendRetry},
		"a name that is unknown": {&net.DNSError{Name: "x", IsNotFound: true}, chat.SendRetry},
		"a reset":                {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, chat.SendUncertain},
		"an end":                 {io.ErrUnexpectedEOF, chat.SendUncertain},
		"a cancelled send":       {context.Canceled, chat.SendUncertain},
		"what it says itself":    {fmt.Errorf("send: %w", &chat.SendError{Class: chat.SendOptedOut}), chat.SendOptedOut},
		"a template's places":    {chat.ErrTemplateParams, chat.SendRejected},
		"something else":         {errors.New("token=secret"), chat.SendRejected},
	} {
		p := &pigeon{send: func(context.Context, chat.Envelope, int) (chat.Accepted, error) { return chat.Accepted{}, c.err }}
		_, err := carrierOf(p).Send(t.Context(), letter("+1", 0), 0)
		if e := refusalOf(t, err); e.Class != c.want || e.Detail == "token=secret" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := channel.Lost(io.EOF, false); e.Class != chat.SendRetry {
		t.Errorf("nothing was sent, and yet %+v", e)
	}
}

func TestAPanicOfAChannelStaysThere(t *testing.T) {
	p := &pigeon{send: func(context.Context, chat.Envelope, int) (chat.Accepted, error) { panic("boom") }}
	c := carrierOf(full{p})
	ctx, account, app := t.Context(), chat.Account{ID: "acc_x", Channel: "pigeon"}, chat.ProviderApp{}
	_, sending := c.Send(ctx, letter("+1", 0), 0)
	if e := refusalOf(t, sending); e.Class != chat.SendRejected {
		t.Errorf("sending: %+v", e)
	}
	_, parsing := c.Parse("pigeons", []byte("panic"))
	_, counting := c.Parts(chat.Envelope{Account: account, Message: chat.Message{Text: "panic"}})
	_, fetching := c.Fetch(ctx, account, app, chat.MediaRef{})
	_, asking := c.Profile(ctx, account, app, chat.Person{})
	_, listing := c.Templates(ctx, account, app)
	for i, err := range []error{parsing, counting, fetching, asking, listing, c.Seen(ctx, account, app, chat.Address{}, "", true), c.Subscribe(ctx, account, app)} {
		if err == nil {
			t.Errorf("panic %d is no error", i)
		}
	}
	if got := c.Check(ctx, account, app); len(got) != 1 || got[0].State != "failed" {
		t.Errorf("checking: %+v", got)
	}
	if n := c.Metrics.Panics.Load(); n != 9 {
		t.Errorf("counted %d panics", n)
	}
}

func TestAChannelWithoutAnAbilityIsNotAskedForIt(t *testing.T) {
	c := carrierOf(&pigeon{})
	ctx, account, app := t.Context(), chat.Account{Channel: "pigeon"}, chat.ProviderApp{}
	if _, err := c.Fetch(ctx, account, app, chat.MediaRef{}); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("fetch: %v", err)
	}
	if p, err := c.Profile(ctx, account, app, chat.Person{Name: "Ada"}); err != nil || p.Name != "Ada" {
		t.Errorf("profile: %+v, %v", p, err)
	}
	if all, err := c.Templates(ctx, account, app); err != nil || all != nil {
		t.Errorf("templates: %v, %v", all, err)
	}
	if err := errors.Join(c.Seen(ctx, account, app, chat.Address{}, "", true), c.Subscribe(ctx, account, app)); err != nil {
		t.Error(err)
	}
	if got := c.Check(ctx, account, app); len(got) != 1 || got[0].State != "skipped" {
		t.Errorf("check: %+v", got)
	}
	if got := c.Link(account, "", ""); got != "pigeon:" {
		t.Errorf("link: %q", got)
	}
	if rules := c.Channels(); len(rules) != 1 || rules[0].Channel != "pigeon" {
		t.Errorf("channels: %+v", rules)
	}
	if n, err := c.Parts(chat.Envelope{Account: account}); n != 1 || err != nil {
		t.Errorf("parts: %d, %v", n, err)
	}
	if items, err := c.Parse("pigeons", []byte("x")); err != nil || len(items) != 1 {
		t.Errorf("parse: %v, %v", items, err)
	}
}

func TestAChannelThatIsNotThereSaysSo(t *testing.T) {
	c := carrierOf(&pigeon{})
	ctx, account, app := t.Context(), chat.Account{Channel: "telex"}, chat.ProviderApp{}
	if _, err := c.Send(ctx, chat.Envelope{Account: account}, 0); refusalOf(t, err).Class != chat.SendRejected {
		t.Errorf("send: %v", err)
	}
	if _, err := c.Parts(chat.Envelope{Account: account}); !errors.Is(err, chat.ErrChannelOff) {
		t.Errorf("parts: %v", err)
	}
	if _, err := c.Parse("telexes", nil); err == nil {
		t.Error("parsed")
	}
	if got := c.Check(ctx, account, app); got[0].Code != "channel_off" {
		t.Errorf("check: %+v", got)
	}
	if got := c.Link(account, "", ""); got != "" {
		t.Errorf("link: %q", got)
	}
}

func TestWhileAnAccountPausesNobodyIsToldThatTheirWordsWereSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pigeon{send: func(context.Context, chat.Envelope, int) (chat.Accepted, error) {
			return chat.Accepted{}, &chat.SendError{Class: chat.SendThrottleAccount, RetryAfter: time.Minute}
		}}
		c := carrierOf(full{p})
		_, _ = c.Send(t.Context(), letter("+1", 0), 0)
		if err := c.Seen(t.Context(), letter("+1", 0).Account, chat.ProviderApp{}, chat.Address{}, "", true); err != nil {
			t.Errorf("asked: %v", err)
		}
		time.Sleep(time.Minute)
		if err := c.Seen(t.Context(), letter("+1", 0).Account, chat.ProviderApp{}, chat.Address{}, "", true); err == nil {
			t.Error("not asked after the pause") // this one panics when it is asked
		}
	})
}
