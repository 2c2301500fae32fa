package realtime

import (
	"encoding/binary"
	"encoding/json"

	"github.com/tagalong-chat/tagalong/openapi"
)

// frame is a server frame with its WebSocket header in front, unmasked and final, encoded once for all who get it. It is shared:
// nobody writes into it.
type frame []byte

// WebSocket opcodes with the FIN bit (RFC 6455, section 5.2).
const (
	finText  = 0x81
	finClose = 0x88
	finPing  = 0x89
)

// headRoom is the longest header that a server sends.
const headRoom = 10

var pingFrame = frame{finPing, 0}

// encode makes the frame of f. Server frames hold plain data, so that encoding cannot fail; if a fault of ours makes it fail, the
// frame is empty and is not sent.
func encode(f openapi.ServerFrame) frame {
	payload, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	return prefix(payload)
}

func prefix(payload []byte) frame {
	b := make([]byte, headRoom, headRoom+len(payload))
	return header(append(b, payload...))
}

// header writes the WebSocket header into the room before b's payload and gives the frame that starts with it.
func header(b []byte) frame {
	n := len(b) - headRoom
	switch {
	case n < 126:
		b = b[8:]
		b[0], b[1] = finText, byte(n)
	case n < 1<<16:
		b = b[6:]
		b[0], b[1] = finText, 126
		binary.BigEndian.PutUint16(b[2:], uint16(n))
	default:
		b[0], b[1] = finText, 127
		binary.BigEndian.PutUint64(b[2:], uint64(n))
	}
	return b
}

// payload gives the JSON without the header; nothing of a control frame.
func (f frame) payload() []byte {
	if len(f) < 2 || f[0] != finText {
		return nil
	}
	switch f[1] {
	case 126:
		return f[4:]
	case 127:
		return f[10:]
	}
	return f[2:]
}

// closeFrame makes a Close frame. Reasons are short codes of ours.
func closeFrame(code int, reason string) frame {
	f := make(frame, 4, 4+len(reason))
	f[0], f[1] = finClose, byte(2+len(reason))
	binary.BigEndian.PutUint16(f[2:], uint16(code))
	return append(f, reason...)
}
