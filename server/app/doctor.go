package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/tagalong-chat/tagalong/server/channel/email"
	"github.com/tagalong-chat/tagalong/server/inbox"
	"github.com/tagalong-chat/tagalong/server/store"
	"github.com/tagalong-chat/tagalong/widget"
)

// finding is one thing that doctor has looked at.
type finding struct {
	level string // ok, warn or bad
	text  string
}

func good(format string, args ...any) finding { return finding{"ok", fmt.Sprintf(format, args...)} }

func warn(format string, args ...any) finding { return finding{"warn", fmt.Sprintf(format, args...)} }

func bad(format string, args ...any) finding { return finding{"bad", fmt.Sprintf(format, args...)} }

const lowDisk = 512 << 20 // bytes

func doctorCommand(ctx context.Context, args []string, out io.Writer) error {
	var c Config
	if err := c.parse(newFlags("doctor", &c), args); err != nil {
		return err
	}
	n := 0
	for _, f := range examine(ctx, c) {
		if f.level == "bad" {
			n++
		}
		if _, err := fmt.Fprintf(out, "%-5s %s\n", f.level, f.text); err != nil {
			return err
		}
	}
	if n > 0 {
		return fmt.Errorf("%d thing(s) must be mended before this server can run", n)
	}
	return nil
}

// examine looks at everything that a server needs, and says what it sees in plain words. It makes nothing.
func examine(ctx context.Context, c Config) []finding {
	found := examineURLs(c)
	found = append(found, examineProxies(c)...)
	found = append(found, examineFolder(c.Data)...)
	found = append(found, examineKeys(c)...)
	found = append(found, examineMail(c)...)
	found = append(found, examineAddress(ctx, c)...)
	found = append(found, examineBundles())
	return append(found, examineStore(ctx, c)...)
}

func examineURLs(c Config) []finding {
	h, err := c.hosts()
	if err != nil {
		return []finding{bad("%v", err)}
	}
	found := []finding{good("shoppers reach %s, agents %s, files are at %s", h.Public, h.Inbox, h.Files)}
	for _, origin := range slices.Compact(slices.Sorted(slices.Values([]string{h.Public, h.Inbox, h.Files}))) {
		if strings.HasPrefix(origin, "http://") && !onLoopback(origin) {
			found = append(found, bad("%s is not HTTPS: browsers refuse agents' cookies there, and chats could be read on the way", origin))
		}
	}
	if h.Files == h.Public || h.Files == h.Inbox {
		found = append(found, warn("files-url shares its host with the app: give files a host of their own, so that no upload can ever act as the app"))
	}
	if h.Inbox == h.Public {
		found = append(found, warn("inbox-url shares its host with the widget: give the inbox a host of its own"))
	}
	for _, err := range []error{checkTLS(c, h), c.check()} {
		if err != nil {
			found = append(found, bad("%v", err))
		}
	}
	return found
}

// onLoopback tells whether browsers treat the origin as a secure context without HTTPS.
func onLoopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	name := u.Hostname()
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && ip.IsLoopback()
}

func examineProxies(c Config) []finding {
	if _, err := c.proxies(); err != nil {
		return []finding{bad("%v", err)}
	}
	if strings.HasPrefix(c.PublicURL, "https://") && c.TLS != tlsACME && c.Proxies == "" {
		return []finding{warn("the URLs are HTTPS and this server has no certificates, so it stands behind a proxy: name its address in " +
			"-trusted-proxies, or all clients look like one and share its limits")}
	}
	return nil
}

func examineAddress(ctx context.Context, c Config) []finding {
	if c.TLS == tlsACME {
		return nil // the ports are fixed, and often only the service's user may take them
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return []finding{warn("nothing can listen on %s right now: %v (a running server is one reason)", c.Addr, err)}
	}
	_ = ln.Close()
	return []finding{good("%s is free to listen on", c.Addr)}
}

func examineFolder(dir string) []finding {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []finding{warn("there is no data folder %s yet: tagalong setup makes it", dir)}
	case err == nil && !info.IsDir():
		err = errors.New("it is a file")
	}
	if err != nil {
		return []finding{bad("the data folder %s cannot be used: %v", dir, err)}
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return []finding{bad("the data folder cannot be written: %v", err)}
	}
	_, _ = probe.Close(), os.Remove(probe.Name())
	var found []finding
	if info.Mode().Perm()&0o007 != 0 {
		found = append(found, warn("every user of this machine may look into the data folder %s: chmod 700 it", dir))
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err == nil {
		if free := st.Bavail * uint64(st.Bsize); free < lowDisk { //nolint:unconvert // the fields' types differ between systems
			return append(found, warn("the disk of %s has %d MiB left", dir, free>>20))
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	return append(found, good("the data folder %s can be written and has room", abs))
}

// examineKeys looks at the keys that seal what merchants have entrusted to the database.
func examineKeys(c Config) []finding {
	name := filepath.Join(c.Data, sealFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		if c.installed() != nil {
			return nil // made at the first start
		}
		return []finding{warn("there is no %s beside the database: tokens and secrets of channels that were connected before can't be read; put it back from where it is kept", name)}
	}
	if err != nil {
		return []finding{bad("%v", err)}
	}
	if _, _, err := sealKeys(text); err != nil {
		return []finding{bad("%s: %v", name, err)}
	}
	if info, err := os.Stat(name); err == nil && info.Mode().Perm()&0o077 != 0 {
		return []finding{warn("%s may be read by others: chmod 600 it", name)}
	}
	return []finding{good("the keys that seal secrets are in %s: keep a copy apart from the backups", name)}
}

func examineMail(c Config) []finding {
	if c.SMTPURL == "" {
		return nil
	}
	if _, err := email.New(email.Options{Server: c.SMTPURL, From: c.SMTPFrom}); err != nil {
		return []finding{bad("e-mail: %v", err)}
	}
	return []finding{good("e-mail goes out as %s", c.SMTPFrom)}
}

func examineBundles() finding {
	if !widget.Available() || !inbox.Available() {
		return bad("this binary was built without the widget or the inbox: run make build")
	}
	return good("the widget and the inbox are built into this binary")
}

func examineStore(ctx context.Context, c Config) []finding {
	none := warn("there is no merchant yet: run tagalong setup")
	if c.installed() != nil {
		return []finding{none}
	}
	db, err := store.Open(ctx, store.Options{Path: c.database()})
	if err != nil {
		return []finding{bad("the database does not work: %v", err)}
	}
	there, err := db.HasMerchant(ctx)
	if err = errors.Join(err, db.Ready(ctx), db.Close()); err != nil {
		return []finding{bad("the database does not work: %v", err)}
	}
	found := []finding{good("the database opens, is up to date and syncs every commit")}
	if !there {
		found = append(found, none)
	}
	return found
}
