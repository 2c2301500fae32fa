package realtime

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Sizes of the buffers that the WebSocket library keeps for a connection's life. net/http's own are 4 KiB each way.
const (
	readBuffer  = 512
	writeBuffer = 256 // the library writes control frames only, of at most 129 bytes
)

// lean is the connection under the WebSocket library. Data frames are written here directly, encoded once for everybody; the
// library writes its control frames through it, each with one Write, so that neither cuts into the other.
type lean struct {
	net.Conn
	timeout time.Duration

	mu     sync.Mutex
	closed bool // a Close frame has gone out; nothing may follow it (RFC 6455, section 5.5.1)

	unread int // bytes since the last whole message; the reader's alone
	most   int // that there may be
}

// Write takes the library's control frames.
func (l *lean) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(p), nil // our Close has gone out already; the library's answer to the peer's would be a second one
	}
	l.closed = len(p) > 0 && p[0] == finClose
	return l.send(p)
}

// write sends whole frames of ours; closing tells that the last one is a Close frame.
func (l *lean) write(p []byte, closing bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	l.closed = closing
	_, err := l.send(p)
	return err
}

// send is called with the lock held. A deadline on the connection costs a quarter less than a context per write.
func (l *lean) send(p []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(l.timeout)); err != nil {
		return 0, err
	}
	return l.Conn.Write(p)
}

// Read bounds what a peer may send without finishing a message: the library limits a message's content, but not the headers of
// fragments that carry nothing.
func (l *lean) Read(p []byte) (int, error) {
	if l.unread > l.most {
		return 0, errFlood
	}
	n, err := l.Conn.Read(p)
	l.unread += n
	return n, err
}

// leanWriter hands the library a lean connection with small buffers.
type leanWriter struct {
	http.ResponseWriter
	timeout time.Duration
	most    int
	conn    *lean
}

// Unwrap lets http.ResponseController find what is underneath.
func (w *leanWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack takes the connection over from net/http.
func (w *leanWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, brw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if err := c.SetDeadline(time.Time{}); err != nil { // the server's deadlines were for the request
		return nil, nil, err
	}
	w.conn = &lean{Conn: c, timeout: w.timeout, most: w.most}
	early := brw.Reader.Buffered() // frames sent before our answer: rare, and kept
	b, err := brw.Peek(early)
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(b)), w.conn), max(readBuffer, early))
	if early == 0 {
		r = bufio.NewReaderSize(w.conn, readBuffer)
	} else if _, err := r.Peek(early); err != nil {
		return nil, nil, err
	}
	return w.conn, bufio.NewReadWriter(r, bufio.NewWriterSize(w.conn, writeBuffer)), nil
}
