package email

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sink is a mail server that takes everything, or does at some command what a test says.
type sink struct {
	t      *testing.T
	listen net.Listener
	tls    *tls.Config       // nil: it offers no STARTTLS
	says   map[string]string // replies other than the usual, by command; "CONNECT" is the greeting, "." the end of a message
	drops  string            // the command at which it hangs up
	hangs  string            // the command to which it never answers
	stuck  chan struct{}     // told when it hangs

	mu       sync.Mutex
	messages []string
	commands []string
}

func newSink(t *testing.T, set func(*sink)) *sink {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{t: t, listen: l, stuck: make(chan struct{}, 1)}
	if set != nil {
		set(s)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := s.listen.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.talk(c) })
		}
	})
	t.Cleanup(func() {
		_ = s.listen.Close()
		all.Wait()
	})
	return s
}

func (s *sink) url() string { return "smtp://" + s.listen.Addr().String() }

func (s *sink) adapter(set func(*Options)) *Adapter {
	s.t.Helper()
	o := Options{Server: s.url(), From: `"Chat" <chat@marl.example>`}
	if set != nil {
		set(&o)
	}
	a, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// talk speaks RFC 5321 with one client.
func (s *sink) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	if !s.answer(c, in, "CONNECT", "220 sink ESMTP") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " x")[0])
		s.mu.Lock()
		s.commands = append(s.commands, strings.TrimSpace(line))
		s.mu.Unlock()
		if !s.answer(c, in, verb, s.usual(verb)) {
			return
		}
		switch {
		case verb == "QUIT":
			return
		case verb == "STARTTLS":
			over := tls.Server(c, s.tls)
			c, in = over, bufio.NewReader(over)
		case verb == "DATA" && s.says["DATA"] == "":
			message, err := s.content(in)
			if err != nil || !s.answer(c, in, ".", "250 2.0.0 queued") {
				return
			}
			s.mu.Lock()
			s.messages = append(s.messages, message)
			s.mu.Unlock()
		}
	}
}

func (s *sink) usual(verb string) string {
	switch verb {
	case "EHLO":
		if s.tls != nil {
			return "250-sink\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 8BITMIME"
		}
		return "250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME"
	case "DATA":
		return "354 go on"
	case "AUTH":
		return "235 2.7.0 welcome"
	case "STARTTLS", "QUIT":
		return "220 2.0.0 ready"
	}
	return "250 2.0.0 ok"
}

// answer replies to a command; false: it has hung up.
func (s *sink) answer(c net.Conn, in io.Reader, verb, usual string) bool {
	if s.drops == verb {
		return false
	}
	if s.hangs == verb {
		s.stuck <- struct{}{}
		_, _ = io.Copy(io.Discard, in) // until the client gives up
		return false
	}
	if other := s.says[verb]; other != "" {
		usual = other
	}
	_, err := fmt.Fprintf(c, "%s\r\n", usual)
	return err == nil
}

func (s *sink) content(in *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

// said gives the commands that have come.
func (s *sink) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// came counts the messages.
func (s *sink) came() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.messages)
}

// only gives the one message that has come.
func (s *sink) only() string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.messages) != 1 {
		s.t.Fatalf("%d messages came", len(s.messages))
	}
	return s.messages[0]
}
