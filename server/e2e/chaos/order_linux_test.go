package chaos_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// Nothing leaves before it is on the disk (G2): in the kernel's order of events, the message is written into the log, the log is
// synced, and only then its ack, or the entry that others are shown, is written to a socket.
func TestNothingLeavesBeforeItIsOnTheDisk(t *testing.T) {
	const acks = 2000
	o, err := traced(t, acks)
	if err != nil {
		t.Fatal(err)
	}
	if o.acks < acks || o.syncs == 0 {
		t.Fatalf("%d acks and %d syncs are in the trace: it does not show what it should", o.acks, o.syncs)
	}
	t.Logf("%d acks, each after the sync of its message; %d syncs", o.acks, o.syncs)
}

// The canary: without fsync the same look at a trace must find something.
func TestAMissingSyncIsSeenInTheTrace(t *testing.T) {
	o, err := traced(t, 100, "-unsafe-synchronous", "NORMAL")
	if err == nil {
		t.Fatalf("%d acks left without fsync, and nothing was noticed", o.acks)
	}
	t.Logf("noticed: %v", err)
}

func traced(t *testing.T, acks int, flags ...string) (*order, error) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	s := harness.Start(t, harness.Options{Flags: append(append([]string{}, unlimited...), flags...)})
	trace := watch(t, s.PID())
	c := newCrowd(t, s)
	for i := range 16 {
		c.shopper("shopper", [...]func(*harness.Shopper) opening{bySocket, bySocket, bySocket, byStream}[i%4])
	}
	c.more(acks)
	if err := c.settle(); err != nil {
		t.Fatal(err)
	}
	o := &order{written: map[string]bool{}, synced: map[string]bool{}, open: map[string]call{}}
	return o, o.read(trace())
}

// watch traces a process until the returned function is called, which gives the trace.
func watch(t *testing.T, pid int) func() io.Reader {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-y", "-s", "4200", "-o", name, "-e", "trace=pwrite64,pwritev,pwritev2,write,writev,sendto,sendmsg,fsync,fdatasync",
		"-p", strconv.Itoa(pid))
	says, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended, if all went well
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(says)
	if !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		t.Fatalf("strace says %q, %v", lines.Text(), lines.Err())
	}
	go func() { _, _ = io.Copy(io.Discard, says) }() // what it says of each thread
	return func() io.Reader {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil { // it lets go of the process
			t.Fatal(err)
		}
		_ = cmd.Wait() // its code is that of the signal
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
}

// call is a system call that has begun.
type call struct {
	name, args string
	holds      []string // a sync: what was written before it began
}

// order replays a trace: which messages are written, which are on the disk, and what is acknowledged when.
type order struct {
	written, synced map[string]bool
	open            map[string]call // by thread
	acks, syncs     int
}

var (
	line    = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	stored  = regexp.MustCompile(`text of (\w+-\d+)\.`)
	sent    = regexp.MustCompile(`\\"client_id\\":\\"(\w+-\d+)\\"`)
)

func (o *order) read(trace io.Reader) error {
	lines := bufio.NewScanner(trace)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if m := line.FindStringSubmatch(lines.Text()); m != nil {
			c := call{name: m[2], args: m[3]}
			if err := o.begin(&c); err != nil {
				return err
			}
			if strings.HasSuffix(c.args, "<unfinished ...>") {
				o.open[m[1]] = c
			} else {
				o.end(c, c.args)
			}
		} else if m := resumed.FindStringSubmatch(lines.Text()); m != nil {
			o.end(o.open[m[1]], m[3])
			delete(o.open, m[1])
		}
	}
	return lines.Err()
}

// begin looks at what leaves for a socket, and notes what a sync is going to cover.
func (o *order) begin(c *call) error {
	switch {
	case c.onLog() && strings.HasSuffix(c.name, "sync"):
		for id := range o.written {
			c.holds = append(c.holds, id)
		}
	case strings.Contains(c.args, "<socket:"):
		o.acks += strings.Count(c.args, `\"type\":\"ack\"`)
		for _, m := range sent.FindAllStringSubmatch(c.args, -1) { // in an ack, or in an entry that others are shown
			if !o.synced[m[1]] {
				return fmt.Errorf("%s leaves before it is on the disk (written: %t)", m[1], o.written[m[1]])
			}
		}
	}
	return nil
}

// end notes what is written once it is, and what is on the disk.
func (o *order) end(c call, result string) {
	switch {
	case !c.onLog():
	case strings.HasSuffix(c.name, "sync"):
		if strings.HasSuffix(result, "= 0") {
			o.syncs++
			for _, id := range c.holds {
				o.synced[id] = true
				delete(o.written, id)
			}
		}
	default:
		for _, m := range stored.FindAllStringSubmatch(c.args, -1) {
			if !o.synced[m[1]] {
				o.written[m[1]] = true
			}
		}
	}
}

// onLog tells that the call is about SQLite's write-ahead log.
func (c call) onLog() bool {
	_, file, _ := strings.Cut(c.args, "<")
	file, _, _ = strings.Cut(file, ">")
	return strings.HasSuffix(file, "-wal")
}
