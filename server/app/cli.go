package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/plugincheck"
	"github.com/tagalong-chat/tagalong/server/store"
)

const defaultAddr = "127.0.0.1:8080"

// command is one verb of the program.
type command struct {
	name, help string
	run        func(ctx context.Context, args []string, out io.Writer) error
}

func commands(version string) []command {
	return []command{
		{"serve", "run a server", serveCommand},
		{"demo", "run a server with a demo shop and demo data; needs no configuration", demoCommand},
		{"setup", "make the first merchant, shop and owner; prints the snippet for the shop's pages", setupCommand},
		{"agent", "reset-password EMAIL: print a link with which an agent chooses a new password", agentCommand},
		{"doctor", "look for what is wrong with the configuration and say it in plain words", doctorCommand},
		{"backup", "write a consistent copy of a running server's database to a file", backupCommand},
		{"plugin", "check: play a fixed set of situations against a plugin, and say which it passes", pluginCommand},
		{"version", "print the version", func(_ context.Context, _ []string, out io.Writer) error {
			_, err := fmt.Fprintln(out, version)
			return err
		}},
	}
}

// Main runs the command line and gives the exit code.
func Main(ctx context.Context, args []string, version string, out, errOut io.Writer) int {
	list := commands(version)
	if len(args) > 0 {
		if i := slices.IndexFunc(list, func(c command) bool { return c.name == args[0] }); i >= 0 {
			switch err := list[i].run(ctx, args[1:], out); {
			case errors.Is(err, flag.ErrHelp):
				return 0
			case err != nil:
				_, _ = fmt.Fprintln(errOut, "tagalong:", err)
				return 1
			}
			return 0
		}
	}
	_, _ = fmt.Fprint(errOut, "usage: tagalong COMMAND [flags]\n\n")
	for _, c := range list {
		_, _ = fmt.Fprintf(errOut, "  %-9s %s\n", c.name, c.help)
	}
	_, _ = fmt.Fprint(errOut, "\nEach command lists its flags with -h. Every flag can also be set as TAGALONG_NAME in the environment.\n")
	return 2
}

func pluginCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "check" {
		return errors.New("plugin: the only verb is check; tagalong plugin check -h tells its flags")
	}
	return plugincheck.Main(ctx, args[1:], out)
}

func newFlags(name string, c *Config) *flag.FlagSet {
	fs := flag.NewFlagSet("tagalong "+name, flag.ContinueOnError)
	c.flags(fs)
	return fs
}

// logger writes JSON to standard error.
func logger(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log-level: %q is not debug, info, warn or error", level)
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l})), nil
}

func serveCommand(ctx context.Context, args []string, _ io.Writer) error {
	var c Config
	if err := c.parse(newFlags("serve", &c), args); err != nil {
		return err
	}
	log, err := logger(c.LogLevel)
	if err != nil {
		return err
	}
	return Serve(ctx, c, log)
}

func demoCommand(ctx context.Context, args []string, out io.Writer) error {
	var c Config
	fs := newFlags("demo", &c)
	seed := fs.Bool("seed", true, "play the demo's conversations at the first start")
	for name, value := range map[string]string{"data": "", "log-level": "warn", "drain": "1s"} {
		f := fs.Lookup(name)
		f.DefValue = value
		if err := f.Value.Set(value); err != nil {
			return err
		}
	}
	fs.Lookup("data").Usage = "folder to keep the demo's data in (default: a temporary one)"
	if err := c.parse(fs, args); err != nil {
		return err
	}
	log, err := logger(c.LogLevel)
	if err != nil {
		return err
	}
	return Demo(ctx, c, log, *seed, func(s string) { _, _ = io.WriteString(out, s) })
}

