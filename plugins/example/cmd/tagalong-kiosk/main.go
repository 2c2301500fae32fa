// Command tagalong-kiosk takes a Kiosk shop's webhooks and pushes them to Tagalong.
//
// It is set up by the environment: TAGALONG_URL, TAGALONG_SHOP and TAGALONG_KEY name the installation, the shop and its
// plugin key (scope context:write); KIOSK_SECRETS are the webhook's secrets, separated by commas; LISTEN is the address
// (127.0.0.1:8090 otherwise).
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
	"strings"
	"syscall"
	"time"

	example "github.com/tagalong-chat/tagalong/plugins/example"
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := run(ctx, os.Getenv, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and lets what is being pushed finish.
func run(ctx context.Context, env func(string) string, log *slog.Logger) error {
	handler, err := build(env, log)
	if err != nil {
		return err
	}
	address := env("LISTEN")
	if address == "" {
		address = "127.0.0.1:8090"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/webhooks", handler)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 15 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
	log.Info("listening", "address", listener.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func build(env func(string) string, log *slog.Logger) (http.Handler, error) {
	for _, name := range []string{"TAGALONG_URL", "TAGALONG_SHOP", "TAGALONG_KEY", "KIOSK_SECRETS"} {
		if env(name) == "" {
			return nil, fmt.Errorf("%s is not set", name)
		}
	}
	// Kiosk waits ten seconds for an answer: better to be asked again than to be given up on.
	client, err := tagalong.New(env("TAGALONG_URL"), env("TAGALONG_SHOP"), env("TAGALONG_KEY"),
		tagalong.WithUserAgent("tagalong-kiosk/"+example.Version), tagalong.WithTimeout(8*time.Second))
	if err != nil {
		return nil, err
	}
	return example.New(example.Options{Secrets: strings.Split(env("KIOSK_SECRETS"), ","), Pusher: client, Log: log})
}
