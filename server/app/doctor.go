package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// finding is one thing that doctor has looked at.
type finding struct {
	level string // ok, warn or bad
	text  string
}

const lowDisk = 512 << 20 // bytes

func doctorCommand(ctx context.Context, args []string, out io.Writer) error {
	var c Config
	if err := c.parse(newFlags("doctor", &c), args); err != nil {
		return err
	}
	bad := 0
	for _, f := range examine(ctx, c) {
		if f.level == "bad" {
			bad++
		}
		if _, err := fmt.Fprintf(out, "%-5s %s\n", f.level, f.text); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d thing(s) must be mended before this server can run", bad)
	}
	return nil
}

// examine looks at everything that a server needs, and says what it sees in plain words.
func examine(ctx context.Context, c Config) []finding {
	var fs []finding
	add := func(level, format string, args ...any) { fs = append(fs, finding{level, fmt.Sprintf(format, args...)}) }
	fs = append(fs, examineURLs(c)...)
	fs = append(fs, examineFolder(c.Data)...)
	if _, err := c.proxies(); err != nil {
		add("bad", "%v", err)
	}
	var lc net.ListenConfig
	if ln, err := lc.Listen(ctx, "tcp", c.Addr); err != nil {
		add("warn", "nothing can listen on %s right now: %v (a running server is one reason)", c.Addr, err)
	} else {
		_ = ln.Close()
		add("ok", "%s is free to listen on", c.Addr)
	}
	return append(fs, examineStore(ctx, c)...)
}

func examineURLs(c Config) []finding {
	h, err := c.hosts()
	if err != nil {
		return []finding{{"bad", err.Error()}}
	}
	fs := []finding{{"ok", fmt.Sprintf("shoppers reach %s, agents %s, files are at %s", h.Public, h.Inbox, h.Files)}}
	for _, origin := range []string{h.Public, h.Inbox, h.Files} {
		if strings.HasPrefix(origin, "http://") && !strings.Contains(origin, "localhost") {
			fs = append(fs, finding{"bad", origin + " is not HTTPS: browsers refuse agents' cookies there, and chats could be read on the way"})
		}
	}
	if h.Files == h.Public || h.Files == h.Inbox {
		fs = append(fs, finding{"warn", "files-url shares its host with the app: give files a host of their own, so that no upload can ever act as the app"})
	}
	if h.Inbox == h.Public {
		fs = append(fs, finding{"warn", "inbox-url shares its host with the widget: give the inbox a host of its own"})
	}
	return fs
}

func examineFolder(dir string) []finding {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return []finding{{"bad", fmt.Sprintf("the data folder cannot be made: %v", err)}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return []finding{{"bad", fmt.Sprintf("the data folder cannot be written: %v", err)}}
	}
	_, _ = probe.Close(), os.Remove(probe.Name())
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err == nil {
		if free := st.Bavail * uint64(st.Bsize); free < lowDisk { //nolint:unconvert // the fields' types differ between systems
			return []finding{{"warn", fmt.Sprintf("the disk of %s has %d MiB left", dir, free>>20)}}
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	return []finding{{"ok", "the data folder " + abs + " can be written and has room"}}
}

func examineStore(ctx context.Context, c Config) []finding {
	if c.PublicURL == "" {
		return nil // said already
	}
	var fs []finding
	err := offline(ctx, c, func(p *parts) error {
		there, err := p.store.HasMerchant(ctx)
		if err != nil {
			return err
		}
		fs = append(fs, finding{"ok", "the database opens, is up to date and syncs every commit"})
		if p.built {
			fs = append(fs, finding{"ok", "the widget and the inbox are built into this binary"})
		} else {
			fs = append(fs, finding{"bad", "this binary was built without the widget or the inbox: run make build"})
		}
		if !there {
			fs = append(fs, finding{"warn", "there is no merchant yet: run tagalong setup"})
		}
		return p.store.Ready(ctx)
	})
	if err != nil {
		fs = append(fs, finding{"bad", fmt.Sprintf("the database does not work: %v", errors.Unwrap(err))})
	}
	return fs
}
