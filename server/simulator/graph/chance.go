package graph

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// chance is the world's one source of randomness. It is used under the world's
// lock alone.
type chance struct{ *rand.Rand }

func newChance(seed uint64) chance {
	return chance{rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
}

// happens is true with the probability p. It draws only where there is something
// to decide, so that a setting of zero leaves the other draws as they were.
func (c chance) happens(p float64) bool { return p > 0 && c.Float64() < p }

// Span is a time between two bounds.
type Span struct {
	Min time.Duration `json:"min"`
	Max time.Duration `json:"max"`
}

func (c chance) within(s Span) time.Duration {
	if s.Max <= s.Min {
		return s.Min
	}
	return s.Min + time.Duration(c.Int64N(int64(s.Max-s.Min)))
}

func (c chance) bytes(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.BigEndian.AppendUint64(b, c.Uint64())
	}
	return b[:n]
}

// digits is a number as Meta's ids are: n digits, the first not 0.
func (c chance) digits(n int) string {
	var b strings.Builder
	b.WriteByte(byte('1' + c.IntN(9)))
	for range n - 1 {
		b.WriteByte(byte('0' + c.IntN(10)))
	}
	return b.String()
}

// wamid is a message id in the form that WhatsApp gives: base64 of a few tags,
// the phone number and a random part.
func (c chance) wamid(phone string) string {
	raw := []byte{0x1c, 0x18, byte(len(phone))}
	raw = append(raw, phone...)
	raw = append(raw, 0x15, 0x02, 0x00, 0x12, 0x18, 0x14)
	raw = append(raw, strings.ToUpper(hex.EncodeToString(c.bytes(10)))...)
	raw = append(raw, 0)
	return "wamid." + base64.StdEncoding.EncodeToString(raw)
}

func (c chance) mid() string { return "m_" + base64.RawURLEncoding.EncodeToString(c.bytes(64)) }

// trace is a fbtrace_id.
func (c chance) trace() string { return "A" + base64.RawURLEncoding.EncodeToString(c.bytes(17)) }

// scoped is an id that one person has towards one business: always the same for
// the two, and of no use to another business.
func scoped(length int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	n := binary.BigEndian.Uint64(sum[:8])
	s := fmt.Sprintf("%020d", n)
	return string('1'+s[0]%9) + s[len(s)-length+1:]
}
