package plugincheck

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is printed by `tagalong plugin check -h`.
const usage = `tagalong plugin check plays a fixed set of situations against a plugin's webhook URL.

  tagalong plugin check --url http://127.0.0.1:8090 --cases plugins/example/testdata
      The plugin runs already, with TAGALONG_URL, TAGALONG_SHOP and TAGALONG_KEY as printed.

  tagalong plugin check --url http://127.0.0.1:8090 --cases plugins/example/testdata -- ./my-plugin
      Starts the plugin with these in its environment, and stops it at the end.

The folder of cases has check.json (how the storefront signs), and for each case NAME.json (a delivery) and NAME.golden.json
(what comes of it). plugins/README.md describes both.

Flags:
`

// options of a run.
type options struct {
	url, cases, listen, only string
	json                     bool
	patience                 patience
	start                    time.Duration
	command                  []string
}

// Main is the command `tagalong plugin check`: args are what follows these words. The report goes to out; an error says that a
// situation was not stood, or that nothing could be played.
func Main(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args, out)
	if err != nil {
		return err
	}
	f, err := readFolder(o.cases)
	if err != nil {
		return err
	}
	base, err := url.Parse(o.url)
	if err != nil || base.Host == "" {
		return fmt.Errorf("--url %q is no http URL", o.url)
	}
	verdicts, err := run(ctx, o, f, base, out)
	if err != nil {
		return err
	}
	return tell(out, o.json, verdicts)
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("plugin check", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		_, _ = io.WriteString(out, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.url, "url", "", "where the plugin takes the storefront's webhooks; without a path, the one of check.json")
	flags.StringVar(&o.cases, "cases", "testdata", "folder of cases")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:7711", "address of the stand-in for Tagalong")
	flags.StringVar(&o.only, "only", "", "play only these situations, separated by commas")
	flags.BoolVar(&o.json, "json", false, "report as JSON")
	flags.DurationVar(&o.patience.answer, "answer-within", 10*time.Second, "how long the storefront waits for an answer")
	flags.DurationVar(&o.patience.push, "push-within", 10*time.Second, "how long the plugin may keep what it took")
	flags.DurationVar(&o.patience.recover, "recover-within", time.Minute, "how long it may keep it when Tagalong was down")
	flags.DurationVar(&o.start, "start-within", 30*time.Second, "how long the plugin may take to start")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.command = flags.Args()
	if o.url == "" {
		return o, errors.New("--url is missing: where the plugin takes the storefront's webhooks")
	}
	for _, id := range only(o.only) {
		if !known(id) {
			return o, fmt.Errorf("--only names %s, which is no situation", id)
		}
	}
	return o, nil
}

func only(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// run starts the stand-in, and the plugin where a command is given, and plays.
func run(ctx context.Context, o options, f folder, base *url.URL, out io.Writer) ([]verdict, error) {
	tagalong := newRecorder(f.latest(time.Now()))
	at, stop, err := tagalong.listen(ctx, o.listen)
	if err != nil {
		return nil, fmt.Errorf("the stand-in for Tagalong: %w", err)
	}
	defer stop()
	env := []string{"TAGALONG_URL=" + at, "TAGALONG_SHOP=" + Shop, "TAGALONG_KEY=" + Key, "TAGALONG_SHOP_KEY=" + PublicKey}
	if !o.json {
		_, _ = fmt.Fprintf(out, "Tagalong's stand-in listens. The plugin needs:\n  %s\n", strings.Join(env, "\n  "))
	}
	if len(o.command) > 0 {
		end, err := start(ctx, o.command, env)
		if err != nil {
			return nil, err
		}
		defer end()
	}
	if err := reachable(ctx, base, o.start); err != nil {
		return nil, err
	}
	p := &player{
		folder: f, base: base, patience: o.patience, tagalong: tagalong, run: strconv.FormatInt(time.Now().UnixNano(), 36),
		// A plugin that sends its storefront elsewhere has not taken the delivery.
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	return p.play(ctx, only(o.only)), nil
}

// start runs the plugin; what it prints goes to our standard error, so that the report stays whole.
func start(ctx context.Context, command, env []string) (end func(), err error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), env...)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 5 * time.Second
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("the plugin: %w", err)
	}
	return func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	}, nil
}

// reachable waits until something listens where the plugin should.
func reachable(ctx context.Context, base *url.URL, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	host := base.Host
	if base.Port() == "" {
		host = net.JoinHostPort(base.Hostname(), map[string]string{"https": "443"}[base.Scheme])
		if base.Scheme != "https" {
			host = net.JoinHostPort(base.Hostname(), "80")
		}
	}
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			return fmt.Errorf("nothing listens at %s: %w", host, err)
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// latest is now, or a minute after the latest golden event where that is later.
func (f folder) latest(now time.Time) time.Time {
	for _, c := range f.cases {
		g, err := c.expected("x")
		if err != nil {
			continue
		}
		for _, raw := range g.Events {
			if ev, err := readEvent(raw); err == nil {
				if at := time.UnixMilli(max(ev.Version, ev.OccurredAt/1000)).Add(time.Minute); at.After(now) {
					now = at
				}
			}
		}
	}
	return now
}

// tell prints the report, and gives the error that makes the command fail.
func tell(out io.Writer, asJSON bool, verdicts []verdict) error {
	counts := map[outcome]int{}
	for _, v := range verdicts {
		counts[v.Outcome]++
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		if err := e.Encode(map[string]any{"passed": counts[fail] == 0, "situations": verdicts}); err != nil {
			return err
		}
	} else {
		for _, v := range verdicts {
			_, _ = fmt.Fprintf(out, "%-4s  %-15s %s\n", v.Outcome, v.ID, v.Title)
			for _, line := range v.Details {
				_, _ = fmt.Fprintf(out, "      %-15s %s\n", "", line)
			}
		}
		_, _ = fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", counts[pass], counts[fail], counts[skip])
	}
	if n := counts[fail]; n > 0 {
		return fmt.Errorf("%d of %d situations failed", n, len(verdicts))
	}
	return nil
}
