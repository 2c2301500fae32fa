package woocommerce_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// process is a running program of the site, and those that it has begun.
type process struct {
	name  string
	cmd   *exec.Cmd
	alive io.Closer // while it is open the program may run
	done  chan struct{}
	log   string
}

// guard runs a program until its standard input ends, which it does with the test, however that ends: a test that takes too long is
// ended by a panic, and cleans nothing up. Then the whole group goes, for PHP's web server leaves its children behind.
const guard = `("$@"; kill -TERM $$) & read -r _; kill -KILL 0`

// start runs a program; what it says goes into a file.
func start(log string, env []string, program string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command("sh", append([]string{"-c", guard, "sh", program}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{name: program, cmd: cmd, alive: alive, done: make(chan struct{}), log: log}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// ready waits until the program does what it is for.
func (p *process) ready(within time.Duration, check func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(within)
	for {
		select {
		case <-p.done:
			return p.failed("ended at once")
		case <-deadline:
			return p.failed("is not ready")
		case <-tick.C:
			if check() {
				return nil
			}
		}
	}
}

func (p *process) failed(how string) error {
	log, _ := os.ReadFile(p.log)
	return fmt.Errorf("%s %s:\n%s", p.name, how, tail(log))
}

// end kills the program with its children: nothing of theirs is to last.
func (p *process) end() {
	if p == nil {
		return
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}
