package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/blob"
	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/fanout"
	"github.com/tagalong-chat/tagalong/server/realtime"
	"github.com/tagalong-chat/tagalong/server/rest"
	"github.com/tagalong-chat/tagalong/server/store"
	"github.com/tagalong-chat/tagalong/server/webhook"
	"github.com/tagalong-chat/tagalong/server/wire"
	"github.com/tagalong-chat/tagalong/server/worker"
)

// Time bounds of the HTTP server. A client that sends its headers or body byte by byte, or does not read its answer, is let go. What
// takes longer sets its own deadlines: uploads and downloads in rest, sockets and streams in realtime.
const (
	requestTimeout = 10 * time.Second
	answerTimeout  = time.Minute
	idleTimeout    = time.Minute
	drainSpread    = 10 * time.Second
	drainLimit     = 25 * time.Second
	maxHeader      = 32 << 10
)

// parts are all that a node runs, in start order.
type parts struct {
	config Config
	hosts  Hosts
	log    *slog.Logger
	ip     func(*http.Request) netip.Addr

	store    *store.DB
	blobs    *blob.Folder
	intake   *blob.Intake
	fanout   *fanout.Local
	service  *chat.Service
	carrier  *channel.Carrier
	hooks    *channel.Door
	worker   *worker.Worker
	auth     *auth.Service
	rest     *rest.Door
	realtime *realtime.Door
	widget   http.Handler
	inbox    http.Handler
	built    bool // the web bundles are inside
	metrics  http.Handler
	health   *health
}

// assemble opens the memories and wires the rooms. Nothing listens yet.
func assemble(ctx context.Context, c Config, log *slog.Logger) (*parts, error) {
	hosts, err := c.hosts()
	if err != nil {
		return nil, err
	}
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(c.check(), checkTLS(c, hosts)); err != nil {
		return nil, err
	}
	p := &parts{config: c, hosts: hosts, log: log, ip: clientIP(proxies)}
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	if err := p.wire(); err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	return p, nil
}

// open opens the memories.
func (p *parts) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(p.config.Data, 0o700); err != nil {
		return err
	}
	if p.blobs, err = blob.OpenFolder(filepath.Join(p.config.Data, "files")); err != nil {
		return err
	}
	p.fanout = fanout.NewLocal(fanout.Options{})
	seal, err := sealer(p.config.Data)
	if err != nil {
		return err
	}
	p.store, err = store.Open(ctx, store.Options{
		Path: p.config.database(), Log: p.log, Seal: seal,
		Synchronous: p.config.synchronous, AllowUnsafe: p.config.synchronous != "",
	})
	return err
}

// wire joins the core, the clock and the doors.
func (p *parts) wire() (err error) {
	key, err := linkKey(p.config.Data)
	if err != nil {
		return err
	}
	p.auth, err = auth.New(auth.Options{
		Store: p.store, InboxURL: p.hosts.Inbox, FilesURL: p.hosts.Files, LinkKey: key, Publish: p.fanout.Publish,
		Registration: p.config.Registration == "open",
	})
	if err != nil {
		return err
	}
	if err := p.channels(); err != nil {
		return err
	}
	p.intake = blob.NewIntake(p.blobs)
	p.service = chat.NewService(chat.Deps{
		Store: p.store, Fanout: p.fanout, Blobs: p.blobs, Carry: p.carrier, Intake: p.intake, Public: p.hosts.Public, UncertainFor: p.config.uncertainFor,
		Wake:   func() { p.worker.Wake() },
		Poster: webhook.New(webhook.Options{Agent: "Tagalong (+" + p.hosts.Public + ")", Open: p.config.webhookOpen}),
		Render: wire.View{FileURL: p.auth.FileURL}.NoticeBody,
		Haste:  p.config.webhookHaste,
	})
	p.worker = worker.New(worker.Options{Store: p.store, Performer: p.service, Log: p.log})
	if err := p.doors(); err != nil {
		return err
	}
	p.health = &health{ready: p.store.Ready}
	p.metrics = metrics(p.config.MetricsKey, p.ip, append(liveMetrics(&p.realtime.Metrics), channelMetrics(&p.hooks.Metrics, &p.carrier.Metrics)...)...)
	return nil
}

// serve listens until ctx ends and then drains: not ready, sockets told to come back spread over some seconds, requests finished,
// what is queued written. ready is called with the address when it listens.
func (p *parts) serve(ctx context.Context, handler http.Handler, ready func(net.Addr), beside ...func(context.Context) error) error {
	ln, plain, err := listeners(ctx, p.config, p.hosts, p.log)
	if err != nil {
		return errors.Join(err, p.store.Close())
	}
	return p.serveOn(ctx, ln, plain, handler, ready, beside...)
}

func (p *parts) serveOn(
	ctx context.Context, ln net.Listener, plain *http.Server, handler http.Handler, ready func(net.Addr), beside ...func(context.Context) error,
) error {
	server := &http.Server{
		Handler: handler, ReadTimeout: cmp.Or(p.config.requestTimeout, requestTimeout), WriteTimeout: answerTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	if err := p.store.ReleaseClaims(ctx); err != nil {
		return errors.Join(err, ln.Close(), p.closeDoors())
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx)) // goes on while the doors drain
	defer stop()
	g, _ := errgroup.WithContext(work)
	g.Go(func() error { return p.worker.Run(work) })
	g.Go(func() error { return p.realtime.Run(work) })
	g.Go(func() error { return p.sweep(work) })
	for _, run := range beside {
		g.Go(func() error {
			if err := run(work); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil // asked to end
		})
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(ln) }()
	if plain != nil {
		go func() { failed <- plain.ListenAndServe() }()
	}
	p.log.Info("listening", "addr", ln.Addr().String(), "public_url", p.hosts.Public, "inbox_url", p.hosts.Inbox, "files_url", p.hosts.Files)
	if ready != nil {
		ready(ln.Addr())
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	p.drain(server, plain)
	stop()
	return errors.Join(err, g.Wait(), p.closeDoors())
}

// drain lets everybody go: first the live connections, while requests are still answered and a load balancer hears that this node is
// not ready; then the listener closes and what is under way is finished.
func (p *parts) drain(server, plain *http.Server) {
	p.log.Info("draining")
	p.health.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := p.realtime.Drain(ctx, p.config.drain); err != nil {
		p.log.Warn("connections were cut off", "error", err)
	}
	if err := server.Shutdown(ctx); err != nil {
		p.log.Warn("requests were cut off", "error", err)
		_ = server.Close()
	}
	if plain != nil {
		_ = plain.Close()
	}
}

// Serve runs a node until ctx ends.
func Serve(ctx context.Context, c Config, log *slog.Logger) error {
	p, err := assemble(ctx, c, log)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return p.serve(ctx, p.routes(nil), nil)
}