func setupCommand(ctx context.Context, args []string, out io.Writer) error {
	var c Config
	var s Setup
	fs := newFlags("setup", &c)
	fs.StringVar(&s.Merchant, "merchant", "", "name of the merchant")
	fs.StringVar(&s.Shop, "shop", "", "name of the shop")
	origins := fs.String("origins", "", "the shop's origins, comma-separated, e.g. https://shop.example,https://www.shop.example")
	fs.StringVar(&s.Language, "language", "en", "the shop's language")
	fs.StringVar(&s.Currency, "currency", "", "the shop's currency, e.g. EUR")
	fs.StringVar(&s.TimeZone, "time-zone", "UTC", "the shop's time zone, e.g. Europe/Berlin")
	fs.StringVar(&s.Email, "email", "", "e-mail address of the owner")
	fs.StringVar(&s.Name, "name", "", "name of the owner")
	fs.StringVar(&s.Plugin, "plugin", "First plugin", "name of the plugin key that is made")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := c.parse(fs, args); err != nil {
		return err
	}
	s.Origins = split(*origins)
	if s.Name == "" {
		s.Name, _, _ = strings.Cut(s.Email, "@")
	}
	if s.Merchant == "" || s.Shop == "" || !strings.Contains(s.Email, "@") || len(s.Origins) == 0 {
		return errors.New("setup needs -merchant, -shop, -origins and -email")
	}
	return offline(ctx, c, func(p *parts) error {
		done, err := setup(ctx, p.store, p.auth, p.hosts, s)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(out).Encode(done)
		}
		_, err = fmt.Fprintf(out, "The shop is set up.\n\n1. Put this into the pages of %s:\n   %s\n\n2. Open this link to choose your password (it works once, within a day):\n   %s\n\n"+
			"3. A plugin pushes orders with this key (shown only now):\n   %s\n   for shop %s\n", s.Shop, done.Snippet, done.OwnerLink, done.PluginKey, done.Shop)
		return err
	})
}

func agentCommand(ctx context.Context, args []string, out io.Writer) error {
	usage := errors.New("usage: tagalong agent reset-password EMAIL [flags]")
	if len(args) == 0 || args[0] != "reset-password" {
		return usage
	}
	email, args := address(args[1:])
	var c Config
	fs := newFlags("agent", &c)
	if err := c.parse(fs, args); err != nil {
		return err
	}
	if email == "" {
		email = fs.Arg(0) // behind the flags
	}
	if email == "" {
		return usage
	}
	if err := c.installed(); err != nil {
		return err
	}
	return offline(ctx, c, func(p *parts) error {
		a, _, err := p.store.AgentByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		if errors.Is(err, chat.ErrNotFound) {
			return errors.New("no agent has this e-mail address")
		}
		if err != nil {
			return err
		}
		by := chat.Caller{Kind: chat.AuthorAgent, Merchant: a.Merchant, Role: chat.RoleOwner}
		link, _, err := p.auth.OfferReset(ctx, by, a.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, link)
		return err
	})
}

// address takes an e-mail address that stands before the flags.
func address(args []string) (string, []string) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return "", args
	}
	return args[0], args[1:]
}

func backupCommand(ctx context.Context, args []string, out io.Writer) error {
	var c Config
	fs := newFlags("backup", &c)
	to := fs.String("to", "", "file to write; must not exist")
	if err := c.parse(fs, args); err != nil {
		return err
	}
	if *to == "" {
		return errors.New("backup needs -to FILE")
	}
	if err := c.installed(); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{Path: c.database()})
	if err != nil {
		return err
	}
	if err := errors.Join(db.Backup(ctx, *to), db.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The database is copied. Copy the files folder beside it too. Keep seal.key apart from both: tokens and secrets are sealed with it.")
	return err
}

// installed refuses a folder without a database: a mistyped one would be taken for an empty installation.
func (c *Config) installed() error {
	if _, err := os.Stat(c.database()); err != nil {
		return fmt.Errorf("there is no database in the data folder: %w", err)
	}
	return nil
}

// offline opens an installation without listening, for commands that work on its data. A server may be running on it: SQLite lets
// one process write at a time, and these commands write what a server does not keep in memory.
func offline(ctx context.Context, c Config, do func(*parts) error) error {
	log, err := logger("error")
	if err != nil {
		return err
	}
	p, err := assemble(ctx, c, log)
	if err != nil {
		return err
	}
	return errors.Join(do(p), p.store.Close())
}

func split(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
