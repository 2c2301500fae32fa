// Command tagalong is the chat server: serve runs it, demo tries it, setup begins with it, doctor says what is wrong with it.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/tagalong-chat/tagalong/server/app"
)

var version string // set by the linker

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(app.Main(ctx, os.Args[1:], number(), os.Stdout, os.Stderr))
}

// number is the version: the linker's, or the module's when it was installed by go install.
func number() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}
