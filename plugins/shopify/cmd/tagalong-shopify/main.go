// Command tagalong-shopify is the server of the Shopify app. It is set up by the environment; see [settings].
//
//	tagalong-shopify            serves
//	tagalong-shopify key        makes a sealing key
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if len(os.Args) == 2 && os.Args[1] == "key" {
		fmt.Println(newKey())
		return
	}
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "usage: tagalong-shopify [key]; the settings are in the environment")
		os.Exit(2)
	}
	if err := run(ctx, os.Getenv, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

// run serves and works until ctx ends, and lets what is in hand finish.
func run(ctx context.Context, env func(string) string, log *slog.Logger) error {
	s, err := read(env)
	if err != nil {
		return err
	}
	seal, err := store.NewSealer(s.keys...)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, s.file, seal)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s.options.Store, s.options.Log = db, log
	app, err := shopify.New(s.options)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	log.Info("listening", "address", listener.Addr().String())
	return serve(ctx, app, listener)
}

func serve(ctx context.Context, app *shopify.App, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: app, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	working := make(chan error, 1)
	go func() { working <- app.Run(ctx) }()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	var failed error
	select {
	case failed = <-ended:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			failed = fmt.Errorf("shut down: %w", err)
		}
	}
	stop()
	return errors.Join(failed, <-working)
}
