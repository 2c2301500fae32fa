package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// CarrierOptions of a Carrier. All but Adapters have defaults; without Providers no webhook can be read.
type CarrierOptions struct {
	Adapters  []Adapter // one for each channel; their order is that of Channels
	Providers []Provider
	Log       *slog.Logger
	Now       func() time.Time

	SendWithin time.Duration // how long a provider may take to answer a message; 30 s
	AskWithin  time.Duration // and to answer anything else; 15 s
}

// CarrierMetrics are the carrier's counters. They only rise.
type CarrierMetrics struct {
	Sent      atomic.Int64 // requests that the provider has taken
	Refused   atomic.Int64 // requests that it has not
	Uncertain atomic.Int64 // requests of which nobody knows
	Slowed    atomic.Int64 // sends put off because of a rate, ours or theirs
	Panics    atomic.Int64
}

// Carrier is the chat.Carrier over the channels that are built in. It adds to each adapter what all need alike: a turn under the rates
// of account and recipient, a limit of time, and a wall around its panics.
type Carrier struct {
	Metrics CarrierMetrics

	o         CarrierOptions
	adapters  map[chat.Channel]Adapter
	providers map[chat.Provider]Provider
	pacer     *pacer
}

var _ chat.Carrier = (*Carrier)(nil)

// NewCarrier makes a Carrier.
func NewCarrier(o CarrierOptions) *Carrier {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SendWithin == 0 {
		o.SendWithin = 30 * time.Second
	}
	if o.AskWithin == 0 {
		o.AskWithin = 15 * time.Second
	}
	c := &Carrier{o: o, adapters: map[chat.Channel]Adapter{}, providers: map[chat.Provider]Provider{}, pacer: newPacer()}
	for _, a := range o.Adapters {
		c.adapters[a.Rules().Channel] = a
	}
	for _, p := range o.Providers {
		c.providers[p.Name()] = p
	}
	return c
}

// Channels implements chat.Carrier.
func (c *Carrier) Channels() []chat.ChannelRules {
	rules := make([]chat.ChannelRules, 0, len(c.o.Adapters))
	for _, a := range c.o.Adapters {
		rules = append(rules, a.Rules())
	}
	return rules
}

// Parse implements chat.Carrier.
func (c *Carrier) Parse(p chat.Provider, body []byte) (items []chat.Inbound, err error) {
	provider, ok := c.providers[p]
	if !ok {
		return nil, fmt.Errorf("no such provider: %q", p)
	}
	defer c.contain("parse", &err)
	return provider.Parse(body)
}

// Parts implements chat.Carrier.
func (c *Carrier) Parts(e chat.Envelope) (n int, err error) {
	a, ok := c.adapters[e.Account.Channel]
	if !ok {
		return 0, chat.ErrChannelOff
	}
	defer c.contain("count parts", &err)
	return a.Parts(e)
}

// Send implements chat.Carrier.
func (c *Carrier) Send(ctx context.Context, e chat.Envelope, part int) (chat.Accepted, error) {
	a, ok := c.adapters[e.Account.Channel]
	if !ok {
		return chat.Accepted{}, &chat.SendError{Class: chat.SendRejected, Code: "channel_off", Detail: "there is no such channel in this server"}
	}
	pace := paceOf(a)
	if err := c.wait(ctx, e, pace); err != nil {
		c.Metrics.Slowed.Add(1)
		return chat.Accepted{}, err
	}
	began := c.o.Now()
	within, cancel := context.WithTimeout(ctx, c.o.SendWithin)
	defer cancel()
	got, err := c.once(within, a, e, part)
	if outcome := c.pacer.learn(e, pace, began, c.o.Now(), c.outcomeOf(err)); outcome != nil {
		c.count(outcome.Class)
		return chat.Accepted{}, outcome
	}
	c.Metrics.Sent.Add(1)
	return got, nil
}

func paceOf(a Adapter) Pace {
	if p, ok := a.(Pacer); ok {
		return p.Pace()
	}
	return Pace{}
}

// wait waits for the message's turn, if it comes soon.
func (c *Carrier) wait(ctx context.Context, e chat.Envelope, pace Pace) error {
	d, far := c.pacer.take(e, pace, c.o.Now())
	if far != nil {
		return far
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &chat.SendError{Class: chat.SendRetry, Code: "interrupted", Detail: "the server stopped before it was sent", RetryAfter: time.Second}
	}
}

// once gives the part to the adapter. One that panics has a message that it can't handle: it would panic again.
func (c *Carrier) once(ctx context.Context, a Adapter, e chat.Envelope, part int) (got chat.Accepted, err error) {
	defer c.contain("send", &err)
	return a.Send(ctx, e, part)
}

// contain makes an error of a panic. What was said is not logged: it may hold a message's text.
func (c *Carrier) contain(doing string, err *error) {
	cause := recover()
	if cause == nil {
		return
	}
	c.Metrics.Panics.Add(1)
	c.o.Log.Error("channel panicked", "doing", doing, "kind", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
	*err = &chat.SendError{Class: chat.SendRejected, Code: "internal", Detail: "the channel's code failed"}
}

// count counts a send that was not taken.
func (c *Carrier) count(class chat.SendClass) {
	switch class {
	case chat.SendUncertain:
		c.Metrics.Uncertain.Add(1)
	case chat.SendThrottleAccount, chat.SendThrottlePair:
		c.Metrics.Slowed.Add(1)
	default:
		c.Metrics.Refused.Add(1)
	}
}

// outcomeOf gives what an adapter's error means. One that it has not classified itself is uncertain when it may come from the network,
// since nobody knows how far the request has got.
func (c *Carrier) outcomeOf(err error) *chat.SendError {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*chat.SendError](err); ok {
		return known
	}
	_, network := errors.AsType[net.Error](err)
	if network || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Lost(err, true)
	}
	if e, ok := chat.AsError(err); ok {
		return &chat.SendError{Class: chat.SendRejected, Code: e.Code, Detail: e.Message}
	}
	c.o.Log.Error("channel could not send", "error", err)
	return &chat.SendError{Class: chat.SendRejected, Code: "internal", Detail: "the channel's code failed"}
}

// Lost gives what it means for a message that the exchange with the provider broke off with err; begun: part of the request may have
// left. Before that nothing was sent, and it can be tried again; after it nobody knows. Adapters use it for errors of their transport.
func Lost(err error, begun bool) *chat.SendError {
	if !begun || refusedByPeer(err) {
		return &chat.SendError{Class: chat.SendRetry, Code: "unreachable_provider", Detail: "no connection to the provider"}
	}
	return &chat.SendError{Class: chat.SendUncertain, Code: "no_answer", Detail: "the provider's answer did not come"}
}

// refusedByPeer tells whether no connection has come about.
func refusedByPeer(err error) bool {
	_, unknown := errors.AsType[*net.DNSError](err)
	op, network := errors.AsType[*net.OpError](err)
	return unknown || errors.Is(err, syscall.ECONNREFUSED) || network && op.Op == "dial"
}

// Fetch implements chat.Carrier. The file's reader lives as long as ctx.
func (c *Carrier) Fetch(ctx context.Context, a chat.Account, app chat.ProviderApp, ref chat.MediaRef) (r io.ReadCloser, err error) {
	f, ok := c.adapters[a.Channel].(Fetcher)
	if !ok {
		return nil, chat.ErrNotFound
	}
	defer c.contain("fetch", &err)
	return f.Fetch(ctx, a, app, ref)
}

// Profile implements chat.Carrier. Where a provider tells no names, p comes back as it is.
func (c *Carrier) Profile(ctx context.Context, a chat.Account, app chat.ProviderApp, p chat.Person) (known chat.Person, err error) {
	f, ok := c.adapters[a.Channel].(Profiler)
	if !ok {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.AskWithin)
	defer cancel()
	defer c.contain("profile", &err)
	return f.Profile(ctx, a, app, p)
}

// Seen implements chat.Carrier. It is a courtesy: while the account has been asked to pause, it is left out.
func (c *Carrier) Seen(ctx context.Context, a chat.Account, app chat.ProviderApp, to chat.Address, providerID string, typing bool) (err error) {
	f, ok := c.adapters[a.Channel].(Seer)
	if !ok || c.pacer.resting(a, c.o.Now()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.AskWithin)
	defer cancel()
	defer c.contain("seen", &err)
	return f.Seen(ctx, a, app, to, providerID, typing)
}

// Check implements chat.Carrier.
func (c *Carrier) Check(ctx context.Context, a chat.Account, app chat.ProviderApp) (checks []chat.Check) {
	adapter, ok := c.adapters[a.Channel]
	if !ok {
		return []chat.Check{{Name: "account", State: "failed", Code: "channel_off"}}
	}
	f, ok := adapter.(Connector)
	if !ok {
		return []chat.Check{{Name: "account", State: "skipped"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*c.o.AskWithin) // several questions
	defer cancel()
	var err error
	defer func() {
		if err != nil {
			checks = []chat.Check{{Name: "account", State: "failed", Code: "internal"}}
		}
	}()
	defer c.contain("check", &err)
	return f.Check(ctx, a, app)
}

// Subscribe implements chat.Carrier.
func (c *Carrier) Subscribe(ctx context.Context, a chat.Account, app chat.ProviderApp) (err error) {
	f, ok := c.adapters[a.Channel].(Connector)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.AskWithin)
	defer cancel()
	defer c.contain("subscribe", &err)
	return f.Subscribe(ctx, a, app)
}

// Templates implements chat.Carrier.
func (c *Carrier) Templates(ctx context.Context, a chat.Account, app chat.ProviderApp) (all []chat.Template, err error) {
	f, ok := c.adapters[a.Channel].(Templater)
	if !ok {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*c.o.AskWithin) // several pages
	defer cancel()
	defer c.contain("templates", &err)
	return f.Templates(ctx, a, app)
}

// Link implements chat.Carrier.
func (c *Carrier) Link(a chat.Account, text, code string) string {
	if adapter, ok := c.adapters[a.Channel]; ok {
		return adapter.Link(a, text, code)
	}
	return ""
}
